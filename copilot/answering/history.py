"""What a person asked before and was told, as it was shown; less what they may not see any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from copilot.errors import UnknownAnswer, UnknownConversation
from knowledge.document import Audience, DocumentId, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.reader import AccessLabel, Reader
from knowledge.store import VersionSummary

#: Of one conversation; what came before is not shown.
_MOST_REPLIES = 200
#: Characters around a quote: enough to see what it belongs to.
_AROUND = 700


@dataclass(frozen=True, kw_only=True)
class KeptConversation:
    """One line of a list of conversations."""

    id: str
    question: str  #: the first one
    replies: int
    started_at: datetime
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeptReply:
    """A reply as it is stored; `body` is what was shown of it (copilot/adapters/sql/answer_store.py)."""

    id: str
    conversation_id: str
    person: str
    question: str
    status: str
    language: str
    at: datetime
    body: Mapping[str, Any]
    withheld: bool = False  #: a document it quotes is not for this reader any more, so nothing of it is shown

    @property
    def cited(self) -> set[DocumentId]:
        """The documents it quotes."""
        return {DocumentId(one["document_id"]) for one in self.body.get("citations", ())}


@dataclass(frozen=True, kw_only=True)
class QuotedPlace:
    """A quote in the text it stands in: `before + quote + after` is a piece of that version."""

    reply: KeptReply
    citation: Mapping[str, Any]
    before: str
    quote: str
    after: str
    cut_before: bool  #: whether the document begins earlier than `before`
    cut_after: bool
    current: int | None  #: version of the document as it is now; None: it was deleted


class HistoryStore(Protocol):
    """Port; implemented where replies are kept. What is not of this person is as if it were not there."""

    def conversations(self, person: str, limit: int, offset: int) -> Sequence[KeptConversation]:
        """Return a person's conversations, the one with the newest reply first."""
        ...

    def holder(self, conversation_id: str) -> str | None:
        """Return whose conversation it is."""
        ...

    def replies(self, conversation_id: str, limit: int) -> Sequence[KeptReply]:
        """Return the last replies of a conversation, oldest first."""
        ...

    def reply(self, id: str) -> KeptReply | None:
        """Return one reply."""
        ...

    def reply_to(self, request: str) -> KeptReply | None:
        """Return the reply to a request, by the name its asker gave it."""
        ...


class Documents(Protocol):
    """Port: documents as they are now and were; implemented by every `KnowledgeStore`."""

    def labels_of(self, ids: Collection[DocumentId]) -> Mapping[DocumentId, AccessLabel]:
        """Return who may read these documents now; those that are gone are left out."""
        ...

    def history(self, document: DocumentId) -> Sequence[VersionSummary]:
        """Return all versions, oldest first."""
        ...

    def find_version(self, document: DocumentId, version: int) -> StoredDocument:
        """Return one version, also of a deleted document."""
        ...


class History:
    """Looks back. Whether a reader may see what a reply quotes is asked anew each time."""

    def __init__(self, *, store: HistoryStore, documents: Documents) -> None:
        self._store = store
        self._documents = documents

    def conversations(self, person: str, *, limit: int = 20, offset: int = 0) -> Sequence[KeptConversation]:
        """Return a person's conversations, the one with the newest reply first."""
        return self._store.conversations(person, limit, offset)

    def conversation(self, id: str, reader: Reader, *, person: str | None = None) -> Sequence[KeptReply]:
        """Return the replies of a conversation, oldest first; with a person, only of theirs.

        Raises:
            UnknownConversation: there is none such.
        """
        holder = self._store.holder(id)
        if holder is None or person not in (None, holder):
            raise UnknownConversation(f"There is no conversation {id!r} of yours. List yours to see which there are.")
        replies = self._store.replies(id, _MOST_REPLIES)
        seen = self._seen(reader, {document for reply in replies for document in reply.cited})
        return [_shown(reply, seen) for reply in replies]

    def reply_to(self, request: str, reader: Reader) -> KeptReply | None:
        """Return the reply to a request that was answered before."""
        reply = self._store.reply_to(request)
        return None if reply is None else _shown(reply, self._seen(reader, reply.cited))

    def place(self, answer_id: str, number: int, reader: Reader, person: str) -> QuotedPlace:
        """Return a citation of one's own reply with the text around it.

        Raises:
            UnknownAnswer: there is no such reply of this person's, or it has no such citation.
            UnknownDocument: the document is not for this reader any more.
        """
        reply = self._store.reply(answer_id)
        cited = () if reply is None or reply.person != person else reply.body.get("citations", ())
        citation = next((one for one in cited if one["n"] == number), None)
        if reply is None or citation is None:
            raise UnknownAnswer(f"There is no citation {number} of an answer {answer_id!r} of yours.")
        document = DocumentId(citation["document_id"])
        if document not in self._seen(reader, {document}):
            raise UnknownDocument("This document cannot be shown any more. Ask again to see what holds now.")
        text = self._documents.find_version(document, citation["version"]).document.text
        start, end = citation["start"], citation["end"]
        first, last = _line_start(text, start), _line_end(text, end)
        return QuotedPlace(
            reply=reply,
            citation=citation,
            before=text[first:start],
            quote=text[start:end],
            after=text[end:last],
            cut_before=first > 0,
            cut_after=last < len(text),
            current=self._current(document),
        )

    def _current(self, document: DocumentId) -> int | None:
        there = self._documents.labels_of({document})
        return self._documents.history(document)[-1].version if there else None

    def _seen(self, reader: Reader, ids: Collection[DocumentId]) -> set[DocumentId]:
        """Return those that may be shown. What was deleted stays readable to our own people, who may cite it still."""
        labels = self._documents.labels_of(ids) if ids else {}
        return {
            one
            for one in ids
            if (reader.may_read_label(labels[one]) if one in labels else self._deleted_but_readable(one, reader))
        }

    def _deleted_but_readable(self, document: DocumentId, reader: Reader) -> bool:
        if reader.audience is Audience.CUSTOMER:
            return False
        versions = self._documents.history(document)
        if not versions:
            return False
        newest = self._documents.find_version(document, versions[-1].version)
        return reader.may_read(newest.document.metadata)


def _shown(reply: KeptReply, seen: Collection[DocumentId]) -> KeptReply:
    if reply.cited <= set(seen):
        return reply
    return KeptReply(**vars(reply) | {"body": {}, "withheld": True})


def _line_start(text: str, at: int) -> int:
    """Return where to begin: at a line, some way before."""
    if at <= _AROUND:
        return 0
    found = text.find("\n", at - _AROUND, at)
    return found + 1 if found >= 0 else at - _AROUND


def _line_end(text: str, at: int) -> int:
    if len(text) - at <= _AROUND:
        return len(text)
    found = text.rfind("\n", at, at + _AROUND)
    return found if found > at else at + _AROUND
