"""Counts in memory for the tests of insight; everything in them is made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from copilot.accounts.account import Account, AccountId
from copilot.audit.surface import Surface
from copilot.insight.counts import (
    AnswerCount,
    BandMove,
    DeliveryCount,
    DocumentUse,
    Gaps,
    Outcome,
    Taken,
    Votes,
    Window,
)
from copilot.insight.report import EVERYBODY, Language, Report, Scope
from copilot.insight.service import InsightService, Sources
from copilot.people.caller import Caller, the_owner
from copilot.people.person import Person, Role, owner
from copilot.people.scope import scopes_of
from knowledge.document import DocumentId, Metadata
from knowledge.store import DocumentSummary

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 10)
OWNER = the_owner(Surface.CLI)
LI = Person(id="li", name="Li Na", roles=frozenset({Role.FRONTLINE}), groups=frozenset({"north"}))
WANG = Person(id="wang", name="Wang", roles=frozenset({Role.MANAGER}), groups=frozenset({"north"}))
KONG = Person(id="kong", name="Kong", roles=frozenset({Role.CURATOR}))
ADMIN = Person(id="admin", name="Admin", roles=frozenset({Role.ADMIN}))


def calls(person: Person) -> Caller:
    return Caller(person=person, scopes=scopes_of(person), surface=Surface.HTTP)


def answered(times: int, status: str = "answered", **more: str) -> AnswerCount:
    reason, surface = more.get("reason"), more.get("surface", "app")
    return AnswerCount(day=date(2026, 11, 3), status=status, reason=reason, surface=surface, times=times)


def outcome(decided: int, accepted: int, edited: int = 0, **more: object) -> Outcome:
    return Outcome(
        decided=decided,
        accepted=accepted,
        accepted_after_edit=edited,
        rejected=decided - accepted,
        mean_edit_share=more.get("changed"),  # type: ignore[arg-type]
        reasons=more.get("reasons", ()),  # type: ignore[arg-type]
    )


def document(id: str, title: str | None = None, **metadata: object) -> DocumentSummary:
    return DocumentSummary(
        id=DocumentId(id),
        origin="o",
        source=f"{id}.md",
        title=title or id,
        version=1,
        characters=1,
        chunks=1,
        metadata=Metadata(**metadata),  # type: ignore[arg-type]
        updated_at=NOW,
        duplicate_of=None,
    )


def account(id: str, **facts: object) -> Account:
    return Account(id=AccountId(id), facts=facts, updated_at=NOW)


@dataclass
class Counted:
    """Implements every port; what is `…_before` is of the time before 1 November."""

    said: Sequence[AnswerCount] = ()
    said_before: Sequence[AnswerCount] = ()
    people_asking: int = 0
    judged: Votes = field(default_factory=Votes)
    uses: Mapping[DocumentId, DocumentUse] = field(default_factory=dict)
    taken: Mapping[str, Taken] = field(default_factory=dict)
    sent: Sequence[DeliveryCount] = ()
    moved: Sequence[BandMove] = ()
    kinds: Mapping[str, Outcome] = field(default_factory=dict)
    quoted: Mapping[DocumentId, Outcome] = field(default_factory=dict)
    records: Sequence[Account] = ()
    shelf: Sequence[DocumentSummary] = ()
    open: Gaps | None = None
    asked_for: list[Window] = field(default_factory=list)

    def answers(self, window: Window) -> Sequence[AnswerCount]:
        self.asked_for.append(window)
        return self.said if window.since.date() >= SINCE else self.said_before

    def askers(self, window: Window) -> int:
        return self.people_asking

    def votes(self, window: Window) -> Votes:
        return self.judged

    def documents(self, window: Window) -> Mapping[DocumentId, DocumentUse]:
        return self.uses

    def reactions(self, window: Window) -> Mapping[str, Taken]:
        return self.taken

    def deliveries(self, window: Window) -> Sequence[DeliveryCount]:
        return self.sent

    def moves(self, window: Window) -> Sequence[BandMove]:
        return self.moved

    def by_kind(self, window: Window) -> Mapping[str, Outcome]:
        return self.kinds

    def by_document(self, window: Window) -> Mapping[DocumentId, Outcome]:
        return self.quoted

    def gaps(self, window: Window) -> Gaps | None:
        return self.open

    def accounts(self, owners: frozenset[str] | None) -> Sequence[Account]:
        return [one for one in self.records if owners is None or one.text("owner") in owners]

    def summaries(self) -> Sequence[DocumentSummary]:
        return self.shelf


def service(counted: Counted | None = None) -> InsightService:
    found = counted or Counted()
    sources = Sources(
        counts=found,
        drafts=found,
        portfolio=found,
        documents=found,
        people=lambda: [owner(), LI, WANG, KONG, ADMIN],
        gaps=found,
    )
    return InsightService(sources, now=lambda: NOW)


def report(
    counted: Counted | None = None,
    *,
    caller: Caller = OWNER,
    scope: Scope = EVERYBODY,
    language: Language = "en",
    since: date = SINCE,
    until: date = UNTIL,
) -> Report:
    return service(counted).report(caller, scope=scope, since=since, until=until, language=language)
