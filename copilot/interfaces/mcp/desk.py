"""What the tools ask of the copilot, for one caller: of services of this process, or of the process that has them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from copilot.interfaces.advice_contract import AdviceBody
from copilot.interfaces.contract import AnswerBody, AskBody, DocumentBody, DocumentList, SearchBody
from copilot.interfaces.draft_contract import AccountList, DraftBody, DraftList, DraftReply
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.mcp.watcher import Watcher
from copilot.interfaces.remote import RemoteCopilot
from copilot.people.caller import Caller
from copilot.suggesting.advice import Language
from knowledge.document import Audience


class DraftDesk(Protocol):
    """Drafts: made and read. Nothing here decides on one, sends it or deletes it."""

    def create(self, body: DraftBody, key: str | None = None) -> DraftReply:
        """Compose and keep a first revision."""
        ...

    def list(self, *, account: str | None = None, limit: int = 50) -> DraftList:
        """Return drafts, the last changed first."""
        ...

    def show(self, id: str, revision: int | None = None) -> DraftReply:
        """Return a draft."""
        ...


class Desk(Protocol):
    """The part of the copilot that tools reach. It is all they can do."""

    @property
    def drafts(self) -> DraftDesk:
        """Return what can be done with drafts."""
        ...

    def ask(self, body: AskBody, watcher: Watcher) -> AnswerBody:
        """Answer a question."""
        ...

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        ...

    def documents(self) -> DocumentList:
        """Return all current documents that the caller may read."""
        ...

    def document(self, source_or_id: str, version: int | None) -> DocumentBody:
        """Return a document."""
        ...

    def accounts(self, limit: int, after: str | None) -> AccountList:
        """Return records of accounts in the order of their ids."""
        ...

    def advice(self, account_id: str, language: Language) -> AdviceBody:
        """Advise on an account."""
        ...


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who calls, and how to get at the copilot for them: at the last moment, since it may have to be opened."""

    caller: Caller
    desk: Callable[[], AbstractContextManager[Desk]]
    read_only: bool = False


class CallerDesk:
    """Implements `Desk` on the services of this process."""

    def __init__(self, copilot: LocalCopilot, caller: Caller) -> None:
        self._copilot = copilot
        self._caller = caller

    @property
    def drafts(self) -> DraftDesk:
        """Return what can be done with drafts."""
        return self._copilot.drafts.as_caller(self._caller.person.id, self._caller.surface)

    def ask(self, body: AskBody, watcher: Watcher) -> AnswerBody:
        """Answer a question."""
        return self._copilot.ask(body, caller=self._caller, listen=watcher.stage, viewer=watcher)

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        return self._copilot.search(text, limit, audience, caller=self._caller)

    def documents(self) -> DocumentList:
        """Return all current documents that the caller may read."""
        return self._copilot.documents(caller=self._caller)

    def document(self, source_or_id: str, version: int | None) -> DocumentBody:
        """Return a document."""
        return self._copilot.document(source_or_id, version, caller=self._caller)

    def accounts(self, limit: int, after: str | None) -> AccountList:
        """Return records of accounts in the order of their ids."""
        return self._copilot.accounts.list(limit, after)

    def advice(self, account_id: str, language: Language) -> AdviceBody:
        """Advise on an account."""
        return self._copilot.advices.advice(account_id, language, caller=self._caller)


class ServedDesk:
    """Implements `Desk` through the HTTP of the process that owns the index."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    @property
    def drafts(self) -> DraftDesk:
        """Return what can be done with drafts."""
        return self._copilot.drafts

    def ask(self, body: AskBody, watcher: Watcher) -> AnswerBody:
        """Answer a question; how far it is, the other process does not tell."""
        watcher.stage("searching")
        return self._copilot.ask(body)

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        return self._copilot.search(text, limit, audience)

    def documents(self) -> DocumentList:
        """Return all current documents."""
        return self._copilot.documents()

    def document(self, source_or_id: str, version: int | None) -> DocumentBody:
        """Return a document."""
        return self._copilot.document(source_or_id, version)

    def accounts(self, limit: int, after: str | None) -> AccountList:
        """Return records of accounts in the order of their ids."""
        return self._copilot.accounts.list(limit, after)

    def advice(self, account_id: str, language: Language) -> AdviceBody:
        """Advise on an account."""
        return self._copilot.advices.advice(account_id, language)
