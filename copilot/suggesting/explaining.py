"""Why a rule spoke, in words, and what to look for next time: for people who are new (F8, F11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from copilot.suggesting.advice import Language
from copilot.suggesting.engine import Candidate, Fired
from copilot.suggesting.rules import Condition, Operator, Rule, RuleBook, SignalRule

_WORDS = 4
_OPERATORS = {
    Operator.IS: "=",
    Operator.AT_LEAST: "≥",
    Operator.AT_MOST: "≤",
    Operator.ABOVE: ">",
    Operator.BELOW: "<",
    Operator.SHARE_BELOW: "<",
    Operator.SHARE_ABOVE: ">",
    Operator.ONE_OF: "∈",
    Operator.COUNT_AT_LEAST: "#≥",
    Operator.CONTAINS: "∋",
    Operator.WORDS: "∋",
}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One rule that asked for an action."""

    rule: str
    requirements: tuple[str, ...]
    because: str  #: what was seen, and what was not
    look_for: tuple[str, ...]  #: fields and words that show it


def explanations(candidate: Candidate, book: RuleBook, language: Language) -> tuple[Explanation, ...]:
    """Explain every rule that asked for an action, the most decisive first."""
    return tuple(_explained(fired, book, language) for fired in candidate.fired)


def _explained(fired: Fired, book: RuleBook, language: Language) -> Explanation:
    rule = fired.rule
    return Explanation(
        rule=rule.id,
        requirements=rule.requirements,
        because=_because(fired, rule, book.signals, language),
        look_for=tuple(
            _look_for(book.signals[key], language) for key in dict.fromkeys((*rule.when.all, *rule.when.any))
        )[:6],
    )


def _because(fired: Fired, rule: Rule, signals: Mapping[str, SignalRule], language: Language) -> str:
    zh = language == "zh"
    seen = ";".join(signal.sentence(language) for signal in fired.signals)
    absent = ";".join(_plain(signals[key], language) for key in rule.when.none)
    if not seen:
        seen = "没有更具体的信号" if zh else "nothing more specific"
    if zh:
        return f"看到:{seen}。" + (f"没有看到:{absent}。" if absent else "")
    return f"Seen: {seen}." + (f" Not seen: {absent}." if absent else "")


def _plain(signal: SignalRule, language: Language) -> str:
    """Return the sentence of a signal without its places for facts."""
    return re.sub(r"\{[a-z0-9_]+(?:\|([^{}]*))?\}", lambda place: place.group(1) or "…", getattr(signal, language))


def _look_for(signal: SignalRule, language: Language) -> str:
    parts = []
    if signal.facts is not None:
        parts.append(_fields(signal))
    if signal.said is not None:
        said = [_word(pattern) for pattern in signal.said.any]
        words = [word for word in said if word][:_WORDS]
        parts.append(("听到:" if language == "zh" else "hear: ") + "、".join(words))
    joined = " + ".join(parts)
    return f"{_plain(signal, language)}({joined})" if language == "zh" else f"{_plain(signal, language)} ({joined})"


def _fields(signal: SignalRule) -> str:
    condition = signal.facts or Condition()
    comparisons = (*condition.all, *condition.any)
    return ", ".join(
        f"{one.fact}{'/' + one.of if one.of else ''}"
        + "".join(f" {_OPERATORS.get(operator, operator.value)} {_value(value)}" for operator, value in one.tests)
        for one in comparisons[:_WORDS]
    )


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "/".join(map(str, value[:_WORDS]))
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def _word(pattern: re.Pattern[str]) -> str | None:
    """Return a phrase as people say it; None for a real regular expression."""
    phrase = re.sub(r"\(\?<?!\[[^\]]*\]\)", "", pattern.pattern)
    plain = re.sub(r"\\(.)", r"\1", phrase)
    return plain if re.escape(plain) == phrase else None
