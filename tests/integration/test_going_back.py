"""`copilot train --rollback`: the model before and its vectors, by one command, on two tiny models."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.adapters.folder_model_shelf import FolderModelShelf
from copilot.bootstrap import open_application
from copilot.settings import Settings
from copilot.training.shelf import ActiveModel
from tests.doubles.tiny_model import tiny_model
from tests.integration.conftest import Run

TRAINED = "trained-0123456789ab"


def write(folder: Path, names: str) -> None:
    for n, name in enumerate(names):
        (folder / f"{name}.md").write_text(f"# s{n}\n\ns{n} s{n + 1} q{n} .\n", encoding="utf-8")


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    """A home that was ingested with a model, and then changed over to a trained one, with a document added since."""
    folder = tmp_path / "notes"
    folder.mkdir()
    base = tiny_model(tmp_path / "base")
    settings = Settings(home=home, embedding_model=str(base), embedding_engine="fp32")
    write(folder, "abc")
    with open_application(settings) as application:
        application.indexing.ingest([str(folder)], corpus=False)
    tiny_model(settings.models / TRAINED, seed=7)
    state = ActiveModel(base=str(base), active=TRAINED, previous=None, at=datetime(2026, 11, 1, tzinfo=UTC))
    FolderModelShelf(settings.models).put(state)
    write(folder, "abcd")
    with open_application(settings) as application:
        application.indexing.ingest([str(folder)], corpus=False)
        assert application.embedder.identity.model.startswith(TRAINED)
        assert application.vectors.identity() == application.embedder.identity
    return settings


def found(run: Run, named: dict[str, str]) -> int:
    """How many passages there are; asked in a process of its own, since Chroma remembers folders it has opened."""
    return len(json.loads(run("search", "s3", "--json", **named).stdout)["passages"])


def test_one_command_takes_the_index_back_and_forth_and_a_model_that_is_gone_changes_nothing(
    run: Run, settings: Settings
) -> None:
    named = {"COPILOT_EMBEDDING_MODEL": settings.embedding_model, "COPILOT_EMBEDDING_ENGINE": "fp32"}
    weights = Path(settings.embedding_model) / "model.safetensors"
    weights.rename(weights.with_suffix(".gone"))
    refused = run("train", "--rollback", "--json", **named)
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["error"]["code"] == "embedding_model_unavailable"
    assert json.loads(run("train", "--status", "--json", **named).stdout)["active"] == TRAINED
    weights.with_suffix(".gone").rename(weights)
    assert found(run, named) == 4  # with the model that stayed in use

    back = json.loads(run("train", "--rollback", "--json", **named).stdout)
    assert (back["active"], back["previous"]) == (settings.embedding_model, TRAINED)
    assert back["index"] == {"embedded": 1, "kept": 3}
    assert found(run, named) == 4  # or it would be told that the index was built with another model
    forth = run("train", "--rollback", **named).stdout
    assert "4 kept, 0 embedded" in forth
