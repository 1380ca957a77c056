"""Suggestions and reactions in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from copilot.accounts.account import AccountId
from copilot.suggesting.suggestion import Counts, Reaction, Rejection, Suggestion, SuggestionId, Verdict
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase


class InMemorySuggestionStore:
    """Implements `SuggestionStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def show(self, transaction: Transaction, suggestions: Sequence[Suggestion]) -> None:
        for one in suggestions:
            self._database.suggestions.setdefault(one.id, one)

    def get(self, id: SuggestionId) -> Suggestion | None:
        return self._database.suggestions.get(id)

    def react(self, transaction: Transaction, reaction: Reaction) -> bool:
        last = self._last().get((reaction.suggestion_id, reaction.person))
        if last is not None and (last.verdict, last.reason) == (reaction.verdict, reaction.reason):
            return False
        self._database.reactions.append(reaction)
        return True

    def reactions(self, id: SuggestionId) -> Sequence[Reaction]:
        return [one for one in self._database.reactions if one.suggestion_id == id]

    def counts(self) -> dict[str, Counts]:
        told = Counter((self._playbook(one), one.verdict.value) for one in self._last().values())
        found: dict[str, dict[str, int]] = {}
        for (playbook, verdict), times in told.items():
            found.setdefault(playbook, {})[verdict] = times
        return {playbook: Counts(**counted) for playbook, counted in found.items()}

    def accepted(self, account: AccountId, since: datetime) -> str | None:
        standing = [
            one
            for one in self._last().values()
            if one.verdict is Verdict.ACCEPTED
            and one.at >= since
            and self._database.suggestions[one.suggestion_id].account_id == account
        ]
        newest = max(standing, key=self._database.reactions.index, default=None)
        return None if newest is None else self._playbook(newest)

    def last_accepted(self, since: datetime) -> Mapping[AccountId, datetime]:
        found: dict[AccountId, datetime] = {}
        for one in self._last().values():
            account = AccountId(self._database.suggestions[one.suggestion_id].account_id)
            if one.verdict is Verdict.ACCEPTED and one.at >= since:
                found[account] = max(one.at, found.get(account, one.at))
        return found

    def of_account(self, account: AccountId) -> Mapping[SuggestionId, Sequence[Reaction]]:
        found: dict[SuggestionId, list[Reaction]] = {}
        standing = {id(one) for one in self._last().values()}
        for one in reversed(self._database.reactions):
            if id(one) in standing and self._database.suggestions[one.suggestion_id].account_id == account:
                found.setdefault(one.suggestion_id, []).append(one)
        return found

    def rejections(self, limit: int) -> Sequence[Rejection]:
        standing = {id(one) for one in self._last().values() if one.verdict is Verdict.REJECTED}
        newest = [one for one in reversed(self._database.reactions) if id(one) in standing]
        return [
            Rejection(suggestion=self._database.suggestions[one.suggestion_id], reaction=one) for one in newest[:limit]
        ]

    def _last(self) -> dict[tuple[SuggestionId, str], Reaction]:
        return {(one.suggestion_id, one.person): one for one in self._database.reactions}

    def _playbook(self, reaction: Reaction) -> str:
        return self._database.suggestions[reaction.suggestion_id].playbook
