"""Advice: the rules of the settings over the records and documents of this process."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from copilot.accounts.current import CurrentAccounts
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.portfolio import SqlPortfolio
from copilot.adapters.sql.signal_store import SqlSignalStore
from copilot.adapters.sql.suggestion_store import SqlSuggestionStore
from copilot.audit.log import AuditLog
from copilot.bootstrap.outlook import judge_of
from copilot.drafting.sources import Sources
from copilot.interfaces.accounts import LocalAccounts
from copilot.interfaces.advice import LocalAdvices
from copilot.interfaces.attention import LocalAttention
from copilot.people.caller import Caller
from copilot.settings import Settings
from copilot.suggesting.attending import AttentionService
from copilot.suggesting.icp import read_icp
from copilot.suggesting.outlooks import OutlookModel
from copilot.suggesting.playbook_quotes import PlaybookQuotes
from copilot.suggesting.reactions import ReactionService
from copilot.suggesting.rule_files import read_rules, shipped_folder, shipped_rules
from copilot.suggesting.rules import RuleBook
from copilot.suggesting.service import AdviceService
from copilot.transaction import Transactions
from knowledge.retriever import Retriever
from knowledge.store import KnowledgeStore


def _rules(settings: Settings) -> Callable[[], RuleBook]:
    """Return the rules: own ones are checked at the start, the shipped ones read when they are first needed."""
    if settings.rules is None:
        return shipped_rules
    book = read_rules(shipped_folder(), settings.rules)
    return lambda: book


def advising_of(
    settings: Settings, store: KnowledgeStore, sources: Sources | None, outlooks: OutlookModel
) -> tuple[AdviceService, PlaybookQuotes]:
    """Wire what advises, and what finds the quotes of an advice; without sources, in the documents rules name alone.

    Raises:
        ConfigurationError: the rules or the profile of the settings cannot be used.
    """
    quotes = PlaybookQuotes(store, elsewhere=None if sources is None else sources.find)
    service = AdviceService(
        book=_rules(settings),
        quotes=quotes,
        judge=judge_of(settings),
        outlooks=outlooks,
        icp=read_icp(settings.icp) if settings.icp else None,
    )
    return service, quotes


def advices_of(
    engine: Engine,
    service: AdviceService,
    quotes: PlaybookQuotes,
    *,
    retriever: Retriever,
    transactions: Transactions,
    audit: AuditLog,
    operator: Caller,
) -> LocalAdvices:
    """Wire the use cases around advice and what people say of it."""
    suggestions = SqlSuggestionStore(engine)
    reactions = ReactionService(store=suggestions, transactions=transactions, audit=audit, playbook=quotes.document)
    return LocalAdvices(
        service=service,
        reactions=reactions,
        accounts=CurrentAccounts(SqlAccountStore(engine), SqlSignalStore(engine)),
        unhelpful=suggestions,
        retriever=retriever,
        operator=operator,
    )


def attention_of(settings: Settings, engine: Engine, service: AdviceService, accounts: LocalAccounts) -> LocalAttention:
    """Wire the order in which accounts need somebody."""
    attending = AttentionService(
        records=SqlPortfolio(engine), judge=judge_of(settings), accepted=SqlSuggestionStore(engine)
    )
    return LocalAttention(attending, service, any_record=lambda: bool(accounts.list(1).accounts))
