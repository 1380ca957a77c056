"""A success plan as values (C1-C18, A4, A5, E1): `plan_rendering` writes it as Markdown, `plan_reading` reads it back.

Texts are single lines in the language of the plan. An empty text or tuple is a part that the plan lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

#: Where a number came from; a default waits for somebody to confirm it (C2).
Origin = Literal["fact", "input", "default"]
LEAST, MOST = 1, 5
#: From this effort on a scenario is no quick win (C4).
BIG_EFFORT = 4
#: A plan picks one or two (C4).
MOST_QUICK_WINS = 2


@dataclass(frozen=True, kw_only=True)
class Score:
    """One to five, and why."""

    value: int
    origin: Origin = "default"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Something the client could do with the product, judged as C4 does: impact, effort, probability."""

    name: str
    impact: Score
    effort: Score
    probability: Score
    basis: str  #: a sentence: the facts behind the scores

    @property
    def points(self) -> int:
        """Impact × (6 − effort) × probability, 1 to 125: little effort counts as much as great impact."""
        return self.impact.value * (MOST + LEAST - self.effort.value) * self.probability.value


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A step of the chain (C8) with the behaviour that sets it off (C9); the date is only a reminder."""

    client: str  #: what the client sees
    product: str  #: what happens in the product
    trigger: str  #: when this happens …
    action: str  #: … we do this
    owner: str
    due: date | None


@dataclass(frozen=True, kw_only=True)
class KeyPerson:
    """Somebody on the client's side."""

    name: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Risk:
    """What may go wrong, the fact that says so, and what we do about it."""

    name: str
    basis: str
    counter: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What only a person can say (C2); `number` stays the same as others are answered."""

    number: int
    field: str  #: the label or section it belongs to, as the plan names it
    text: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan; `places` tells the line (from 1) that each part was read from, and takes no part in comparing."""

    name: str
    facts: tuple[str, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    quick_wins: tuple[str, ...] = ()  #: one or two (C4)
    phases: tuple[str, ...] = ()  #: thin to thick (C5)
    outcome: str = ""
    measure: str = ""  #: the client's own (C10)
    boss_measure: str = ""  #: that of the client's boss (C10)
    experience: str = ""  #: appropriate experience (C11)
    first_value: str = ""
    first_value_date: date | None = None
    first_value_owner: str = ""
    milestones: tuple[Milestone, ...] = ()
    people: tuple[KeyPerson, ...] = ()
    sponsor: str = ""  #: ours, for large accounts (A4, E1)
    meaning: str = ""
    kp_meaning: str = ""
    risks: tuple[Risk, ...] = ()
    calendar: tuple[str, ...] = ()  #: days 0-30 and 31-90, or the rhythm after them (B3, B4)
    promises: tuple[str, ...] = ()
    values: tuple[str, ...] = ()  #: the value log (C13)
    update: str = ""  #: how value is told to the key person (C13)
    review: str = ""  #: the review of day 90 (C17)
    data_hook: str = ""  #: the view for the client's managers (C18)
    effort: tuple[str, ...] = ()  #: level of service, cap and contract floor (A4, A5); internal
    expansion: str = ""  #: captured, not pitched (C14, I1); internal
    steps: tuple[str, ...] = ()  #: the next two weeks; internal
    avoid: tuple[str, ...] = ()  #: internal
    questions: tuple[Question, ...] = ()
    advice: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: by section: cited recommendations
    places: Mapping[str, int] = field(default_factory=dict, compare=False)
