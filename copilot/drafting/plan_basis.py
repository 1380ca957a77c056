"""Whether a line about what to do rests on a fact of the account: it names one, or gives one of its numbers."""

from __future__ import annotations

import re

from copilot.drafting.plan_facts import PlanFacts
from knowledge.text import fold

_NUMBER = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d+)?")
_TRENDS = {"falling": ("下降", "下滑", "fall"), "rising": ("上升", "增长", "ris")}
#: Shorter names are everyday words.
_SHORTEST = 2


class Basis:
    """The facts of one account, as they are recognised in a text."""

    def __init__(self, facts: PlanFacts) -> None:
        named = [facts.name, *facts.features, *facts.done, *facts.promises, *(one.name for one in facts.people)]
        self._words = {fold(one) for one in named if len(one) >= _SHORTEST} | set(_TRENDS.get(facts.trend or "", ()))
        numbers = (
            facts.fee,
            facts.days,
            facts.end,
            facts.bought,
            facts.active,
            facts.target,
            facts.tickets,
            facts.silent,
        )
        self._numbers = {f"{one:g}" if one < 1e6 else f"{one:.0f}" for one in numbers if one}

    def holds(self, text: str) -> bool:
        """Tell whether a text has a fact."""
        folded = fold(text)
        if any(word in folded for word in self._words):
            return True
        undated = re.sub(r"\d{4}-\d{2}-\d{2}", " ", folded)
        return any(match.group().replace(",", "") in self._numbers for match in _NUMBER.finditer(undated))
