"""Pinned answers: set, looked at again, taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from copilot.answering.pin import Pin, PinStore
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.curating.publishing.publication import PublicationStore
from copilot.curating.publishing.shelf import Shelf
from copilot.curating.verifying import permit
from copilot.errors import InvalidRequest, NotPinned
from copilot.people.caller import Caller
from copilot.transaction import Transactions
from knowledge.chunk import same_words
from knowledge.document import StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.front_matter import split_front_matter
from knowledge.reader import Reader
from knowledge.store import KnowledgeStore


class PinState(StrEnum):
    """Whether a pin is in force."""

    HOLDS = "holds"
    NEW_VERSION = "new_version"  #: the document has changed since somebody looked at it
    EXPIRED = "expired"  #: its last day has passed


@dataclass(frozen=True, kw_only=True)
class ShownPin:
    """A pin and whether it is in force today."""

    pin: Pin
    state: PinState
    document: StoredDocument


class Pinning:
    """Only what was approved here is pinned: somebody has read it for this question."""

    def __init__(
        self,
        *,
        pins: PinStore,
        publications: PublicationStore,
        shelf: Shelf,
        documents: KnowledgeStore,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pins = pins
        self._publications = publications
        self._shelf = shelf
        self._documents = documents
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def pin(self, source_or_id: str, caller: Caller, until: date | None = None) -> Sequence[Pin]:
        """Return the answers of a document as they stand, from now on, to the questions it was written for.

        Done again it says that the current version is right, too.

        Raises:
            UnknownDocument: there is none that the caller may read.
            NotPermitted: the caller is neither a curator nor answers for it.
            NotPinned: it was not approved here.
            InvalidRequest: the last day has passed.
        """
        stored, now = self._documents.find(source_or_id, caller.reader()), self._now()
        permit(caller, stored)
        if until is not None and until < now.date():
            raise InvalidRequest(f"{until.isoformat()!r} has passed. Give a last day from today on.")
        sections = {one.section for one in self._publications.of_document(stored.id)}
        asked = split_front_matter(self._shelf.read(stored.document.source) or "").questions if sections else ()
        made = {
            same_words(one.text): Pin(
                words=same_words(one.text),
                question=one.text,
                document_id=stored.id,
                section=one.section or "",
                version=stored.version,
                valid_until=until,
                pinned_by=caller.person.id,
                pinned_at=now,
            )
            for one in asked
            if one.section in sections
        }
        if not made:
            raise NotPinned(
                f"{stored.document.source!r} was not approved here as the answer to a question, so it cannot be pinned."
            )
        with self._transactions.begin() as transaction:
            self._pins.remove(transaction, stored.id)
            self._pins.put(transaction, list(made.values()))
            self._audit.append(transaction, self._event("knowledge.pinned", caller, stored, len(made)))
        return list(made.values())

    def unpin(self, source_or_id: str, caller: Caller) -> int:
        """Let a document answer like any other again; returns how many questions it was pinned to.

        Raises:
            UnknownDocument, NotPermitted: as `pin`.
            NotPinned: it is pinned to none.
        """
        stored = self._documents.find(source_or_id, caller.reader())
        permit(caller, stored)
        with self._transactions.begin() as transaction:
            gone = self._pins.remove(transaction, stored.id)
            if gone:
                self._audit.append(transaction, self._event("knowledge.unpinned", caller, stored, gone))
        if not gone:
            raise NotPinned(
                f"{stored.document.source!r} is pinned to no question. `copilot knowledge list` shows pins."
            )
        return gone

    def list(self, reader: Reader) -> Sequence[ShownPin]:
        """Return the pins of documents that a reader may read."""
        found = []
        for pin in self._pins.list():
            try:
                stored = self._documents.find(pin.document_id, reader)
            except UnknownDocument:
                continue
            found.append(ShownPin(pin=pin, state=self._state(pin, stored), document=stored))
        return found

    def _state(self, pin: Pin, stored: StoredDocument) -> PinState:
        if pin.valid_until is not None and self._now().date() > pin.valid_until:
            return PinState.EXPIRED
        return PinState.HOLDS if pin.version == stored.version else PinState.NEW_VERSION

    def _event(self, action: str, caller: Caller, stored: StoredDocument, questions: int) -> Event:
        return Event(
            action=action,
            actor=caller.person.id,
            subject=stored.id,
            surface=caller.surface,
            at=self._now(),
            details={"version": stored.version, "questions": questions},
        )
