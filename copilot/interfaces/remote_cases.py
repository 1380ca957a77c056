"""The use cases around case studies, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.interfaces.cases_contract import CaseMatchesBody, CaseQuery, LedgerBody, LedgerQuery

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot


class RemoteCases:
    """Implements `Cases`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def match(self, query: CaseQuery) -> CaseMatchesBody:
        """Return the cases that fit best, with reasons and the ledger."""
        parameters = query.model_dump(mode="json", exclude_none=True)
        return self._copilot.call(CaseMatchesBody, "GET", "/v1/cases/match", params=parameters)

    def ledger(self, query: LedgerQuery) -> LedgerBody:
        """Return the ledger of an account."""
        return self._copilot.call(LedgerBody, "POST", "/v1/cases/ledger", json=query.model_dump(mode="json"))
