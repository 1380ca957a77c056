"""Drafts in Slack: shown in the direct messages, edited, approved, rejected and delivered on the same draft.

Every message about a draft is changed with it, whoever decides and wherever (REFERENCE §2 #24).
"""

from __future__ import annotations

import logging
from dataclasses import replace

from copilot.approval.decision import Verdict
from copilot.drafting.draft import DraftKind
from copilot.errors import InvalidRequest
from copilot.interfaces.draft_contract import DraftBody, DraftDecisionBody, DraftReply
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.clicks import Click, Submission
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.draft_blocks import DraftSetting, draft_message
from copilot.interfaces.slack.draft_views import deliver_view, delivery, edit_view, edited, reject_view, rejection
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.notices import notice
from copilot.people.scope import Scope
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)


class SlackDrafts:
    """Handles everything about drafts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def compose(self, known: Known, kind: DraftKind, account: str, key: str) -> DraftReply:
        """Compose a draft and show it in the direct messages; the same key again is the same draft."""
        known.caller.need(Scope.DRAFTS_WRITE)
        made = self._desk.drafts(known).create(DraftBody(kind=kind, account_id=account, inputs={}), key)
        shown = self._desk.kept.about("draft", made.id)
        if not any(one.person == known.user.id for one in shown):  # else an attempt that broke off has shown it
            self.show(known, made.id)
        return made

    def show(self, known: Known, draft_id: str) -> None:
        """Show a draft in the direct messages: there it can be changed in words, too."""
        known.caller.need(Scope.DRAFTS_READ)
        reply = self._desk.drafts(known).show(draft_id)
        message = draft_message(reply, self._setting(reply, known))
        key = f"draft:{draft_id}:{reply.revision}:{known.user.id}"
        posted = self._desk.poster.post(known.user.id, None, message, key)
        self._desk.poster.upload(posted.channel, posted.ts, message.files)
        self._desk.keep(
            id=f"draft:{draft_id}:{posted.channel}:{posted.ts}"[:120],
            kind="draft",
            subject=draft_id,
            channel=posted.channel,
            thread=posted.ts,
            ts=posted.ts,
            person=known.user.id,
            body={"whole": reply.revision},
        )

    def refresh(self, draft_id: str) -> None:
        """Change every message about a draft to how it stands now."""
        for kept in self._desk.kept.about("draft", draft_id):
            try:
                known = self._desk.member(kept.person, Scope.DRAFTS_READ)
                reply = self._desk.drafts(known).show(draft_id)
                message = draft_message(reply, self._setting(reply, known))
                self._desk.poster.update(kept.channel, kept.ts, message)
                if kept.body.get("whole") != reply.revision:  # the file beside it is of an earlier one
                    self._desk.poster.upload(kept.channel, kept.thread, message.files)
                    self._desk.kept.keep(replace(kept, body={"whole": reply.revision}))
            except ReportableError as error:
                _log.warning("the message %s about draft %s stays as it is: %s", kept.ts, draft_id, error.message)

    def click(self, click: Click) -> None:
        """Handle a button below a draft."""
        id, revision = ids.named(click.value)
        if click.action_id.startswith(ids.DRAFT_SHOW):
            self.show(self._desk.member(click.user), id)
        elif click.action_id == ids.DRAFT_APPROVE:
            known = self._desk.member(click.user, Scope.DRAFTS_DECIDE)
            self.approve(known, id, int(revision))
        elif click.action_id == ids.DRAFT_EDIT:
            known = self._desk.member(click.user, Scope.DRAFTS_READ, Scope.DRAFTS_WRITE)
            self._desk.open(click.trigger_id, edit_view(self._desk.drafts(known).show(id), known.language))
        elif click.action_id == ids.DRAFT_REJECT:
            known = self._desk.member(click.user, Scope.DRAFTS_DECIDE)
            self._desk.open(click.trigger_id, reject_view(self._desk.drafts(known).show(id), known.language))
        elif click.action_id == ids.DRAFT_DELIVER:
            known = self._desk.member(click.user, Scope.DELIVERIES_WRITE)
            view = deliver_view(self._desk.drafts(known).show(id), self._desk.deliverable, known.language)
            self._desk.open(click.trigger_id, view)

    def approve(self, known: Known, draft_id: str, revision: int) -> None:
        """Approve a revision."""
        known.caller.need(Scope.DRAFTS_DECIDE)
        body = DraftDecisionBody(decision=Verdict.APPROVE, revision=revision)
        self._desk.drafts(known).decide(draft_id, body)  # the messages follow (`SlackApp.draft_decided`)

    def submit(self, submission: Submission) -> tuple[str, str]:
        """Carry out what a modal says; returns the draft and where it is shown.

        Raises:
            CopilotError: what stands against it, to be told inside the modal.
        """
        if submission.callback_id == ids.DRAFT_EDIT_VIEW:
            known = self._desk.member(submission.user, Scope.DRAFTS_WRITE)
            id, body = edited(submission.values, submission.metadata)
            self._desk.drafts(known).revise(id, body)
        elif submission.callback_id == ids.DRAFT_REJECT_VIEW:
            known = self._desk.member(submission.user, Scope.DRAFTS_DECIDE)
            id, decision = rejection(submission.values, submission.metadata)
            self._desk.drafts(known).decide(id, decision)
        else:
            known = self._desk.member(submission.user, Scope.DELIVERIES_WRITE)
            try:
                id, wanted = delivery(submission.values, submission.metadata)
            except ValueError as error:
                raise InvalidRequest("Choose how it is sent.") from error
            asked = self._desk.deliveries(known).request(id, wanted)
            return id, asked.destination
        return id, ""

    def submitted(self, submission: Submission, draft_id: str, destination: str) -> None:
        """Show what has come of a modal that was taken."""
        self.refresh(draft_id)
        if destination:
            known = self._desk.member(submission.user)
            said = notice("delivery_asked", known.language, destination=destination)
            self._desk.poster.post(submission.user, None, said, f"delivery:{draft_id}")

    def _setting(self, reply: DraftReply, known: Known) -> DraftSetting:
        scopes = known.caller.scopes
        return DraftSetting(
            language=known.language,
            account=self._account(reply.account_id),
            name_of=self._desk.name_of,
            may_edit=Scope.DRAFTS_WRITE in scopes,
            may_decide=Scope.DRAFTS_DECIDE in scopes,
            may_deliver=Scope.DELIVERIES_WRITE in scopes,
        )

    def _account(self, id: str | None) -> str | None:
        if id is None:
            return None
        try:
            name = self._desk.copilot.accounts.get(id).model_dump().get("name")
        except ReportableError:
            return id
        return str(name or id)
