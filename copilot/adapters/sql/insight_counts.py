"""What the tables of the copilot tell in sums. Bodies of answers and texts of drafts are never read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)

from copilot.accounts.account import AccountId
from copilot.adapters.sql.moment import utc
from copilot.adapters.sql.tables import (
    account_transitions,
    answer_citations,
    answer_feedback,
    answers,
    conversations,
    deliveries,
    suggestion_reactions,
    suggestions,
)
from copilot.answering.intent import Intent
from copilot.insight.counts import AnswerCount, BandMove, DeliveryCount, DocumentUse, Taken, Votes, Window
from knowledge.document import DocumentId


class SqlInsightCounts:
    """Implements `InsightCounts`. Greetings are no questions and are left out everywhere."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answers(self, window: Window) -> Sequence[AnswerCount]:
        """Return all answers, summed by what they are alike in."""
        alike = (answers.c.status, answers.c.reason, answers.c.surface)
        with self._engine.connect() as connection:
            day = _day(connection, answers.c.created_at)
            query = select(day.label("day"), *alike, func.count().label("times"))
            rows = connection.execute(query.where(_in_answers(window)).group_by(day, *alike))
            return [
                AnswerCount(
                    day=row.day if isinstance(row.day, date) else date.fromisoformat(row.day),
                    status=row.status,
                    reason=row.reason,
                    surface=row.surface,
                    times=row.times,
                )
                for row in rows
            ]

    def askers(self, window: Window) -> int:
        """Return how many different people asked."""
        talks = select(answers.c.conversation_id).where(_in_answers(window)).distinct()
        held = _first(talks.cte("held"))
        query = select(func.count(conversations.c.person.distinct())).join_from(
            held, conversations, conversations.c.id == held.c.conversation_id
        )
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def votes(self, window: Window) -> Votes:
        """Return what was said of answers in the time."""
        times = answer_feedback.c.at
        query = select(answer_feedback.c.helpful, func.count()).where(times >= utc(window.since))
        query = query.where(times < utc(window.until), _of(window, answer_feedback.c.person))
        with self._engine.connect() as connection:
            said: dict[bool, int] = {
                row[0]: row[1] for row in connection.execute(query.group_by(answer_feedback.c.helpful))
            }
        return Votes(helpful=said.get(True, 0), unhelpful=said.get(False, 0))

    def documents(self, window: Window) -> Mapping[DocumentId, DocumentUse]:
        """Return how documents did in the answers of the time."""
        these = _given(window)
        cited = these.join(answer_citations, answer_citations.c.answer_id == these.c.id)
        query = select(answer_citations.c.document_id, func.count().label("times")).select_from(cited)
        query = query.group_by(answer_citations.c.document_id)
        with self._engine.connect() as connection:
            votes = _document_votes(connection, window)
            return {
                DocumentId(row.document_id): DocumentUse(cited=row.times, votes=votes.get(row.document_id, Votes()))
                for row in connection.execute(query)
            }

    def reactions(self, window: Window) -> Mapping[str, Taken]:
        """Return by id of the playbook how its suggestions were taken."""
        said = suggestion_reactions
        later = said.alias("later")
        overruled = exists().where(
            later.c.suggestion_id == said.c.suggestion_id,
            later.c.person == said.c.person,
            later.c.number > said.c.number,
            later.c.at < utc(window.until),
        )
        query = (
            select(suggestions.c.playbook, said.c.verdict, func.count().label("times"))
            .select_from(said.join(suggestions, suggestions.c.id == said.c.suggestion_id))
            .where(
                said.c.at >= utc(window.since), said.c.at < utc(window.until), ~overruled, _of(window, said.c.person)
            )
            .group_by(suggestions.c.playbook, said.c.verdict)
        )
        found: dict[str, dict[str, int]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.playbook, {})[row.verdict] = row.times
        return {playbook: Taken(**told) for playbook, told in found.items()}

    def deliveries(self, window: Window) -> Sequence[DeliveryCount]:
        """Return deliveries, summed by what they are alike in."""
        alike = (deliveries.c.channel, deliveries.c.status)
        query = (
            select(*alike, func.count().label("times"))
            .where(deliveries.c.created_at >= utc(window.since), deliveries.c.created_at < utc(window.until))
            .where(_of(window, deliveries.c.requested_by))
            .group_by(*alike)
        )
        with self._engine.connect() as connection:
            return [
                DeliveryCount(channel=row.channel, status=row.status, times=row.times)
                for row in connection.execute(query)
            ]

    def moves(self, window: Window) -> Sequence[BandMove]:
        """Return moves between bands and to the end of contracts, in the order of time."""
        table = account_transitions
        query = (
            select(table.c.account_id, table.c.from_band, table.c.to_band, table.c.ended)
            .where(table.c.at >= utc(window.since), table.c.at < utc(window.until))
            .where(or_(table.c.ended.is_not(None), table.c.from_band != table.c.to_band))
            .order_by(table.c.at, table.c.id)
        )
        with self._engine.connect() as connection:
            return [
                BandMove(account_id=AccountId(row.account_id), before=row.from_band, after=row.to_band, ended=row.ended)
                for row in connection.execute(query)
            ]


def _in_answers(window: Window) -> ColumnElement[bool]:
    asked = answers.c.intent.is_(None) | (answers.c.intent != Intent.SMALLTALK.value)
    inside = and_(answers.c.created_at >= utc(window.since), answers.c.created_at < utc(window.until), asked)
    if window.persons is None:
        return inside
    theirs = select(conversations.c.id).where(conversations.c.person.in_(sorted(window.persons)))
    # Joined to nothing, so that no index of conversations is begun with: the time is, whose index holds all it takes.
    return and_(inside, answers.c.conversation_id.concat("").in_(theirs))


def _of(window: Window, person: ColumnElement[Any]) -> ColumnElement[bool]:
    return true() if window.persons is None else person.in_(sorted(window.persons))


def _given(window: Window) -> CTE:
    """Select the ids of the answers of the time, apart from what is joined to them.

    SQLite begins with them then: otherwise it looks up the answer of every citation there is, and pages through its
    body to reach the time.
    """
    given = select(answers.c.id).where(_in_answers(window))
    return _first(given.cte("given"))


def _first(part: CTE) -> CTE:
    return part.prefix_with("MATERIALIZED", dialect="sqlite")


def _document_votes(connection: Connection, window: Window) -> Mapping[str, Votes]:
    """Return the votes on the answers of the time that cite each document."""
    these = _given(window)
    judged = select(these.c.id, answer_feedback.c.helpful).join_from(
        these, answer_feedback, answer_feedback.c.answer_id == these.c.id
    )
    judged = judged.where(answer_feedback.c.helpful.is_not(None))
    voted = _first(judged.cte("voted"))
    up = func.sum(case((voted.c.helpful, 1), else_=0))
    query: Select[Any] = (
        select(answer_citations.c.document_id, up.label("up"), func.count().label("times"))
        .select_from(voted.join(answer_citations, answer_citations.c.answer_id == voted.c.id))
        .group_by(answer_citations.c.document_id)
    )
    return {row.document_id: Votes(helpful=row.up, unhelpful=row.times - row.up) for row in connection.execute(query)}


def _day(connection: Connection, at: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the day of UTC: SQLite keeps times as text in UTC, PostgreSQL shows them in the zone of the session."""
    if connection.dialect.name == "postgresql":
        return cast(func.timezone("UTC", at), Date)
    return func.substr(at, 1, 10)
