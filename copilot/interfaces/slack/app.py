"""The Slack app: bolt checks signatures and reads requests, everything else is decided in the modules beside this one.

Messages become claims inside bolt's middleware, so that Slack is told of nothing that is not written down. Everything
else is acknowledged at once and done by bolt's threads; what is answered with a message becomes a claim, too.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from copilot.errors import SlackRefused, SlackUnavailable
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.actions import SlackActions
from copilot.interfaces.slack.advice import SlackAdvice
from copilot.interfaces.slack.clicks import Click, Submission, read_click, read_submission
from copilot.interfaces.slack.commands import parsed
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.drafts import SlackDrafts
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.events import question_of
from copilot.interfaces.slack.home import SlackHome
from copilot.interfaces.slack.intake import Intake
from copilot.interfaces.slack.mrkdwn import shortened
from copilot.interfaces.slack.notices import detail, notice, problem, told
from copilot.interfaces.slack.shortcuts import SlackShortcuts
from copilot.interfaces.slack.texts import Language
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

#: Threads of bolt, which acknowledge and carry out modals; answers have their own.
_THREADS = 6
#: Threads for what follows an acknowledged click: however long Slack takes there, the next one is acknowledged at once.
_AFTER = 8
#: Which field of a modal shows what stands against it.
_FIELDS: Mapping[str, str] = {
    ids.DRAFT_EDIT_VIEW: "piece_000",
    ids.DRAFT_REJECT_VIEW: "reason",
    ids.DRAFT_DELIVER_VIEW: "destination",
    ids.SUGGESTION_REJECT_VIEW: "reason",
    ids.FEEDBACK_VIEW: "reason",
    ids.KNOWLEDGE_VIEW: "answer",
}


#: Characters that are read below a field.
_MODAL_ERROR = 150


@dataclass(frozen=True, kw_only=True)
class Us:
    """Who we are in Slack, as `auth.test` tells."""

    user: str
    bot: str
    team: str


class SlackApp:
    """Answers requests of Slack, over HTTP or Socket Mode alike."""

    def __init__(
        self,
        *,
        desk: Desk,
        intake: Intake,
        drafts: SlackDrafts,
        advice: SlackAdvice,
        home: SlackHome,
        us: Us,
        token: str,
        signing_secret: str | None,
        client: WebClient,
    ) -> None:
        """Without a signing secret only Socket Mode works: no request over HTTP is believed."""
        self._desk = desk
        self._intake = intake
        self._drafts = drafts
        self._advice = advice
        self._home = home
        self._actions = SlackActions(desk, intake, drafts)
        self._shortcuts = SlackShortcuts(desk, intake, us.user)
        self._signed = signing_secret is not None
        self._us = us
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="slack-bolt")
        self._after = ThreadPoolExecutor(_AFTER, thread_name_prefix="slack-after")
        unsigned = WebClient(base_url=client.base_url, timeout=client.timeout, retry_handlers=[])
        self.bolt = App(
            name="frontline-copilot",
            client=unsigned,
            authorize=lambda **_: AuthorizeResult(
                enterprise_id=None, team_id=us.team, bot_user_id=us.user, bot_id=us.bot, bot_token=token
            ),
            # An empty secret would verify against itself: HTTP is refused before bolt sees it (`over_http`).
            signing_secret=signing_secret or uuid4().hex,
            ignoring_self_events_enabled=False,  # the decision table ignores them, with a reason
            listener_executor=self._threads,
            logger=logging.getLogger("copilot.slack.bolt"),
        )
        self._listen()

    def over_http(self, body: str, headers: Mapping[str, str]) -> BoltResponse:
        """Answer a request: 200, 401 for a signature or a time that is wrong, 503 where nothing could be written."""
        if not self._signed:
            return BoltResponse(status=404, body="")
        return self.bolt.dispatch(BoltRequest(body=body, headers=dict(headers)))

    def draft_decided(self, draft_id: str) -> None:
        """Change every message about a draft, behind whoever has decided."""
        self._later(partial(self._drafts.refresh, draft_id))

    def close(self) -> None:
        """Let go of the threads."""
        self._intake.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._after.shutdown(wait=False, cancel_futures=True)

    def _listen(self) -> None:
        app = self.bolt
        app.use(self._messages)
        app.event("app_home_opened")(self._home_opened)
        app.event(re.compile(".*"))(_nothing)
        app.command(ids.COMMAND)(self._command)
        app.shortcut(ids.ASK_SHORTCUT)(self._ask_shortcut)
        app.shortcut(ids.SAVE_SHORTCUT)(self._save_shortcut)
        app.action(re.compile(".*"))(self._action)
        app.view(re.compile(".*"))(self._view)

    def _messages(self, body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:
        """Take in messages before anything is acknowledged."""
        event = body.get("event")
        if not isinstance(event, Mapping) or event.get("type") not in ("app_mention", "message"):
            return next()
        try:
            self._intake.message(body)
        except ReportableError as error:
            _log.error("an event could not be written down, Slack sends it again: %s", error.message)
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body="")

    def _home_opened(self, event: dict[str, Any]) -> None:
        self._later(lambda: self._show_home(event))

    def _show_home(self, event: Mapping[str, Any]) -> None:
        user, messages = str(event.get("user") or ""), event.get("tab") == "messages"
        try:
            if messages:
                self._home.suggest(user, str(event.get("channel") or ""))
            else:
                self._home.publish(user)
        except ReportableError as error:
            _log.warning("App Home of %s: %s %s", user, error.code, error.message)
            if not messages and not isinstance(error, SlackUnavailable | SlackRefused):
                self._refuse_home(user, error)
        except Exception:  # noqa: BLE001  # the listener's boundary
            _log.exception("App Home of %s failed", user)

    def _refuse_home(self, user: str, error: ReportableError) -> None:
        try:
            self._home.refuse(user, error)
        except ReportableError as lost:
            _log.warning("App Home of %s stays as it is: %s", user, lost.message)

    def _command(self, ack: Ack, body: dict[str, Any]) -> None:
        name, rest = parsed(question_of(str(body.get("text") or ""), self._us.user))
        try:
            self._intake.request(
                f"command:{body.get('trigger_id')}",
                "command",
                channel=str(body.get("channel_id") or ""),
                person=str(body.get("user_id") or ""),
                work={"name": name, "text": rest, "response_url": str(body.get("response_url") or "")},
            )
        except ReportableError as error:
            shown = problem(error, "en")
            ack(response_type="ephemeral", text=shown.text, blocks=list(shown.blocks))
            return
        ack()

    def _ask_shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        click = Click(
            user=str((body.get("user") or {}).get("id") or ""),
            action_id=ids.ASK_SHORTCUT,
            value="",
            trigger_id=str(body.get("trigger_id") or ""),
            response_url=str(body.get("response_url") or ""),
        )
        try:
            self._shortcuts.ask(body)
        except Exception as error:  # noqa: BLE001  # told once Slack has its answer
            self._later(partial(self._guarded, click, partial(_fail, error)))
        ack()

    def _save_shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        ack()
        click = Click(
            user=str((body.get("user") or {}).get("id") or ""),
            action_id=ids.SAVE_SHORTCUT,
            value="",
            trigger_id=str(body.get("trigger_id") or ""),
            response_url=str(body.get("response_url") or ""),
        )
        self._later(lambda: self._guarded(click, lambda: self._shortcuts.save(body)))

    def _action(self, ack: Ack, body: dict[str, Any]) -> None:
        ack()
        click = read_click(body)
        self._later(lambda: self._guarded(click, lambda: self._clicked(click)))

    def _clicked(self, click: Click) -> None:
        action = click.action_id
        if action.startswith("draft_"):
            self._drafts.click(click)
        elif action.startswith("suggestion_"):
            self._advice.click(click)
        elif action.startswith((ids.STAGE, ids.ACCOUNT_ADVICE)):
            self._home.click(click)
        elif action == ids.ANSWER_GAP or action.startswith(ids.GAP):
            self._shortcuts.answer_gap(click.trigger_id, click.user, click.value)
        else:
            self._actions.click(click)

    def _view(self, ack: Ack, body: dict[str, Any]) -> None:
        """Carry a modal out before it closes: what stands against it is told inside, and nothing typed is lost."""
        sent = read_submission(body)
        field = _FIELDS.get(sent.callback_id, "value")
        after: Callable[[], object] | None = None
        try:
            if sent.callback_id in (ids.DRAFT_EDIT_VIEW, ids.DRAFT_REJECT_VIEW, ids.DRAFT_DELIVER_VIEW):
                draft, destination = self._drafts.submit(sent)
                after = partial(self._drafts.submitted, sent, draft, destination)
            elif sent.callback_id == ids.SUGGESTION_REJECT_VIEW:
                self._advice.submit(sent)
            elif sent.callback_id == ids.FEEDBACK_VIEW and not self._actions.complain(sent):
                ack(response_action="errors", errors={field: "?"})
                return
            elif sent.callback_id == ids.KNOWLEDGE_VIEW:
                if not self._shortcuts.submit(sent):
                    ack(response_action="errors", errors={field: told("knowledge_empty", self._language(sent))})
                    return
                after = partial(self._shortcuts.submitted, sent)
        except ReportableError as error:
            ack(response_action="errors", errors={field: self._detail(sent, error)})
            return
        except Exception:  # noqa: BLE001  # whoever typed something must not lose it
            reference = uuid4().hex[:12]
            _log.exception("a modal %s failed; reference %s", sent.callback_id, reference)
            ack(response_action="errors", errors={field: f"Unexpected; the log has it under {reference}."})
            return
        ack()
        if after is not None:
            click = Click(user=sent.user, action_id=sent.callback_id, value="", trigger_id=uuid4().hex)
            self._later(partial(self._guarded, click, after))

    def _detail(self, sent: Submission, error: ReportableError) -> str:
        """Return what stands against a modal, without asking Slack once more where it has just not answered."""
        unsure = isinstance(error, SlackUnavailable)
        return shortened(error.message if unsure else detail(error, self._language(sent)), _MODAL_ERROR)

    def _language(self, sent: Submission) -> Language:
        return self._desk.identity.known(sent.user).language

    def _later(self, do: Callable[[], object]) -> None:
        """Do what is acknowledged already."""
        try:
            self._after.submit(do)
        except RuntimeError:  # the process ends; whoever clicked sees that nothing changed
            _log.warning("a click comes too late: the process stops")

    def _guarded(self, click: Click, do: Callable[[], object]) -> None:
        """Do it; whatever goes wrong is told to whoever clicked."""
        try:
            do()
        except ReportableError as error:
            _log.info("%s of %s is refused: %s %s", click.action_id, click.user, error.code, error.message)
            self._tell(click, partial(problem, error))
        except Exception:  # noqa: BLE001  # the listener's boundary: the person waits for a word
            reference = uuid4().hex[:12]
            _log.exception("%s of %s failed; reference %s", click.action_id, click.user, reference)
            self._tell(click, lambda language: notice("unexpected", language, reference=reference))

    def _tell(self, click: Click, message_in: Callable[[Language], Message]) -> None:
        try:
            language = self._desk.identity.known(click.user).language
            self._desk.tell(click, message_in(language))
        except ReportableError as error:
            _log.error("%s could not be told: %s", click.user, error.message)


def _fail(error: Exception) -> None:
    raise error


def _nothing() -> None:
    """Take note of an event that nothing follows from."""
