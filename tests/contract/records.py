"""Every store of accounts, drafts, decisions and audit entries there is, over one database each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from copilot.accounts.account import AccountId
from copilot.accounts.signal_store import SignalStore
from copilot.accounts.store import AccountStore
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.decision_store import SqlDecisionStore
from copilot.adapters.sql.draft_store import SqlDraftStore
from copilot.adapters.sql.gap_store import SqlGapStore
from copilot.adapters.sql.signal_store import SqlSignalStore
from copilot.adapters.sql.suggestion_store import SqlSuggestionStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.adapters.sql.transition_store import SqlTransitionStore
from copilot.adapters.sql.wording_store import SqlWordingStore
from copilot.approval.decision import Decision, Verdict
from copilot.approval.store import DecisionStore
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.curating.gap_store import GapStore
from copilot.curating.wording_store import WordingStore
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Finding, Revision, SourceQuote
from copilot.drafting.store import DraftStore
from copilot.suggesting.outlook.store import TransitionStore
from copilot.suggesting.suggestion import SuggestionStore
from copilot.transaction import Transactions
from knowledge.document import DocumentId
from tests.contract.material import START, after
from tests.doubles.approval import InMemoryAccountStore, InMemoryDecisionStore, InMemoryDraftStore
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.gaps import InMemoryGapStore, InMemoryWordingStore
from tests.doubles.signals import InMemorySignalStore
from tests.doubles.suggestions import InMemorySuggestionStore
from tests.doubles.transitions import InMemoryTransitionStore


@dataclass(frozen=True, kw_only=True)
class Records:
    """The stores of one database."""

    transactions: Transactions
    accounts: AccountStore
    signals: SignalStore
    suggestions: SuggestionStore
    drafts: DraftStore
    decisions: DecisionStore
    audit: AuditLog
    transitions: TransitionStore
    gaps: GapStore
    wordings: WordingStore


def in_memory() -> Records:
    """The doubles."""
    database = InMemoryDatabase()
    return Records(
        transactions=InMemoryTransactions(database),
        accounts=InMemoryAccountStore(database),
        signals=InMemorySignalStore(database),
        suggestions=InMemorySuggestionStore(database),
        drafts=InMemoryDraftStore(database),
        decisions=InMemoryDecisionStore(database),
        audit=InMemoryAuditLog(database),
        transitions=InMemoryTransitionStore(database),
        gaps=InMemoryGapStore(database),
        wordings=InMemoryWordingStore(database),
    )


def on_sql(engine: Engine) -> Records:
    """The adapters."""
    return Records(
        transactions=SqlTransactions(engine),
        accounts=SqlAccountStore(engine),
        signals=SqlSignalStore(engine),
        suggestions=SqlSuggestionStore(engine),
        drafts=SqlDraftStore(engine),
        decisions=SqlDecisionStore(engine),
        audit=SqlAuditLog(engine),
        transitions=SqlTransitionStore(engine),
        gaps=SqlGapStore(engine),
        wordings=SqlWordingStore(engine),
    )


def draft(id: str = "d1", *, at: datetime = START, kind: DraftKind = DraftKind.CUSTOMER_MESSAGE) -> Draft:
    return Draft(
        id=DraftId(id),
        kind=kind,
        account_id=AccountId("a1"),
        language="zh",
        created_by="owner",
        created_at=at,
        revision=1,
        status=DraftStatus.OPEN,
        updated_at=at,
    )


def revision(number: int = 1, *, of: str = "d1", at: datetime = START, content: str = "您好!") -> Revision:
    quote = SourceQuote(
        number=1,
        document_id=DocumentId("doc"),
        version=2,
        source="续约.md",
        title="续约",
        heading_path=("怎么做", "第一步"),
        quote="提前 90 天",
        start=3,
        end=10,
    )
    return Revision(
        draft_id=DraftId(of),
        number=number,
        content=content,
        quotes=(quote,),
        findings=(Finding(code="placeholder_left", severity="warning", message="待填", place="line 1"),),
        author="owner",
        surface=Surface.CLI,
        at=at,
        based_on=number - 1 or None,
    )


def decision(id: str = "x1", *, key: str = "k1", person: str = "王敏", minutes: int = 0, of: str = "d1") -> Decision:
    return Decision(
        id=id,
        draft_id=DraftId(of),
        revision=1,
        verdict=Verdict.APPROVE,
        person=person,
        on_behalf_of="owner",
        reason="看过了",
        surface=Surface.SLACK,
        at=after(minutes),
        key=key,
        findings=("placeholder_left",),
    )
