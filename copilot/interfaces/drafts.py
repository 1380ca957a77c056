"""The use cases around drafts and decisions, on the services of this process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from typing import Protocol

from copilot.approval.decision import Decision
from copilot.approval.inbox import Box, Inbox
from copilot.approval.service import ApprovalService
from copilot.audit.surface import Surface
from copilot.drafting.difference import difference
from copilot.drafting.draft import Draft, DraftKind, DraftStatus, Finding, Revision, SourceQuote
from copilot.drafting.rights import KEEPERS, WRITERS, may_write
from copilot.drafting.service import DraftService
from copilot.errors import UnknownDraft
from copilot.interfaces.draft_contract import (
    ChangeReply,
    DecisionLine,
    DecisionReply,
    DelegationBody,
    DelegationReply,
    DraftBody,
    DraftDecisionBody,
    DraftLine,
    DraftList,
    DraftReply,
    DraftRights,
    FindingBody,
    InboxBody,
    InstructionBody,
    QuoteBody,
    RevisionBody,
    RevisionLine,
)
from copilot.interfaces.export.formats import Exported, ExportFormat, exported
from copilot.people.person import Person
from copilot.telemetry.context import note
from knowledge.document import Audience


class Drafts(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def create(self, body: DraftBody, key: str | None = None) -> DraftReply:
        """Compose and keep a first revision; the same key again returns the draft it made."""
        ...

    def list(
        self,
        *,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account: str | None = None,
        limit: int = 50,
        before: datetime | None = None,
    ) -> DraftList:
        """Return drafts, the last changed first."""
        ...

    def show(self, id: str, revision: int | None = None) -> DraftReply:
        """Return a draft with its history, and the text of one revision."""
        ...

    def revise(self, id: str, body: RevisionBody) -> DraftReply:
        """Keep an edited text."""
        ...

    def change(self, id: str, body: InstructionBody) -> ChangeReply:
        """Carry out an instruction in words."""
        ...

    def decide(self, id: str, body: DraftDecisionBody, key: str | None = None) -> DecisionReply:
        """Approve or reject."""
        ...

    def export(self, id: str, format: ExportFormat, audience: Audience = Audience.INTERNAL) -> Exported:
        """Return the latest revision as a file; for customers without what is ours alone."""
        ...

    def delegate(self, body: DelegationBody) -> DelegationReply:
        """Let somebody decide in the caller's place."""
        ...


class LocalDrafts:
    """Implements `Drafts`; `as_caller` gives the same for another person on another surface."""

    def __init__(
        self,
        *,
        writing: DraftService,
        approvals: ApprovalService,
        person: str,
        person_of: Callable[[str], Person],
        surface: Surface = Surface.CLI,
        inbox: Inbox,
        followers: Sequence[Callable[[Draft], None]] = (),
    ) -> None:
        """`followers` do at once what a decision leads to; none of them fails."""
        self._writing = writing
        self._approvals = approvals
        self._person = person
        self._person_of = person_of
        self._surface = surface
        self._inbox = inbox
        self._followers = followers

    def as_caller(self, person: str, surface: Surface) -> LocalDrafts:
        """Return the use cases for somebody else."""
        return LocalDrafts(
            writing=self._writing,
            approvals=self._approvals,
            person=person,
            person_of=self._person_of,
            surface=surface,
            inbox=self._inbox,
            followers=self._followers,
        )

    @property
    def _caller(self) -> Person:
        return self._person_of(self._person)

    def _get(self, id: str) -> Draft:
        """Return a draft that the caller may know of."""
        draft = self._writing.get(id)
        if not self._writing.may_see(draft, self._caller):
            raise UnknownDraft(f"There is no draft {id!r} that you may see. Ask its author or a curator.")
        return draft

    def _followed(self, draft: Draft) -> Draft:
        """Let everything be done that a decision leads to, and return the draft as it stands then."""
        for follow in self._followers:
            follow(draft)
        return self._writing.get(draft.id) if self._followers else draft

    def create(self, body: DraftBody, key: str | None = None) -> DraftReply:
        """Compose and keep a first revision; the same key again returns the draft it made."""
        made = self._writing.create(
            body.kind, body.account_id, self._caller, self._surface, inputs=body.inputs, language=body.language, key=key
        )
        note(draft=made.draft.id)
        return self._reply(made.draft, self._writing.revision(made.draft, made.revision.number, self._caller))

    def list(
        self,
        *,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account: str | None = None,
        limit: int = 50,
        before: datetime | None = None,
    ) -> DraftList:
        """Return drafts, the last changed first."""
        if kind is None and self._caller.has(*KEEPERS) and not self._caller.has(*WRITERS):
            kind = DraftKind.KNOWLEDGE  # all that they may see; a page of others would come back empty
        found = self._writing.list(status=status, kind=kind, account=account, limit=limit, before=before)
        return DraftList(drafts=[_line(draft) for draft in found if self._writing.may_see(draft, self._caller)])

    def inbox(
        self, box: Box, *, kind: DraftKind | None = None, account: str | None = None, page: int = 1, size: int = 25
    ) -> InboxBody:
        """Return a page of one view of the drafts; a page beyond the last is the last."""
        found = self._inbox.list(self._caller, box, kind=kind, account=account)
        pages = max(1, ceil(len(found) / size))
        at = min(max(page, 1), pages)
        rows = found[(at - 1) * size : at * size]
        return InboxBody(drafts=[_line(draft) for draft in rows], page=at, pages=pages, count=len(found))

    def rights(self, id: str) -> DraftRights:
        """Return what the caller may do with the latest revision."""
        draft, caller = self._get(id), self._caller
        latest = self._writing.revision(draft, draft.revision, caller)
        return DraftRights(
            may_write=may_write(caller, draft.kind),
            may_approve=self._approvals.may_approve(draft, latest.author, caller),
            approvals_missing=self._approvals.approvals_missing(draft),
        )

    def show(self, id: str, revision: int | None = None) -> DraftReply:
        """Return a draft with its history."""
        draft = self._get(id)
        reply = self._reply(draft, self._writing.revision(draft, revision or draft.revision, self._caller))
        reply.revisions = _history(self._writing.revisions(draft, self._caller))
        return reply

    def revise(self, id: str, body: RevisionBody) -> DraftReply:
        """Keep an edited text."""
        caller = self._caller
        self._get(id)
        made = self._writing.revise(id, body.content, body.based_on, caller, self._surface)
        approved = self._approvals.auto_approve(made.draft, made.revision, caller, self._surface)
        draft = self._followed(approved.draft) if approved else made.draft
        return self._reply(draft, self._writing.revision(draft, made.revision.number, caller))

    def change(self, id: str, body: InstructionBody) -> ChangeReply:
        """Carry out an instruction in words; the next revision waits for a decision like any other."""
        caller = self._caller
        based_on = body.based_on or self._get(id).revision
        made = self._writing.change(id, body.instruction, based_on, caller, self._surface)
        approved = self._approvals.auto_approve(made.draft, made.revision, caller, self._surface)
        draft = self._followed(approved.draft) if approved else made.draft
        reply = self._reply(draft, self._writing.revision(draft, made.revision.number, caller))
        return ChangeReply(**reply.model_dump(), understood=made.understood, notes=list(made.notes), diff=made.diff)

    def decide(self, id: str, body: DraftDecisionBody, key: str | None = None) -> DecisionReply:
        """Approve or reject; without a key one is derived, so that a double click changes nothing."""
        caller = self._caller
        draft = self._get(id)
        shown: list[str] | None = None
        if 1 <= body.revision <= draft.revision:
            shown = [one.code for one in self._writing.revision(draft, body.revision, caller).findings]
        decided = self._approvals.decide(
            id,
            body.revision,
            body.decision,
            caller,
            self._surface,
            key=key or _derived_key(id, body),
            reason=body.reason,
            on_behalf_of=body.on_behalf_of,
            findings=shown,
        )
        draft = self._followed(decided.draft)
        seen = self._writing.revision(draft, draft.revision, caller)
        return DecisionReply(
            **self._reply(draft, seen).model_dump(),
            decision=_decision(decided.decision),
            outcome=decided.outcome,
            approvals_missing=decided.missing,
        )

    def export(self, id: str, format: ExportFormat, audience: Audience = Audience.INTERNAL) -> Exported:
        """Return the latest revision as a file; for customers without what is ours alone."""
        draft = self._get(id)
        if audience is Audience.CUSTOMER:
            return exported(draft, self._writing.for_customers(draft, self._caller), format)
        return exported(draft, self._writing.revision(draft, draft.revision, self._caller), format)

    def delegate(self, body: DelegationBody) -> DelegationReply:
        """Let somebody decide in the caller's place."""
        given = self._approvals.delegate(self._caller, body.to, body.until, self._surface)
        return DelegationReply(giver=given.giver, to=given.taker, until=given.until)

    def reply(self, draft: Draft, revision: Revision) -> DraftReply:
        """Show a draft that was made elsewhere."""
        return self._reply(draft, revision)

    def _reply(self, draft: Draft, revision: Revision) -> DraftReply:
        latest = revision
        if revision.number != draft.revision:
            latest = self._writing.revision(draft, draft.revision, self._caller)
        return DraftReply(
            id=draft.id,
            kind=draft.kind,
            account_id=draft.account_id,
            language=draft.language,
            revision=revision.number,
            latest=draft.revision,
            status=self._approvals.status(draft, latest),
            content=revision.content,
            findings=[_finding(finding) for finding in revision.findings],
            citations=[_quote(quote) for quote in revision.quotes],
            author=revision.author,
            created_by=draft.created_by,
            created_at=draft.created_at,
            updated_at=draft.updated_at,
            decisions=[_decision(one) for one in self._approvals.decisions(draft.id)],
        )


def _derived_key(id: str, body: DraftDecisionBody) -> str:
    said = "\n".join([id, str(body.revision), body.decision.value, body.on_behalf_of or "", body.reason or ""])
    return f"derived:{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _history(revisions: Sequence[Revision]) -> list[RevisionLine]:
    before: dict[int, Revision] = {one.number + 1: one for one in revisions}
    return [
        RevisionLine(
            revision=one.number,
            author=one.author,
            surface=one.surface.value,
            at=one.at,
            based_on=one.based_on,
            content=one.content,
            findings=[_finding(finding) for finding in one.findings],
            diff=difference(before[one.number], one) if one.number in before else None,
        )
        for one in revisions
    ]


def _line(draft: Draft) -> DraftLine:
    return DraftLine(
        id=draft.id,
        kind=draft.kind,
        account_id=draft.account_id,
        language=draft.language,
        revision=draft.revision,
        status=draft.status,
        created_by=draft.created_by,
        created_at=draft.created_at,
        updated_at=draft.updated_at,
    )


def _finding(one: Finding) -> FindingBody:
    return FindingBody(code=one.code, severity=one.severity, message=one.message, place=one.place)


def _quote(one: SourceQuote) -> QuoteBody:
    return QuoteBody(
        n=one.number,
        document_id=one.document_id,
        source=one.source,
        version=one.version,
        title=one.title,
        heading_path=list(one.heading_path),
        quote=one.quote,
        start=one.start,
        end=one.end,
    )


def _decision(one: Decision) -> DecisionLine:
    return DecisionLine(
        id=one.id,
        revision=one.revision,
        decision=one.verdict,
        person=one.person,
        on_behalf_of=one.on_behalf_of,
        reason=one.reason,
        surface=one.surface.value,
        at=one.at,
        findings=list(one.findings),
    )
