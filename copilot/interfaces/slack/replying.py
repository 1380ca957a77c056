"""One claim, one reply: an answer or a stated reason, in the thread or to the asker alone."""

from __future__ import annotations

import logging
import threading

from copilot.errors import SlackRefused, SlackUnavailable, SlackUnclear
from copilot.interfaces.slack.claims import Claim, ClaimStatus, ClaimStore
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.notices import notice, told
from copilot.interfaces.slack.posting import Poster, Stream, with_note
from copilot.interfaces.slack.texts import Language

_log = logging.getLogger(__name__)

#: Stands for the id of a message that only one person sees and that nobody can look for.
UNSEEN = "unseen"
#: In one thread answers begin one after the other: what was just begun must be known before another looks around.
_TURNS = tuple(threading.Lock() for _ in range(64))


class Reply:
    """The reply to one claim. Nothing is said twice, however often the work is begun."""

    def __init__(self, claim: Claim, *, poster: Poster, claims: ClaimStore, private: bool, language: Language) -> None:
        self.claim = claim
        self.language: Language = language
        self._poster = poster
        self._claims = claims
        self._private = private
        self._stream: Stream | None = None
        self._begun = claim.answer_ts
        self._closing: tuple[Block, ...] = ()

    @property
    def posted(self) -> str | None:
        """Return the message that holds the reply, once it is there."""
        return None if self._begun == UNSEEN else self._begun

    def finished_before(self) -> bool:
        """Look what an earlier attempt has left; True when the reply stands there."""
        claim = self.claim
        if claim.attempts == 0 or self._private:
            return False
        found = self._poster.found(claim.channel, claim.thread or None, claim.key)
        if found is not None:
            self._claims.settle(claim.key, ClaimStatus.ANSWERED, "found", found)
            return True
        if self._begun is None and claim.thread:
            with _turn(claim):
                self._adopt()
        return False

    def begin(self) -> None:
        """Show that we are at it: a stream that will hold the answer, or a status."""
        claim = self.claim
        if self._private or self._begun is not None or not claim.thread:
            return
        with _turn(claim):
            try:
                self._stream = self._poster.start(claim.channel, claim.thread, claim.person, self.language)
            except SlackUnclear:  # it may stand there without our knowing its id; the thread tells
                self._adopt()
            if self._stream is not None:
                self._begun = self._stream.ts
                self._claims.writing(claim, self._begun)
        if self._begun is None:
            self._poster.tell_status(claim.channel, claim.thread, self.language)

    def step(self, *chunks: Block) -> None:
        """Tell how far the answer is."""
        if self._stream is not None:
            self._poster.step(self._stream, *chunks)

    def close(self, *chunks: Block) -> None:
        """Say how the steps ended; it leaves together with the answer."""
        self._closing = chunks

    def say(self, message: Message, status: ClaimStatus, reason: str | None = None) -> None:
        """Say it, and finish the claim.

        Raises:
            SlackUnavailable: not now; the claim stays, and the next attempt goes on from here.
        """
        posted = self._whispered(message) if self._private else self._spoken(message)
        self._claims.settle(self.claim.key, status, reason, posted)

    def drop(self, reason: str) -> None:
        """Say nothing, and finish the claim."""
        _log.info("%s is ignored: %s", self.claim.key, reason)
        self._claims.settle(self.claim.key, ClaimStatus.IGNORED, reason)

    def _adopt(self) -> None:
        """Go on with a message that was begun, and that no other answer has."""
        claim = self.claim
        known = self._claims.answers(claim.channel, claim.thread)
        self._begun = self._poster.unfinished(claim.channel, claim.thread, claim.ts, known)
        if self._begun is not None:
            self._claims.writing(claim, self._begun)

    def _spoken(self, message: Message) -> str:
        claim = self.claim
        try:
            if self._begun is not None:
                self._poster.finish(claim.channel, self._begun, message, claim.key, closing=self._closing)
            else:
                self._begun = self._poster.post(claim.channel, claim.thread or None, message, claim.key).ts
            self._poster.upload(claim.channel, claim.thread or None, message.files)
        except SlackRefused as error:
            return self._elsewhere(message, error)
        return self._begun

    def _elsewhere(self, message: Message, error: SlackRefused) -> str:
        """Where we may not write, the asker gets it alone: never silence."""
        _log.warning("%s cannot be answered in place (%s): told directly", self.claim.key, error.error)
        noted = with_note(message, told("cannot_write", self.language, error=error.error))
        person, key = self.claim.person, self.claim.key
        try:
            found = self._poster.found(person, None, key) if self.claim.attempts else None
            self._begun = found or self._poster.post(person, None, noted, key).ts
            self._poster.upload(person, None, message.files)
        except SlackRefused as again:
            _log.error("%s cannot be answered at all: %s, then %s", self.claim.key, error.error, again.error)
            self._begun = UNSEEN
        return self._begun

    def _whispered(self, message: Message) -> str:
        """Tell the asker alone. Nobody can look whether it came, so an attempt that broke off is said to have."""
        claim, url = self.claim, str(self.claim.work.get("response_url") or "")
        said = notice("interrupted", self.language) if self._begun == UNSEEN else message
        self._claims.writing(claim, UNSEEN)
        try:
            self._sent_alone(said, url)
        except SlackUnclear:
            raise
        except SlackUnavailable:  # not taken for certain: the next attempt brings the answer itself
            if self._begun != UNSEEN:
                self._claims.writing(claim, None)
            raise
        except SlackRefused as error:
            return self._elsewhere(said, error)
        return UNSEEN

    def _sent_alone(self, said: Message, url: str) -> None:
        claim = self.claim
        try:
            if url:
                self._poster.respond(url, said)
                self._poster.upload(claim.person, None, said.files)  # a file in the channel would be seen by all
                return
        except SlackRefused as error:
            _log.info("%s: %s", claim.key, error.message)
        self._poster.whisper(claim.channel, claim.person, said, thread=claim.thread or None)
        self._poster.upload(claim.person, None, said.files)


def _turn(claim: Claim) -> threading.Lock:
    return _TURNS[hash((claim.channel, claim.thread)) % len(_TURNS)]
