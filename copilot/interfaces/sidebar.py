"""What stands beside a record of a CRM, put together from the use cases of this process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from copilot.accounts.crm_record import crm_record
from copilot.accounts.recognising import RecognisingService
from copilot.errors import InvalidRequest
from copilot.interfaces.accounts import LocalAccounts
from copilot.interfaces.advice import LocalAdvices
from copilot.interfaces.cases import LocalCases
from copilot.interfaces.cases_contract import CaseMatchesBody, CaseQuery
from copilot.interfaces.crm.doors import Doors
from copilot.interfaces.draft_contract import DraftReply
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.presentation import problem
from copilot.interfaces.sidebar_contract import (
    AccountChosen,
    AccountFound,
    ChoiceOfAccount,
    MissingPart,
    SidebarBody,
)
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.suggesting.advice import Language
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

Part = TypeVar("Part")
_DRAFTS, _CASES = 5, 3


class LocalSidebar:
    """The view beside a record, and what a person says that record is."""

    def __init__(
        self,
        *,
        recognising: RecognisingService,
        accounts: LocalAccounts,
        advices: LocalAdvices,
        cases: LocalCases,
        drafts: LocalDrafts,
        doors: Doors,
    ) -> None:
        """`doors` lead from CRMs to here."""
        self.doors = doors
        self._recognising = recognising
        self._accounts = accounts
        self._advices = advices
        self._cases = cases
        self._drafts = drafts

    def view(
        self,
        caller: Caller,
        *,
        account_id: str | None = None,
        record: str | None = None,
        shown: Mapping[str, str] | None = None,
        language: Language = "zh",
    ) -> SidebarBody:
        """Return all there is about an account, or what a record may be.

        Raises:
            NotPermitted: the caller may not read accounts.
            UnknownAccount: an account was named, and there is none.
            InvalidRequest: a record was named that is none.
        """
        caller.need(Scope.ACCOUNTS_READ)
        read = crm_record(record) if record else None
        told = dict(shown or {})
        choices: list[ChoiceOfAccount] = []
        if account_id is None:
            found = self._recognising.recognise(read, told)
            account_id = found.account
            choices = [ChoiceOfAccount(id=one.id, name=one.name, score=one.score) for one in found.choices]
        named = str(read) if read else None
        if account_id is None:
            return SidebarBody(
                record=named, account=None, advice=None, cases=None, drafts=None, choices=choices, shown=told
            )
        id = account_id
        missing: list[MissingPart] = []
        account = self._accounts.get(id)
        advice = _part("advice", missing, lambda: self._advices.advice(id, language, caller=caller))
        query = CaseQuery(account_id=id, limit=_CASES)
        return SidebarBody(
            record=named,
            account=account,
            advice=advice,
            said=self._advices.said(advice, caller=caller) if advice else {},
            cases=_part("cases", missing, lambda: self._cases_like(query, caller)),
            drafts=_part("drafts", missing, lambda: self._drafts_of(id, caller)),
            shown=told,
            missing=missing,
        )

    def choose(self, caller: Caller, body: AccountChosen, record: str | None) -> AccountFound:
        """Keep what a person says a record is.

        Raises:
            NotPermitted: the caller may not change accounts.
            InvalidRequest: neither an account nor a name is given, or there is no record to bind.
            UnknownAccount: the account is none.
        """
        caller.need(Scope.ACCOUNTS_WRITE)
        named = body.record or record
        read = crm_record(named) if named else None
        if body.account_id is None:
            facts = {name: value for name in ("name", "website", "industry", "city") if (value := getattr(body, name))}
            made = self._recognising.create(read, facts, person=caller.person, surface=caller.surface)
            return AccountFound(account_id=made)
        if read is None:
            raise InvalidRequest("There is no record that could be bound. Open the page at a record of the CRM.")
        self._recognising.bind(read, body.account_id, person=caller.person, surface=caller.surface)
        return AccountFound(account_id=body.account_id)

    def _cases_like(self, query: CaseQuery, caller: Caller) -> CaseMatchesBody:
        caller.need(Scope.SEARCH)
        return self._cases.match(query, caller=caller)

    def _drafts_of(self, account: str, caller: Caller) -> list[DraftReply]:
        caller.need(Scope.DRAFTS_READ)
        mine = self._drafts.as_caller(caller.person.id, caller.surface)
        return [mine.show(one.id) for one in mine.list(account=account, limit=_DRAFTS).drafts]


def _part(
    name: Literal["advice", "cases", "drafts"], missing: list[MissingPart], make: Callable[[], Part]
) -> Part | None:
    """Return a part; what is wrong with one must not hide the others."""
    try:
        return make()
    except ReportableError as error:
        _log.warning("the sidebar goes without %s: %s", name, error.message)
        missing.append(MissingPart(part=name, problem=problem(error)))
        return None
