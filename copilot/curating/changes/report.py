"""What a check of a change found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.curating.changes.seen import Seen
from copilot.curating.changes.verdict import Verdict, Why


@dataclass(frozen=True, kw_only=True)
class EditedDocument:
    """A document as the change leaves it; versions are None where there is none."""

    id: str
    origin: str
    source: str
    title: str
    change: Literal["added", "changed", "deleted"]
    version: int | None  #: that the change was compared with


@dataclass(frozen=True, kw_only=True)
class QuestionChange:
    """A question that is not as it was."""

    set: str
    id: str
    text: str
    verdict: Verdict
    why: Why | None
    before: Seen
    after: Seen


@dataclass(frozen=True, kw_only=True)
class ChangeReport:
    """The whole check. Of `looked_at` questions, `searched` were searched for and `touched` by the change."""

    id: str
    documents: Sequence[EditedDocument]
    looked_at: int
    searched: int
    touched: int
    counts: Mapping[Verdict, int]  #: of the touched ones
    questions: Sequence[QuestionChange]  #: broken first, then changed, then mended
    notes: Sequence[str]  #: what the person should know beside it
    seconds: float

    @property
    def broken(self) -> Sequence[QuestionChange]:
        """The questions that lose their answer."""
        return [one for one in self.questions if one.verdict is Verdict.BROKEN]
