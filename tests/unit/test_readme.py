"""What the README promises is there, and what is there stands in the README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from copilot.cli.app import app
from copilot.drafting.kinds import KINDS
from copilot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_explained(name: str) -> None:
    assert f"`COPILOT_{name.upper()}`" in README


def test_no_setting_is_explained_that_does_not_exist() -> None:
    named = {name.lower() for name in re.findall(r"`COPILOT_([A-Z_]+)`", README)}
    assert named <= set(Settings.model_fields)


def test_every_command_is_listed() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    for name in commands:
        assert f"copilot {name}" in README


def test_every_kind_of_draft_is_listed_with_its_inputs() -> None:
    rows = {line.split("`")[1]: line for line in README.splitlines() if line.startswith("| `")}
    for kind, spec in KINDS.items():
        assert spec.title["zh"] in rows[kind.value]
        assert all(f"`{name}`" in rows[kind.value] for name in spec.inputs)


def test_named_files_exist() -> None:
    for name in ("requirements.lock", "copilot/decisions", "copilot/CHANGELOG.md", "Makefile", "LICENSE"):
        assert (ROOT / name).exists()
