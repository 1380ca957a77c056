"""`/copilot ask|plan|next|case|calc|help`, and what buttons ask for that has to survive a restart like a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

from copilot.drafting.draft import DraftKind
from copilot.errors import UnknownAccount
from copilot.interfaces.calculators import calculate, list_calculators, show_calculator
from copilot.interfaces.cases_contract import CaseQuery
from copilot.interfaces.slack.advice import SlackAdvice
from copilot.interfaces.slack.calculator_blocks import calculation_message, calculators_message
from copilot.interfaces.slack.case_blocks import case_message
from copilot.interfaces.slack.claims import Claim
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.drafts import SlackDrafts
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.experts import ask_expert
from copilot.interfaces.slack.help_blocks import help_message
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.notices import notice
from copilot.people.scope import Scope

#: Not typed by anybody: a button asks for it.
EXPERT = "_expert"
_PAGE = 200
_PAGES = 10

Run = Callable[[Claim, Known, str], Message]


def parsed(text: str) -> tuple[str, str]:
    """Return the subcommand and the rest; a question without one is asked."""
    first, _, rest = text.strip().partition(" ")
    word = first.casefold()
    if not word:
        return "help", ""
    if word in ("ask", "plan", "next", "case", "calc", "help"):
        return word, rest.strip()
    return ("ask", text.strip()) if rest.strip() or not word.isascii() else ("help", first)


class SlackCommands:
    """Implements `Commands` of answering.py; `ask` is answered there."""

    def __init__(self, desk: Desk, drafts: SlackDrafts, advice: SlackAdvice) -> None:
        self._desk = desk
        self._drafts = drafts
        self._advice = advice
        self._runs: Mapping[str, Run] = {
            "plan": self._plan,
            "next": self._next,
            "case": self._case,
            "calc": self._calc,
            "help": lambda _, known, rest: help_message(known.language, unknown=rest or None),
            EXPERT: lambda claim, known, _: ask_expert(self._desk, claim, known),
        }

    def run(self, claim: Claim, known: Known) -> Message:
        """Carry out a command; what it returns only the asker sees."""
        name = str(claim.work.get("name"))
        return self._runs[name](claim, known, str(claim.work.get("text") or ""))

    def _plan(self, claim: Claim, known: Known, rest: str) -> Message:
        known.caller.need(Scope.ACCOUNTS_READ, Scope.DRAFTS_WRITE)
        if not rest:
            return notice("which_account", known.language, command="plan")
        account, _ = self._account(rest)
        self._drafts.compose(known, DraftKind.SUCCESS_PLAN, account, f"slack:{claim.key}"[:100])
        return notice("draft_here", known.language)

    def _next(self, claim: Claim, known: Known, rest: str) -> Message:
        known.caller.need(Scope.ACCOUNTS_READ)
        if not rest:
            return notice("which_account", known.language, command="next")
        account, name = self._account(rest)
        return self._advice.advise(known, account, name, claim.channel)

    def _case(self, _: Claim, known: Known, rest: str) -> Message:
        known.caller.need(Scope.SEARCH)
        words = [word for word in re.split(r"[\s,,、]+", rest) if word]
        if not words:
            return notice("which_case", known.language)
        query = CaseQuery(
            industry=words[0][:200], city=words[1][:200] if len(words) > 1 else None, situation=rest[:1000], limit=3
        )
        if Scope.ACCOUNTS_READ in known.caller.scopes:
            with suppress(UnknownAccount):
                query = CaseQuery(account_id=self._account(rest)[0], limit=3)
        found = self._desk.copilot.cases.match(query, caller=known.caller)
        return case_message(found, rest, known.language)

    def _calc(self, _: Claim, known: Known, rest: str) -> Message:
        name, *given = rest.split()[:40] or [""]
        if not name:
            return calculators_message(list_calculators().calculators, known.language)
        pairs: dict[str, object] = {}
        for one in given:
            key, separator, value = one.replace("＝", "=").partition("=")
            if not separator or not key:
                return notice("no_pairs", known.language, word=one)
            pairs[key] = value
        shown = show_calculator(name)
        title = shown.title_zh if known.language == "zh" else shown.title_en
        if not pairs:
            return calculators_message([shown], known.language)
        return calculation_message(calculate(name, pairs), title, known.language)

    def _account(self, said: str) -> tuple[str, str]:
        """Return id and name of an account, by either.

        Raises:
            UnknownAccount: there is none, or several have the name.
        """
        accounts = self._desk.copilot.accounts
        try:
            record = accounts.get(said)
        except UnknownAccount:
            named: list[str] = []
            after: str | None = None
            for _ in range(_PAGES):
                page = accounts.list(_PAGE, after).accounts
                named += [
                    one.id for one in page if str(one.model_dump().get("name") or "").casefold() == said.casefold()
                ]
                if len(page) < _PAGE:
                    break
                after = page[-1].id
            if len(named) != 1:
                raise
            record = accounts.get(named[0])
        return record.id, str(record.model_dump().get("name") or record.id)
