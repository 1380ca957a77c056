"""Makes a backup while everything goes on.

Rows first, as they are at one moment; what they need of vectors and files is read after that. An entry that was removed
meanwhile has no vector any more: it is made anew from its text by whoever restores.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.backup.archive import file_hash, write_archive
from copilot.backup.asking import chosen, remembered
from copilot.backup.manifest import DATABASE, FORMAT, KIND, AskedQuestion, Identity, Manifest, Member, VectorCount, fits
from copilot.backup.place import Place, unfinished
from copilot.backup.sources import Asker, CopiedRows, HomeFiles, Rows, VectorSource, VectorSources
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.transaction import Transactions
from knowledge.embedder import ModelIdentity
from knowledge.errors import NotEnoughSpace, ReportableError
from knowledge.index import Field
from knowledge.space import is_full

#: done, total, stage
StageListener = Callable[[int, int, str], None]

_FIELDS: tuple[Field, ...] = ("chunk", "question")
_AT_ONCE = 2_000
_VECTOR_BYTES = 4
_SPARE_BYTES = 64 * 2**20
#: Told in every manifest, so that nobody learns it when it is too late.
LEFT_OUT = (
    "settings and everything secret in them: the environment, copilot.toml, files that settings name",
    "secrets of the database: sessions, and what tokens are signed with; people sign in anew",
    "what makes itself again: caches, unpacked models, logs, trials",
    "other backups",
)


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A finished backup."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest
    seconds: float


class BackupService:
    """Needs the scope `backups.make`; reads everything, whoever may read it."""

    def __init__(
        self,
        *,
        rows: Rows,
        vectors: VectorSources,
        files: HomeFiles,
        asker: Asker,
        transactions: Transactions,
        audit: AuditLog,
        version: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rows = rows
        self._vectors = vectors
        self._files = files
        self._asker = asker
        self._transactions = transactions
        self._audit = audit
        self._version = version
        self._now = now

    def make(self, caller: Caller, place: Place, listen: StageListener = lambda *_: None) -> Backup:
        """Write a backup, whole or not at all.

        Raises:
            NotPermitted: the caller may not.
            InvalidRequest: there is something at this place, or it cannot be written.
            NotEnoughSpace: the disk cannot hold it.
        """
        caller.need(Scope.BACKUPS_MAKE)
        begun = self._now()
        place.refuse_taken()
        self._refuse_full(place)
        try:
            with unfinished(place) as folder:
                manifest, files = self._gather(folder, begun, listen)
                whole = folder / "archive"
                digest = _write(whole, place.ending, manifest, files, listen)
                place.put(whole)
        except OSError as error:
            if not is_full(error):
                raise
            raise NotEnoughSpace(f"The disk of {str(place.folder)!r} is full. Make room or name another.") from error
        made = Backup(
            path=place.path,
            size=place.path.stat().st_size,
            sha256=digest,
            manifest=manifest,
            seconds=(self._now() - begun).total_seconds(),
        )
        self._tell(caller, made)
        return made

    def _refuse_full(self, place: Place) -> None:
        # The copy of the rows, the vectors out of it, and an archive that may not have become smaller at all.
        wanted = 3 * self._rows.size() + self._files.size() + _SPARE_BYTES
        free = shutil.disk_usage(place.folder).free
        if free < wanted:
            raise NotEnoughSpace(
                f"A backup in {str(place.folder)!r} may take {wanted / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free."
                " Make room or name another place."
            )

    def _gather(self, folder: Path, begun: datetime, listen: StageListener) -> tuple[Manifest, dict[str, Path]]:
        held = self._files.held(folder / "held")
        listen(0, 1, "rows")
        rows = self._rows.copy(folder / DATABASE)
        listen(1, 1, "rows")
        files = {DATABASE: folder / DATABASE}
        places: dict[str, str] = {}
        left_out = list(LEFT_OUT)
        for path, file in held.files(rows.documents):
            if not _can_be_named(path):
                left_out.append(f"a file with a name that cannot be kept: {path!a}")
                continue
            name = f"files/{len(places) + 1:06}"
            places[name], files[name] = path, file
        chosen_set = self._vectors.named(rows.vector_set)
        identity = chosen_set.identity()
        counts = _export(chosen_set, identity, rows, folder, files, listen)
        questions, not_asked = self._ask(rows, listen)
        members = [
            Member(name=name, path=places.get(name), size=file.stat().st_size, sha256=file_hash(file))
            for name, file in files.items()
        ]
        manifest = Manifest(
            kind=KIND,
            format=FORMAT,
            product_version=self._version,
            created_at=begun,
            database=self._rows.kind,
            revision=rows.revision,
            embedding=None if identity is None else Identity(**vars(identity)),
            vectors=counts,
            counts=dict(rows.counts),
            audit=rows.audit,
            questions=questions,
            not_asked=not_asked,
            left_out=left_out,
            members=members,
        )
        return manifest, files

    def _ask(self, rows: CopiedRows, listen: StageListener) -> tuple[list[AskedQuestion], str | None]:
        questions = chosen(rows.kept_questions, rows.written_questions)
        if not questions:
            return [], "there are no questions in the knowledge"
        listen(0, len(questions), "questions")
        try:
            asked = remembered(questions, self._asker, rows.entries["chunk"])
        except ReportableError as error:  # no model, or the index is being rebuilt: a backup is needed all the more
            return [], f"{error.code}: {error.message}"
        listen(len(questions), len(questions), "questions")
        return asked, None

    def _tell(self, caller: Caller, made: Backup) -> None:
        event = Event(
            action="backup.made",
            actor=caller.person.id,
            subject=made.path.name,
            surface=caller.surface,
            at=self._now(),
            details={"sha256": made.sha256, "bytes": made.size, "documents": made.manifest.counts.get("documents", 0)},
        )
        with self._transactions.begin() as transaction:
            self._audit.append(transaction, event)


def _can_be_named(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return fits(path)


def _export(
    source: VectorSource,
    identity: ModelIdentity | None,
    rows: CopiedRows,
    folder: Path,
    files: dict[str, Path],
    listen: StageListener,
) -> dict[Field, VectorCount]:
    """Write the vectors of every entry that still has one: ids on lines, float32 numbers behind each other."""
    total = sum(map(len, rows.entries.values()))
    done, counts = 0, {}
    for field in _FIELDS:
        wanted, kept = rows.entries[field], 0
        ids, numbers = folder / f"{field}.ids", folder / f"{field}.f32"
        with ids.open("w", encoding="utf-8", newline="\n") as names, numbers.open("wb") as out:
            for some in _portions(wanted if identity is not None else ()):
                found = source.vectors(field, some)
                there = [name for name in some if name in found]
                names.writelines(f"{name}\n" for name in there)
                if there:
                    out.write(np.stack([found[name] for name in there]).astype("<f4").tobytes())
                kept += len(there)
                done += len(some)
                listen(done, total, "vectors")
        counts[field] = VectorCount(kept=kept, missing=len(wanted) - kept)
        files |= {f"vectors/{field}.ids": ids, f"vectors/{field}.f32": numbers}
    return counts


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _write(whole: Path, ending: str, manifest: Manifest, files: dict[str, Path], listen: StageListener) -> str:
    done = 0

    def counted(more: int) -> None:
        nonlocal done
        done += more
        listen(min(done, manifest.size), manifest.size, "archive")

    with _private(whole) as file:
        write_archive(file, ending, manifest, files, counted)
        file.flush()
        os.fsync(file.fileno())
    return file_hash(whole)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        yield file
