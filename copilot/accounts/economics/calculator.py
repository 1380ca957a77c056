"""What a calculator is: its inputs with units and ranges, its formula and source, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from copilot.accounts.economics.wording import Text

Value = float | str | bool


class Unit(StrEnum):
    """How an input is read and an output is shown."""

    YUAN = "yuan"
    RATIO = "ratio"  #: 0.7 and 70% are equal
    COUNT = "count"  #: whole things
    NUMBER = "number"
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    CHOICE = "choice"
    FLAG = "flag"  #: yes or no


@dataclass(frozen=True, kw_only=True)
class Input:
    """One thing to be given. `least` and `most` are inclusive unless `above` or `below` says otherwise."""

    name: str
    title: Text
    unit: Unit
    aliases: tuple[str, ...] = ()
    least: float = 0.0
    most: float = 1e13
    above: bool = False  #: must be more than `least`: a divisor
    default: Value | None = None  #: used, and told, when nothing is given
    optional: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: value → how people write it

    @property
    def required(self) -> bool:
        """Whether nothing can be computed without it."""
        return self.default is None and not self.optional


@dataclass(frozen=True, kw_only=True)
class Output:
    """One computed value; None where the inputs do not tell."""

    name: str
    title: Text
    value: Value | tuple[float, ...] | None  #: a series has one value per year
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was computed. `band` is a stable key; None where the rule leaves a gap and a person decides."""

    outputs: tuple[Output, ...]
    band: str | None
    verdict: Text  #: one plain sentence
    worked: str  #: the formula with the numbers in it
    change: tuple[Text, ...] = ()  #: what would change the verdict, solved for each input
    notes: tuple[Text, ...] = ()  #: assumptions, definitions, contradictions of the sources


class Inputs:
    """The values of one run, read and within their ranges."""

    def __init__(self, values: Mapping[str, Value], notes: tuple[Text, ...] = ()) -> None:
        self.values = dict(values)
        self.notes = notes  #: how unclear values were read, and which defaults were used

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def number(self, name: str) -> float:
        """Return a number that is there."""
        return float(self.values[name])

    def maybe(self, name: str) -> float | None:
        """Return a number if it was given."""
        return float(self.values[name]) if name in self.values else None

    def text(self, name: str) -> str | None:
        """Return a choice if it was given."""
        return str(self.values[name]) if name in self.values else None

    def flag(self, name: str) -> bool | None:
        """Return yes or no if it was given."""
        return bool(self.values[name]) if name in self.values else None


@dataclass(frozen=True, kw_only=True)
class Calculator:
    """One calculator. `rules` are ids of REQUIREMENTS; `playbook` is the id of the corpus document with the rule."""

    name: str
    title: Text
    inputs: tuple[Input, ...]
    formula: Text
    rules: tuple[str, ...]
    playbook: str
    compute: Callable[[Inputs], Result]
    aliases: tuple[str, ...] = ()
    asked: str  #: a question whose answer is the rule in the playbook, for the quote behind a calculated answer
    says: str = ""  #: pattern of the sentence that states the rule there; empty: the best sentence is quoted
