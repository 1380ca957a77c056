"""The use cases around gaps, on the services of this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from copilot.curating.gap import Gap, GapStatus, Observation
from copilot.curating.gaps import GapService
from copilot.interfaces.gap_contract import (
    GapBody,
    GapDetailsBody,
    GapListBody,
    NotGaps,
    ObservationBody,
)
from copilot.people.caller import Caller
from copilot.people.person import Person

_NOTES = {
    "reopened": ("回答或关闭之后又被问到,已于 {date} 重新打开", "opened again on {date}, after it had been closed"),
    "left": ("原负责人 {name} 已离开,改由 {owner} 负责", "its owner {name} has left; now {owner}"),
    "left_nobody": ("原负责人 {name} 已离开,现无人负责", "its owner {name} has left; nobody owns it now"),
}


class Gaps(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def list(self, status: GapStatus | None, *, mine: bool) -> GapListBody:
        """Return gaps, those that most people asked first."""
        ...

    def show(self, id: str) -> GapDetailsBody:
        """Return a gap with what showed it."""
        ...

    def assign(self, id: str, owner: str) -> GapBody:
        """Give a gap to somebody."""
        ...

    def dismiss(self, id: str, reason: str) -> GapBody:
        """Decide that a gap needs no answer."""
        ...

    def reopen(self, id: str) -> GapBody:
        """Open a gap that was closed."""
        ...

    def merge(self, id: str, into: str) -> GapBody:
        """Let a gap be part of another."""
        ...


class LocalGaps:
    """Implements `Gaps` for whoever calls; without a caller, for the operator."""

    def __init__(self, service: GapService, operator: Caller) -> None:
        self._service = service
        self._operator = operator

    def list(
        self,
        status: GapStatus | None,
        *,
        mine: bool,
        limit: int = 100,
        offset: int = 0,
        caller: Caller | None = None,
    ) -> GapListBody:
        """Return gaps, those that most people asked first."""
        found = self._service.list(caller or self._operator, status=status, mine=mine, limit=limit, offset=offset)
        return GapListBody(
            gaps=[gap_body(gap) for gap in found.gaps], not_gaps=NotGaps(**found.not_gaps), count=found.count
        )

    def owners(self, *, caller: Caller | None = None) -> Sequence[Person]:
        """Return who a gap can be given to."""
        return self._service.owners(caller or self._operator)

    def show(self, id: str, *, caller: Caller | None = None) -> GapDetailsBody:
        """Return a gap with what showed it."""
        found = self._service.show(caller or self._operator, id)
        return GapDetailsBody(
            **gap_body(found.gap).model_dump(), seen=[_observation_body(one) for one in found.observations]
        )

    def raise_question(
        self,
        question: str,
        *,
        language: str,
        answer_id: str | None = None,
        document_id: str | None = None,
        caller: Caller | None = None,
    ) -> GapBody:
        """Have a question answered by a person."""
        found = self._service.raise_question(
            caller or self._operator, question, language=language, answer_id=answer_id, document_id=document_id
        )
        return gap_body(found)

    def assign(self, id: str, owner: str, *, caller: Caller | None = None) -> GapBody:
        """Give a gap to somebody."""
        return gap_body(self._service.assign(caller or self._operator, id, owner))

    def dismiss(self, id: str, reason: str, *, caller: Caller | None = None) -> GapBody:
        """Decide that a gap needs no answer."""
        return gap_body(self._service.dismiss(caller or self._operator, id, reason))

    def reopen(self, id: str, *, caller: Caller | None = None) -> GapBody:
        """Open a gap that was closed."""
        return gap_body(self._service.reopen(caller or self._operator, id))

    def merge(self, id: str, into: str, *, caller: Caller | None = None) -> GapBody:
        """Let a gap be part of another."""
        return gap_body(self._service.merge(caller or self._operator, id, into))


def gap_body(gap: Gap) -> GapBody:
    """Return a gap as it is shown, with what people should know of it."""
    zh, en = _notes(gap)
    return GapBody(
        id=gap.id,
        question=gap.question,
        language=gap.language,
        status=gap.status,
        observations=gap.observations,
        askers=gap.askers,
        stages=[*gap.stages],
        kinds=[*gap.kinds],
        first_at=gap.first_at,
        last_at=gap.last_at,
        owner=gap.owner,
        former_owner=gap.former_owner,
        document_id=gap.document_id,
        draft_id=gap.draft_id,
        published_id=gap.published_id,
        reason=gap.reason,
        changed_at=gap.changed_at,
        reopened_at=gap.reopened_at,
        note_zh=zh,
        note_en=en,
    )


def _notes(gap: Gap) -> tuple[str, str]:
    told = []
    if gap.reopened_at is not None and gap.status in (GapStatus.OPEN, GapStatus.DRAFTED):
        told.append([text.format(date=gap.reopened_at.date()) for text in _NOTES["reopened"]])
    if gap.former_owner is not None:
        texts = _NOTES["left" if gap.owner else "left_nobody"]
        told.append([text.format(name=gap.former_owner, owner=gap.owner) for text in texts])
    return ";".join(zh for zh, _ in told), "; ".join(en for _, en in told)


def _observation_body(one: Observation) -> ObservationBody:
    return ObservationBody(
        id=one.id,
        kind=one.kind,
        answer_id=one.answer_id,
        question=one.question,
        language=one.language,
        person=one.person,
        at=one.at,
        account_id=one.account_id,
        stage=one.stage,
        reason=one.reason,
        comment=one.comment,
        document_id=one.document_id,
        version=one.version,
    )
