"""Next actions in Slack: accept, later, not this because…, or draft it (B of the requirements; REFERENCE §1 #10)."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from copilot.drafting.draft import DraftKind
from copilot.errors import MessageTooOld, SlackRefused, SlackUnavailable
from copilot.interfaces.advice_contract import AdviceBody, ReactionChange
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.advice_blocks import Said, advice_message, reject_view, rejection
from copilot.interfaces.slack.claims import Kept
from copilot.interfaces.slack.clicks import Click, Submission
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.drafts import SlackDrafts
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.notices import notice
from copilot.people.scope import Scope
from copilot.suggesting.suggestion import Verdict

_log = logging.getLogger(__name__)

_VERDICTS: Mapping[str, Verdict] = {ids.SUGGESTION_ACCEPT: Verdict.ACCEPTED, ids.SUGGESTION_LATER: Verdict.LATER}


class SlackAdvice:
    """Handles everything about advice."""

    def __init__(self, desk: Desk, drafts: SlackDrafts) -> None:
        self._desk = desk
        self._drafts = drafts

    def advise(self, known: Known, account: str, name: str, channel: str) -> Message:
        """Return the advice on an account, as only the asker sees it."""
        known.caller.need(Scope.ACCOUNTS_READ)
        advice = self._desk.copilot.advices.advice(account, known.language, caller=known.caller)
        message = f"advice:{advice.id}:{known.user.id}"[:120]
        common = {"channel": channel, "thread": "", "ts": "", "person": known.user.id}
        told = {"advice": advice.model_dump(mode="json"), "name": name, "account": account, "said": {}}
        self._desk.keep(id=message, kind="advice", subject=message, body=told, **common)
        for action in advice.actions:
            body = {"message": message}
            self._desk.keep(
                id=f"suggestion:{action.id}:{known.user.id}"[:120],
                kind="suggestion",
                subject=action.id,
                body=body,
                **common,
            )
        return advice_message(advice, name, known.language)

    def click(self, click: Click) -> None:
        """Handle a button below a suggestion."""
        suggestion, number = ids.named(click.value)
        known = self._desk.member(click.user, Scope.ACCOUNTS_READ)
        kept = self._message(suggestion, click.user)
        prefix = click.action_id.removesuffix(number)
        if prefix == ids.SUGGESTION_REJECT:
            known.caller.need(Scope.ACCOUNTS_WRITE)
            self._seen_at(kept, click)
            title = next((one.title for one in _advice(kept).actions if one.id == suggestion), suggestion)
            self._desk.open(click.trigger_id, reject_view(suggestion, title, known.language))
        elif prefix == ids.SUGGESTION_DRAFT:
            self._draft(known, kept, suggestion, click)
        elif prefix in _VERDICTS:
            self._react(known, kept, suggestion, ReactionChange(reaction=_VERDICTS[prefix]), click)

    def submit(self, submission: Submission) -> None:
        """Carry out a rejection; a reason that is missing is told inside the modal."""
        known = self._desk.member(submission.user, Scope.ACCOUNTS_WRITE)
        kept = self._message(submission.metadata, submission.user)
        at = kept.body.get("at") or {}
        click = Click(user=submission.user, action_id="", value="", trigger_id="", **at)
        self._react(known, kept, submission.metadata, rejection(submission.values), click)

    def _react(self, known: Known, kept: Kept, suggestion: str, change: ReactionChange, click: Click) -> None:
        known.caller.need(Scope.ACCOUNTS_WRITE)
        self._desk.copilot.advices.react(suggestion, change, caller=known.caller)
        said = dict(kept.body.get("said") or {})
        said[suggestion] = {"verdict": change.reaction.value, "who": known.person.id, "reason": change.reason}
        body = dict(kept.body) | {"said": said}
        self._desk.keep(
            id=kept.id,
            kind=kept.kind,
            subject=kept.subject,
            channel=kept.channel,
            thread=kept.thread,
            ts=kept.ts,
            person=kept.person,
            body=body,
        )
        shown = {
            id: Said(verdict=Verdict(one["verdict"]), who=self._desk.name_of(str(one["who"])), reason=one.get("reason"))
            for id, one in said.items()
        }
        message = advice_message(_advice(kept), str(kept.body["name"]), known.language, said=shown)
        try:
            if click.response_url or click.ts:
                self._desk.change(click, message)
        except (SlackRefused, SlackUnavailable) as error:  # what was said is kept; the message alone looks old
            _log.info("the message about %s stays as it is: %s", suggestion, error.message)

    def _draft(self, known: Known, kept: Kept, suggestion: str, click: Click) -> None:
        action = next((one for one in _advice(kept).actions if one.id == suggestion), None)
        if action is None or action.draft_kind is None:
            raise MessageTooOld("This suggestion comes without a draft. Ask for the advice again.")
        kind, account = DraftKind(action.draft_kind), str(kept.body["account"])
        self._drafts.compose(known, kind, account, f"slack:{suggestion}")
        self._desk.tell(click, notice("draft_here", known.language))

    def _seen_at(self, kept: Kept, click: Click) -> None:
        """Remember where the message can be changed once the modal is sent."""
        at = {
            "channel": click.channel,
            "thread": click.thread,
            "ts": click.ts,
            "response_url": click.response_url,
            "ephemeral": click.ephemeral,
        }
        self._desk.keep(
            id=kept.id,
            kind=kept.kind,
            subject=kept.subject,
            channel=kept.channel,
            thread=kept.thread,
            ts=kept.ts,
            person=kept.person,
            body=dict(kept.body) | {"at": at},
        )

    def _message(self, suggestion: str, user: str) -> Kept:
        """Return their own message: the same step is suggested to others, who may see other sources."""
        pointers = [one for one in self._desk.kept.about("suggestion", suggestion) if one.person == user]
        found = self._desk.kept.about("advice", str(pointers[-1].body["message"])) if pointers else ()
        if not found:
            raise MessageTooOld("This advice is too old; it is not kept. Ask for it again.")
        return found[-1]


def _advice(kept: Kept) -> AdviceBody:
    return AdviceBody.model_validate(kept.body["advice"])
