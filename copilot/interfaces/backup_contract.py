"""The shapes of backups that leave the process."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from copilot.interfaces.contract import Body, ProblemBody


class NewBackupBody(Body):
    """How a backup is packed."""

    ending: Literal[".tar.zst", ".tar.gz", ".tar"] = ".tar.zst"


class BackupBody(Body):
    """A finished backup."""

    path: str = Field(description="On the machine of the copilot.")
    bytes: int
    sha256: str = Field(description="Of the whole file.")
    created_at: datetime
    product_version: str
    database: Literal["sqlite", "postgresql"]
    revision: str
    embedding: str | None = Field(None, description="The model that the vectors were made with.")
    counts: dict[str, int] = Field(description="Rows per table.")
    vectors: int
    vectors_missing: int = Field(description="Of entries that were removed meanwhile; restoring makes them anew.")
    files: int
    questions: int = Field(description="Asked now, and asked again by whoever restores.")
    not_asked: str | None = None
    left_out: list[str]
    seconds: float


class BackupRun(Body):
    """A backup that is being made, or was."""

    id: str
    status: Literal["running", "finished", "failed"]
    done: int = 0
    total: int = 0
    stage: str = ""
    backup: BackupBody | None = None
    error: ProblemBody | None = None


class ComebackLine(Body):
    """A question of the backup, asked again."""

    question: str
    expected: int
    found: int


class RestoreBody(Body):
    """What restoring, or looking at a backup, found."""

    status: Literal["sound", "restored"] = Field(description="`sound`: looked at alone, nothing was written.")
    path: str
    created_at: datetime | None = Field(None, description="Null for a copy from before an upgrade.")
    product_version: str | None = None
    database: Literal["sqlite", "postgresql"]
    revision: str = Field(description="That the backup was made with.")
    upgraded_to: str | None = Field(None, description="The revision it has now, where that is another.")
    counts: dict[str, int] = Field({}, description="Rows per table.")
    vectors: int = Field(0, description="Put back as they were.")
    embedded: int = Field(0, description="Made anew from their texts.")
    files: int = 0
    audit_entries: int = 0
    audit_faults: int = 0
    held: int = Field(0, description="Deliveries, notices and Slack messages that waited then; a person sends them.")
    asked: list[ComebackLine] = Field([])
    not_asked: str | None = None
    kept: list[str] = Field([], description="Where what was there before is kept.")
    notes: list[str] = Field([])
    seconds: float = 0.0
