"""Buttons below answers: choices, why, feedback, sharing, asking somebody."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from copilot.curating.opinion import DownvoteReason
from copilot.interfaces.calculators import list_calculators
from copilot.interfaces.contract import AnswerBody, ChoiceBody, RatingBody
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.answer_blocks import Setting, answer_message
from copilot.interfaces.slack.calculator_blocks import calculators_message
from copilot.interfaces.slack.claims import SHARED, Kept
from copilot.interfaces.slack.clicks import Click, Submission
from copilot.interfaces.slack.commands import EXPERT
from copilot.interfaces.slack.deciding import Where
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.drafts import SlackDrafts
from copilot.interfaces.slack.elements import Message, section
from copilot.interfaces.slack.feedback_view import complaint, feedback_view, thanks
from copilot.interfaces.slack.help_blocks import help_message
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.intake import Intake
from copilot.interfaces.slack.mrkdwn import mention
from copilot.interfaces.slack.notices import notice
from copilot.interfaces.slack.posting import with_note
from copilot.interfaces.slack.texts import Texts
from copilot.interfaces.slack.why_view import why_view
from knowledge.document import Audience

#: Answers that are shared at the same time wait for each other only by chance.
_TURNS = 32
_SHARED_BY: Texts = {"zh": "由 {who} 分享", "en": "shared by {who}"}


class SlackActions:
    """Handles the buttons below answers; whoever clicks is looked up each time."""

    def __init__(self, desk: Desk, intake: Intake, drafts: SlackDrafts) -> None:
        self._desk = desk
        self._intake = intake
        self._drafts = drafts
        self._sharing = tuple(threading.Lock() for _ in range(_TURNS))

    def click(self, click: Click) -> None:
        """Handle one button."""
        known = self._desk.member(click.user)
        if click.action_id.startswith(ids.CHOICE):
            self._choose(click, known)
        elif click.action_id == ids.WHY:
            self._why(click, known)
        elif click.action_id == ids.FEEDBACK:
            self._rate(click, known)
        elif click.action_id == ids.ASK_EXPERT:
            self._request(click, f"expert:{click.value}", "command", {"name": EXPERT, "answer": click.value})
        elif click.action_id == ids.ASK_AGAIN:
            self._again(click, known)
        elif click.action_id == ids.FIND_PRIVATE:
            answer, _ = self._desk.answer(click.value, click.user, click)
            work = {"text": answer.question, "private": True, "after": ""}
            self._request(click, f"private:{click.value}:{click.user}", "click", work)
        elif click.action_id == ids.SHARE:
            self._share(click, known)
        elif click.action_id == ids.KEEP_PRIVATE:
            self._desk.poster.respond(click.response_url, notice("kept_private", known.language), replace=True)

    def complain(self, submission: Submission) -> bool:
        """Keep what was wrong with an answer; False when no reason was chosen."""
        known = self._desk.member(submission.user)
        said = complaint(submission.values)
        if said is None:
            return False
        _, kept = self._desk.answer(submission.metadata, submission.user)
        if kept.body.get("asked_by") == known.person.id:
            told = RatingBody(helpful=False, reason=DownvoteReason(said.reason), comment=said.comment)
            self._desk.copilot.curation.feedback(submission.metadata, told, person=known.person.id)
            return True
        self._desk.keep(
            id=f"feedback:{submission.metadata}:{known.user.id}"[:120],
            kind="feedback",
            subject=submission.metadata,
            channel="",
            thread="",
            ts="",
            person=known.user.id,
            body={"helpful": False, "reason": said.reason, "comment": said.comment},
        )
        return True

    def _choose(self, click: Click, known: Known) -> None:
        id, number = ids.named(click.value)
        answer, kept = self._desk.answer(id, click.user, click)
        at = int(number) if number.isdecimal() else -1
        if not 0 <= at < len(answer.choices):
            return
        choice = answer.choices[at]
        if choice.action == "ask":
            work = {
                "text": choice.payload.get("question", ""),
                "private": bool(kept.body.get("private")),
                "after": id,
            }
            self._request(click, f"choice:{id}:{number}", "click", work)
        else:
            self._shortcut(choice, click, known)

    def _shortcut(self, choice: ChoiceBody, click: Click, known: Known) -> None:
        """Carry out a choice that is no question; what needs more words shows how to say them."""
        draft = choice.payload.get("draft_id", "")
        if choice.action == "open_draft":
            self._drafts.show(known, draft)
        elif choice.action == "approve_draft":
            self._drafts.approve(known, draft, int(choice.payload.get("revision", "0")))
            self._desk.tell(click, notice("said", known.language))
        elif choice.action == "open_calculator":
            self._desk.tell(click, calculators_message(list_calculators().calculators, known.language))
        else:
            self._desk.tell(click, help_message(known.language))

    def _why(self, click: Click, known: Known) -> None:
        """Show what the answer rests on, as far as whoever looks may see it now."""
        answer, _ = self._desk.answer(click.value, click.user, click)
        reader = known.caller.reader()
        seen = [one for one in answer.passages if self._desk.may_read(one.document_id, reader)]
        shown = answer.model_copy(update={"passages": seen})
        self._desk.open(click.trigger_id, why_view(shown, known.language, withheld=len(answer.passages) - len(seen)))

    def _rate(self, click: Click, known: Known) -> None:
        id, said = ids.named(click.value)
        answer, kept = self._desk.answer(id, click.user, click)
        helpful = said == "up"
        if kept.body.get("asked_by") == known.person.id:
            self._desk.copilot.curation.feedback(id, RatingBody(helpful=helpful), person=known.person.id)
        else:  # a reader of the thread: kept, but what they did not ask is not proposed as their question
            self._desk.keep(
                id=f"feedback:{id}:{known.user.id}"[:120],
                kind="feedback",
                subject=id,
                channel="",
                thread="",
                ts="",
                person=known.user.id,
                body={"helpful": helpful, "reason": None, "comment": None},
            )
        if helpful:
            shown = thanks(known.language)
            self._desk.tell(click, Message(text=shown, blocks=(section(shown),)))
        else:
            self._desk.open(click.trigger_id, feedback_view(answer.question, known.language, id))

    def _again(self, click: Click, known: Known) -> None:
        """Ask once more: `value` names the answer, or the claim where there was none."""
        before = self._desk.claims.claimed(click.value)
        if before is not None:
            private = before.kind in ("command", "shortcut") or bool(before.work.get("private"))
            if private and before.person != click.user:
                self._desk.tell(click, notice("not_yours", known.language))
                return
            kind = "command" if before.kind == "command" else "click"
            work: dict[str, Any] = {**before.work, "private": private}
        else:
            answer, kept = self._desk.answer(click.value, click.user, click)
            kind = "click"
            work = {"text": answer.question, "private": bool(kept.body.get("private")), "after": ""}
        self._request(click, f"again:{click.value}", kind, work)

    def _share(self, click: Click, known: Known) -> None:
        """Post what only the asker has seen, if everybody there may see every document it shows, now."""
        answer, kept = self._desk.answer(click.value, click.user, click)
        language = known.language
        if kept.person != click.user:
            self._desk.tell(click, notice("not_yours", language))
            return
        place = self._desk.channels.place(kept.channel)
        if place.where is Where.EXTERNAL:
            self._desk.tell(click, notice("external_channel", language))
            return
        readers = self._desk.channels.readers(kept.channel, fresh=True)
        reader = readers.caller(known.person).reader(readers.audience)
        cited = {one.document_id for one in answer.citations} | {one.document_id for one in answer.passages}
        shown = {one.document_id for one in answer.citations}
        hidden = {id for id in shown if not self._desk.may_read(id, reader)}
        if hidden:
            self._desk.tell(click, notice("not_shared", language, count=len(hidden)))
            return
        unseen = {id for id in cited - shown if not self._desk.may_read(id, reader)}
        public = answer.model_copy(
            update={"passages": [one for one in answer.passages if one.document_id not in unseen]}
        )
        with self._sharing[hash(answer.answer_id) % _TURNS]:  # a second click looks only when the first one has posted
            self._post(public, kept, known)
        self._desk.poster.respond(click.response_url, notice("shared", language), replace=True)

    def _post(self, public: AnswerBody, kept: Kept, known: Known) -> None:
        key, thread, language = f"share:{public.answer_id}", kept.thread or None, known.language
        if self._desk.poster.found(kept.channel, thread, key) is not None:
            return
        message = answer_message(public, Setting(language=language))
        noted = with_note(message, _SHARED_BY[language].format(who=mention(known.user.id, known.user.name)))
        posted = self._desk.poster.post(kept.channel, thread, noted, key)
        self._desk.kept.keep(self._public(kept, public, posted.ts))
        self._desk.poster.upload(posted.channel, thread or posted.ts, noted.files)

    def _public(self, kept: Kept, answer: AnswerBody, ts: str) -> Kept:
        body = dict(kept.body) | {
            "answer": answer.model_dump(mode="json"),
            "private": False,
            "audience": Audience.INTERNAL.value,
        }
        return replace(kept, id=f"{kept.id}{SHARED}", ts=ts, thread=kept.thread or ts, body=body)

    def _request(self, click: Click, key: str, kind: str, work: dict[str, Any]) -> None:
        private = bool(work.get("private")) or kind == "command"
        self._intake.request(
            key,
            kind,
            channel=click.channel,
            person=click.user,
            thread=click.thread,
            ts=click.ts,
            work=work | ({"response_url": click.response_url} if private else {}),
        )
