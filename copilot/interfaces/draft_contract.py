"""The shapes of accounts, drafts, decisions and the audit log that leave the process."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from copilot.approval.decision import Verdict
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.interfaces.account_contract import FactFindingBody
from copilot.interfaces.contract import Body, ErrorBody


class AccountBody(Body):
    """An account record: every known field, null where nothing is known, and unknown ones as they came."""

    model_config = ConfigDict(extra="allow")

    id: str
    type: Literal["lead", "opportunity", "account"]
    updated_at: datetime
    unknown: list[str] = Field([], description="Names of fields that were kept though nothing here knows them.")
    findings: list[FactFindingBody] = Field([], description="Facts that contradict each other, or that are missing.")


class AccountList(Body):
    """Records in the order of their ids; go on with `after` = the last id."""

    accounts: list[AccountBody]


class ImportLine(Body):
    """What became of one line that was not simply kept, or has something to look at."""

    line: int
    id: str | None = None
    unknown: list[str] = Field([])
    findings: list[FactFindingBody] = Field([])
    error: ErrorBody | None = None


class ImportReport(Body):
    """What an import did: good lines are kept, bad ones told."""

    kept: int
    failed: int
    lines: list[ImportLine] = Field([], description="Bad lines, and kept ones with unknown fields or findings.")


class DraftBody(Body):
    """What is to be drafted."""

    kind: DraftKind
    account_id: str
    inputs: dict[str, str] = Field({})
    language: Literal["zh", "en"] | None = Field(None, description="Default: that of the account's name and notes.")


class FindingBody(Body):
    """Something to see before deciding; it blocks nothing."""

    code: str
    severity: Literal["error", "warning"]
    message: str
    place: str | None = None


class QuoteBody(Body):
    """What a marker [n] stands for: `quote == text of that version [start:end]`."""

    n: int
    document_id: str
    source: str
    version: int
    title: str
    heading_path: list[str]
    quote: str
    start: int
    end: int


class RevisionLine(Body):
    """One revision in the history of a draft."""

    revision: int
    author: str
    surface: str
    at: datetime
    based_on: int | None = None
    content: str
    findings: list[FindingBody] = Field([])
    diff: str | None = Field(None, description="Against the revision before, as a unified diff.")


class DecisionLine(Body):
    """One decision in the history of a draft."""

    id: str
    revision: int
    decision: Verdict
    person: str
    on_behalf_of: str | None = None
    reason: str | None = None
    surface: str
    at: datetime
    findings: list[str] = Field([], description="Codes of what the person was shown.")


class DraftReply(Body):
    """A draft with one of its revisions, by default the latest."""

    id: str
    kind: DraftKind
    account_id: str | None
    language: Literal["zh", "en"]
    revision: int
    latest: int
    status: DraftStatus = Field(description="Of the latest revision.")
    content: str
    findings: list[FindingBody] = Field([])
    citations: list[QuoteBody] = Field([])
    author: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    decisions: list[DecisionLine] = Field([])
    revisions: list[RevisionLine] = Field([])


class DraftLine(Body):
    """One line of the list of drafts."""

    id: str
    kind: DraftKind
    account_id: str | None
    language: Literal["zh", "en"]
    revision: int
    status: DraftStatus
    created_by: str
    created_at: datetime
    updated_at: datetime


class DraftList(Body):
    """Drafts, the last changed first; go on with `before` = the last `updated_at`."""

    drafts: list[DraftLine]


class InboxBody(Body):
    """A page of one view of the drafts, the last changed first."""

    drafts: list[DraftLine]
    page: int
    pages: int
    count: int


class DraftRights(Body):
    """What somebody may do with the latest revision of a draft."""

    may_write: bool
    may_approve: bool
    approvals_missing: int


class RevisionBody(Body):
    """An edited text and the revision it was made from."""

    content: str
    based_on: int = Field(ge=1, le=2**31 - 1)


class InstructionBody(Body):
    """What is to be changed, in words, and the revision that was read."""

    instruction: str
    based_on: int | None = Field(None, ge=1, le=2**31 - 1, description="Null: the latest.")


class ChangeReply(DraftReply):
    """The draft after an instruction."""

    understood: str = Field(description="What was done, a sentence in the language of the instruction.")
    notes: list[str] = Field([], description="What else moved, is out of order now, or was not carried over.")
    diff: str = Field(description="Against the revision before, as a unified diff; empty when nothing changed.")


class DraftDecisionBody(Body):
    """A person's decision on a revision."""

    decision: Verdict
    revision: int = Field(ge=1, le=2**31 - 1)
    reason: str | None = None
    on_behalf_of: str | None = None


class DecisionReply(DraftReply):
    """The draft after a decision, and what became of the call."""

    decision: DecisionLine
    outcome: Literal["decided", "repeated", "already_decided"]
    approvals_missing: int


class DelegationBody(Body):
    """Who may decide in the caller's place, and until when."""

    to: str
    until: datetime


class DelegationReply(Body):
    """A delegation as it was kept."""

    giver: str
    to: str
    until: datetime


class AuditEntryBody(Body):
    """An entry of the audit log."""

    number: int
    action: str
    actor: str
    subject: str
    surface: str
    at: datetime
    details: dict[str, str | int | bool | None] = Field({})
    previous: str
    hash: str


class AuditPage(Body):
    """Entries in order, and the noted end of the log; go on with `after` = the last number."""

    entries: list[AuditEntryBody]
    head: int
    head_hash: str


class FaultBody(Body):
    """Something wrong with the audit log."""

    kind: str
    first: int
    last: int
    message: str


class AuditCheck(Body):
    """Whether the audit log is whole. Note the head elsewhere: only that finds a log that was written anew."""

    entries: int
    head: int
    head_hash: str
    faults: list[FaultBody] = Field([])
