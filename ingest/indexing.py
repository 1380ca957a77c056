"""Last stage: items into the stores or out of them, in order; each becomes a line of the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from ingest.bundles import ancestors, failures, folded_in, holds_bundles, nothing_readable
from ingest.prepared import Embedded, Place, Prepared, Readable, Refused, Unchanged
from ingest.preparing import internal_error
from ingest.report import ItemReport, Status
from ingest.versions import Versions
from knowledge.errors import KnowledgeError
from knowledge.store import DocumentState, KnowledgeStore


class Indexer:
    """Takes the items of one run; each is complete or absent, whenever the run is killed."""

    def __init__(self, store: KnowledgeStore, versions: Versions) -> None:
        self._store = store
        self._versions = versions
        self._inside: dict[str, list[ItemReport]] = defaultdict(list)

    def take(self, made: Embedded) -> ItemReport:
        """Store one item and return its line, which holds those of its parts.

        Raises:
            KnowledgeError: a store fails, so no other item would fare better.
        """
        one = made.prepared
        parts = tuple(self._inside.pop(one.item.source, ()))
        try:
            line = self._line(made, parts)
        except KnowledgeError:
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of one item: the others must still get in
            line = _refused(one, internal_error(one.item, error, "index"))
        if one.within is not None:
            self._inside[one.within].append(line)
        return line

    def delete_vanished(self, place: Place, done: Mapping[str, Status]) -> list[ItemReport]:
        """Delete what was not seen by a source that saw everything; `done` are the items of the run."""
        gone = []
        bundles = holds_bundles(place.origin)
        for name, state in sorted(place.states.items()):
            # What lies below a folder or in an archive that could not be opened has not vanished.
            unseen = bundles and any(done.get(above) is Status.FAILED for above in ancestors(name))
            if name not in done and not unseen:
                self._store.delete(state.id)
                gone.append(ItemReport(source=name, status=Status.DELETED))
        return folded_in(gone) if bundles else gone

    def _line(self, made: Embedded, parts: tuple[ItemReport, ...]) -> ItemReport:
        one = made.prepared
        match one.content:
            case Unchanged(state=state, touched=touched):
                if touched:
                    self._store.touch(state.id, one.item.fingerprint)
                return _unchanged(one.place, state)
            case Refused(status=Status.DELETED):
                return self._delete(one.place, one.item.source)
            case Refused() as refused:
                line = _refused(one, refused)
                if refused.status is Status.EMPTY and one.item.source in one.place.states:
                    return replace(line, parts=self._delete(one.place, one.item.source).parts)
                # What was ingested before stays: an unreadable new state is no reason to forget the last good one.
                return line
            case Readable() as content:
                return self._readable(made, content, parts)

    def _readable(self, made: Embedded, content: Readable, parts: tuple[ItemReport, ...]) -> ItemReport:
        place, item = made.prepared.place, made.prepared.item
        stored_parts = (name for name in place.parts.get(item.source, ()) if name not in content.carries)
        parts += tuple(self._delete(place, name) for name in stored_parts)
        known = place.states.get(item.source)
        if not content.document.text.strip() and (line := nothing_readable(item, parts)) is not None:
            if known is not None and line.status is Status.EMPTY:
                self._store.delete(known.id)
            return line
        document = replace(content.document, warnings=content.document.warnings + failures(parts))
        stored, warnings = self._versions.write(made, replace(content, document=document))
        return ItemReport(
            source=item.source,
            status=Status.UPDATED if known else Status.ADDED,
            characters=len(document.text) if content.spans else 0,
            chunks=len(content.spans),
            duplicate_of=stored.duplicate_of,
            warnings=stored.document.warnings + warnings,
            parts=parts,
        )

    def _delete(self, place: Place, name: str) -> ItemReport:
        """Delete an item with all that is stored inside it."""
        self._store.delete(place.states[name].id)
        inner = tuple(self._delete(place, part) for part in place.parts.get(name, ()))
        return ItemReport(source=name, status=Status.DELETED, parts=inner)


def _refused(one: Prepared, refused: Refused) -> ItemReport:
    return ItemReport(
        source=one.item.source,
        status=refused.status,
        code=refused.code,
        reason=refused.reason,
        stage=refused.stage if refused.status is Status.FAILED else None,
        warnings=refused.warnings,
    )


def _unchanged(place: Place, state: DocumentState) -> ItemReport:
    return ItemReport(
        source=state.source,
        status=Status.UNCHANGED,
        characters=state.characters,
        chunks=state.chunks,
        duplicate_of=state.duplicate_of,
        parts=tuple(_unchanged(place, place.states[name]) for name in place.parts.get(state.source, ())),
    )
