"""From an answer and what was said of it to observations; most answers give none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from copilot.curating.candidate import is_hostile
from copilot.curating.gap import Observation, ObservationKind
from copilot.curating.opinion import Opinion
from copilot.transaction import Transaction
from knowledge.chunk import same_words
from knowledge.document import DocumentId

#: Where nobody waits for an answer: what a file of questions asks is no need of a person's.
MACHINE_SURFACES = frozenset({"batch", "evaluation"})
#: Reasons of abstentions that are no gap in the knowledge; they are counted apart.
NOT_GAPS = ("retrieval_failed", "no_permission", "out_of_scope")
#: What an answer itself shows, or what is said of it.
_OF_REPLIES = tuple(kind for kind in ObservationKind if kind is not ObservationKind.RAISED)
#: Fewer letters than these ask nothing.
_SHORTEST = 2
#: Parts of one question that each become an observation.
_MOST_PARTS = 8


@dataclass(frozen=True, kw_only=True)
class GivenReply:
    """A stored reply, as far as it may show a gap, with what stands of the person's opinion now."""

    answer_id: str
    conversation_id: str
    person: str
    question: str  #: in words that need no conversation
    language: str
    status: str  #: answered, partial, abstained or clarify
    at: datetime
    reason: str | None = None
    intent: str | None = None
    surface: str | None = None
    account_id: str | None = None
    missing: Sequence[str] = ()  #: parts that the knowledge does not answer
    document_id: DocumentId | None = None  #: the first cited document, else the closest
    version: int | None = None
    opinion: Opinion = field(default_factory=Opinion)


class ReplyQueue(Protocol):
    """Port: the replies that are to be looked at: those that miss something, and those that somebody spoke about."""

    def waiting(self, limit: int, without: frozenset[str] = frozenset()) -> Sequence[GivenReply]:
        """Return replies that wait, the earliest first, but those of these ids."""
        ...

    def take(self, transaction: Transaction, answer_id: str) -> GivenReply | None:
        """Take a reply out of the queue and return it as it stands now; None when somebody else has taken it."""
        ...

    def not_gaps(self, since: datetime) -> Mapping[str, int]:
        """Return how many questions of people were refused since then for each reason in `NOT_GAPS`."""
        ...


def observations_of(reply: GivenReply) -> Sequence[Observation]:
    """Return what a reply shows to be missing or wanting, as things stand; empty for what is no gap.

    No gap: small talk, a question back, an outage, a lack of permission, what is out of scope, a question of a batch
    or an evaluation, and a line that carries a link, an instruction or markup.
    """
    if reply.surface in MACHINE_SURFACES or reply.intent == "smalltalk" or not _is_gap(reply):
        return []
    opinion, found = reply.opinion, []
    if reply.status == "abstained":
        found.append(_seen(reply, ObservationKind.ABSTAINED))
    if reply.status == "partial":
        for number, part in enumerate(reply.missing[:_MOST_PARTS] or [reply.question], start=1):
            one = replace(_seen(reply, ObservationKind.PARTIAL), question=part)
            found.append(one if number == 1 else replace(one, id=f"{one.id}:{number}"))
    if opinion.helpful is False:
        reason = opinion.reason.value if opinion.reason else None
        found.append(replace(_seen(reply, ObservationKind.DOWNVOTED), reason=reason, comment=opinion.comment))
    if opinion.edited_text is not None:
        found.append(replace(_seen(reply, ObservationKind.EDITED), comment=opinion.edited_text))
    return [one for one in found if len(same_words(one.question)) >= _SHORTEST and not is_hostile(one.question)]


def observed_ids(answer_id: str) -> Sequence[str]:
    """Return the ids of observations of an answer as a whole."""
    return [f"{answer_id}:{kind.value}" for kind in _OF_REPLIES]


def possible_ids(reply: GivenReply) -> Sequence[str]:
    """Return the ids of all observations that this reply can have given at any time."""
    kinds = [_id(reply, kind) for kind in _OF_REPLIES]
    parts = [f"{_id(reply, ObservationKind.PARTIAL)}:{number}" for number in range(2, _MOST_PARTS + 1)]
    return kinds + (parts if reply.status == "partial" else [])


def _is_gap(reply: GivenReply) -> bool:
    return reply.status in ("answered", "partial") or (
        reply.status == "abstained" and reply.reason == "not_in_knowledge"
    )


def _id(reply: GivenReply, kind: ObservationKind) -> str:
    return f"{reply.answer_id}:{kind.value}"


def _seen(reply: GivenReply, kind: ObservationKind) -> Observation:
    return Observation(
        id=_id(reply, kind),
        kind=kind,
        answer_id=reply.answer_id,
        question=reply.question,
        language=reply.language,
        person=reply.person,
        at=reply.at,
        account_id=reply.account_id,
        document_id=reply.document_id,
        version=reply.version,
        conversation_id=reply.conversation_id,
    )
