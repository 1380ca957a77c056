"""Finding what a digest tells, in what its reader may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from copilot.accounts.account import Account, AccountId
from copilot.accounts.health import Band, Health
from copilot.audit.surface import Surface
from copilot.insight.counts import BandMove, InsightCounts, Portfolio, Window
from copilot.insight.digest import DigestScope, Material, Member, Moved, Step
from copilot.insight.digest_sources import DigestReading
from copilot.insight.owners import Ownership, ownership
from copilot.insight.portfolio import Kept, kept_accounts
from copilot.insight.report import EVERYBODY, Language, Scope, one_person, team_of
from copilot.insight.service import Documents, InsightService
from copilot.insight.week import Covered
from copilot.people.caller import Caller
from copilot.people.person import Person, Role
from copilot.people.scope import Scope as Permission
from copilot.people.scope import scopes_of
from copilot.suggesting.advice import Action, Advising
from copilot.suggesting.standing import Judge
from knowledge.errors import NothingIngested
from knowledge.reader import STAFF

#: A page holds so many (the brief of a week: three to five accounts).
_FEWEST_STEPS, _MOST_STEPS = 3, 5


@dataclass(frozen=True, kw_only=True)
class DigestSources:
    """Where it is found."""

    insight: InsightService
    counts: InsightCounts
    portfolio: Portfolio
    reading: DigestReading
    people: Callable[[], Sequence[Person]]  #: everybody, the owner and those who have left too
    advising: Advising
    documents: Documents  #: titles of what answers are published in


class DigestGathering:
    """Gathers for one person. What is told may go to places that all our own people read, so nothing else is told."""

    def __init__(
        self,
        sources: DigestSources,
        *,
        judge: Judge | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sources = sources
        self._judge = judge or Judge()
        self._now = now

    def gather(self, person: Person, scope: DigestScope, covered: Covered, language: Language) -> Material:
        """Find what is told to a person.

        Raises:
            NotPermitted: they may not see accounts and drafts, or for a team not the figures of others.
        """
        caller = _caller(person)
        caller.need(Permission.ACCOUNTS_READ, Permission.DRAFTS_READ)
        if scope == "team":
            caller.need(Permission.INSIGHT_READ)
        people = self._sources.people()
        team = _team(person, people) if scope == "team" else [person]
        accounts = self._sources.portfolio.accounts(None if scope == "team" else _names(person))
        owned = ownership(accounts, people)
        ours = _ours(accounts, owned, team, everybody=scope == "team" and not person.groups)
        kept = kept_accounts(ours, self._judge)
        ids = frozenset(account.id for account in ours)
        everybody = scope == "team" and not person.groups
        persons = None if everybody else frozenset(one.id for one in team)
        window = Window(since=covered.period.starts, until=covered.period.ends, persons=persons)
        by_id = {account.id: account for account in ours}
        reading = self._sources.reading
        report = self._sources.insight.report(
            caller,
            scope=_scope(person, scope),
            since=covered.period.since,
            until=covered.period.until,
            language=language,
        )
        return Material(
            person=person,
            scope=scope,
            covered=covered,
            report=report,
            kept=kept,
            steps=self._steps(kept, language),
            moves=self._moves(by_id, window, language),
            observed=[(by_id[one.account_id], one) for one in reading.observed(window, ids)],
            waiting=reading.waiting(persons, ids),
            answered=self._answered(window) if scope == "person" else (),
            members=_members(team, owned, kept) if scope == "team" else (),
            without_owner=owned.without if scope == "team" else (),
            of_those_who_left=_left(team, owned) if scope == "team" else (),
            failed=reading.failed(window) if scope == "team" else (),
            names=_called(people, person),
            accounts={account.id: account.name for account in accounts},
        )

    def _steps(self, kept: Sequence[Kept], language: Language) -> Sequence[Step]:
        urgent = [one for one in kept if one.reasons][:_MOST_STEPS]
        if len(urgent) < _FEWEST_STEPS:
            rest = sorted(
                (one for one in kept if not one.reasons and one.score is not None),
                key=lambda one: (not one.renews_soon, one.score or 0.0, one.account.id),
            )
            urgent += rest[: _FEWEST_STEPS - len(urgent)]
        return [
            Step(kept=one, health=self._judge.health(one.account, language), action=self._best(one.account, language))
            for one in urgent
        ]

    def _answered(self, window: Window) -> Sequence[tuple[str, str]]:
        told = self._sources.reading.answered(window)
        if not told:
            return ()
        known = {one.id: one for one in self._sources.documents.summaries() if STAFF.may_read(one.metadata)}
        return [
            (one.question, known[one.document_id].title or known[one.document_id].source)
            for one in told
            if one.document_id in known
        ]

    def _best(self, account: Account, language: Language) -> Action | None:
        try:
            return next(iter(self._sources.advising.advise(account, STAFF, language).actions), None)
        except NothingIngested:
            return None

    def _moves(self, by_id: Mapping[AccountId, Account], window: Window, language: Language) -> Sequence[Moved]:
        """Return each account that stands elsewhere than before, those with the highest fee first."""
        told: dict[AccountId, list[BandMove]] = {}
        for one in self._sources.counts.moves(window):
            if one.account_id in by_id:
                told.setdefault(one.account_id, []).append(one)
        found = []
        for id, moves in told.items():
            before, after = moves[0].before, moves[-1].ended or moves[-1].after or ""
            if before != after:
                account = by_id[id]
                reasons = _weakest(self._judge.health(account, language))
                found.append(Moved(account=account, before=before, after=after, reasons=reasons, fee=_fee(account)))
        return sorted(found, key=lambda one: (-one.fee, one.account.id))


def _caller(person: Person) -> Caller:
    """Return the person as one of all our people: documents of groups and those of admins alone are not told of."""
    plain = replace(person, groups=frozenset(), roles=person.roles - {Role.ADMIN})
    return Caller(person=plain, scopes=scopes_of(person), surface=Surface.WORKER)


def _scope(person: Person, scope: DigestScope) -> Scope:
    if scope == "person":
        return one_person(person.id)
    return team_of(person.id) if person.groups else EVERYBODY


def _team(person: Person, people: Sequence[Person]) -> Sequence[Person]:
    """Return a manager and everybody who shares a group with them; of a manager without a group, everybody."""
    others = [one for one in people if one.id != person.id and (not person.groups or one.groups & person.groups)]
    return [person, *others]


def _ours(
    accounts: Sequence[Account], owned: Ownership, team: Sequence[Person], *, everybody: bool
) -> Sequence[Account]:
    if everybody:
        return accounts
    return [account for person in team for account in owned.those_of(person.id)]


def _names(person: Person) -> frozenset[str]:
    return frozenset(name for name in (person.id, person.name, person.email) if name)


def _members(team: Sequence[Person], owned: Ownership, kept: Sequence[Kept]) -> Sequence[Member]:
    """Return those who have accounts, whoever needs most help first."""
    by_id = {one.account.id: one for one in kept}
    found = []
    for person in team:
        own = [by_id[account.id] for account in owned.those_of(person.id) if account.id in by_id]
        if own and person.active:
            found.append(
                Member(
                    person=person,
                    accounts=len(own),
                    at_risk=sum(one.band is Band.RISK for one in own),
                    needing=sum(bool(one.reasons) for one in own),
                    renewing=sum(one.renews_soon for one in own),
                )
            )
    return sorted(found, key=lambda one: (-one.needing, -one.at_risk, one.person.id))


def _left(team: Sequence[Person], owned: Ownership) -> Sequence[tuple[Person, Sequence[Account]]]:
    return [(one, owned.those_of(one.id)) for one in team if not one.active and owned.those_of(one.id)]


def _called(people: Sequence[Person], reader: Person) -> Mapping[str, str]:
    """Name people as records may call them; what somebody who has left would do is up to whom the digest is for."""
    return {
        name.strip().casefold(): person.name if person.active else reader.name
        for person in people
        for name in (person.name, person.email, person.id)
        if name
    }


def _weakest(health: Health) -> Sequence[str]:
    scored = [one for one in health.dimensions if one.score is not None and one.signals]
    return min(scored, key=lambda one: one.score or 0.0).signals if scored else ()


def _fee(account: Account) -> float:
    fee = account.facts.get("annual_fee_cny")
    return float(fee) if isinstance(fee, int | float) and not isinstance(fee, bool) else 0.0
