"""The threat model names tests, and all of them exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "copilot" / "decisions" / "0050-threat-model.md").read_text(encoding="utf-8")
ROWS = [
    line.strip("|").split("|")
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| Where", "| ---"))
]


@cache
def named_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds) and node.name.startswith("test_"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2].strip()[:40])
def test_what_stops_a_threat_is_tested(row: list[str]) -> None:
    assert len(row) == 5
    named = re.fullmatch(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", row[4].strip())
    assert named is not None
    found = named_in(named[1])
    assert found
    assert named[2] is None or named[2] in found


def test_every_letter_and_every_step_is_there() -> None:
    letters = {letter for row in ROWS for letter in re.split(r", ?", row[1].strip())}
    assert letters == set("STRIDE")
    steps = " ".join(row[0] for row in ROWS)
    for step in [
        "source",
        "ingest",
        "ask",
        "draft",
        "approve",
        "deliver",
        "sign-in",
        "widget",
        "Slack",
        "CRM",
        "MCP",
        "backup",
    ]:
        assert step in steps
