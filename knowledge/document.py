"""A document: one whole item of knowledge with an identity, as it is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

DocumentId = NewType("DocumentId", str)


class DocumentKind(StrEnum):
    """What a document is to the person who reads the citation."""

    PLAYBOOK = "playbook"
    CASE_STUDY = "case_study"
    FAQ = "faq"
    OTHER = "other"


class Audience(StrEnum):
    """Who may read a document: our own staff, or customers too."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


@dataclass(frozen=True, kw_only=True)
class WrittenQuestion:
    """A question somebody wrote down that a section of the document answers; never quoted, only matched."""

    text: str
    section: str | None = None  #: slug of the heading that answers it; None: the first section


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a document says of itself in its front matter; everything is optional for a user's own files."""

    kind: DocumentKind = DocumentKind.OTHER
    audience: Audience = Audience.INTERNAL
    groups: tuple[str, ...] = ()  #: only members may read it; empty: all of the audience
    language: str | None = None
    title_en: str | None = None
    summary: str | None = None
    summary_en: str | None = None
    context: str | None = None  #: text that places the document (ancestor headings); matched, never quoted
    url: str | None = None
    verified_on: date | None = None  #: as in force: none after a change of the text, whatever the file says
    verified_by: str | None = None  #: the person who said so here; a file does not tell
    review_by: date | None = None
    owner: str | None = None
    deputy: str | None = None
    stages: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    related: tuple[str, ...] = ()  #: ids of corpus documents that go further


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What one rule of cleaning took out of a text, so that a person can see that nothing of worth went."""

    rule: str  #: stable name
    reason: str  #: why such text is no part of a document, for people
    count: int  #: lines, or notes inside lines
    samples: tuple[str, ...]  #: the first few, shortened


@dataclass(frozen=True, kw_only=True)
class Document:
    """One item as parsed and cleaned: `text` is exactly what people are quoted from."""

    source: str  #: path relative to the ingested folder, id of a record, or URL
    title: str  #: empty from a parser that found none; a sync then finds one in the cleaned text
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    questions: tuple[WrittenQuestion, ...] = ()
    warnings: tuple[str, ...] = ()
    #: Where in `text` each page starts, page 1 first; one without text starts where the next does. Empty: no pages.
    pages: tuple[int, ...] = ()
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoredDocument:
    """A document in the store with its identity; `version` counts from 1 and every version stays readable."""

    id: DocumentId
    origin: str  #: the folder, file or site it was ingested from; a sync removes only what vanished from there
    version: int
    document: Document
    duplicate_of: str | None = None  #: source of the first document with the same text


def document_id(origin: str, source: str) -> DocumentId:
    """Derive the identity of what lies at `source` in `origin`: the same on every machine and every run."""
    return DocumentId(content_hash(f"{origin}\n{source}".encode())[:16])


def content_hash(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
