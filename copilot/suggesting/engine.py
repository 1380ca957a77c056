"""Signals → rules → actions and warnings, in order. Pure: no store, no model, no clock.

A rule of weight 0 is a fallback: it speaks only where the others leave fewer than two actions, or no warning.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from copilot.suggesting.advice import Language, Urgency
from copilot.suggesting.outlook.priority import in_order
from copilot.suggesting.rules import ActionRule, AvoidRule, Condition, Rule, RuleBook, Step
from copilot.suggesting.signals import SeenSignal

_URGENCIES = tuple(Urgency)
_WHYS = 2
_SIGNALS = 4
#: Every further rule that asks for the same action makes it a little more decisive.
_AGREEMENT = 0.2


@dataclass(frozen=True, kw_only=True)
class Fired:
    """A rule whose condition holds, and the signals that made it hold."""

    rule: Rule
    signals: tuple[SeenSignal, ...]

    @property
    def fallback(self) -> bool:
        """Whether it speaks only where others do not."""
        return self.rule.weight == 0


@dataclass(kw_only=True)
class Candidate:
    """An action with everything that speaks for it."""

    action: ActionRule
    steps: list[Step] = field(default_factory=list)
    fired: list[Fired] = field(default_factory=list)
    decisive: float = 0.0  #: by the rules that ask for it
    uplift: float | None = None  #: by history (0029)
    acceptance: float | None = None

    @property
    def urgency(self) -> Urgency:
        """The strongest that a rule asks for."""
        return min((step.urgency for step in self.steps), key=_URGENCIES.index)

    @property
    def due_days(self) -> int | None:
        """The earliest that a rule asks for."""
        return min((step.due_days for step in self.steps if step.due_days is not None), default=None)

    def why(self, language: Language) -> str:
        """Return the reasons of the most decisive rules, two at most."""
        whys = list(dict.fromkeys(step.why(language) for step in self.steps))[:_WHYS]
        return "".join(whys) if language == "zh" else " ".join(whys)

    def signals(self, language: Language) -> tuple[str, ...]:
        """Return the sentences of what was seen, the most decisive rule's first."""
        return _sentences(self.fired, language)


@dataclass(kw_only=True)
class Caution:
    """Something to leave alone, with the rules that say so."""

    avoid: AvoidRule
    fired: list[Fired] = field(default_factory=list)

    @property
    def weight(self) -> float:
        """How decisive its strongest rule is."""
        return max(one.rule.weight for one in self.fired)


@dataclass(frozen=True, kw_only=True)
class Considered:
    """All that the rules say, best first; fallbacks apart, and nothing that a warning forbids."""

    actions: Sequence[Candidate]
    spare_actions: Sequence[Candidate]
    warnings: Sequence[Caution]
    spare_warnings: Sequence[Caution]


def consider(
    book: RuleBook, seen: Mapping[str, SeenSignal], learnt: Callable[[ActionRule], tuple[float | None, float | None]]
) -> Considered:
    """Let the rules speak; `learnt` gives uplift and acceptance of an action, None where data is thin."""
    fired = sorted(_fired(book.rules.values(), seen), key=lambda one: (-one.rule.weight, one.rule.id))
    decisive, spare = [one for one in fired if not one.fallback], [one for one in fired if one.fallback]
    warnings = _warnings(book, decisive)
    spare_warnings = [one for one in _warnings(book, spare) if one.avoid.key not in {w.avoid.key for w in warnings}]
    forbidden = {key for one in warnings for key in one.avoid.forbids}
    actions = _candidates(book, decisive, forbidden, learnt)
    taken = {one.action.key for one in actions}
    return Considered(
        actions=actions,
        spare_actions=_candidates(book, spare, forbidden | taken, learnt),
        warnings=warnings,
        spare_warnings=spare_warnings,
    )


def _fired(rules: Iterable[Rule], seen: Mapping[str, SeenSignal]) -> list[Fired]:
    return [
        Fired(rule=rule, signals=tuple(seen[key] for key in (*rule.when.all, *rule.when.any) if key in seen))
        for rule in rules
        if _holds(rule.when, seen)
    ]


def _holds(when: Condition[str], seen: Collection[str]) -> bool:
    return (
        all(key in seen for key in when.all)
        and (not when.any or any(key in seen for key in when.any))
        and not any(key in seen for key in when.none)
    )


def _candidates(
    book: RuleBook,
    fired: Sequence[Fired],
    without: Collection[str],
    learnt: Callable[[ActionRule], tuple[float | None, float | None]],
) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for one in fired:
        for step in one.rule.actions:
            if step.do in without:
                continue
            candidate = found.setdefault(step.do, Candidate(action=book.actions[step.do]))
            candidate.steps.append(step)
            if one not in candidate.fired:
                candidate.fired.append(one)
    for candidate in found.values():
        uplift, acceptance = learnt(candidate.action)
        ruled = max(one.rule.weight for one in candidate.fired) + _AGREEMENT * (len(candidate.fired) - 1)
        candidate.decisive, candidate.uplift, candidate.acceptance = ruled, uplift, acceptance
    return in_order(sorted(found.values(), key=lambda one: one.action.key))


def _warnings(book: RuleBook, fired: Sequence[Fired]) -> list[Caution]:
    found: dict[str, Caution] = {}
    for one in fired:
        for key in one.rule.avoid:
            warning = found.setdefault(key, Caution(avoid=book.avoids[key]))
            if one not in warning.fired:
                warning.fired.append(one)
    # The order of the rules is kept among equals: the first warning of a rule is its most important one.
    return sorted(found.values(), key=lambda one: -one.weight)


def _sentences(fired: Sequence[Fired], language: Language) -> tuple[str, ...]:
    sentences = dict.fromkeys(signal.sentence(language) for one in fired for signal in one.signals)
    return tuple(sentences)[:_SIGNALS]
