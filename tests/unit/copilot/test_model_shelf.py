"""The record of which model is in use."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.adapters.folder_model_shelf import ACTIVE, LAST, FolderModelShelf
from copilot.bootstrap import open_application
from copilot.errors import ConfigurationError
from copilot.settings import Settings
from copilot.training.gate import compare
from copilot.training.report import Plan, TrainingReport
from copilot.training.shelf import ActiveModel
from knowledge.errors import ModelUnavailable
from knowledge.training import Recipe

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
A, B, C = (f"trained-{letter * 12}" for letter in "abc")
STATE = ActiveModel(base="base", active=A, previous=None, at=AT, figures=(compare("x", [2, 3], [1, 1], seed=1),))
PLAN = Plan(
    base="base",
    active="base",
    examples=200,
    train=180,
    held_out=20,
    dropped=0,
    documents=10,
    steps=4,
    guards=(),
    notes=(),
)


def test_what_is_put_is_current_and_nothing_else_lies_about(tmp_path: Path) -> None:
    shelf = FolderModelShelf(tmp_path / "models")
    assert shelf.current() is None
    shelf.put(STATE)
    assert shelf.current() == STATE
    shelf.put(replace(STATE, active=None, previous=A))
    assert shelf.current() == replace(STATE, active=None, previous=A)
    assert [path.name for path in shelf.models.iterdir()] == [ACTIVE]
    shelf.put(None)
    assert shelf.current() is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", json.dumps({"base": "b", "active": "../../etc", "previous": None, "at": "2026-01-02T00:00:00Z"})],
)
def test_a_damaged_record_is_an_error_and_never_silently_the_base_model(tmp_path: Path, text: str) -> None:
    (tmp_path / ACTIVE).write_text(text)
    with pytest.raises(ConfigurationError, match=ACTIVE):
        FolderModelShelf(tmp_path).current()


def test_only_our_own_folders_are_on_the_shelf(tmp_path: Path) -> None:
    (tmp_path / A).mkdir()
    (tmp_path / "other").mkdir()
    shelf = FolderModelShelf(tmp_path)
    assert shelf.folder(A) == tmp_path / A
    for name in (B, "other", ".."):
        with pytest.raises(ModelUnavailable, match="gone"):
            shelf.folder(name)


def test_tidying_keeps_the_model_in_use_the_one_before_and_all_that_is_not_ours(tmp_path: Path) -> None:
    for name in (A, B, C, "multilingual"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.safetensors").touch()
    shelf = FolderModelShelf(tmp_path)
    shelf.put(replace(STATE, active=B, previous=A))
    shelf.tidy()
    kept = {A, B, "multilingual"}
    assert {path.name for path in tmp_path.iterdir()} == kept | {f"{name}.safetensors" for name in kept} | {ACTIVE}


def test_the_last_run_is_remembered_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    shelf = FolderModelShelf(tmp_path)
    report = TrainingReport(outcome="rejected", at=AT, plan=PLAN, recipe=Recipe(), seconds={"total": 1.0})
    assert shelf.last() is None
    shelf.keep(report)
    assert shelf.last() == report
    (tmp_path / LAST).write_text("{")
    assert shelf.last() is None


def test_a_missing_model_in_use_stops_the_application_and_says_the_way_out(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, embedding_model="base")
    FolderModelShelf(settings.models).put(STATE)
    with pytest.raises(ModelUnavailable, match=rf"{A}.*{ACTIVE}"), open_application(settings):
        pass


def test_another_base_model_in_the_settings_wins_over_the_record(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, embedding_model="another")
    FolderModelShelf(settings.models).put(STATE)
    with open_application(settings) as application:
        assert application.store.count() == 0
