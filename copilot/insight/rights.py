"""Who may see which figures: managers and admins all, curators those of the knowledge, everybody their own."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.insight.report import Scope
from copilot.people.caller import Caller
from copilot.people.scope import Scope as Permission


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Which groups a caller sees beside questions and documents."""

    drafts: bool
    accounts: bool
    account_names: bool
    gap_questions: bool  #: what others asked; how many gaps there are everybody may know


def sight_of(caller: Caller, scope: Scope) -> Sight:
    """Return what the caller sees of a scope.

    Raises:
        NotPermitted: nothing of it.
    """
    may = caller.scopes
    names = Permission.ACCOUNTS_READ in may
    questions = bool(may & {Permission.INSIGHT_READ, Permission.DOCUMENTS_WRITE})  # as in copilot/curating/gaps.py
    if Permission.INSIGHT_READ in may:
        return Sight(drafts=True, accounts=True, account_names=names, gap_questions=questions)
    if scope.whose == "person" and scope.person == caller.person.id:
        return Sight(drafts=Permission.DRAFTS_READ in may, accounts=names, account_names=names, gap_questions=questions)
    if scope.whose == "everybody" and Permission.DOCUMENTS_WRITE in may:
        return Sight(drafts=False, accounts=False, account_names=False, gap_questions=questions)
    caller.need(Permission.INSIGHT_READ)
    raise AssertionError  # `need` has refused
