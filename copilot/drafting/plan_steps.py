"""The next two weeks of a plan, and what to leave alone: from the advice on the account, else from its risks."""

from __future__ import annotations

from datetime import date, timedelta

from copilot.drafting import dates
from copilot.drafting.composer import Order
from copilot.drafting.findings import shown
from copilot.drafting.plan import Milestone, Risk
from copilot.drafting.plan_words import WORDS
from copilot.drafting.sources import Numbered, shortened
from copilot.suggesting.advice import Action, Advice, Advising
from knowledge.passage import Citation

_MOST_STEPS, _MOST_AVOIDED = 4, 3
_DAYS = 14


class NextSteps:
    """Asks for advice once; every step holds a fact of the account, the advice's quotes stand below as they are."""

    def __init__(self, order: Order, advising: Advising | None, numbered: Numbered) -> None:
        self._order, self._numbered = order, numbered
        self._words = WORDS[order.language]
        self._advice: Advice | None = (
            advising.advise(order.account, order.reader, order.language) if advising is not None else None
        )

    def steps(self, risks: tuple[Risk, ...], milestones: tuple[Milestone, ...], owner: str) -> tuple[str, ...]:
        """Return what is due in two weeks."""
        if self._advice is not None and self._advice.actions:
            return tuple(self._action(one, owner) for one in self._advice.actions[:_MOST_STEPS])
        until = dates.workday(self._order.today + timedelta(days=_DAYS - 2))
        first = dates.working_days(self._order.today, 2)[-1]
        steps = [
            self._step(risk.counter, risk.basis, first if n == 0 else until, owner)
            for n, risk in enumerate(risks[:_MOST_STEPS])
        ]
        if not steps and milestones:
            one = milestones[0]
            steps = [self._step(one.action, one.trigger, one.due or until, one.owner)]
        return tuple(steps)

    def avoid(self) -> tuple[str, ...]:
        """Return what is advised against."""
        if self._advice is None:
            return ()
        return tuple(
            self._with_quotes(f"{one.title}{self._colon}{one.why}", one.citations)
            for one in self._advice.avoid[:_MOST_AVOIDED]
        )

    def _action(self, action: Action, owner: str) -> str:
        seen = (";" if self._order.language == "zh" else "; ").join(action.signals[:2]) or action.why
        due = action.due or dates.workday(self._order.today + timedelta(days=_DAYS - 2))
        return self._with_quotes(self._step(action.title, seen, due, owner), action.citations)

    def _step(self, what: str, basis: str, due: date, owner: str) -> str:
        what = what.strip().rstrip("。.;；")
        if self._order.language == "zh":
            return f"{what}({due.isoformat()} 前,{owner})。{self._words['basis']}{basis}"
        return f"{what[:1].upper()}{what[1:]} (by {due.isoformat()}, {owner}). {self._words['basis']}{basis}"

    def _with_quotes(self, text: str, citations: tuple[Citation, ...]) -> str:
        quotes = [shortened(one) for one in citations[:1]]
        lines = [
            f"  {self._words['recommendation']}{shown(one.quote)} [{self._numbered.number(one)}]" for one in quotes
        ]
        return "\n".join([" ".join(text.split()), *lines])

    @property
    def _colon(self) -> str:
        return ":" if self._order.language == "zh" else ": "
