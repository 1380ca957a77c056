"""`copilot evaluate` as a person and CI run it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.integration.conftest import Run

ANSWERABLE = [
    {
        "id": "renewal",
        "lang": "zh",
        "question": "续费应该谁负责",
        "gold": [{"source": "renewal.md", "quote": "服续一体时由客户成功经理负责续费"}],
        "answer_points": ["客户成功经理负责续费"],
        "kind": "fact",
        "difficulty": "easy",
    },
    {"id": "trial", "text": "试用一般给多久", "gold": ["trial.md"], "lang": "zh", "kind": "number"},
]
UNANSWERABLE = [
    {"id": "mars", "lang": "zh", "question": "火星上有多少家门店", "why_unanswerable": "nowhere", "asked": "number"}
]


def write(path: Path, *records: object) -> Path:
    lines = [record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write(tmp_path / "questions.jsonl", *ANSWERABLE, *UNANSWERABLE)


@pytest.fixture
def ingested(run: Run, knowledge_folder: Path) -> Run:
    run("ingest", str(knowledge_folder), "--no-corpus")
    return run


def test_all_kinds_of_questions_are_judged_together(ingested: Run, questions: Path, tmp_path: Path) -> None:
    done = ingested("evaluate", str(questions), "--json", "--out", str(tmp_path / "out"))
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["schema_version"] == 1
    assert (report["questions"], report["errors"]) == (3, 0)
    assert report["overall"]["hit@1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 2}
    assert report["overall"]["refusal_recall"]["value"] == 1
    assert report["overall"]["verbatim"]["value"] == 1
    assert set(report["groups"]["kind"]) == {"fact", "number"}
    assert [row["right"] for row in report["rows"]] == [True, True, True]
    assert {"understand", "retrieve", "judge", "evidence", "compose", "all stages", "round trip"} == set(
        report["latency_ms"]
    )
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == report
    assert "(report.svg)" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    ET.parse(tmp_path / "out" / "report.svg")


def test_a_bad_line_becomes_a_row_and_the_rest_is_judged(ingested: Run, tmp_path: Path) -> None:
    empty = {"id": "empty", "question": " ", "gold": ["trial.md"]}
    path = write(tmp_path / "mixed.jsonl", '{"id": "cut", "question": ', empty, *ANSWERABLE)
    done = ingested("evaluate", str(path), "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["errors"] == 2
    assert [row["error"] and row["error"]["code"] for row in report["rows"]] == [
        "invalid_request",
        "invalid_question",
        None,
        None,
    ]


def test_people_read_a_table(ingested: Run, questions: Path) -> None:
    done = ingested("evaluate", str(questions), "--search-only", "-k", "3")
    assert done.stdout.startswith("# Evaluation\n\n3 questions (search only, first 3 passages)")
    assert "| evidence in the first passage (`hit@1`) | 1.000 |" in done.stdout
    assert "refusal" not in done.stdout


def test_a_missed_floor_ends_with_1_and_is_named(ingested: Run, questions: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.toml"
    floors.write_text('[overall]\n"hit@1" = 1.0\n', encoding="utf-8")
    assert ingested("evaluate", str(questions), "--gate", str(floors)).returncode == 0
    floors.write_text('[overall]\n"all_evidence@5" = 0.9\n', encoding="utf-8")
    done = ingested("evaluate", str(questions), "--gate", str(floors), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["missed"] == ["all_evidence@5: not measured, floor 0.9"]
    assert "floor missed: all_evidence@5" in done.stderr


def test_two_reports_are_compared_without_an_index(ingested: Run, questions: Path, tmp_path: Path) -> None:
    ingested("evaluate", str(questions), "--out", str(tmp_path / "a"))
    ingested("documents", "delete", "trial.md")
    ingested("evaluate", str(questions), "--out", str(tmp_path / "b"))
    reports = [str(tmp_path / name / "report.json") for name in "ab"]
    done = ingested("evaluate", "--compare", *reports, "--json", COPILOT_HOME=str(tmp_path / "nothing here"))
    comparison = json.loads(done.stdout)
    assert [change["id"] for change in comparison["worse"]] == ["trial"]
    assert comparison["better"] == []
    assert comparison["overall"]["hit@5"]["difference"]["value"] == -0.5
    assert "documents: 2 in the first, 1 in the second" in comparison["notices"]
    assert not (tmp_path / "nothing here").exists()
    assert "## Worse: 1" in ingested("evaluate", "--compare", *reports).stdout


def test_what_cannot_be_carried_out_is_told(run: Run, questions: Path, tmp_path: Path) -> None:
    without_index = run("evaluate", str(questions), "--json")
    assert without_index.returncode == 1
    assert json.loads(without_index.stdout)["error"]["code"] == "no_index"
    missing = run("evaluate", str(tmp_path / "missing.jsonl"), "--json")
    assert json.loads(missing.stdout)["error"]["code"] == "invalid_request"
    assert run("evaluate", "--compare", "a.json", "b.json", str(questions)).returncode == 2
