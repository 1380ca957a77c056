"""Files as teams really have them: damaged, mislabelled, in old encodings. Each is read, or refused with a reason."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from copilot.bootstrap import Application, open_application
from copilot.interfaces.contract import AskBody
from copilot.settings import Settings
from tests.integration.conftest import Run
from tests.unit.ingest.made_files import archive, pptx


@pytest.fixture(scope="module")
def outcome(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The report line and the stored text of each file, by name."""
    home = tmp_path_factory.mktemp("messy")
    with open_application(Settings(home=home, embedding_model="words")) as application:
        report = application.copilot.ingest([str(shared / "data" / "messy" / "files")], corpus=False)
        lines = {line.source: line.model_dump(mode="json") for line in report.documents}
        texts = {
            name: application.copilot.document(name).text for name, line in lines.items() if line["status"] == "added"
        }
    assert len(lines) == len(report.documents)
    return lines, texts


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_file_ends_as_its_maker_expects(
    shared: Path, outcome: tuple[dict[str, dict[str, Any]], dict[str, str]]
) -> None:
    lines, texts = outcome
    wanted = [json.loads(line) for line in (shared / "data" / "messy" / "manifest.jsonl").read_text().splitlines()]
    wrong = []
    for case in wanted:
        line, text = lines[case["name"]], flat(texts.get(case["name"], ""))
        statuses = {"text": {"added"}, "refuse": {"failed"}, "empty": {"empty"}, "either": {"added", "failed", "empty"}}
        right = line["status"] in statuses[case["expect"]]
        right &= case["expect"] != "text" or all(flat(piece) in text for piece in case["must_contain"])
        right &= not any(flat(piece) in text for piece in case["must_not"] if flat(piece))
        right &= line["status"] == "added" or bool(line["code"] and line["reason"])
        if not right:
            wrong.append((case["name"], line))
    assert wrong == []
    assert len(wanted) == len(lines) == 51


def test_a_citation_names_its_page(application: Application, tmp_path: Path) -> None:
    said = "服续一体时由客户成功经理负责续费。新签和续费分开时,另设续费团队。"
    (tmp_path / "guide.pptx").write_bytes(pptx(("公司简介", "我们卖收银软件。"), ("续费归谁做", said)))
    application.copilot.ingest([str(tmp_path)], corpus=False)
    answer = application.copilot.ask(AskBody(question="服续一体时由客户成功经理负责续费吗"))
    assert {(citation.source, citation.page) for citation in answer.citations} == {("guide.pptx", 2)}


def test_an_archive_is_told_with_its_members_and_what_was_cut_from_them(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old.zip").write_bytes(archive({"a.md": "# 旧\n\n首页 > 续约\n\n旧的说法。".encode()}))
    (folder / "bad.xyz").write_bytes(b"x")
    done = run("ingest", str(folder), "--no-corpus", "--json")
    lines = {line["source"]: line for line in json.loads(done.stdout)["documents"]}
    assert (done.returncode, lines["bad.xyz"]["code"]) == (0, "unsupported_format")
    assert [part["source"] for part in lines["old.zip"]["parts"]] == ["old.zip/a.md"]
    explained = run("documents", "show", "old.zip/a.md", "--explain").stdout
    assert "1 lines of site furniture" in explained
    assert "首页 > 续约" in explained


def test_the_process_that_parses_loads_no_model() -> None:
    code = "import sys, ingest.parsers.worker as w, ingest.parsers.formats; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "transformers", "chromadb", "sqlalchemy", "pypdfium2", "openpyxl"} & set(loaded)
