"""Port: what writes the first revision of a kind of draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from copilot.accounts.account import Account
from copilot.drafting.draft import DraftKind, Finding, SourceQuote
from copilot.people.person import Person
from knowledge.reader import Reader

Language = Literal["zh", "en"]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be written, about whom, for whom, and what the person who asked has said of it."""

    account: Account
    person: Person
    reader: Reader  #: what this person may read
    language: Language
    inputs: Mapping[str, str] = field(default_factory=dict)  #: names are said by each composer; unknown ones are unused
    today: date


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A first text: Markdown with [n] behind what is quoted, and the quotes."""

    content: str
    quotes: tuple[SourceQuote, ...]
    findings: tuple[Finding, ...] = ()
    wordable: tuple[int, ...] = ()  #: lines (from 1) that are ours alone, so that a chat model may reword them


class Composer(Protocol):
    """Writes only what stands in the record, in the inputs, or verbatim in a document its reader may see."""

    @property
    def kind(self) -> DraftKind:
        """What it writes."""
        ...

    def compose(self, order: Order) -> Composed:
        """Write a first text."""
        ...
