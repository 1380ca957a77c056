"""The accounts that need somebody, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from math import ceil

from copilot.accounts.account import Account
from copilot.interfaces.attention_contract import AttentionList, AttentionQuery, AttentionRow, NextStep, Whose
from copilot.people.caller import Caller
from copilot.people.person import Person
from copilot.people.scope import Scope
from copilot.suggesting.advice import Action, Language
from copilot.suggesting.attending import AttentionService, Wanted
from copilot.suggesting.attention import Attention
from copilot.suggesting.service import AdviceService
from knowledge.errors import NothingIngested
from knowledge.reader import Reader


class LocalAttention:
    """One order of accounts for every surface; the next step is told for the page that is looked at."""

    def __init__(
        self,
        service: AttentionService,
        advising: AdviceService,
        *,
        any_record: Callable[[], bool],
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        """`any_record` tells whether there is an account at all."""
        self._service = service
        self._advising = advising
        self._any_record = any_record
        self._today = today

    def page(self, query: AttentionQuery, language: Language, *, caller: Caller) -> AttentionList:
        """Return a page of accounts; a page beyond the last is the last.

        Raises:
            NotPermitted: the caller may not read accounts.
        """
        caller.need(Scope.ACCOUNTS_READ)
        whose, found = self._found(query, caller.person)
        pages = max(1, ceil(len(found) / query.size))
        page = min(query.page, pages)
        reader = caller.reader()
        return AttentionList(
            accounts=[self._row(one, language, reader) for one in found[(page - 1) * query.size : page * query.size]],
            whose=whose,
            page=page,
            pages=pages,
            count=len(found),
            kept=bool(found) or self._any_record(),
        )

    def of(self, account: Account, language: Language) -> AttentionRow:
        """Return what one account needs; its facts are as of today."""
        return self._shown(self._service.of(account), language, None)

    def _found(self, query: AttentionQuery, person: Person) -> tuple[Whose, list[Attention]]:
        wanted = Wanted(text=query.q, stage=query.stage, size=query.segment, band=query.band)
        if query.whose != "all":
            mine = self._service.list(Wanted(**{**vars(wanted), "owners": names_of(person)}))
            if mine or query.whose == "mine":
                return "mine", list(mine)
        return "all", list(self._service.list(wanted))

    def _row(self, one: Attention, language: Language, reader: Reader) -> AttentionRow:
        try:
            action = None if one.ended else self._advising.first(one.account, reader, language)
        except NothingIngested:
            action = None
        return self._shown(one, language, action)

    def _shown(self, one: Attention, language: Language, action: Action | None) -> AttentionRow:
        return AttentionRow(
            id=one.account.id,
            name=one.account.name,
            type=one.account.type.value,
            owner=one.account.text("owner"),
            segment=one.segment.value,
            stage=one.stage,
            band=one.health.band,
            score=one.health.score,
            days_left=one.days_left,
            renews_on=None if one.days_left is None else self._today() + timedelta(days=one.days_left),
            ended=one.ended,
            needs=[need.value for need in one.needs],
            reasons=one.reasons(language),
            points=one.points,
            next=None
            if action is None
            else NextStep(title=action.title, urgency=action.urgency, due=action.due, draft_kind=action.draft_kind),
        )


def names_of(person: Person) -> frozenset[str]:
    """Return the names under which a record may know somebody."""
    return frozenset(name for name in (person.id, person.name, person.email) if name and name.strip())
