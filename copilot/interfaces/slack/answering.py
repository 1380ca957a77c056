"""From a claim to its one reply: who asks and where, what follows from that, the answer, and how it is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from copilot.errors import SlackRefused, SlackUnavailable
from copilot.interfaces.contract import AnswerBody, AskBody
from copilot.interfaces.slack.answer_blocks import Setting, answer_message
from copilot.interfaces.slack.asking import Asked, Questions
from copilot.interfaces.slack.channels import Channels, Place
from copilot.interfaces.slack.claims import LEASE, Claim, ClaimStatus, ClaimStore, Kept, KeptStore
from copilot.interfaces.slack.deciding import Outcome, Situation, Via, decide
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.events import has_words
from copilot.interfaces.slack.identity import Identity, Known
from copilot.interfaces.slack.notices import notice, problem, told
from copilot.interfaces.slack.ports import Asking, MayRead
from copilot.interfaces.slack.posting import Poster, with_note
from copilot.interfaces.slack.replying import Reply
from copilot.interfaces.slack.steps import Steps
from copilot.people.pace import Pacing, Rates, Work
from copilot.telemetry.context import at_hand, request_id
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

#: After so many attempts nothing more is tried.
MOST_ATTEMPTS = 8
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=15)


class Commands(Protocol):
    """What a command of /copilot other than `ask` does."""

    def run(self, claim: Claim, known: Known) -> Message:
        """Carry it out and return what is told to the asker alone."""
        ...


class Answering:
    """The work behind every claim; one for the process, called by several threads."""

    def __init__(
        self,
        *,
        copilot: Asking,
        commands: Commands,
        claims: ClaimStore,
        kept: KeptStore,
        identity: Identity,
        channels: Channels,
        poster: Poster,
        may_read: MayRead,
        pacing: Pacing | None = None,
        draft_changed: Callable[[str], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`draft_changed` shows a draft anew wherever it stands."""
        self._copilot = copilot
        self._commands = commands
        self._claims = claims
        self._kept = kept
        self._identity = identity
        self._channels = channels
        self._poster = poster
        self._questions = Questions(copilot=copilot, kept=kept, channels=channels, may_read=may_read, now=now)
        self._pacing = pacing or Pacing(Rates())
        self._draft_changed = draft_changed
        self._now = now

    def work(self, claim: Claim) -> None:
        """Take a claim to its end, or leave it for later; never raises."""
        try:
            mine = self._claims.renew(claim, self._now() + LEASE)
            if mine is not None:
                self._reply(mine)
        except SlackUnavailable as error:
            self._later(claim, error.code, error.message, error.retry_after_s)
        except ReportableError as error:
            self._later(claim, error.code, error.message)
        except Exception as error:  # noqa: BLE001  # the thread's boundary: the others must go on
            _log.exception("%s failed unexpectedly", claim.key)
            self._later(claim, "unexpected", type(error).__name__)

    def _reply(self, claim: Claim) -> None:
        known = self._identity.known(claim.person)
        place = self._channels.place(claim.channel, external=bool(claim.work.get("external")))
        via = Via.SLASH if claim.kind == "command" else Via(claim.kind)
        text = str(claim.work.get("text") or "")
        situation = Situation(
            via=via,
            where=place.where,
            who=known.who,
            has_words=via is Via.CLICK or claim.work.get("name", "ask") != "ask" or has_words(text),
        )
        decision = decide(situation)
        private = decision.outcome is Outcome.PREVIEW or via in (Via.SLASH, Via.SHORTCUT)
        private = private or bool(claim.work.get("private"))
        reply = Reply(claim, poster=self._poster, claims=self._claims, private=private, language=known.language)
        if reply.finished_before():
            return
        if claim.attempts > MOST_ATTEMPTS:
            self._give_up(claim, reply)
            return
        if decision.outcome is Outcome.IGNORE:
            reply.drop(decision.reason)
            return
        if decision.outcome is Outcome.REFUSE:
            reason = "only_files" if decision.reason == "no_words" and claim.work.get("files") else decision.reason
            reply.say(notice(reason, known.language), ClaimStatus.REFUSED, decision.reason)
            return
        wait_s = self._pacing.take(known.person.id, Work.ASK) if claim.attempts == 0 else 0
        if wait_s:
            reply.say(notice("too_many", known.language, seconds=wait_s), ClaimStatus.REFUSED, "too_many")
            return
        self._carry_out(claim, known, place, reply, private=private)

    def _give_up(self, claim: Claim, reply: Reply) -> None:
        """Say that nothing comes of it, if even that can be said, and end it whatever happens."""
        _log.error("%s is given up after %d attempts", claim.key, claim.attempts)
        try:
            reply.say(notice("gave_up", reply.language), ClaimStatus.REFUSED, "gave_up")
        except (SlackUnavailable, SlackRefused) as error:
            self._claims.settle(claim.key, ClaimStatus.REFUSED, f"gave_up {error.code}")

    def _carry_out(self, claim: Claim, known: Known, place: Place, reply: Reply, *, private: bool) -> None:
        """Answer or do what the command says; what goes wrong is told."""
        try:
            name = str(claim.work.get("name") or "ask")
            if claim.kind == "command" and name != "ask":
                reply.say(self._commands.run(claim, known), ClaimStatus.ANSWERED, name)
            else:
                self._answer(claim, known, place, reply, private=private)
        except (SlackUnavailable, SlackRefused):
            raise
        except ReportableError as error:
            _log.info("%s is refused: %s %s", claim.key, error.code, error.message)
            reply.say(problem(error, known.language, again=claim.key), ClaimStatus.REFUSED, error.code)
        except Exception:  # noqa: BLE001  # whoever asked is told whatever happened
            reference = str(at_hand().get("request") or request_id(None))
            _log.exception("%s failed unexpectedly; reference %s", claim.key, reference)
            said = notice("unexpected", known.language, reference=reference)
            reply.say(said, ClaimStatus.REFUSED, f"unexpected {reference}")

    def _answer(self, claim: Claim, known: Known, place: Place, reply: Reply, *, private: bool) -> None:
        asked = self._questions.asked(claim, known, place, private=private)
        reply.begin()
        progress = Steps(reply)
        body = AskBody(
            question=asked.text,
            audience=asked.audience,
            history=self._questions.history(claim, place, private=private),
            draft_id=asked.draft_id,
        )
        answer = self._copilot.ask(body, caller=asked.caller, listen=progress.stage)
        setting = Setting(
            language=known.language,
            owner=self._owner(answer, known),
            preview=private and not claim.channel.startswith("D"),
            more_private=not private and self._questions.more_private(asked, known),
        )
        message = answer_message(answer, setting)
        if claim.work.get("files"):
            message = with_note(message, told("file_unread", known.language))
        kept = self._kept_answer(claim, answer, asked, private=private)
        self._kept.keep(kept)  # before it is shown: its buttons work from the first moment
        progress.done(answer)
        reply.say(message, ClaimStatus.ANSWERED, answer.status)
        if reply.posted is not None:
            self._kept.keep(replace(kept, ts=reply.posted))
        if asked.draft_id is not None and answer.intent == "draft":
            self._draft_changed(asked.draft_id)

    def _owner(self, answer: AnswerBody, known: Known) -> str | None:
        """Return who answers for the nearest document, where there is no answer."""
        if answer.status != "abstained" or not answer.passages:
            return None
        try:
            return self._copilot.document(answer.passages[0].document_id, caller=known.caller).verification.owner
        except ReportableError:
            return None

    def _kept_answer(self, claim: Claim, answer: AnswerBody, asked: Asked, *, private: bool) -> Kept:
        body: dict[str, Any] = {
            "answer": answer.model_dump(mode="json"),
            "private": private,
            "audience": asked.audience.value,
            "asked_by": asked.caller.person.id,
            "key": claim.key,
        }
        return Kept(
            id=f"answer:{answer.answer_id}",
            kind="answer",
            subject=answer.answer_id,
            channel=claim.channel,
            thread=claim.thread,
            ts="",
            person=claim.person,
            body=body,
            at=self._now(),
        )

    def _later(self, claim: Claim, code: str, message: str, retry_after_s: float | None = None) -> None:
        """Keep it for later; either is in the log."""
        wait = min(_FIRST_WAIT * 2**claim.attempts, _LONGEST_WAIT)
        wait = max(wait, timedelta(seconds=retry_after_s or 0))
        _log.warning("%s waits %d s: %s %s", claim.key, wait.total_seconds(), code, message)
        try:
            self._claims.put_off(claim, self._now() + wait, code)
        except ReportableError as lost:
            _log.error("%s waits for its lease to end: %s", claim.key, lost.message)
