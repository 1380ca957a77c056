"""Drafts of the largest size that are made of one thing: a check that took the square of it would take minutes."""

from __future__ import annotations

from datetime import date

import pytest

from copilot.drafting.draft import DraftKind
from copilot.drafting.findings import findings

_SIZE = 38_000
_HOSTILE = {
    "blanks": " " * _SIZE,
    "a heading of blanks": "# a" + " " * _SIZE + "x",
    "numerals": "一" * _SIZE,
    "citations": "[1]" * (_SIZE // 3),
    "questions that point to themselves": "## 问题\n" + "".join(f"{n}. 见问题 {n}\n" for n in range(2_000)),
}


@pytest.mark.parametrize("kind", [DraftKind.SUCCESS_PLAN, DraftKind.RENEWAL_BRIEF])
@pytest.mark.parametrize("content", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_a_hostile_draft_is_checked_like_any_other(kind: DraftKind, content: str) -> None:
    assert findings(kind, content, [], today=date(2026, 11, 26))
