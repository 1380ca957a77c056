"""Suggestions and what people said of them, on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select

from copilot.accounts.account import AccountId
from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import (
    answer_feedback,
    answers,
    suggestion_reactions,
    suggestions,
)
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.suggesting.error_book import UnhelpfulAnswer
from copilot.suggesting.suggestion import Counts, Reaction, Rejection, Suggestion, SuggestionId, Verdict
from copilot.transaction import Transaction


class SqlSuggestionStore:
    """Implements `SuggestionStore` and `UnhelpfulAnswers`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def show(self, transaction: Transaction, suggestions_shown: Sequence[Suggestion]) -> None:
        """Keep suggestions; those that were shown before stay as they are."""
        for one in suggestions_shown:
            insert_new(
                connection_of(transaction),
                suggestions,
                {
                    "id": one.id,
                    "account_id": one.account_id,
                    "action": one.action,
                    "playbook": one.playbook,
                    "shown_at": utc(one.shown_at),
                },
            )

    def get(self, id: SuggestionId) -> Suggestion | None:
        """Return a suggestion."""
        with self._engine.connect() as connection:
            row = connection.execute(select(suggestions).where(suggestions.c.id == id)).first()
        return None if row is None else _suggestion(row)

    def react(self, transaction: Transaction, reaction: Reaction) -> bool:
        """Keep a reaction; False, changing nothing, when it is this person's last word already."""
        connection = connection_of(transaction)
        # The row of the suggestion is held, so that two words of one person come one after the other.
        held = select(suggestions.c.id).where(suggestions.c.id == reaction.suggestion_id).with_for_update()
        connection.execute(held)
        query = (
            select(suggestion_reactions)
            .where(
                suggestion_reactions.c.suggestion_id == reaction.suggestion_id,
                suggestion_reactions.c.person == reaction.person,
            )
            .order_by(suggestion_reactions.c.number.desc())
            .limit(1)
        )
        last = connection.execute(query).first()
        if last is not None and (last.verdict, last.reason) == (reaction.verdict.value, reaction.reason):
            return False
        connection.execute(
            suggestion_reactions.insert().values(
                suggestion_id=reaction.suggestion_id,
                person=reaction.person,
                verdict=reaction.verdict.value,
                reason=reaction.reason,
                at=utc(reaction.at),
            )
        )
        return True

    def reactions(self, id: SuggestionId) -> Sequence[Reaction]:
        """Return all that was said of a suggestion, oldest first."""
        query = (
            select(suggestion_reactions)
            .where(suggestion_reactions.c.suggestion_id == id)
            .order_by(suggestion_reactions.c.number)
        )
        with self._engine.connect() as connection:
            return [_reaction(row) for row in connection.execute(query)]

    def counts(self) -> dict[str, Counts]:
        """Return how the suggestions of each playbook were taken, one count per person and suggestion."""
        query = (
            select(suggestions.c.playbook, suggestion_reactions.c.verdict, func.count().label("times"))
            .join(suggestions, suggestions.c.id == suggestion_reactions.c.suggestion_id)
            .where(suggestion_reactions.c.number.in_(_last_words()))
            .group_by(suggestions.c.playbook, suggestion_reactions.c.verdict)
        )
        found: dict[str, dict[str, int]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.playbook, {})[row.verdict] = row.times
        return {playbook: Counts(**told) for playbook, told in found.items()}

    def accepted(self, account: AccountId, since: datetime) -> str | None:
        """Return the playbook of what was last accepted for an account since then, and still stands."""
        query = (
            select(suggestions.c.playbook)
            .join(suggestion_reactions, suggestions.c.id == suggestion_reactions.c.suggestion_id)
            .where(
                suggestions.c.account_id == account,
                suggestion_reactions.c.number.in_(_last_words()),
                suggestion_reactions.c.verdict == Verdict.ACCEPTED.value,
                suggestion_reactions.c.at >= utc(since),
            )
            .order_by(suggestion_reactions.c.number.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def last_accepted(self, since: datetime) -> dict[AccountId, datetime]:
        """Return when something was last accepted for each account since then, and still stands."""
        query = (
            select(suggestions.c.account_id, func.max(suggestion_reactions.c.at).label("at"))
            .join(suggestion_reactions, suggestions.c.id == suggestion_reactions.c.suggestion_id)
            .where(
                suggestion_reactions.c.number.in_(_last_words()),
                suggestion_reactions.c.verdict == Verdict.ACCEPTED.value,
                suggestion_reactions.c.at >= utc(since),
            )
            .group_by(suggestions.c.account_id)
        )
        with self._engine.connect() as connection:
            return {AccountId(row.account_id): aware(row.at) for row in connection.execute(query)}

    def of_account(self, account: AccountId) -> dict[SuggestionId, list[Reaction]]:
        """Return what people last said of the suggestions to an account, each person once, the newest first."""
        query = (
            select(suggestion_reactions)
            .join(suggestions, suggestions.c.id == suggestion_reactions.c.suggestion_id)
            .where(suggestions.c.account_id == account, suggestion_reactions.c.number.in_(_last_words()))
            .order_by(suggestion_reactions.c.number.desc())
        )
        found: dict[SuggestionId, list[Reaction]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(SuggestionId(row.suggestion_id), []).append(_reaction(row))
        return found

    def rejections(self, limit: int) -> Sequence[Rejection]:
        """Return the rejections that stand, newest first."""
        query = (
            select(suggestion_reactions, suggestions.c.account_id, suggestions.c.action, suggestions.c.playbook)
            .add_columns(suggestions.c.shown_at)
            .join(suggestions, suggestions.c.id == suggestion_reactions.c.suggestion_id)
            .where(
                suggestion_reactions.c.number.in_(_last_words()),
                suggestion_reactions.c.verdict == Verdict.REJECTED.value,
            )
            .order_by(suggestion_reactions.c.number.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Rejection(
                suggestion=Suggestion(
                    id=SuggestionId(row.suggestion_id),
                    account_id=row.account_id,
                    action=row.action,
                    playbook=row.playbook,
                    shown_at=aware(row.shown_at),
                ),
                reaction=_reaction(row),
            )
            for row in rows
        ]

    def unhelpful(self, limit: int) -> Sequence[UnhelpfulAnswer]:
        """Return answers that were voted down, newest first."""
        query = (
            select(answers.c.id, answers.c.question, func.max(answer_feedback.c.at).label("at"))
            .join(answers, answers.c.id == answer_feedback.c.answer_id)
            .where(answer_feedback.c.helpful.is_(False))
            .group_by(answers.c.id, answers.c.question)
            .order_by(func.max(answer_feedback.c.at).desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [UnhelpfulAnswer(id=row.id, question=row.question, at=aware(row.at)) for row in rows]


def _last_words() -> Any:
    """Return the numbers of what each person said last of each suggestion."""
    return select(func.max(suggestion_reactions.c.number)).group_by(
        suggestion_reactions.c.suggestion_id, suggestion_reactions.c.person
    )


def _suggestion(row: Row[Any]) -> Suggestion:
    return Suggestion(
        id=SuggestionId(row.id),
        account_id=row.account_id,
        action=row.action,
        playbook=row.playbook,
        shown_at=aware(row.shown_at),
    )


def _reaction(row: Row[Any]) -> Reaction:
    return Reaction(
        suggestion_id=SuggestionId(row.suggestion_id),
        person=row.person,
        verdict=Verdict(row.verdict),
        reason=row.reason,
        at=aware(row.at),
    )
