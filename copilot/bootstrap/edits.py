"""What a person calls an edit → the source that ingestion reads it from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.adapters.blob_uploads import BlobUploads, cleaned
from copilot.bootstrap.indexing import UPLOADS, corpus_folder
from copilot.curating.changes.trial import Edit
from copilot.errors import InvalidChange
from ingest.bundles import ancestors, holds_bundles
from ingest.source import Source
from ingest.sources.corpus import ORIGIN as CORPUS
from ingest.sources.corpus import CorpusSource
from ingest.sources.folder import FolderSource, printable
from ingest.sources.git_address import is_git_address
from ingest.sources.given import GivenSource, SelectedSource, given_item
from ingest.sources.records import RecordsSource
from knowledge.document import StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.reader import Reader
from knowledge.store import KnowledgeStore
from knowledge.web_address import is_web_address

_ELSEWHERE = (
    "只有索引里会是新文字:{origin!r} 里还是旧文件,下次导入会恢复旧文字。Only the index gets the new text: {origin!r} "
    "still holds the old file, and ingesting it brings the old text back. Put the new file there too."
)


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What is read, and what is deleted besides; `single` asks for one document, which has to be right."""

    source: Source | None = None
    deleted: Sequence[StoredDocument] = ()
    single: bool = True
    notes: Sequence[str] = ()


class Edits:
    """Finds out what an edit replaces."""

    def __init__(self, store: KnowledgeStore, uploads: BlobUploads) -> None:
        self._store = store
        self._uploads = uploads

    def resolve(self, edit: Edit, reader: Reader) -> Resolved:
        """Return what to read.

        Raises:
            UnknownDocument: nothing that this reader may read has this source.
            UnknownSource: nothing can be read at the path.
            InvalidChange: the edit says too little, or something that cannot be tried.
        """
        if (edit.path is not None) + (edit.data is not None) + edit.delete != 1:
            raise InvalidChange("Give one of these: a path, the text of a document, or a document to delete.")
        if edit.path is not None:
            return self._path(edit.path, edit.source, reader)
        if not edit.source:
            raise InvalidChange("Say which document it is: its source or id, as `copilot documents list` shows it.")
        if edit.delete:
            return Resolved(deleted=[self._store.find(edit.source, reader)])
        return self._given(edit.data or b"", edit.source, reader, new=edit.new)

    def _given(self, data: bytes, source: str, reader: Reader, *, new: bool) -> Resolved:
        if not data.strip():
            raise InvalidChange(f"The new text of {source!r} is empty. To delete the document, say so (--delete).")
        try:
            stored = self._store.find(source, reader)
        except UnknownDocument:
            if not new:
                raise
            name = cleaned(source)
            item = given_item(name, data, Path(name).suffix.lower())
            return Resolved(source=GivenSource(UPLOADS, {item: data}))
        if new:
            raise InvalidChange(f"There is a document {source!r} already. Leave `new` out to change it.")
        return self._replacing(stored, data)

    def _replacing(self, stored: StoredDocument, data: bytes, suffix: str | None = None) -> Resolved:
        origin, name = stored.origin, stored.document.source
        states = self._store.states(origin) if holds_bundles(origin) else {}
        bundle = next((one for one in ancestors(name) if one in states), None)
        if bundle is not None:
            raise InvalidChange(f"{name!r} lies inside {bundle!r}. Edit that file and check it as a whole.")
        if is_web_address(origin) or is_git_address(origin):
            raise InvalidChange(f"{name!r} is read from {origin!r}. Change it there and ingest it again.")
        records = origin.lower().endswith(".jsonl") and not holds_bundles(origin)
        media = "corpus" if origin == CORPUS else "record" if records else Path(name).suffix.lower()
        if suffix is not None and media.startswith(".") and suffix != media:
            raise InvalidChange(f"{name!r} is a {media} file and cannot be replaced by a {suffix or 'nameless'} one.")
        notes = [] if origin == UPLOADS else [_ELSEWHERE.format(origin=origin)]
        return Resolved(source=GivenSource(origin, {given_item(name, data, media): data}), notes=notes)

    def _path(self, named: str, source: str | None, reader: Reader) -> Resolved:
        if is_web_address(named) or is_git_address(named):
            raise InvalidChange(f"{named!r} is an address. Only files and folders can be checked before they are live.")
        if not named.strip():
            raise InvalidChange("The path is empty. Name a file or folder.")
        path = Path(named)
        try:
            is_folder = path.is_dir()
        except OSError as error:
            raise InvalidChange(f"{named[:80]!r} is no path: {error.strerror}. Name a file or folder.") from error
        if is_folder:
            return self._folder(path, source)
        if path.suffix.lower() == ".jsonl" and source is None:
            return Resolved(source=RecordsSource(path), single=False)
        whole = FolderSource(path)  # tells what cannot be read
        data = whole.fetch(next(whole.discover()))
        if not data.strip():
            raise InvalidChange(f"{named!r} is empty. To delete the document, say so (--delete).")
        if source is not None:
            return self._replacing(self._store.find(source, reader), data, path.suffix.lower())
        return Resolved(source=self._nearest(path, whole))

    def _folder(self, path: Path, source: str | None) -> Resolved:
        own = self._folder_source(path)
        if source is None or source == own.origin:
            return Resolved(source=own, single=False)
        if source != CORPUS and not self._store.states(source):
            raise UnknownDocument(
                f"Nothing was ingested from {source!r}. Name the folder as it was ingested, or `{CORPUS}`."
            )
        replacing = CorpusSource(path) if source == CORPUS else FolderSource(path, origin=source)
        return Resolved(source=replacing, single=False, notes=[_ELSEWHERE.format(origin=source)])

    def _folder_source(self, path: Path) -> FolderSource:
        if path.resolve() == corpus_folder().resolve():
            return CorpusSource(path)
        if str(path.resolve()) == self._uploads.path:
            return FolderSource(path, origin=UPLOADS)
        return FolderSource(path)

    def _nearest(self, path: Path, whole: FolderSource) -> Source:
        """Return a file as part of the ingested folder it lies in, else as what it would be ingested as."""
        if self._store.states(whole.origin):
            return whole
        for folder in path.resolve().parents:
            own = self._folder_source(folder)
            if self._store.states(own.origin):
                return SelectedSource(own, printable(path.resolve().relative_to(folder).as_posix()))
        return whole
