"""The sentence of a named document that an action rests on: read from the stored text, without a model.

A document is found by its id (the name of its file) or its source. The sentence is the one of the named section that
shares most words with what is asked; the same text always gives the same quote, and it is kept per version.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import Lock
from typing import Protocol

from copilot.suggesting.rules import Source
from knowledge.chunk import Chunk, Span, chunk_id
from knowledge.document import DocumentId, StoredDocument
from knowledge.errors import NothingIngested, UnknownDocument
from knowledge.outline import find_headings, slug
from knowledge.passage import Citation, Passage, cite
from knowledge.reader import Reader
from knowledge.store import DocumentSummary
from knowledge.text import is_chinese, sentence_spans, terms

#: Finds a quote for a question anywhere; used where the named document is not there or may not be read.
FindElsewhere = Callable[[str, Reader], Citation | None]

_MARK = re.compile(r"(?:[-*+>•]|\d{1,2}[.)、](?!\d)|#{1,6}\s)[ \t]*")
_NO_SENTENCE = re.compile(r"^(?:#{1,6}\s|\||[-*_=]{3,}$|```|!\[)")
_TEMPLATE = re.compile(r"\{[^{}]{1,20}\}")
_LEADS_ON = re.compile(r"[:：]\s*$")
#: A quote is read at a glance; what is shorter is a caption.
_SHORT, _LONG = 14, 220
#: Shares of the words asked for: a sentence that leads on to a list, a line of a template, and half a thought lose.
_LEADS_ON_LOSES, _TEMPLATE_LOSES, _SHORT_LOSES = 0.15, 1.5, 0.25
#: The first sentence of a section says what it is about.
_FIRST_GAINS = 0.08
_KEPT = 4096


class Documents(Protocol):
    """The part of the knowledge store that quotes are read from (`knowledge/store.py`)."""

    def count(self) -> int:
        """Return the number of current documents."""
        ...

    def revision(self) -> str:
        """Return a value that changes whenever the current documents change."""
        ...

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return all current documents."""
        ...

    def find(self, source_or_id: str, reader: Reader) -> StoredDocument:
        """Return the current version, if this reader may read it; raises UnknownDocument otherwise."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Section:
    start: int
    end: int
    path: tuple[str, ...]


class PlaybookQuotes:
    """Quotes named documents, as far as a reader may see them."""

    def __init__(self, store: Documents, elsewhere: FindElsewhere | None = None) -> None:
        self._store = store
        self._elsewhere = elsewhere
        self._names: tuple[str, Mapping[str, DocumentSummary]] = ("", {})
        self._spans: dict[tuple[DocumentId, int, Source], tuple[_Section, int, int] | None] = {}
        self._lock = Lock()

    def check(self) -> None:
        """Let nobody ask before there is anything to quote.

        Raises:
            NothingIngested: there is no document at all.
        """
        if not self._store.count():
            raise NothingIngested("Nothing is indexed yet, so no advice can be backed. Run `copilot ingest` first.")

    def quote(self, source: Source, reader: Reader) -> Citation | None:
        """Return the quote with number 1, or None where this reader may see nothing that supports it."""
        named = self._named(source, reader)
        if named is not None or self._elsewhere is None:
            return named
        return self._elsewhere(source.ask_zh, reader)

    def document(self, playbook: str) -> DocumentSummary | None:
        """Return the document that is called so now."""
        revision = self._store.revision()
        with self._lock:
            known, names = self._names
            if known != revision:
                found: dict[str, DocumentSummary] = {}
                summaries = self._store.summaries()
                for summary in summaries:
                    # The shipped corpus and our own files: the name of the file; records and pages: the source.
                    found.setdefault(PurePosixPath(summary.source).stem, summary)
                for summary in summaries:
                    found[summary.source] = summary
                names = found
                self._names = (revision, names)
        return names.get(playbook)

    def _named(self, source: Source, reader: Reader) -> Citation | None:
        document = self.document(source.playbook)
        if document is None:
            return None
        try:
            stored = self._store.find(document.id, reader)
        except UnknownDocument:  # this reader may not read it, or it went a moment ago
            return None
        key = (stored.id, stored.version, source)
        if key not in self._spans:
            if len(self._spans) >= _KEPT:
                self._spans.clear()
            self._spans[key] = _best_span(stored, source)
        place = self._spans[key]
        return None if place is None else _cited(stored, *place)


def _best_span(stored: StoredDocument, source: Source) -> tuple[_Section, int, int] | None:
    text = stored.document.text
    asked = set(terms(source.ask_zh if is_chinese(text) else source.ask_en))
    best: tuple[float, _Section, int, int] | None = None
    for section in _sections(text, source.section):
        first = True
        for start, end in sentence_spans(text[section.start : section.end]):
            start, end = section.start + start, section.start + end
            sentence = text[start:end]
            if _NO_SENTENCE.match(sentence) or end - start > _LONG:
                continue
            mark = _MARK.match(sentence)
            start += mark.end() if mark else 0
            score = _score(text[start:end], asked) + (_FIRST_GAINS if first else 0.0)
            first = False
            if best is None or score > best[0]:
                best = (score, section, start, end)
    return None if best is None else best[1:]


def _score(sentence: str, asked: set[str]) -> float:
    shared = len(asked & set(terms(sentence))) / max(1, len(asked))
    return (
        shared
        - (_LEADS_ON_LOSES if _LEADS_ON.search(sentence) else 0.0)
        - (_TEMPLATE_LOSES if _TEMPLATE.search(sentence) else 0.0)
        - (_SHORT_LOSES if len(sentence) < _SHORT else 0.0)
    )


def _sections(text: str, wanted: str | None) -> list[_Section]:
    """Return the section that is called so, or all of them; the whole text when it has no such heading."""
    headings = find_headings(text)
    ends = [heading.start for heading in headings[1:]] + [len(text)]
    sections = [
        _Section(start=heading.start, end=end, path=heading.path)
        for heading, end in zip(headings, ends, strict=True)
        if wanted is None or slug(wanted) == heading.slug
    ]
    return sections or [_Section(start=0, end=len(text), path=())]


def _cited(stored: StoredDocument, section: _Section, start: int, end: int) -> Citation:
    document = stored.document
    pages = document.pages
    span = Span(
        start=section.start,
        end=section.end,
        text=document.text[section.start : section.end],
        heading_path=section.path,
        page=max(1, bisect_right(pages, section.start)) if pages else None,
        page_breaks=tuple(page - section.start for page in pages if section.start < page < section.end),
    )
    chunk = Chunk(
        id=chunk_id(stored.id, stored.version, section.start),
        document_id=stored.id,
        version=stored.version,
        ordinal=section.start,
        span=span,
    )
    passage = Passage(
        chunk=chunk,
        source=document.source,
        title=document.title,
        metadata=document.metadata,
        score=1.0,
        similarity=0.0,
        found_by=("rule",),
    )
    return cite(1, passage, start - section.start, end - section.start)
