"""Feedback and proposed questions on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, select, update

from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.reply_queue import put_in_queue
from copilot.adapters.sql.tables import answer_feedback, answers, conversations, proposed_questions
from copilot.adapters.sql.upsert import upsert
from copilot.curating.opinion import DownvoteReason, Opinion
from copilot.curating.store import CitedPlace, GivenAnswer, Proposal, ProposalStatus
from knowledge.document import Audience, DocumentId


class SqlFeedbackStore:
    """Implements `FeedbackStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answer(self, answer_id: str, person: str) -> GivenAnswer | None:
        """Return an answer that was given to this person."""
        query = (
            select(answers.c.question, answers.c.body)
            .join(conversations, conversations.c.id == answers.c.conversation_id)
            .where(answers.c.id == answer_id, conversations.c.person == person)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return GivenAnswer(
            question=row.question,
            citations=[
                CitedPlace(
                    document_id=DocumentId(one["document_id"]),
                    version=one["version"],
                    start=one["start"],
                    quote=one["quote"],
                )
                for one in row.body.get("citations", [])
            ],
        )

    def record(self, answer_id: str, person: str, opinion: Opinion, *, at: datetime) -> Opinion:
        """Keep what a person says of an answer, and have the answer looked at; the last word counts."""
        at = at.astimezone(UTC)
        mine = (answer_feedback.c.answer_id == answer_id) & (answer_feedback.c.person == person)
        with self._engine.begin() as connection:
            new = {"answer_id": answer_id, "person": person, "at": at}
            first = upsert(connection, answer_feedback).values(new)
            # Also locks the row, so that of two words at once the second sees the first.
            connection.execute(first.on_conflict_do_update(index_elements=["answer_id", "person"], set_={"at": at}))
            row = connection.execute(select(answer_feedback).where(mine)).one()
            stands = opinion.after(_opinion(row))
            values = {
                "helpful": stands.helpful,
                "reason": stands.reason.value if stands.reason else None,
                "comment": stands.comment,
                "edited_text": stands.edited_text,
                "copied_at": row.copied_at or (at if stands.copied else None),
                "shared_at": row.shared_at or (at if stands.shared else None),
            }
            connection.execute(update(answer_feedback).where(mine).values(values))
            put_in_queue(connection, answer_id, at)
        return stands

    def propose(self, proposal: Proposal) -> Proposal:
        """Keep a proposal; one with this id that exists already stays as it is."""
        with self._engine.begin() as connection:
            connection.execute(
                upsert(connection, proposed_questions)
                .values(
                    id=proposal.id,
                    text=proposal.text,
                    document_id=proposal.document_id,
                    passage=proposal.passage,
                    audience=proposal.audience.value,
                    groups=list(proposal.groups),
                    answer_id=proposal.answer_id,
                    person=proposal.person,
                    status=proposal.status.value,
                    proposed_at=proposal.proposed_at.astimezone(UTC),
                )
                .on_conflict_do_nothing()
            )
            query = select(proposed_questions).where(proposed_questions.c.id == proposal.id)
            return _proposal(connection.execute(query).one())

    def withdraw(self, answer_id: str, person: str) -> None:
        """Forget what this person's answer proposed and nobody has decided on."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(proposed_questions).where(
                    proposed_questions.c.answer_id == answer_id,
                    proposed_questions.c.person == person,
                    proposed_questions.c.status == ProposalStatus.PROPOSED.value,
                )
            )

    def proposals(self, status: ProposalStatus | None) -> Sequence[Proposal]:
        """Return proposals, oldest first; None: all."""
        query = select(proposed_questions).order_by(proposed_questions.c.proposed_at, proposed_questions.c.id)
        if status is not None:
            query = query.where(proposed_questions.c.status == status.value)
        with self._engine.connect() as connection:
            return [_proposal(row) for row in connection.execute(query)]

    def proposal(self, id: str) -> Proposal | None:
        """Return one proposal."""
        with self._engine.connect() as connection:
            row = connection.execute(select(proposed_questions).where(proposed_questions.c.id == id)).first()
        return None if row is None else _proposal(row)

    def decide(self, id: str, status: ProposalStatus, person: str, at: datetime) -> None:
        """Keep a decision."""
        values = {"status": status.value, "decided_by": person, "decided_at": at.astimezone(UTC)}
        with self._engine.begin() as connection:
            connection.execute(update(proposed_questions).where(proposed_questions.c.id == id).values(values))


def _opinion(row: Row[Any]) -> Opinion:
    return Opinion(
        helpful=row.helpful,
        reason=DownvoteReason(row.reason) if row.reason else None,
        comment=row.comment,
        edited_text=row.edited_text,
        copied=row.copied_at is not None,
        shared=row.shared_at is not None,
    )


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        text=row.text,
        document_id=DocumentId(row.document_id),
        passage=row.passage,
        audience=Audience(row.audience),
        groups=tuple(row.groups),
        answer_id=row.answer_id,
        person=row.person,
        proposed_at=aware(row.proposed_at),
        status=ProposalStatus(row.status),
        decided_by=row.decided_by,
        decided_at=aware(row.decided_at) if row.decided_at else None,
    )
