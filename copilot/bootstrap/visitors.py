"""The chat on somebody's page: tokens of visitors, what was asked before, and who asks for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import Engine

from copilot.adapters.handover_places import MailPlace, SlackPlace, WebhookPlace
from copilot.adapters.jwt_tokens import JwtTokens
from copilot.adapters.sql.handover_store import SqlHandoverStore
from copilot.adapters.sql.history_store import SqlHistoryStore
from copilot.adapters.sql.signing_keys import SqlSigningKeys
from copilot.adapters.webhook_channel import WebhookChannel
from copilot.answering.history import History
from copilot.audit.log import AuditLog
from copilot.bootstrap.work import destinations, mail_of, slack_channel
from copilot.delivery.destination import DestinationRules
from copilot.errors import ConfigurationError, InvalidDestination
from copilot.handover.handover import HandoverPlace
from copilot.handover.service import HandoverService
from copilot.interfaces.conversations import LocalConversations
from copilot.people.caller import Caller
from copilot.people.origins import Origins
from copilot.people.visitors import Visitors
from copilot.settings import Settings
from copilot.transaction import Transactions
from knowledge.question_store import QuestionStore
from knowledge.store import KnowledgeStore


def visitors_of(settings: Settings, engine: Engine) -> Visitors:
    """Return who makes and reads tokens of visitors.

    Raises:
        ConfigurationError: an origin cannot be read.
    """
    try:
        origins = Origins.of(settings.widget_origins)
    except ValueError as error:
        raise ConfigurationError(
            f"COPILOT_WIDGET_ORIGINS: {error}. Write each as https://www.ours.com, without a path or a star."
        ) from error
    return Visitors(
        JwtTokens(SqlSigningKeys(engine)),
        origins=origins,
        internal=settings.widget_internal,
        lasting=timedelta(minutes=settings.widget_token_minutes),
    )


def conversations_of(
    settings: Settings,
    engine: Engine,
    *,
    documents: KnowledgeStore,
    questions: QuestionStore,
    transactions: Transactions,
    audit: AuditLog,
    operator: Caller,
    wake: Callable[[], None],
) -> LocalConversations:
    """Wire looking back and asking for a person.

    Raises:
        ConfigurationError: a place of COPILOT_HANDOVER_TO cannot be told anything.
    """
    history = History(store=SqlHistoryStore(engine), documents=documents)
    handovers = HandoverService(
        store=SqlHandoverStore(engine),
        history=history,
        transactions=transactions,
        audit=audit,
        places=places_of(settings, engine),
        wake=wake,
    )
    return LocalConversations(
        history=history, handovers=handovers, documents=documents, questions=questions, operator=operator
    )


def places_of(settings: Settings, engine: Engine) -> Mapping[str, HandoverPlace]:
    """Return the places of the settings, each by its own words.

    Raises:
        ConfigurationError: one has no known form, or what it needs is not set up.
    """
    return {entry: _place(entry, settings, engine) for entry in settings.handover_to}


def _place(entry: str, settings: Settings, engine: Engine) -> HandoverPlace:
    kind, _, where = entry.partition(":")
    try:
        if kind == "email" and (mail := mail_of(settings)) is not None:
            return MailPlace(mail, where)
        if kind == "slack" and (slack := slack_channel(settings, engine)) is not None:
            return SlackPlace(slack, where)
        if kind == "webhook" and settings.webhook_secret is not None:
            rules = DestinationRules(
                internal=destinations("delivery_internal", settings.delivery_internal),
                allowed=destinations("delivery_allowed", settings.delivery_allowed),
            )
            return WebhookPlace(WebhookChannel(secret=settings.webhook_secret.get_secret_value(), rules=rules), where)
    except InvalidDestination as error:
        raise ConfigurationError(f"COPILOT_HANDOVER_TO: {error.message}") from error
    needs = {"email": "COPILOT_SMTP_URL", "slack": "COPILOT_SLACK_BOT_TOKEN", "webhook": "COPILOT_WEBHOOK_SECRET"}
    if kind in needs:
        raise ConfigurationError(f"COPILOT_HANDOVER_TO: {kind!r} is not set up. Set {needs[kind]}.")
    raise ConfigurationError(
        f"COPILOT_HANDOVER_TO: {entry!r} is no place. Write email:help@ours.com, slack:#support or webhook:https://…."
    )
