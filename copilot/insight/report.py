"""A report: whose, of which days, and the figures in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from copilot.insight.figure import Figure

Language = Literal["zh", "en"]
Whose = Literal["everybody", "team", "person"]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose doings are counted. A team is a manager and everybody who shares a group with them."""

    whose: Whose
    person: str | None = None  #: id of the manager, or of the one person; None only for everybody


EVERYBODY = Scope(whose="everybody")


def team_of(manager: str) -> Scope:
    """Return the scope of a manager's team."""
    return Scope(whose="team", person=manager)


def one_person(person: str) -> Scope:
    """Return the scope of one person: their questions, drafts and accounts."""
    return Scope(whose="person", person=person)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Figures that belong together."""

    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is known about a period; both days belong to it, and days are those of UTC."""

    scope: Scope
    since: date
    until: date
    language: Language
    groups: Sequence[Group]

    def figures(self) -> Iterator[Figure]:
        """Return all figures, in order."""
        for group in self.groups:
            yield from group.figures

    def figure(self, key: str) -> Figure | None:
        """Return the figure of this key, if this report has it."""
        return next((one for one in self.figures() if one.key == key), None)
