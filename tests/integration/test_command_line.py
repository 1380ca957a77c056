"""The command line as a person and a script see it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from copilot.adapters.home_lock import HomeLock
from copilot.adapters.sql.database import open_database
from copilot.settings import PACKAGED_MODEL
from knowledge.adapters.embedding_models import embedding_setting
from knowledge.adapters.sql.vector_sets import SqlVectorSets
from tests.integration.conftest import Run, lines


@pytest.mark.databases
def test_ingesting_twice_changes_nothing(run: Run, knowledge_folder: Path) -> None:
    first = json.loads(run("ingest", str(knowledge_folder), "--no-corpus", "--json").stdout)
    second = json.loads(run("ingest", str(knowledge_folder), "--no-corpus", "--json").stdout)
    assert (first["added"], first["unchanged"]) == (2, 0)
    assert (second["added"], second["unchanged"]) == (0, 2)
    assert [line["source"] for line in second["documents"]] == ["renewal.md", "trial.md"]


@pytest.mark.databases
def test_an_answer_quotes_the_stored_text(run: Run, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    answer = json.loads(run("ask", "服续一体时由客户成功经理负责续费吗", "--json").stdout)
    document = json.loads(run("documents", "show", "renewal.md", "--json").stdout)
    assert answer["status"] == "answered"
    for citation in answer["citations"]:
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert "客户成功经理" in answer["answer"]


def test_a_batch_survives_its_bad_line(run: Run, knowledge_folder: Path, tmp_path: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    good = [json.dumps({"id": f"q{n}", "question": "试用一般给多久", "extra": 1}) for n in range(8)]
    good[6] = '{"id": "q6", "question": '
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(good), encoding="utf-8")
    done = run("ask", "--batch", str(batch))
    replies = lines(done.stdout)
    assert done.returncode == 0
    assert [reply["id"] for reply in replies] == ["q0", "q1", "q2", "q3", "q4", "q5", "line-7", "q7"]
    assert replies[6]["error"]["code"] == "invalid_request"
    assert replies[7]["status"] == "answered"


def test_a_batch_line_is_read_with_its_history_and_never_asked_back(
    run: Run, knowledge_folder: Path, tmp_path: Path
) -> None:
    for size, text in (("大型", "上门培训安排两天。"), ("小微", "上门培训安排改成录播。")):
        page = f"# {size}客户的上门培训安排\n\n{text}\n"
        (knowledge_folder / f"{size}.md").write_text(page, encoding="utf-8")
    run("ingest", str(knowledge_folder), "--no-corpus")
    batch = tmp_path / "batch.jsonl"
    rows = [
        {"id": "a", "question": "那不够呢", "history": [{"role": "user", "content": "客户试用一般给多久"}]},
        {"id": "b", "question": "上门培训安排怎么定"},
    ]
    batch.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    follow_up, sides = lines(run("ask", "--batch", str(batch)).stdout)
    assert follow_up["standalone_question"] == "关于“客户试用一般给多久”：那不够呢"
    assert follow_up["passages"][0]["source"] == "trial.md"
    assert sides["status"] == "answered"
    assert len(sides["citations"]) == 2


def test_search_lines_carry_id_and_passages(run: Run, knowledge_folder: Path, tmp_path: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": 5, "question": "续费团队"}\n', encoding="utf-8")
    (reply,) = lines(run("search", "--batch", str(batch), "-k", "1").stdout)
    assert set(reply) == {"id", "passages"}
    assert reply["id"] == 5
    assert len(reply["passages"]) == 1


def test_customers_never_see_internal_documents(run: Run, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    found = json.loads(run("search", "续费应该谁负责", "--audience", "customer", "--json").stdout)
    assert {passage["source"] for passage in found["passages"]} == {"trial.md"}


def test_deleted_documents_are_gone_at_once(run: Run, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    run("documents", "delete", "renewal.md")
    listed = json.loads(run("documents", "list", "--json").stdout)
    found = json.loads(run("search", "续费应该谁负责", "--json").stdout)
    assert [line["source"] for line in listed["documents"]] == ["trial.md"]
    assert {passage["source"] for passage in found["passages"]} == {"trial.md"}


@pytest.mark.databases
def test_a_vanished_file_is_deleted_and_other_origins_stay(run: Run, knowledge_folder: Path, tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text('{"id": "r1", "title": "退款", "text": "退款三个工作日到账。"}\n', encoding="utf-8")
    run("ingest", str(knowledge_folder), str(records), "--no-corpus")
    (knowledge_folder / "trial.md").unlink()
    report = json.loads(run("ingest", str(knowledge_folder), "--no-corpus", "--json").stdout)
    listed = json.loads(run("documents", "list", "--json").stdout)
    assert report["deleted"] == 1
    assert {line["source"] for line in listed["documents"]} == {"renewal.md", "r1"}


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("ask", "续费", "--json"), 1, "no_index"),
        (("ingest", "nowhere", "--json"), 1, "source_not_found"),
        (("documents", "show", "nothing.md", "--json"), 1, "unknown_document"),
        (("ask", "--batch", "nowhere.jsonl", "--json"), 1, "invalid_request"),
        (("ask",), 2, None),
        (("ingest", "--no-corpus"), 2, None),
        (("search", "x", "-k", "0"), 2, None),
    ],
)
def test_bad_input_ends_with_a_status_and_a_code(
    run: Run, arguments: tuple[str, ...], status: int, code: str | None
) -> None:
    done = run(*arguments)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    if code:
        assert json.loads(done.stdout)["error"]["code"] == code
        assert code in done.stderr


@pytest.mark.parametrize(("question", "code"), [("  ", "invalid_question"), ("问" * 20_000, "invalid_question")])
def test_impossible_questions_are_named(run: Run, knowledge_folder: Path, question: str, code: str) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    done = run("ask", question, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == code


def test_unreadable_files_are_reported_and_the_rest_goes_in(run: Run, knowledge_folder: Path) -> None:
    (knowledge_folder / "empty.md").write_bytes(b"")
    (knowledge_folder / "picture.md").write_bytes(b"\x89PNG\r\n\0\0\0")
    (knowledge_folder / "slides.key").write_bytes(b"PK")
    done = run("ingest", str(knowledge_folder), "--no-corpus", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert {line["source"]: line["code"] for line in report["documents"] if line["code"]} == {
        "empty.md": "no_text",
        "picture.md": "unreadable_text",
        "slides.key": "unsupported_format",
    }
    assert (report["added"], report["failed"]) == (2, 2)


def test_another_model_is_refused(run: Run, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    done = run("ask", "续费", "--json", COPILOT_EMBEDDING_MODEL=str(knowledge_folder))
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "embedding_model_unavailable"


def test_a_home_in_use_is_named(run: Run, home: Path, knowledge_folder: Path) -> None:
    lock = HomeLock(home)
    try:
        done = run("ingest", str(knowledge_folder), "--no-corpus", "--json")
    finally:
        lock.release()
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "index_locked"


def test_a_misspelt_setting_is_refused(run: Run) -> None:
    done = run("documents", "list", "--json", COPILOT_HOEM="x")
    assert done.returncode == 1
    assert "COPILOT_HOEM" in done.stderr


#: Runs commands in one Python and tells how each ended, and what was imported by them all.
ONE_AFTER_THE_OTHER = """
import json, sys
from copilot.cli.app import app
statuses = []
for command in json.loads(sys.argv[1]):
    try:
        app(command)
    except SystemExit as ending:
        statuses.append(ending.code)
print(json.dumps({"statuses": statuses, "imported": sorted(sys.modules)}))
"""


def test_commands_without_a_model_import_none(
    run: Run, environment: dict[str, str], knowledge_folder: Path, tmp_path: Path
) -> None:
    packaged = {"COPILOT_EMBEDDING_MODEL": "multilingual-e5-small"}
    run("ingest", str(knowledge_folder), "--no-corpus")
    # As if the packaged model had made these vectors; making them would take its loading.
    own = f"sqlite:///{environment['COPILOT_HOME']}/copilot.db"
    database = open_database(environment.get("COPILOT_DATABASE_URL", own), [])
    SqlVectorSets(database).note(embedding_setting(PACKAGED_MODEL, "auto"))
    database.dispose()
    commands = [["documents", "list"], ["ingest", str(knowledge_folder), "--no-corpus"], ["doctor"], ["--help"]]
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, json.dumps(commands)],
        env=environment | packaged,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["statuses"] == [0, 0, 0, 0]
    assert not set(report["imported"]) & {"torch", "transformers", "sentence_transformers"}


def test_people_and_keys_are_kept_from_the_command_line(run: Run) -> None:
    added = json.loads(
        run("people", "add", "wang", "--name", "王敏", "--role", "curator", "--group", "财务", "--json").stdout
    )
    made = json.loads(run("keys", "create", "--person", "wang", "--scope", "ask", "--label", "表单", "--json").stdout)
    new = json.loads(run("keys", "rotate", made["id"], "--grace", "0", "--json").stdout)
    changed = json.loads(run("people", "set", "wang", "--role", "reader", "--no-groups", "--json").stdout)
    listed = json.loads(run("keys", "list", "--person", "wang", "--json").stdout)["keys"]
    gone = json.loads(run("people", "deactivate", "wang", "--json").stdout)
    assert (added["roles"], added["groups"]) == (["curator"], ["财务"])
    assert (changed["roles"], changed["groups"], changed["active"], gone["active"]) == (["reader"], [], True, False)
    assert made["key"] != new["key"]
    assert [(key["id"], key["scopes"], key["label"]) for key in listed] == [
        (made["id"], ["ask"], "表单"),
        (new["id"], ["ask"], "表单"),
    ]
    assert "key" not in listed[0]
    assert json.loads(run("people", "show", "nobody", "--json").stdout)["error"]["code"] == "unknown_person"
    revoked = json.loads(run("keys", "list", "--json").stdout)["keys"]
    assert all(key["revoked_at"] for key in revoked if key["person"] == "wang")


def test_a_document_is_narrowed_from_the_command_line(run: Run, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    narrowed = json.loads(run("documents", "access", "trial.md", "--group", "财务", "--json").stdout)
    found = json.loads(run("search", "试用一般给多久", "--audience", "customer", "--json").stdout)
    (line,) = [
        one for one in json.loads(run("documents", "list", "--json").stdout)["documents"] if one["source"] == "trial.md"
    ]
    assert (narrowed["groups"], narrowed["moved"], line["groups"], found["passages"]) == (["财务"], True, ["财务"], [])
