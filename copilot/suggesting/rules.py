"""What is known of next best actions, as values: signals that can be seen, rules over them, actions and warnings.

The files that say so are readable and can be compared line by line (K7); `rule_files` reads them. Source of the
knowledge: REQUIREMENTS A-K; every action, avoid and rule names its requirement ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from copilot.suggesting.advice import Language, Urgency

T = TypeVar("T")


class Operator(StrEnum):
    """How a fact is compared. An unknown fact fulfils none but `known: false`."""

    IS = "is"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    ONE_OF = "one_of"
    KNOWN = "known"
    CONTAINS = "contains"  #: an item of a list, or a part of a text; folded
    SHARE_BELOW = "share_below"  #: fact / `of`, both known and `of` not 0
    SHARE_ABOVE = "share_above"
    COUNT_AT_LEAST = "count_at_least"  #: items of a list
    WORDS = "words"  #: one of these phrases stands in a text; folded


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Tests of one fact; all must hold."""

    fact: str
    tests: tuple[tuple[Operator, object], ...]
    of: str | None = None  #: what a share is of


@dataclass(frozen=True, kw_only=True)
class Condition(Generic[T]):
    """All of `all`, one of `any` if there are any, none of `none`."""

    all: tuple[T, ...] = ()
    any: tuple[T, ...] = ()
    none: tuple[T, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cues:
    """Ways to say something: one of `any` in a sentence, and none of `unless` in the same sentence."""

    any: tuple[re.Pattern[str], ...]  #: over folded sentences
    unless: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignalRule:
    """Something that can be seen in a record. Where facts and words are both given, both must hold."""

    key: str
    zh: str  #: the sentence that is shown; `{fact}` and `{fact|otherwise}` are filled in
    en: str
    facts: Condition[Comparison] | None = None
    said: Cues | None = None
    about: tuple[str, ...] = ()  #: example sentences, for seeing it by meaning


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the quote for an action or a warning is found."""

    playbook: str  #: id of a document, as `playbook-renewal-brief`
    section: str | None  #: heading or its slug; None: anywhere in the document
    ask_zh: str  #: what the quote has to answer
    ask_en: str

    def ask(self, language: Language) -> str:
        """Return the question in a language."""
        return self.ask_zh if language == "zh" else self.ask_en


@dataclass(frozen=True, kw_only=True)
class ActionRule:
    """One thing that can be done; the title is a finished instruction."""

    key: str
    zh: str
    en: str
    source: Source
    draft: str | None
    requirements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AvoidRule:
    """One thing to leave alone; the actions that it forbids never appear beside it."""

    key: str
    zh: str
    en: str
    why_zh: str
    why_en: str
    source: Source
    forbids: tuple[str, ...]
    requirements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """An action as a rule asks for it."""

    do: str
    urgency: Urgency
    due_days: int | None
    why_zh: str
    why_en: str

    def why(self, language: Language) -> str:
        """Return the reason in a language."""
        return self.why_zh if language == "zh" else self.why_en


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When these signals are seen, do and avoid that."""

    id: str
    requirements: tuple[str, ...]
    when: Condition[str]  #: keys of signals
    actions: tuple[Step, ...]
    avoid: tuple[str, ...]
    weight: float  #: 0 to 3, how decisive


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """Everything that advice is made from; every key that a part names exists."""

    signals: Mapping[str, SignalRule] = field(default_factory=dict)
    actions: Mapping[str, ActionRule] = field(default_factory=dict)
    avoids: Mapping[str, AvoidRule] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
