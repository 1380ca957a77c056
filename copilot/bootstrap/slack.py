"""The Slack app on the services of this process."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr
from sqlalchemy import Engine

from copilot.adapters.sql.slack_store import SqlSlackStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.delivery.delivery import ChannelName
from copilot.errors import ConfigurationError
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.slack.advice import SlackAdvice
from copilot.interfaces.slack.answering import Answering
from copilot.interfaces.slack.app import SlackApp, Us
from copilot.interfaces.slack.calls import SlackCalls, web_client
from copilot.interfaces.slack.channels import Channels
from copilot.interfaces.slack.commands import SlackCommands
from copilot.interfaces.slack.connecting import Running, SlackConnection
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.drafts import SlackDrafts
from copilot.interfaces.slack.gap_requests import GapRequests
from copilot.interfaces.slack.home import SlackHome
from copilot.interfaces.slack.identity import Identity, read_mapping
from copilot.interfaces.slack.intake import Intake
from copilot.interfaces.slack.posting import Poster
from copilot.interfaces.slack.workers import Workers
from copilot.people.pace import Pacing
from copilot.people.person import owner
from copilot.people.store import PeopleStore
from copilot.settings import Settings
from knowledge.errors import AmbiguousDocument, UnknownDocument
from knowledge.reader import Reader
from knowledge.store import KnowledgeStore


def slack_of(
    settings: Settings,
    engine: Engine,
    *,
    copilot: LocalCopilot,
    people: PeopleStore,
    documents: KnowledgeStore,
    transactions: SqlTransactions,
    pacing: Pacing,
) -> SlackConnection | None:
    """Wire the Slack app; None where no token is set.

    Raises:
        ConfigurationError: settings of Slack are there, and one that they need is not.
    """
    token = ways_in(settings)
    secret, socket = settings.slack_signing_secret, settings.slack_app_token
    if token is None:
        return None
    mapping = read_mapping(settings.slack_people) if settings.slack_people else {}
    client = web_client(token.get_secret_value(), settings.slack_api_url)
    store = SqlSlackStore(engine, transactions)
    connection: SlackConnection | None = None
    calls = SlackCalls(client, sleep=lambda seconds: connection.pause(seconds) if connection else False)

    def build(us: Us) -> Running:
        identity = Identity(calls, team=us.team, people=lambda: [owner(), *people.people()], mapping=mapping)
        channels = Channels(calls, identity, us=us.user, team=us.team)
        poster = Poster(calls, us=us.user, team=us.team)
        requests = GapRequests(copilot.gaps, copilot.knowledge)
        desk = Desk(
            copilot=copilot,
            calls=calls,
            poster=poster,
            identity=identity,
            channels=channels,
            claims=store,
            kept=store,
            may_read=readable(documents),
            experts=requests,
            knowledge=requests,
            deliverable=_ways_out(settings),
        )
        drafts = SlackDrafts(desk)
        advice = SlackAdvice(desk, drafts)
        commands = SlackCommands(desk, drafts, advice)
        answering = Answering(
            copilot=copilot,
            commands=commands,
            claims=store,
            kept=store,
            identity=identity,
            channels=channels,
            poster=poster,
            may_read=desk.may_read,
            pacing=pacing,
            draft_changed=drafts.refresh,
        )
        workers = Workers(answering.work, claims=store, kept=store)
        intake = Intake(claims=store, workers=workers, poster=poster, us=us.user)
        app = SlackApp(
            desk=desk,
            intake=intake,
            drafts=drafts,
            advice=advice,
            home=SlackHome(desk, drafts, advice),
            us=us,
            token=token.get_secret_value(),
            signing_secret=secret.get_secret_value() if secret else None,
            client=client,
        )
        return Running(app=app, workers=workers)

    connection = SlackConnection(calls, build, app_token=socket.get_secret_value() if socket else None)
    return connection


def ways_in(settings: Settings) -> SecretStr | None:
    """Return the token of the bot, where Slack has a way to reach us; None where no token is set.

    Raises:
        ConfigurationError: settings of Slack are there, and one that they need is not.
    """
    token = settings.slack_bot_token
    secret, socket = settings.slack_signing_secret, settings.slack_app_token
    if token is None:
        if secret is not None or socket is not None:
            raise ConfigurationError(
                "COPILOT_SLACK_BOT_TOKEN is missing: copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions."
            )
        return None
    if secret is None and socket is None:
        raise ConfigurationError(
            "Slack needs a way to reach us: set COPILOT_SLACK_SIGNING_SECRET (Basic Information) for HTTP, or "
            "COPILOT_SLACK_APP_TOKEN (xapp-…, scope connections:write) for Socket Mode."
        )
    return token


def readable(documents: KnowledgeStore) -> Callable[[str, Reader], bool]:
    """Return what tells whether a reader may see a document as it is now."""

    def may_read(id: str, reader: Reader) -> bool:
        try:
            return documents.find(id, reader).id == id
        except (UnknownDocument, AmbiguousDocument):
            return False

    return may_read


def _ways_out(settings: Settings) -> tuple[ChannelName, ...]:
    ways = [ChannelName.FILE, ChannelName.SLACK]
    if settings.smtp_url is not None:
        ways.append(ChannelName.EMAIL)
    if settings.webhook_secret is not None:
        ways.append(ChannelName.WEBHOOK)
    return tuple(ways)
