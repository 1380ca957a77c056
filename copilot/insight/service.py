"""The report on a period, for somebody who may see it."""

from __future__ import annotations

from datetime import date

from copilot.insight.report import Language, Report, Scope
from copilot.people.caller import Caller


class InsightService:
    """One path for every surface."""

    def report(self, caller: Caller, *, scope: Scope, since: date, until: date, language: Language) -> Report:
        """Count, compare with the period before, and say what it means and what to do.

        Raises:
            InvalidRequest: the period is none, or nobody has the id that the scope names.
            NotPermitted: the caller may not see this scope.
        """
        raise NotImplementedError
