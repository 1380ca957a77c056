"""A repository in the index: by command line and over HTTP, as it changes and when it is away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doubles.git_remote import GitRepository, git_server
from tests.integration.conftest import Run

PAGE = "# 续约复盘\n\n续约前九十天,请客户成功经理与客户一起复盘目标。\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    made = GitRepository(tmp_path / "know.git")
    made.commit({"docs/续约.md": PAGE, "docs/报价.md": "# 报价\n\n报价有效三十天。\n", "旧.md": "# 旧\n\n旧的规定。\n"})
    return made


def test_a_repository_is_ingested_updated_and_what_vanished_is_gone(run: Run, repository: GitRepository) -> None:
    address = f"git+file://{repository.path}"
    first = json.loads(run("ingest", address, "--no-corpus", "--json").stdout)
    assert [(line["source"], line["status"]) for line in first["documents"]] == [
        ("docs/报价.md", "added"),
        ("docs/续约.md", "added"),
        ("旧.md", "added"),
    ]
    again = json.loads(run("ingest", address, "--no-corpus", "--json").stdout)
    assert (again["unchanged"], again["added"], again["updated"]) == (3, 0, 0)
    repository.commit({"docs/续约.md": PAGE, "docs/报价.md": "# 报价\n\n报价有效六十天。\n"})
    third = json.loads(run("ingest", address, "--no-corpus", "--json").stdout)
    assert (third["unchanged"], third["updated"], third["deleted"]) == (1, 1, 1)
    found = json.loads(run("search", "报价有效多少天", "--json").stdout)["passages"]
    assert "六十天" in found[0]["text"]
    assert "旧.md" not in {passage["source"] for passage in found}


def test_a_remote_that_is_away_fails_the_run_and_deletes_nothing(run: Run, repository: GitRepository) -> None:
    address = f"git+file://{repository.path}"
    run("ingest", address, "--no-corpus")
    repository.path.rename(repository.path.with_name("away"))
    failed = run("ingest", address, "--no-corpus", "--json")
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["error"]["code"] == "source_not_found"
    listed = json.loads(run("documents", "list", "--json").stdout)["documents"]
    assert len(listed) == 3


def test_a_host_inside_our_network_is_refused_unless_it_is_named(run: Run, repository: GitRepository) -> None:
    with git_server(repository) as server:
        refused = run("ingest", server.address, "--no-corpus")
        assert refused.returncode == 1
        assert "COPILOT_WEB_ALLOWED" in refused.stderr
        allowed = f"127.0.0.1:{server.port}"
        done = run("ingest", server.address, "--no-corpus", "--json", COPILOT_WEB_ALLOWED=allowed)
    assert json.loads(done.stdout)["added"] == 3


def test_credentials_do_not_get_into_the_home(run: Run, repository: GitRepository, tmp_path: Path) -> None:
    with git_server(repository) as server:
        address = server.address.replace("127", "wang:hunter2-hunter2@127")
        allowed = f"127.0.0.1:{server.port}"
        done = run("ingest", address, "--no-corpus", "--json", COPILOT_WEB_ALLOWED=allowed)
    assert json.loads(done.stdout)["added"] == 3
    assert "hunter2" not in done.stdout + done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()] == []
