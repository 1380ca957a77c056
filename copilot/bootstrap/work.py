"""Accounts, drafts, decisions and deliveries; neither a model nor the vectors are needed for sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from copilot.accounts.account import AccountId
from copilot.accounts.current import CurrentAccounts
from copilot.accounts.recognising import RecognisingService, RecordIndexing
from copilot.accounts.service import AccountService
from copilot.accounts.signal_service import SignalService
from copilot.accounts.store import AccountStore
from copilot.adapters.file_channel import FileChannel
from copilot.adapters.smtp_channel import SmtpChannel, mail_server, sender_address
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.decision_store import SqlDecisionStore
from copilot.adapters.sql.draft_outcome_store import SqlDraftOutcomeStore
from copilot.adapters.sql.draft_store import SqlDraftStore
from copilot.adapters.sql.outbox import SqlOutbox
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.record_index import SqlRecordIndex
from copilot.adapters.sql.signal_store import SqlSignalStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.adapters.webhook_channel import WebhookChannel
from copilot.approval.inbox import Inbox
from copilot.approval.outcome import OutcomeRecorder
from copilot.approval.policy import Policy
from copilot.approval.policy_file import read_policy
from copilot.approval.service import ApprovalService
from copilot.audit.log import AuditLog
from copilot.bootstrap.blobs import exports_of
from copilot.bootstrap.crm import crm_channel
from copilot.bootstrap.outlook import Learning
from copilot.curating.publishing.knowledge_rules import KnowledgeRules
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
from copilot.drafting.draft import Draft, DraftKind
from copilot.drafting.service import DraftService
from copilot.drafting.store import DraftStore
from copilot.drafting.wording import Wording
from copilot.errors import ConfigurationError
from copilot.interfaces.accounts import LocalAccounts
from copilot.interfaces.auditing import LocalAuditing
from copilot.interfaces.deliveries import LocalDeliveries
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.export.mail import mail_layout
from copilot.interfaces.outlooks import LocalOutlooks
from copilot.people.person import OF_SLACK, OWNER, Person, Role, owner, reader_of
from copilot.people.store import PeopleStore
from copilot.settings import Settings
from copilot.suggesting.outlook.importing import HistoryImport
from copilot.transaction import Transactions
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.reader import Reader

if TYPE_CHECKING:
    from copilot.adapters.slack_channel import SlackChannel


@dataclass(frozen=True, kw_only=True)
class Delivering:
    """Deliveries and the loop that sends them; nothing runs until the worker is started."""

    deliveries: LocalDeliveries
    worker: DeliveryWorker
    service: DeliveryService
    checks: DeliveryChecks


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
    facts_of: Callable[[AccountId | None], Mapping[str, Any] | None] = lambda _: None,
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
        facts_of=facts_of,
        wake=worker.wake,
    )
    return Delivering(
        deliveries=LocalDeliveries(service=service, step=sending.step, person=OWNER, person_of=person_of),
        worker=worker,
        service=service,
        checks=checks,
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
    exports = exports_of(settings)
    channels: list[Channel] = [FileChannel(exports)] if exports is not None else []
    if settings.webhook_secret is not None:
        channels.append(WebhookChannel(secret=settings.webhook_secret.get_secret_value(), rules=rules))
    crm = crm_channel(settings, rules)
    if crm is not None:
        channels.append(crm)
    if (mail := mail_of(settings)) is not None:
        channels.append(mail)
    return {channel.name: channel for channel in channels}


def mail_of(settings: Settings) -> SmtpChannel | None:
    """Return the way out by e-mail, if its settings are there.

    Raises:
        ConfigurationError: there is no sender, or an address cannot be read.
    """
    if settings.smtp_url is None:
        return None
    if settings.smtp_from is None:
        raise ConfigurationError("COPILOT_SMTP_URL is set without a sender. Set COPILOT_SMTP_FROM too.")
    server, sender = mail_server(settings.smtp_url.get_secret_value()), sender_address(settings.smtp_from)
    return SmtpChannel(server=server, sender=sender, layout=mail_layout)


def slack_channel(settings: Settings, engine: Engine) -> SlackChannel | None:
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
    recognising: RecognisingService
    outlooks: LocalOutlooks
    drafts: LocalDrafts
    writing: DraftService
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
    knowledge: KnowledgeRules | None = None,
    followers: Sequence[Callable[[Draft], None]] = (),
) -> Work:
    """Wire accounts, drafts, decisions and deliveries; without composers nothing new can be composed.

    `followers` are told of every decision, and may be added to until the first one.
    """
    accounts, signals, drafts = SqlAccountStore(engine), SqlSignalStore(engine), SqlDraftStore(engine)
    writing = DraftService(
        composers=composers,
        accounts=CurrentAccounts(accounts, signals),
        drafts=drafts,
        access=SourceAccess(store),
        transactions=transactions,
        audit=audit,
        wording=wording,
        rules={DraftKind.KNOWLEDGE: knowledge} if knowledge else {},
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
        observers=[OutcomeRecorder(drafts, SqlDraftOutcomeStore())],
        guards={DraftKind.KNOWLEDGE: knowledge} if knowledge else {},
    )
    index = SqlRecordIndex(engine)
    service = AccountService(
        store=accounts,
        transactions=transactions,
        audit=audit,
        observers=[learning.recorder, RecordIndexing(index)],
    )
    observing = SignalService(accounts=accounts, signals=signals, transactions=transactions, audit=audit)
    return Work(
        accounts=LocalAccounts(service, observing, person=OWNER, person_of=person_of),
        recognising=RecognisingService(
            index=index, store=accounts, accounts=service, transactions=transactions, audit=audit
        ),
        outlooks=LocalOutlooks(
            accounts=service,
            current=CurrentAccounts(accounts, signals).of,
            learned=learning.model,
            histories=HistoryImport(store=learning.moves, transactions=transactions, audit=audit),
            person=OWNER,
            person_of=person_of,
        ),
        drafts=LocalDrafts(
            writing=writing,
            approvals=approvals,
            person=OWNER,
            person_of=person_of,
            inbox=Inbox(drafts=drafts, approvals=approvals, may_see=writing.may_see),
            followers=followers,
        ),
        writing=writing,
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
            facts_of=_facts_of(accounts),
            housekeeping=approvals.expire,
            slack=slack_channel(settings, engine),
        ),
    )


def _facts_of(accounts: AccountStore) -> Callable[[AccountId | None], Mapping[str, Any] | None]:
    def facts(id: AccountId | None) -> Mapping[str, Any] | None:
        account = accounts.get(id) if id is not None else None
        return account.facts if account is not None else None

    return facts


def people_by_id(people: PeopleStore) -> Callable[[str], Person]:
    """Return who an id stands for; somebody who is not known any more may do nothing.

    A user of Slack whom nobody knows here reads what every member reads; whether they are one still, Slack says when
    they are told something.
    """

    def person_of(id: str) -> Person:
        if id == OWNER:
            return owner()
        if id.startswith(OF_SLACK):
            return Person(id=id, name=id, roles=frozenset({Role.READER}))
        return people.person(id) or Person(id=id, name=id, roles=frozenset(), active=False)

    return person_of
