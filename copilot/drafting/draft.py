"""A draft and its revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from copilot.accounts.account import AccountId
from copilot.audit.surface import Surface
from knowledge.document import DocumentId

DraftId = NewType("DraftId", str)
Severity = Literal["error", "warning"]


class DraftKind(StrEnum):
    """What is being written."""

    CUSTOMER_MESSAGE = "customer_message"
    SUCCESS_PLAN = "success_plan"
    HANDOFF = "handoff"  #: from sales to customer success (B5, B6)
    CALL_SCRIPT = "call_script"  #: a first call, or an interview about outcomes (G8, C10)
    PROPOSAL = "proposal"  #: for one client, its focus points marked (G15)
    RENEWAL_BRIEF = "renewal_brief"  #: what a renewal rests on (I1, I3)
    QBR = "qbr"  #: a quarterly business review (J1, J2)
    SHOWCASE_REQUEST = "showcase_request"  #: asks a client to become a showcase (E8)
    VALUE_UPDATE = "value_update"  #: tells a key person what was reached (C13)
    ANDON = "andon"  #: escalates a key account's urgent matter (E3)
    WEEKLY_DIGEST = "weekly_digest"  #: tells one of our people about their week; about no one account (J3)
    KNOWLEDGE = "knowledge"  #: an expert's answer to what several asked (F4, F8); about no account


class DraftStatus(StrEnum):
    """Of the latest revision. A new revision starts at `open`, whatever the one before was."""

    OPEN = "open"  #: waits for a decision
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"  #: nobody decided, or nobody delivered, in the time the policy gives
    DELIVERED = "delivered"  #: it was approved and has left at least once


@dataclass(frozen=True, kw_only=True)
class SourceQuote:
    """What a marker [n] in the content stands for: a verbatim quote of one version of a document."""

    number: int
    document_id: DocumentId
    version: int
    source: str
    title: str
    heading_path: tuple[str, ...]
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something a person should see before deciding. It blocks nothing."""

    code: str  #: stable
    severity: Severity
    message: str
    place: str | None = None  #: the line or field it is about


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One version of the text; immutable. `number` counts from 1."""

    draft_id: DraftId
    number: int
    content: str  #: Markdown
    quotes: Sequence[SourceQuote] = ()
    findings: Sequence[Finding] = ()
    author: str
    surface: Surface
    at: datetime
    based_on: int | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A piece of work and where it stands; its texts are its revisions."""

    id: DraftId
    kind: DraftKind
    account_id: AccountId | None
    language: Literal["zh", "en"]
    created_by: str
    created_at: datetime
    revision: int  #: the latest
    status: DraftStatus
    updated_at: datetime
    inputs: Mapping[str, str] = field(default_factory=dict)  #: what it was asked for with; composing anew uses them
