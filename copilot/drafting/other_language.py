"""A draft in its other language: composed anew from the same inputs, with what people had changed since.

What people changed in a field, a date, an owner or a list of the plan is carried over in their own words; every other
line of theirs is named, so that somebody writes it again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from copilot.drafting import editing
from copilot.drafting.composer import Composed, Language
from copilot.drafting.content import MARKER
from copilot.drafting.draft import SourceQuote
from copilot.drafting.plan import Plan
from copilot.drafting.plan_reading import read_plan

#: Fields of a plan that stand behind a label; a date is carried as it is.
_FIELDS = (
    ("outcome", "outcome"),
    ("measure", "measure"),
    ("boss_measure", "boss_measure"),
    ("experience", "experience"),
    ("first_value", "value"),
    ("first_value_date", "date"),
    ("first_value_owner", "owner"),
    ("sponsor", "sponsor"),
    ("meaning", "meaning"),
    ("kp_meaning", "kp_meaning"),
    ("update", "update"),
    ("review", "review"),
    ("data_hook", "data_hook"),
)
_LISTS = ("quick_wins", "phases", "calendar", "promises", "values", "effort", "steps", "avoid")
_CELLS = ("client", "product", "trigger", "action", "owner", "due")
_MOST_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class Recomposed:
    """The text in the other language; notes name every line that was not carried."""

    content: str
    quotes: tuple[SourceQuote, ...]
    notes: tuple[str, ...]


def recomposed(
    current: str, *, before: Composed, after: Composed, known: Sequence[SourceQuote], language: Language
) -> Recomposed:
    """Lay people's changes over the new text.

    Args:
        current: the text as people have it.
        before: what is composed today in the old language from the same inputs.
        after: the same in the new language.
        known: every quote the draft ever had; the new ones get numbers that none of them has.
        language: of the notes.
    """
    after = _numbered(after, known)
    carrying = _Carrying(read_plan(current), read_plan(before.content), after.content)
    content = carrying.content()
    left = _left(current, before.content, carrying.carried)
    notes = tuple(
        f"没有带过来:{line}" if language == "zh" else f"Not carried over: {line}" for line in left[:_MOST_NAMED]
    )
    if len(left) > _MOST_NAMED:
        more = len(left) - _MOST_NAMED
        notes += (f"还有 {more} 行没有带过来。" if language == "zh" else f"{more} more lines were not carried over.",)
    return Recomposed(content=content, quotes=after.quotes, notes=notes)


class _Carrying:
    """One draft; `carried` are the texts that found their place."""

    def __init__(self, current: Plan, before: Plan, content: str) -> None:
        self._current, self._before, self._content = current, before, content
        self.carried: list[str] = []

    def content(self) -> str:
        """Return the new text with the changes."""
        for name, label in _FIELDS:
            self._field(name, label)
        for number in range(1, len(self._current.milestones) + 1):
            self._milestone(number)
        for name in _LISTS:
            self._list(name)
        self._questions()
        return self._content

    def _field(self, name: str, label: str) -> None:
        said, composed = getattr(self._current, name), getattr(self._before, name)
        place = read_plan(self._content).places.get(label)
        text = said.isoformat() if hasattr(said, "isoformat") else said
        if said and said != composed and place and not MARKER.search(text):
            self._content = editing.set_label(self._content, place, text)
            self.carried.append(text)

    def _milestone(self, number: int) -> None:
        step = self._current.milestones[number - 1]
        old = self._before.milestones[number - 1] if number <= len(self._before.milestones) else None
        texts = {name: getattr(step, name) for name in _CELLS}
        place = read_plan(self._content).places.get(f"milestones/{number}")
        if place is None:
            row = "; ".join(
                value.isoformat() if hasattr(value, "isoformat") else value or "" for value in texts.values()
            )
            added = editing.add_item(self._content, "milestones", row)
            self._content = added or self._content
            self.carried.append(step.client)
            return
        for name, value in texts.items():
            if value and (old is None or value != getattr(old, name)):
                text = value.isoformat() if hasattr(value, "isoformat") else value
                self._content = editing.set_cell(self._content, place, name, text)
                self.carried.append(text)

    def _list(self, name: str) -> None:
        said, composed = getattr(self._current, name), getattr(self._before, name)
        gone = [n for n, one in enumerate(composed, start=1) if one not in said]
        added = [one for one in said if one not in composed and not MARKER.search(one)]
        for number in reversed(gone):
            place = read_plan(self._content).places.get(f"{name}/{number}")
            if place:
                self._content = editing.remove_line(self._content, place)
        for one in added:
            self._content = editing.add_item(self._content, name, one) or self._content
            self.carried.append(one)

    def _questions(self) -> None:
        """A question that was answered stays answered."""
        open_now = {one.number for one in self._current.questions}
        if not self._current.places.get("questions"):
            return
        for question in self._before.questions:
            place = read_plan(self._content).places.get(f"questions/{question.number}")
            if question.number not in open_now and place:
                self._content = editing.remove_line_only(self._content, place)


def _left(current: str, before: str, carried: list[str]) -> list[str]:
    composed = {line.strip() for line in before.split("\n")}
    found = []
    for line in current.split("\n"):
        text = line.strip()
        if not text or text in composed or re.fullmatch(r"[\s|:-]+", text):
            continue
        if not any(one in text for one in carried):
            found.append(text[:120])
    return found


def _numbered(composed: Composed, known: Sequence[SourceQuote]) -> Composed:
    """Give quotes that the draft had before their old numbers, and new ones numbers that none had."""
    had = {_place(one): one.number for one in known}
    free = max([0, *(one.number for one in known)])
    numbers: dict[int, int] = {}
    for quote in composed.quotes:
        if _place(quote) not in had:
            free += 1
        numbers[quote.number] = had.get(_place(quote), free)
    content = MARKER.sub(lambda match: f"[{numbers.get(int(match[1]), int(match[1]))}]", composed.content)
    quotes = tuple(replace(one, number=numbers[one.number]) for one in composed.quotes)
    return replace(composed, content=content, quotes=tuple(sorted(quotes, key=lambda one: one.number)))


def _place(quote: SourceQuote) -> tuple[str, int, int, int]:
    return quote.document_id, quote.version, quote.start, quote.end
