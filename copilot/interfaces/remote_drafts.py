"""Accounts, drafts and the audit log, through the HTTP of the process that owns the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from copilot.audit.surface import Surface
from copilot.audit.verification import Head
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.errors import InvalidAccount
from copilot.interfaces.account_contract import SignalList, SignalsAdded
from copilot.interfaces.draft_contract import (
    AccountBody,
    AccountList,
    AuditCheck,
    AuditPage,
    ChangeReply,
    DecisionReply,
    DelegationBody,
    DelegationReply,
    DraftBody,
    DraftDecisionBody,
    DraftList,
    DraftReply,
    InstructionBody,
    RevisionBody,
)
from copilot.interfaces.export.formats import Exported, ExportFormat
from knowledge.document import Audience

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

#: Who calls is recorded with what they do.
_FROM = {"X-Copilot-Surface": Surface.CLI.value}


class RemoteAccounts:
    """Implements `Accounts`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def put(self, id: str | None, record: Mapping[str, Any]) -> AccountBody:
        """Keep a record."""
        name = id if id is not None else record.get("id")
        if not isinstance(name, str | int) or not str(name).strip() or "/" in str(name):
            raise InvalidAccount(f"The record cannot be used: id: {name!r} is no text without slashes. Correct it.")
        path = f"/v1/accounts/{quote(str(name), safe='')}"
        return self._copilot.call(AccountBody, "PUT", path, json=dict(record), headers=_FROM)

    def get(self, id: str) -> AccountBody:
        """Return a record."""
        return self._copilot.call(AccountBody, "GET", f"/v1/accounts/{quote(id, safe='')}")

    def list(self, limit: int, after: str | None = None) -> AccountList:
        """Return records in the order of their ids."""
        parameters = {"limit": limit} | ({} if after is None else {"after": after})
        return self._copilot.call(AccountList, "GET", "/v1/accounts", params=parameters)

    def add_signals(self, id: str, observations: Sequence[Mapping[str, Any]]) -> SignalsAdded:
        """Add what was observed about an account, all or none."""
        path = f"/v1/accounts/{quote(id, safe='')}/signals"
        body = [dict(one) for one in observations]
        return self._copilot.call(SignalsAdded, "POST", path, json=body, headers=_FROM)

    def signals(self, id: str, limit: int) -> SignalList:
        """Return what was observed, newest first."""
        path = f"/v1/accounts/{quote(id, safe='')}/signals"
        return self._copilot.call(SignalList, "GET", path, params={"limit": limit})


class RemoteDrafts:
    """Implements `Drafts`."""

    def __init__(self, copilot: RemoteCopilot, surface: Surface = Surface.CLI) -> None:
        self._copilot = copilot
        self._from = {"X-Copilot-Surface": surface.value}

    def create(self, body: DraftBody, key: str | None = None) -> DraftReply:
        """Compose and keep a first revision; the same key again returns the draft it made."""
        headers = self._from | ({} if key is None else {"Idempotency-Key": key})
        return self._copilot.call(DraftReply, "POST", "/v1/drafts", json=body.model_dump(mode="json"), headers=headers)

    def list(
        self,
        *,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account: str | None = None,
        limit: int = 50,
        before: datetime | None = None,
    ) -> DraftList:
        """Return drafts, the last changed first."""
        wanted = {
            "status": status.value if status else None,
            "kind": kind.value if kind else None,
            "account_id": account,
            "limit": limit,
            "before": before.isoformat() if before else None,
        }
        parameters = {name: value for name, value in wanted.items() if value is not None}
        return self._copilot.call(DraftList, "GET", "/v1/drafts", params=parameters)

    def show(self, id: str, revision: int | None = None) -> DraftReply:
        """Return a draft with its history."""
        parameters = {} if revision is None else {"revision": revision}
        return self._copilot.call(DraftReply, "GET", f"/v1/drafts/{quote(id, safe='')}", params=parameters)

    def revise(self, id: str, body: RevisionBody) -> DraftReply:
        """Keep an edited text."""
        path = f"/v1/drafts/{quote(id, safe='')}/revisions"
        return self._copilot.call(DraftReply, "POST", path, json=body.model_dump(mode="json"), headers=self._from)

    def change(self, id: str, body: InstructionBody) -> ChangeReply:
        """Carry out an instruction in words."""
        path = f"/v1/drafts/{quote(id, safe='')}/instructions"
        return self._copilot.call(ChangeReply, "POST", path, json=body.model_dump(mode="json"), headers=self._from)

    def decide(self, id: str, body: DraftDecisionBody, key: str | None = None) -> DecisionReply:
        """Approve or reject."""
        path = f"/v1/drafts/{quote(id, safe='')}/decisions"
        headers = self._from | ({} if key is None else {"Idempotency-Key": key})
        return self._copilot.call(DecisionReply, "POST", path, json=body.model_dump(mode="json"), headers=headers)

    def export(self, id: str, format: ExportFormat, audience: Audience = Audience.INTERNAL) -> Exported:
        """Return the latest revision as a file; for customers without what is ours alone."""
        wanted = {"format": format.value, "audience": audience.value}
        response = self._copilot.send("GET", f"/v1/drafts/{quote(id, safe='')}/export", params=wanted)
        name = unquote(response.headers["content-disposition"].partition("filename*=UTF-8''")[2])
        return Exported(name=name, media_type=response.headers["content-type"], data=response.content)

    def delegate(self, body: DelegationBody) -> DelegationReply:
        """Let somebody decide in the caller's place."""
        said = body.model_dump(mode="json")
        return self._copilot.call(DelegationReply, "POST", "/v1/delegations", json=said, headers=self._from)


class RemoteAuditing:
    """Implements `Auditing`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def page(self, after: int, limit: int) -> AuditPage:
        """Return entries with a number above `after`."""
        return self._copilot.call(AuditPage, "GET", "/v1/audit", params={"after": after, "limit": limit})

    def check(self, since: Head | None = None) -> AuditCheck:
        """Tell whether the log is whole."""
        parameters = {} if since is None else {"since_number": since[0], "since_hash": since[1]}
        return self._copilot.call(AuditCheck, "GET", "/v1/audit/check", params=parameters)
