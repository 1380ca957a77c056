"""Who may approve what, how many it takes, and how long it holds. Data, not code: one rule per kind of draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from copilot.drafting.draft import Draft, DraftKind
from copilot.people.person import Person, Role


class Mode(StrEnum):
    """Whether a revision waits for a decision."""

    ASK = "ask"
    #: A person's own edit without findings of severity error counts as their approval; what a machine composed never.
    AUTO = "auto"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What holds for one kind of draft."""

    approvers: frozenset[Role] = frozenset({Role.MANAGER})  #: decide on everybody's drafts
    authors: frozenset[Role] = frozenset({Role.FRONTLINE, Role.MANAGER})  #: decide on drafts they began or wrote
    own: bool = True  #: whether a person may approve a revision that they wrote themselves
    approvals: int = 1  #: how many people must approve a revision (two-person rule: 2)
    undecided: timedelta = timedelta(days=30)  #: after this a revision nobody decided on is dead
    approved: timedelta = timedelta(days=14)  #: after this an approval is no longer one
    mode: Mode = Mode.ASK
    keepers: bool = False  #: whether who keeps what a draft is to change decides on it too, whatever their roles

    def refusal(self, person: Person, draft: Draft, author: str, *, approving: bool) -> str | None:
        """Return the rule that keeps a person from deciding on a revision by `author`; None when they may."""
        if approving and not self.own and person.id == author:
            return f"own = false: who wrote a revision of a {draft.kind.value} does not approve it"
        if person.has(*self.approvers):
            return None
        if person.id in (draft.created_by, author) and person.has(*self.authors):
            return None
        kept = ", and owns nothing that it is to change" if self.keepers else ""
        return (
            f"approvers = {_names(self.approvers)}, authors = {_names(self.authors)}: "
            f"{person.id!r} is neither an approver of a {draft.kind.value} nor its author with such a role{kept}"
        )


@dataclass(frozen=True, kw_only=True)
class AutoRule:
    """Lets what a schedule composed leave without a person, to destinations that our own people alone read."""

    name: str  #: the reason of the decisions that it takes
    kind: DraftKind  #: one for our own people
    channels: frozenset[str]  #: names of ways out (copilot/delivery/delivery.py)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules in force."""

    default: Rule = field(default_factory=Rule)
    kinds: Mapping[DraftKind, Rule] = field(default_factory=dict)
    auto: Sequence[AutoRule] = ()

    def rule(self, kind: DraftKind) -> Rule:
        """Return what holds for a kind."""
        return self.kinds.get(kind) or based_on(self.default, kind)

    def auto_rule(self, kind: DraftKind, channel: str) -> AutoRule | None:
        """Return the rule that approves a kind by itself for a way out."""
        return next((one for one in self.auto if one.kind is kind and channel in one.channels), None)


def based_on(default: Rule, kind: DraftKind) -> Rule:
    """Return what holds for a kind that the policy says nothing of.

    Knowledge is for curators and for who owns the document or the gap; the rest is as for all kinds.
    """
    if kind is DraftKind.KNOWLEDGE:
        curators = frozenset({Role.CURATOR, Role.ADMIN})
        return replace(default, approvers=curators, authors=curators, keepers=True)
    return default


def _names(roles: frozenset[Role]) -> str:
    return "[" + ", ".join(sorted(roles)) + "]"
