"""First stage: fetch, parse, clean, chunk. It reads and compares; nothing is stored here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ingest.bundles import Budget, item_of
from ingest.chunking import chunk_text
from ingest.errors import EmptyItem, Gone, IngestError, NestedTooDeeply
from ingest.near_duplicates import sketch_of
from ingest.parser import Bundle, Part
from ingest.prepared import Place, Prepared, Readable, Refused, Unchanged
from ingest.reading import Reader, searchable
from ingest.report import Status
from ingest.source import Item, Source, looked_at
from knowledge.document import Document, content_hash
from knowledge.errors import KnowledgeError
from knowledge.failures import Stage

_log = logging.getLogger(__name__)

_Content = Unchanged | Refused | Readable
_Parts = tuple[tuple[Item, Part], ...]


class Preparation:
    """Makes documents of items, and finds out which of them need no work at all."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def run(self, source: Source, place: Place, items: Iterable[Item]) -> Iterator[Prepared]:
        """Yield every item after the parts that are inside it."""
        for item in items:
            opening = _Opening(self._reader, place)
            seen = opening.look(source, item)
            if isinstance(seen, Prepared):
                yield seen
            else:
                yield from opening.item(seen, lambda item=seen: source.fetch(item))  # type: ignore[misc]  # the loop's value


class _Opening:
    """One item of a source and all that is inside it."""

    def __init__(self, reader: Reader, place: Place) -> None:
        self._reader = reader
        self._place = place
        self._budget = Budget(limits=reader.limits)

    def look(self, source: Source, item: Item) -> Item | Prepared:
        """Return an item as its source sees it now, or what stands against it."""
        state = self._place.current(item.source)
        try:
            return looked_at(source, item, state.fingerprint if state else "")
        except IngestError as error:
            gone = isinstance(error, Gone) and item.source in self._place.states
            status = Status.DELETED if gone else Status.FAILED
            refused = Refused(status=status, code=error.code, reason=error.message, stage="fetch")
        except Exception as error:  # noqa: BLE001  # the boundary of one item: the others must still get in
            refused = internal_error(item, error, "fetch")
        return Prepared(place=self._place, item=item, content=refused)

    def item(
        self, item: Item, fetch: Callable[[], bytes], within: str | None = None, depth: int = 0
    ) -> Iterator[Prepared]:
        content, parts = self._content(item, fetch, depth)
        for inner, part in parts:
            if part.code is not None:
                refused = Refused(status=Status.FAILED, code=part.code, reason=part.reason or "", stage="parse")
                yield Prepared(place=self._place, item=inner, content=refused, within=item.source)
            else:
                yield from self.item(inner, lambda part=part: part.data, item.source, depth + 1)  # type: ignore[misc]
        yield Prepared(place=self._place, item=item, content=content, within=within)

    def _content(self, item: Item, fetch: Callable[[], bytes], depth: int) -> tuple[_Content, _Parts]:
        stage: Stage = "fetch"
        try:
            state = self._place.current(item.source)
            if state and state.fingerprint == item.fingerprint != "":
                return Unchanged(state=state), ()
            data = fetch()
            stage = "parse"
            if state and state.content_hash == content_hash(data):
                return Unchanged(state=state, touched=True), ()
            document = self._reader.read(item, data)
            parts = self._opened(item, data, document, depth)
            return self._readable(data, document, parts), parts
        except EmptyItem as error:
            return Refused(status=Status.EMPTY, code=error.code, reason=error.message, stage=stage), ()
        except IngestError as error:
            return Refused(status=Status.FAILED, code=error.code, reason=error.message, stage=stage), ()
        except KnowledgeError:  # the stores or the model: no other item would fare better
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of one item: the others must still get in
            return internal_error(item, error, stage), ()

    def _opened(self, item: Item, data: bytes, document: Document, depth: int) -> _Parts:
        found = document.parts if isinstance(document, Bundle) else ()
        self._budget.packed = self._budget.packed or len(data)
        self._budget.take(item.source, found)
        if found and depth >= self._reader.limits.depth:
            raise NestedTooDeeply(
                f"{item.source!r} lies {depth} archives deep and holds others. Unpack it, or raise "
                "COPILOT_PARSE_MAX_DEPTH."
            )
        return tuple((item_of(item, part), part) for part in found)

    def _readable(self, data: bytes, document: Document, parts: _Parts) -> _Content:
        if not searchable(document):
            reason = "The file has no text. Nothing was indexed."
            return Refused(
                status=Status.EMPTY, code="no_text", reason=reason, stage="parse", warnings=document.warnings
            )
        return Readable(
            document=replace(document, parts=()) if isinstance(document, Bundle) else document,
            data=data,
            spans=chunk_text(document.text, pages=document.pages),
            sketch=sketch_of(document.text),
            carries=tuple(inner.source for inner, _ in parts),
        )


def internal_error(item: Item, error: Exception, stage: Stage) -> Refused:
    """Refuse an item for a fault of ours, which the log holds."""
    _log.error("cannot ingest %r", item.source, exc_info=error)
    reason = f"{item.source!r} could not be read ({type(error).__name__}). The log holds the cause; report it."
    return Refused(status=Status.FAILED, code="internal_error", reason=reason, stage=stage)
