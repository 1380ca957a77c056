"""Advice: the rules of the settings over the records and documents of this process."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from copilot.accounts.cadence import read_cadence
from copilot.accounts.current import CurrentAccounts
from copilot.accounts.weights import read_weights
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.signal_store import SqlSignalStore
from copilot.adapters.sql.suggestion_store import SqlSuggestionStore
from copilot.audit.log import AuditLog
from copilot.drafting.sources import Sources
from copilot.interfaces.advice import LocalAdvices
from copilot.people.caller import Caller
from copilot.settings import Settings
from copilot.suggesting.icp import read_icp
from copilot.suggesting.outlooks import OutlookModel
from copilot.suggesting.playbook_quotes import PlaybookQuotes
from copilot.suggesting.reactions import ReactionService
from copilot.suggesting.rule_files import read_rules, shipped_folder, shipped_rules
from copilot.suggesting.rules import RuleBook
from copilot.suggesting.service import AdviceService
from copilot.suggesting.standing import Judge
from copilot.transaction import Transactions
from knowledge.retriever import Retriever
from knowledge.store import KnowledgeStore


def _judge(settings: Settings) -> Judge:
    return Judge(
        model=settings.health_model,
        weights=read_weights(settings.health_model, settings.health_weights),
        cadence=read_cadence(settings.contact_days),
    )


def _rules(settings: Settings) -> Callable[[], RuleBook]:
    """Return the rules: own ones are checked at the start, the shipped ones read when they are first needed."""
    if settings.rules is None:
        return shipped_rules
    book = read_rules(shipped_folder(), settings.rules)
    return lambda: book


def advices_of(
    settings: Settings,
    engine: Engine,
    *,
    store: KnowledgeStore,
    retriever: Retriever,
    sources: Sources,
    transactions: Transactions,
    audit: AuditLog,
    operator: Caller,
    outlooks: OutlookModel | None = None,
) -> LocalAdvices:
    """Wire advice.

    Raises:
        ConfigurationError: the rules or the profile of the settings cannot be used.
    """
    quotes = PlaybookQuotes(store, elsewhere=sources.find)
    suggestions = SqlSuggestionStore(engine)
    service = AdviceService(
        book=_rules(settings),
        quotes=quotes,
        judge=_judge(settings),
        outlooks=outlooks,
        icp=read_icp(settings.icp) if settings.icp else None,
    )
    reactions = ReactionService(store=suggestions, transactions=transactions, audit=audit, playbook=quotes.document)
    return LocalAdvices(
        service=service,
        reactions=reactions,
        accounts=CurrentAccounts(SqlAccountStore(engine), SqlSignalStore(engine)),
        unhelpful=suggestions,
        retriever=retriever,
        operator=operator,
    )
