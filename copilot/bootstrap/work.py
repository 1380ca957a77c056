"""Accounts, drafts, decisions and deliveries; neither a model nor the vectors are needed for sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from copilot.accounts.current import CurrentAccounts
from copilot.accounts.service import AccountService
from copilot.accounts.signal_service import SignalService
from copilot.adapters.file_channel import FileChannel
from copilot.adapters.home_lock import HomeLock
from copilot.adapters.smtp_channel import SmtpChannel, mail_server, sender_address
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.decision_store import SqlDecisionStore
from copilot.adapters.sql.draft_store import SqlDraftStore
from copilot.adapters.sql.outbox import SqlOutbox
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.signal_store import SqlSignalStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.adapters.webhook_channel import WebhookChannel
from copilot.approval.policy import Policy
from copilot.approval.policy_file import read_policy
from copilot.approval.service import ApprovalService
from copilot.audit.log import AuditLog
from copilot.bootstrap.home import database
from copilot.bootstrap.outlook import Learning, learning_of
from copilot.delivery.channel import Channel
from copilot.delivery.checks import Approvals, DeliveryChecks
from copilot.delivery.delivery import ChannelName
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.delivery.sending import Sending
from copilot.delivery.service import DeliveryService
from copilot.delivery.visibility import CurrentDocuments
from copilot.delivery.worker import DeliveryWorker
from copilot.drafting.access import SourceAccess
from copilot.drafting.composer import Composer
from copilot.drafting.service import DraftService
from copilot.drafting.store import DraftStore
from copilot.drafting.wording import Wording
from copilot.errors import ConfigurationError
from copilot.interfaces.accounts import LocalAccounts
from copilot.interfaces.auditing import LocalAuditing
from copilot.interfaces.deliveries import LocalDeliveries
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.outlooks import LocalOutlooks
from copilot.people.person import OWNER, Person, owner, reader_of
from copilot.people.store import PeopleStore
from copilot.settings import Settings
from copilot.suggesting.outlook.importing import HistoryImport
from copilot.transaction import Transactions
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of
from knowledge.reader import Reader

if TYPE_CHECKING:
    from copilot.adapters.slack_channel import SlackChannel


@dataclass(frozen=True, kw_only=True)
class Delivering:
    """Deliveries and the loop that sends them; nothing runs until the worker is started."""

    deliveries: LocalDeliveries
    worker: DeliveryWorker


def delivering(
    settings: Settings,
    engine: Engine,
    *,
    transactions: Transactions,
    approvals: Approvals,
    drafts: DraftStore,
    audit: AuditLog,
    documents: CurrentDocuments,
    person_of: Callable[[str], Person],
    reader_of: Callable[[Person], Reader],
    housekeeping: Callable[[], object] | None = None,
    slack: SlackChannel | None = None,
) -> Delivering:
    """Wire deliveries; neither a model nor the vectors are needed for them. The worker keeps house beside sending.

    Raises:
        ConfigurationError: a setting of a channel cannot be used.
    """
    rules = DestinationRules(
        internal=destinations("delivery_internal", settings.delivery_internal),
        allowed=destinations("delivery_allowed", settings.delivery_allowed),
        slack=slack,
    )
    channels = _channels(settings, rules) | ({slack.name: slack} if slack is not None else {})
    checks = DeliveryChecks(approvals=approvals, channels=channels, rules=rules, documents=documents)
    outbox = SqlOutbox(engine)
    sending = Sending(transactions=transactions, drafts=drafts, checks=checks, outbox=outbox, audit=audit)
    worker = DeliveryWorker(sending.step, housekeeping=housekeeping)
    service = DeliveryService(
        transactions=transactions,
        drafts=drafts,
        checks=checks,
        outbox=outbox,
        audit=audit,
        reader_of=reader_of,
        wake=worker.wake,
    )
    return Delivering(
        deliveries=LocalDeliveries(service=service, step=sending.step, person=OWNER, person_of=person_of),
        worker=worker,
    )


def destinations(name: str, entries: Sequence[str]) -> DestinationList:
    """Read a setting that lists addresses, domains and hosts.

    Raises:
        ConfigurationError: an entry is none of these.
    """
    try:
        return DestinationList.of(entries)
    except ValueError as error:
        raise ConfigurationError(
            f"COPILOT_{name.upper()}: {error}. Write li@example.com, example.com, *.example.com or 127.0.0.1:9000."
        ) from error


def _channels(settings: Settings, rules: DestinationRules) -> dict[ChannelName, Channel]:
    """Return the ways out whose settings are there."""
    channels: list[Channel] = [FileChannel(settings.home / "exports")]
    if settings.webhook_secret is not None:
        channels.append(WebhookChannel(secret=settings.webhook_secret.get_secret_value(), rules=rules))
    if settings.smtp_url is not None:
        if settings.smtp_from is None:
            raise ConfigurationError("COPILOT_SMTP_URL is set without a sender. Set COPILOT_SMTP_FROM too.")
        server, sender = mail_server(settings.smtp_url.get_secret_value()), sender_address(settings.smtp_from)
        channels.append(SmtpChannel(server=server, sender=sender))
    return {channel.name: channel for channel in channels}


def _slack_channel(settings: Settings, engine: Engine) -> SlackChannel | None:
    """Return the way out to Slack, where its token is set."""
    if settings.slack_bot_token is None:
        return None
    from copilot.adapters.slack_channel import SlackChannel  # not before it is needed: it takes a while to import
    from copilot.interfaces.slack.calls import SlackCalls, web_client
    from copilot.interfaces.slack.identity import read_mapping

    people = SqlPeopleStore(engine)
    client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    mapping = read_mapping(settings.slack_people) if settings.slack_people else {}
    return SlackChannel(SlackCalls(client), lambda: [owner(), *people.people()], mapping)


@dataclass(frozen=True, kw_only=True)
class Work:
    """Accounts, drafts and decisions."""

    accounts: LocalAccounts
    outlooks: LocalOutlooks
    drafts: LocalDrafts
    auditing: LocalAuditing
    approvals: ApprovalService
    delivering: Delivering


def work_of(
    settings: Settings,
    engine: Engine,
    store: SqlKnowledgeStore,
    composers: Sequence[Composer],
    *,
    learning: Learning,
    person_of: Callable[[str], Person],
    transactions: SqlTransactions,
    audit: SqlAuditLog,
    wording: Wording | None = None,
) -> Work:
    """Wire accounts, drafts, decisions and deliveries; without composers nothing new can be composed."""
    accounts, signals, drafts = SqlAccountStore(engine), SqlSignalStore(engine), SqlDraftStore(engine)
    writing = DraftService(
        composers=composers,
        accounts=CurrentAccounts(accounts, signals),
        drafts=drafts,
        access=SourceAccess(store),
        transactions=transactions,
        audit=audit,
        wording=wording,
        reader_of=reader_of,
    )
    approvals = ApprovalService(
        drafts=drafts,
        decisions=SqlDecisionStore(engine),
        transactions=transactions,
        audit=audit,
        people=person_of,
        stale=writing.stale,
        policy=read_policy(settings.approval_policy) if settings.approval_policy else Policy(),
    )
    service = AccountService(store=accounts, transactions=transactions, audit=audit, observers=[learning.recorder])
    observing = SignalService(accounts=accounts, signals=signals, transactions=transactions, audit=audit)
    return Work(
        accounts=LocalAccounts(service, observing, person=OWNER, person_of=person_of),
        outlooks=LocalOutlooks(
            accounts=service,
            current=CurrentAccounts(accounts, signals).of,
            learned=learning.model,
            histories=HistoryImport(store=learning.moves, transactions=transactions, audit=audit),
            person=OWNER,
            person_of=person_of,
        ),
        drafts=LocalDrafts(writing=writing, approvals=approvals, person=OWNER, person_of=person_of),
        auditing=LocalAuditing(audit),
        approvals=approvals,
        delivering=delivering(
            settings,
            engine,
            transactions=transactions,
            approvals=approvals,
            drafts=drafts,
            audit=audit,
            documents=store,
            person_of=person_of,
            reader_of=reader_of,
            housekeeping=approvals.expire,
            slack=_slack_channel(settings, engine),
        ),
    )


def people_by_id(people: PeopleStore) -> Callable[[str], Person]:
    """Return who an id stands for; somebody who is not known any more may do nothing."""

    def person_of(id: str) -> Person:
        if id == OWNER:
            return owner()
        return people.person(id) or Person(id=id, name=id, roles=frozenset(), active=False)

    return person_of


@contextmanager
def open_worker(settings: Settings) -> Iterator[DeliveryWorker]:
    """Open what sending needs, which is neither a model nor the vectors; owns the home unless Chroma is a server.

    Raises:
        IndexLocked: another process owns the home, and sends itself.
        IndexUnavailable: the database cannot be opened.
        ConfigurationError: a setting cannot be used.
    """
    lock = None if settings.chroma_url else HomeLock(settings.home)
    engine: Engine | None = None
    try:
        engine = database(settings)
        work = work_of(
            settings,
            engine,
            SqlKnowledgeStore(engine, full_text_of(engine, settings.home / "cache")),
            [],
            learning=learning_of(settings, engine),
            person_of=people_by_id(SqlPeopleStore(engine)),
            transactions=SqlTransactions(engine),
            audit=SqlAuditLog(engine),
        )
        yield work.delivering.worker
    finally:
        if engine is not None:
            engine.dispose()
        if lock is not None:
            lock.release()
