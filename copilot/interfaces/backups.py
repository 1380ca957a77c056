"""The use cases around backups, on the services of this process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from copilot.backup.making import Backup, BackupService, StageListener
from copilot.backup.place import Place
from copilot.interfaces.backup_contract import BackupBody
from copilot.people.caller import Caller


class Backups(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def make(self, place: Place, listen: StageListener = lambda *_: None) -> BackupBody:
        """Make a backup at a place on this machine."""
        ...


class LocalBackups:
    """Implements `Backups` for whoever calls; without a caller, for the operator."""

    def __init__(self, service: BackupService, folder: Path, operator: Caller) -> None:
        """`folder` is where backups go that somebody asks for from elsewhere: they choose no place on this machine."""
        self._service = service
        self._folder = folder
        self._operator = operator

    def make(
        self, place: Place, listen: StageListener = lambda *_: None, *, caller: Caller | None = None
    ) -> BackupBody:
        """Make a backup at a place on this machine."""
        return _body(self._service.make(caller or self._operator, place, listen))

    def make_here(self, id: str, ending: str, listen: StageListener, *, caller: Caller) -> BackupBody:
        """Make a backup in the folder of backups; `id` keeps its name apart from others of the same second."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"copilot-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{id[:6]}{ending}"
        return self.make(Place(path=self._folder.resolve() / name, ending=ending), listen, caller=caller)


def _body(made: Backup) -> BackupBody:
    manifest = made.manifest
    return BackupBody(
        path=str(made.path),
        bytes=made.size,
        sha256=made.sha256,
        created_at=manifest.created_at,
        product_version=manifest.product_version,
        database=manifest.database,
        revision=manifest.revision,
        embedding=manifest.embedding.model if manifest.embedding else None,
        counts=manifest.counts,
        vectors=sum(one.kept for one in manifest.vectors.values()),
        vectors_missing=sum(one.missing for one in manifest.vectors.values()),
        files=sum(member.path is not None for member in manifest.members),
        questions=len(manifest.questions),
        not_asked=manifest.not_asked,
        left_out=manifest.left_out,
        seconds=round(made.seconds, 3),
    )
