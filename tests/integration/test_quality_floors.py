"""Quality on a fast part of the shipped questions: `evaluate --gate` stops a change that makes answers worse."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from copilot.bootstrap import corpus_folder
from tests.integration.conftest import Run

SETS = Path(__file__).parents[2] / "copilot" / "evaluation" / "sets"
FLOORS = Path(__file__).parents[1] / "evaluation" / "floors.toml"
DOCUMENTS = 24
SEED = 7


def _sources(record: dict[str, object]) -> set[str]:
    gold = record.get("gold") or [{"source": record["near"]}]
    return {quote["source"] for quote in gold}  # type: ignore[index, attr-defined, union-attr]


@pytest.mark.model
def test_answers_are_as_good_as_they_were(run: Run, model_folder: Path, tmp_path: Path) -> None:
    records = [
        json.loads(line) for file in sorted(SETS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]
    named = sorted({source for record in records if record.get("gold") for source in _sources(record)})
    chosen = set(random.Random(SEED).sample(named, DOCUMENTS))
    for source in chosen:
        target = tmp_path / "knowledge" / source
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(corpus_folder() / source, target)
    asked = [record for record in records if _sources(record) <= chosen]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in asked), encoding="utf-8")
    model = {"COPILOT_EMBEDDING_MODEL": "multilingual-e5-small", "COPILOT_MODEL_FOLDER": str(model_folder)}

    ingested = run("ingest", str(tmp_path / "knowledge"), "--no-corpus", "--json", **model)
    done = run("evaluate", str(questions), "--gate", str(FLOORS), "--json", **model)

    assert json.loads(ingested.stdout)["added"] == DOCUMENTS
    report = json.loads(done.stdout)
    assert report["questions"] == len(asked) >= 60
    assert done.returncode == 0, done.stderr
