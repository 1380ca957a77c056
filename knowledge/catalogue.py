"""All documents somebody may read, narrowed to those they look for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.document import Audience, DocumentKind, Metadata
from knowledge.navigation import topic_of
from knowledge.store import DocumentSummary
from knowledge.text import fold
from knowledge.verification import SOON, VerificationState, verification_state

#: `due_soon`: to be reviewed within 30 days; `review`: stale, due soon or not verified.
Freshness = Literal["verified", "due_soon", "stale", "unverified", "review"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for; None or empty: anything."""

    words: str = ""  #: each of them in a title or the source, whatever its width, case or script
    kind: DocumentKind | None = None
    stage: str | None = None
    topic: str | None = None
    audience: Audience | None = None
    group: str | None = None
    owner: str | None = None  #: or deputy
    origin: str | None = None
    freshness: Freshness | None = None


@dataclass(frozen=True, kw_only=True)
class Facets:
    """The values there are to narrow by, each in order."""

    owners: Sequence[str]
    groups: Sequence[str]
    origins: Sequence[str]


def narrowed(documents: Iterable[DocumentSummary], wanted: Wanted, today: date) -> list[DocumentSummary]:
    """Return those that fit, in their order."""
    words = fold(wanted.words).split()
    return [one for one in documents if _fits(one, wanted, words, today)]


def facets(documents: Iterable[DocumentSummary]) -> Facets:
    """Return what documents can be narrowed by."""
    owners: set[str] = set()
    groups: set[str] = set()
    origins: set[str] = set()
    for one in documents:
        owners.update(name for name in (one.metadata.owner, one.metadata.deputy) if name)
        groups.update(one.metadata.groups)
        origins.add(one.origin)
    return Facets(owners=sorted(owners), groups=sorted(groups), origins=sorted(origins))


def freshness_of(metadata: Metadata, today: date) -> Literal["verified", "due_soon", "stale", "unverified"]:
    """Return the state of a document, telling apart those whose review is near."""
    state = verification_state(metadata, today)
    if state is VerificationState.STALE:
        return "stale"
    if metadata.review_by is not None and metadata.review_by - today <= SOON:
        return "due_soon"
    return "verified" if state is VerificationState.VERIFIED else "unverified"


def _fits(one: DocumentSummary, wanted: Wanted, words: Sequence[str], today: date) -> bool:
    metadata = one.metadata
    asked = (
        (wanted.kind, metadata.kind),
        (wanted.audience, metadata.audience),
        (wanted.origin, one.origin),
    )
    if any(value is not None and value != has for value, has in asked):
        return False
    if wanted.stage is not None and wanted.stage not in metadata.stages:
        return False
    if wanted.topic is not None and topic_of(metadata) != wanted.topic:
        return False
    if wanted.group is not None and wanted.group not in metadata.groups:
        return False
    if wanted.owner is not None and wanted.owner not in (metadata.owner, metadata.deputy):
        return False
    if wanted.freshness is not None:
        state = freshness_of(metadata, today)
        if state != wanted.freshness and not (wanted.freshness == "review" and state != "verified"):
            return False
    if not words:
        return True
    text = fold(f"{one.title}\n{metadata.title_en or ''}\n{one.source}")
    return all(word in text for word in words)
