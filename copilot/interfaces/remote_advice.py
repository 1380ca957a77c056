"""The use cases around advice, through the HTTP of the process that owns the index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from copilot.audit.surface import Surface
from copilot.interfaces.advice_contract import (
    AdviceBody,
    ErrorBookBody,
    ReactionBody,
    ReactionChange,
    RejectionList,
)
from copilot.suggesting.advice import Language

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

#: Who calls is recorded with what they do.
_FROM = {"X-Copilot-Surface": Surface.CLI.value}


class RemoteAdvices:
    """Implements `Advices`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def advice(self, account_id: str, language: Language, *, newcomer: bool = False) -> AdviceBody:
        """Advise on a kept account."""
        path = f"/v1/accounts/{quote(account_id, safe='')}/advice"
        return self._copilot.call(AdviceBody, "GET", path, params={"language": language, "newcomer": newcomer})

    def advise_record(self, record: Mapping[str, Any], language: Language, *, newcomer: bool = False) -> AdviceBody:
        """Advise on a record that need not be kept."""
        body = {"record": dict(record), "language": language, "newcomer": newcomer}
        return self._copilot.call(AdviceBody, "POST", "/v1/advice", json=body)

    def react(self, suggestion_id: str, body: ReactionChange) -> ReactionBody:
        """Say whether a suggestion is taken."""
        path = f"/v1/suggestions/{quote(suggestion_id, safe='')}/reaction"
        return self._copilot.call(ReactionBody, "POST", path, json=body.model_dump(mode="json"), headers=_FROM)

    def rejected(self, owner: str | None, playbook: str | None, limit: int) -> RejectionList:
        """Return the rejections that stand."""
        asked = {"owner": owner, "playbook": playbook, "limit": limit}
        parameters = {name: value for name, value in asked.items() if value is not None}
        return self._copilot.call(RejectionList, "GET", "/v1/suggestions/rejected", params=parameters)

    def error_book(self, limit: int) -> ErrorBookBody:
        """Return what went wrong and what to read."""
        return self._copilot.call(ErrorBookBody, "GET", "/v1/suggestions/errors", params={"limit": limit})
