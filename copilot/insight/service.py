"""The report on a period, for somebody who may see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Protocol

from copilot.errors import InvalidRequest, UnknownPerson
from copilot.insight import asking, portfolio, reading, work
from copilot.insight.counts import DraftOutcomes, GapCounts, InsightCounts, NoGaps, Portfolio, Window
from copilot.insight.period import Period, checked_period
from copilot.insight.report import Group, Language, Report, Scope
from copilot.insight.rights import Sight, sight_of
from copilot.insight.telling import Telling
from copilot.people.caller import Caller
from copilot.people.person import Person
from copilot.suggesting.standing import Judge
from knowledge.reader import Reader
from knowledge.store import DocumentSummary


class Documents(Protocol):
    """The part of the knowledge store that titles and review dates are read from (`knowledge/store.py`)."""

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return all current documents."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where the numbers come from."""

    counts: InsightCounts
    drafts: DraftOutcomes
    portfolio: Portfolio
    documents: Documents
    people: Callable[[], Sequence[Person]]  #: everybody, the owner of the copilot too
    gaps: GapCounts = field(default_factory=NoGaps)


@dataclass(frozen=True, kw_only=True)
class _Request:
    """One report on its way."""

    tell: Telling
    period: Period
    now: Window
    before: Window
    people: Sequence[Person] | None  #: who is counted; None: everybody
    documents: Sequence[DocumentSummary]  #: those that the reader may know of
    asked: asking.Asking
    asked_before: asking.Asking
    sight: Sight


class InsightService:
    """One path for every surface."""

    def __init__(
        self,
        sources: Sources,
        *,
        judge: Judge | None = None,
        assumed: work.Assumption | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sources = sources
        self._judge = judge or Judge()
        self._assumed = assumed or work.Assumption()
        self._now = now

    def report(self, caller: Caller, *, scope: Scope, since: date, until: date, language: Language) -> Report:
        """Count, compare with the period before, and say what it means and what to do.

        Raises:
            InvalidRequest: the period is none (copilot/insight/period.py).
            UnknownPerson: nobody has the id that the scope names.
            NotPermitted: the caller may not see this scope.
        """
        sight = sight_of(caller, scope)
        period = checked_period(since, until, self._now().date())
        people = self._people(scope)
        ids = None if people is None else frozenset(person.id for person in people)
        now, before = (Window(since=one.starts, until=one.ends, persons=ids) for one in (period, period.before))
        request = _Request(
            tell=Telling(language=language),
            period=period,
            now=now,
            before=before,
            people=people,
            documents=self._readable(caller.reader()),
            asked=self._asked(now),
            asked_before=self._asked(before),
            sight=sight,
        )
        groups = [self._asking(request), self._work(request), self._documents(request), self._portfolio(request)]
        return Report(
            scope=scope,
            since=period.since,
            until=period.until,
            language=language,
            groups=[group for group in groups if group is not None],
        )

    def _people(self, scope: Scope) -> Sequence[Person] | None:
        if scope.whose == "everybody":
            return None
        people = self._sources.people()
        named = next((person for person in people if person.id == scope.person), None)
        if named is None:
            raise UnknownPerson(f"Nobody has the id {scope.person!r}. `copilot people list` shows everybody.")
        if scope.whose == "person":
            return [named]
        if not named.groups:
            raise InvalidRequest(
                f"{named.id!r} is in no group, so there is no team. `copilot people set {named.id} --group NAME` puts "
                "them into one, or ask for everybody."
            )
        return [named, *(one for one in people if one.id != named.id and one.groups & named.groups)]

    def _asked(self, window: Window) -> asking.Asking:
        counts = self._sources.counts
        return asking.Asking(answers=counts.answers(window), askers=counts.askers(window), votes=counts.votes(window))

    def _asking(self, request: _Request) -> Group:
        tell, period, now, before = request.tell, request.period, request.asked, request.asked_before
        figures = [asking.questions(tell, now, before, period.since, period.until, self._now().date())]
        if request.people is None or len(request.people) > 1:
            everybody = self._sources.people() if request.people is None else request.people
            able = sum(person.active for person in everybody)
            figures.append(asking.active_people(tell, now, before, able))
        figures += [
            asking.answered_share(tell, now, before),
            asking.refusal_share(tell, now, before),
            asking.gap_share(tell, now, before),
            asking.open_gaps(tell, self._sources.gaps.gaps(request.now), named=request.sight.gap_questions),
            asking.helpful_share(tell, now, before),
        ]
        return Group(title=tell.say("提问与回答", "Questions and answers"), figures=figures)

    def _work(self, request: _Request) -> Group | None:
        if not request.sight.drafts:
            return None
        tell, sources = request.tell, self._sources
        name_of = _names(request.documents)
        kinds, kinds_before = (sources.drafts.by_kind(one) for one in (request.now, request.before))
        answered = request.asked.share("answered").hits
        quoted = {str(id): outcome for id, outcome in sources.drafts.by_document(request.now).items()}
        figures = [
            work.draft_acceptance(tell, kinds, kinds_before),
            work.draft_edits(tell, kinds, kinds_before),
            work.document_acceptance(tell, quoted, name_of),
            work.suggestion_acceptance(
                tell, sources.counts.reactions(request.now), sources.counts.reactions(request.before), name_of
            ),
            work.deliveries_sent(
                tell, sources.counts.deliveries(request.now), sources.counts.deliveries(request.before)
            ),
            work.hours_saved(tell, answered, kinds, self._assumed),
        ]
        return Group(title=tell.say("草稿与建议", "Drafts and suggestions"), figures=figures)

    def _documents(self, request: _Request) -> Group:
        tell, documents = request.tell, request.documents
        may = {one.id for one in documents}
        uses, before = (
            {id: use for id, use in self._sources.counts.documents(one).items() if id in may}
            for one in (request.now, request.before)
        )
        today = self._now().date()
        figures = [reading.document_hits(tell, documents, uses, before)]
        if request.people is None:  # what one person did not need says nothing of a document
            figures.append(reading.never_used(tell, documents, uses))
        figures += [
            reading.stale_used(tell, documents, uses, today),
            reading.unverified_used(tell, documents, uses, today),
        ]
        return Group(title=tell.say("知识", "Knowledge"), figures=figures)

    def _portfolio(self, request: _Request) -> Group | None:
        if not request.sight.accounts:
            return None
        tell, shown = request.tell, portfolio.Shown(names=request.sight.account_names)
        accounts = self._sources.portfolio.accounts(_owners(request.people))
        kept = portfolio.kept_accounts(accounts, self._judge)
        moves = self._sources.counts.moves(request.now)
        if request.people is not None:
            own = {account.id for account in accounts}
            moves = [move for move in moves if move.account_id in own]
        figures = [
            portfolio.healthy_share(tell, kept, shown),
            portfolio.health_moves(tell, kept, moves, shown),
            portfolio.needs_attention(tell, kept, shown),
            *portfolio.renewals_due(tell, kept, shown),
        ]
        return Group(title=tell.say("客户", "Accounts"), figures=figures)

    def _readable(self, reader: Reader) -> Sequence[DocumentSummary]:
        """Return the documents that answers can cite and the reader may know of."""
        return [one for one in self._sources.documents.summaries() if one.chunks and reader.may_read(one.metadata)]


def _names(documents: Sequence[DocumentSummary]) -> work.NameOf:
    """Find a document by its id, by its source, or by the name that rules have for it."""
    found: dict[str, work.Named] = {}
    for one in documents:
        named = work.Named(title=one.title or one.source, owner=one.metadata.owner)
        for name in (PurePosixPath(one.source).stem, one.source, one.id):
            found[name] = named
    return found.get


def _owners(people: Sequence[Person] | None) -> frozenset[str] | None:
    """Return what records may call these people: by id, name or address."""
    if people is None:
        return None
    return frozenset(name for person in people for name in (person.id, person.name, person.email) if name)
