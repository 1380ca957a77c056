"""What a claim asks: the text, with whose eyes it is answered, and what was said before."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copilot.errors import SlackRefused
from copilot.interfaces.contract import TurnBody
from copilot.interfaces.slack.channels import Channels, Place, Readers
from copilot.interfaces.slack.claims import ENGAGED_FOR, Claim, Kept, KeptStore
from copilot.interfaces.slack.deciding import Where
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.ports import Asking, MayRead
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from knowledge.document import Audience
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

#: In a direct message a question goes on from the last one for so long.
_TALK = timedelta(minutes=30)
_TURNS = 4
_TURN = 1_500
#: Messages of a thread that are looked through for the draft it hangs on.
_LONG = 200


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question with whose eyes it is answered."""

    text: str
    caller: Caller
    audience: Audience
    readers: Readers | None  #: of a channel; None: the asker alone reads it
    draft_id: str | None = None


class Questions:
    """Reads claims that are questions."""

    def __init__(
        self,
        *,
        copilot: Asking,
        kept: KeptStore,
        channels: Channels,
        may_read: MayRead,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._copilot = copilot
        self._kept = kept
        self._channels = channels
        self._may_read = may_read
        self._now = now

    def asked(self, claim: Claim, known: Known, place: Place, *, private: bool) -> Asked:
        """Return the question with whose eyes it is answered."""
        text = str(claim.work.get("text") or "")
        if private or place.where is Where.DIRECT:
            draft = None if private else self._draft_here(claim, known)
            return Asked(text=text, caller=known.caller, audience=Audience.INTERNAL, readers=None, draft_id=draft)
        try:
            readers = self._channels.readers(claim.channel)
        except SlackRefused as error:
            _log.warning("members of %s cannot be seen (%s): only what customers may read", claim.channel, error.error)
            readers = Readers(audience=Audience.CUSTOMER)
        return Asked(text=text, caller=readers.caller(known.person), audience=readers.audience, readers=readers)

    def _draft_here(self, claim: Claim, known: Known) -> str | None:
        """Return the draft that the thread hangs on, for those who may change it."""
        if not {Scope.DRAFTS_READ, Scope.DRAFTS_WRITE} <= known.caller.scopes:
            return None
        drafts = [one for one in self._before(claim, claim.thread, ENGAGED_FOR, _LONG) if one.kind == "draft"]
        return drafts[-1].subject if drafts else None

    def history(self, claim: Claim, place: Place, *, private: bool) -> list[TurnBody]:
        """Return what was said before: in the thread, or in the direct messages a while ago."""
        if private:
            before = list(self._kept.about("answer", str(claim.work.get("after") or "")))
        elif place.where is Where.DIRECT and claim.thread == claim.ts:
            before = self._before(claim, None, _TALK)
        else:
            before = self._before(claim, claim.thread, ENGAGED_FOR)
        turns: list[TurnBody] = []
        for one in before[-_TURNS:]:
            answer = one.body.get("answer")
            if one.kind != "answer" or not isinstance(answer, Mapping):
                continue
            turns.append(TurnBody(role="user", content=str(answer.get("question"))[:_TURN]))
            turns.append(TurnBody(role="assistant", content=str(answer.get("answer"))[:_TURN]))
        return turns

    def _before(self, claim: Claim, thread: str | None, since: timedelta, most: int = _TURNS) -> list[Kept]:
        found = self._kept.conversation(claim.channel, thread, self._now() - since, most)
        return [one for one in found if not one.body.get("private")]

    def more_private(self, asked: Asked, known: Known) -> bool:
        """Tell whether the asker may read something better than everybody there may."""
        if asked.readers is None:
            return False
        mine, theirs = known.caller.reader(), asked.caller.reader(asked.audience)
        if mine == theirs:
            return False
        try:
            found = self._copilot.search(asked.text, 3, Audience.INTERNAL, caller=known.caller)
        except ReportableError:
            return False
        return any(not self._may_read(one.document_id, theirs) for one in found.passages)
