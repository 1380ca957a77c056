"""Who answers for a document, whether it is right, and which ones to look at next: those that are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from copilot.audit.entry import Event
from copilot.errors import InvalidRequest, NotPermitted, StaleChange
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from knowledge.catalogue import freshness_of
from knowledge.document import DocumentId, Metadata, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.store import DocumentSummary, KnowledgeStore
from knowledge.verification import Check, Keepers

#: A document that was found right is looked at again after this time, unless a date is given.
REVIEW_AFTER = timedelta(days=180)
#: Answers this old count no more for how much a document is used.
USED_WITHIN = timedelta(days=90)
_LONGEST = 100


class CitationCounts(Protocol):
    """Port: how often documents were cited."""

    def cited(self, since: datetime) -> Mapping[DocumentId, int]:
        """Return for each document in how many answers since then it was cited; those that never were are left out."""
        ...


class ReviewReason(StrEnum):
    """Why a document is to be reviewed, the most urgent first."""

    STALE = "stale"
    DUE_SOON = "due_soon"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, kw_only=True)
class Review:
    """A document that somebody should look at."""

    document: DocumentSummary
    reason: ReviewReason
    cited: int  #: answers of the last 90 days that cite it


class VerificationService:
    """Curators verify any document; owner and deputy, named by their ids, verify theirs."""

    def __init__(
        self,
        *,
        store: KnowledgeStore,
        citations: CitationCounts,
        tell: Callable[[object, Event], object],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`tell` writes to the audit log within a transaction of the store."""
        self._store = store
        self._citations = citations
        self._tell = tell
        self._now = now

    def verify(
        self,
        caller: Caller,
        source_or_id: str,
        *,
        review_by: date | None = None,
        owner: str | None = None,
        deputy: str | None = None,
        version: int | None = None,
    ) -> StoredDocument:
        """Say that a document is right as it is now; None leaves owner and deputy, an empty text takes them away.

        `version` is the one that was read; None: whichever there is.

        Raises:
            UnknownDocument: there is none that the caller may read.
            NotPermitted: the caller is neither a curator nor its owner or deputy.
            InvalidRequest: the review date has passed, or a name has the wrong form.
            StaleChange: there is another version now than the one that was read.
        """
        today = self._now().date()
        review_by = review_by or today + REVIEW_AFTER
        if review_by < today:
            raise InvalidRequest(f"The review date {review_by.isoformat()!r} has passed. Give one from today on.")
        check = Check(verified_on=today, verified_by=caller.person.id, review_by=review_by)
        return self._say("document.verified", caller, source_or_id, check, owner, deputy, version)

    def unverify(
        self, caller: Caller, source_or_id: str, *, owner: str | None = None, deputy: str | None = None
    ) -> StoredDocument:
        """Take back that a document is right.

        Raises:
            What `verify` raises.
        """
        return self._say("document.unverified", caller, source_or_id, Check(), owner, deputy)

    def may_verify(self, caller: Caller, source_or_id: str) -> bool:
        """Tell whether the caller may say that a document is right."""
        return _may(caller, self._store.find(source_or_id, caller.reader()))

    def cited(self) -> Mapping[DocumentId, int]:
        """Return in how many answers of the last 90 days documents were cited; those that never were are left out."""
        return self._citations.cited(self._now() - USED_WITHIN)

    def review(self, caller: Caller) -> Sequence[Review]:
        """Return what the caller may read and somebody should look at, the most cited first."""
        now, reader = self._now(), caller.reader()
        cited = self.cited()
        found = [
            Review(document=summary, reason=reason, cited=cited.get(summary.id, 0))
            for summary in self._store.summaries()
            if summary.chunks and reader.may_read(summary.metadata)
            if (reason := _reason(summary.metadata, now.date())) is not None
        ]
        reasons = list(ReviewReason)
        return sorted(
            found,
            key=lambda one: (
                -one.cited,
                reasons.index(one.reason),
                one.document.metadata.review_by or date.max,
                one.document.source,
            ),
        )

    def _say(
        self,
        action: str,
        caller: Caller,
        source_or_id: str,
        check: Check,
        owner: str | None,
        deputy: str | None,
        version: int | None = None,
    ) -> StoredDocument:
        stored = self._store.find(source_or_id, caller.reader())
        metadata = stored.document.metadata
        permit(caller, stored)
        if version is not None and version != stored.version:
            raise StaleChange(
                f"{stored.document.source!r} is in version {stored.version} now, and you read version {version}. "
                "Read what has changed, then verify it."
            )
        keepers = Keepers(
            owner=metadata.owner if owner is None else _name(owner),
            deputy=metadata.deputy if deputy is None else _name(deputy),
        )
        event = Event(
            action=action,
            actor=caller.person.id,
            subject=stored.id,
            surface=caller.surface,
            at=self._now(),
            details={
                "version": stored.version,
                "owner": keepers.owner,
                "deputy": keepers.deputy,
                "review_by": check.review_by.isoformat() if check.review_by else None,
            },
        )

        def tell(transaction: object) -> None:
            self._tell(transaction, event)

        if not self._store.set_verification(stored.id, keepers, check, tell):
            raise UnknownDocument(f"Document {source_or_id!r} is gone. `copilot documents list` shows all of them.")
        spoken = replace(metadata, **vars(keepers), **vars(check))
        return replace(stored, document=replace(stored.document, metadata=spoken))


def permit(caller: Caller, stored: StoredDocument) -> None:
    """Let those pass who answer for a document, and curators.

    Raises:
        NotPermitted: names whom to ask.
    """
    caller.need(Scope.DOCUMENTS_VERIFY)
    if _may(caller, stored):
        return
    metadata = stored.document.metadata
    whom = f"{metadata.owner!r}, its owner, or a curator" if metadata.owner else "a curator"
    raise NotPermitted(f"{stored.document.source!r} is not yours to verify. Ask {whom}.")


def _may(caller: Caller, stored: StoredDocument) -> bool:
    if Scope.DOCUMENTS_VERIFY not in caller.scopes:
        return False
    metadata = stored.document.metadata
    return Scope.DOCUMENTS_WRITE in caller.scopes or caller.person.id in (metadata.owner, metadata.deputy)


def _reason(metadata: Metadata, today: date) -> ReviewReason | None:
    state = freshness_of(metadata, today)
    return None if state == "verified" else ReviewReason(state)


def _name(text: str) -> str | None:
    name = " ".join(text.split())
    if len(name) > _LONGEST or not name.isprintable():
        raise InvalidRequest(f"{text!r} cannot be an owner or deputy. Give at most {_LONGEST} characters.")
    return name or None
