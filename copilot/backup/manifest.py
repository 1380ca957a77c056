"""What an archive says of itself. It comes first, so that nothing behind it is read that it does not announce."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.errors import BackupDamaged, BackupRefused

#: Counts up with every change that an earlier release cannot read.
FORMAT = 1
KIND = "frontline-copilot backup"
DATABASE = "database.sqlite"
#: The folders of a home whose files are kept, and single files.
FOLDERS = ("originals", "uploads", "approved", "exports")
MODELS = "models"
CALIBRATION = "calibration.json"
#: A manifest with a row for each of 200,000 files.
MOST_MANIFEST_BYTES = 64 * 2**20
_LONGEST_PATH = 1_100
_DEEPEST = 16
_MODEL_PATH = re.compile(r"models/(?:active\.json|last-training\.json|trained-[0-9a-f]{12}(?:\.safetensors|/.+))")

_Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Member(_Part):
    """A file in the archive."""

    name: Annotated[str, Field(pattern=r"^(?:database\.sqlite|vectors/(?:chunk|question)\.(?:ids|f32)|files/\d{6,9})$")]
    path: str | None = Field(None, description="Where a file of the home belongs, relative to the home.")
    size: _Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Identity(_Part):
    """What the vectors were made with."""

    model: str
    dimension: Annotated[int, Field(ge=1, le=100_000)]
    normal_form: int


class VectorCount(_Part):
    """Vectors of one field; those that are missing are made anew from their texts."""

    kept: _Count
    missing: _Count


class AskedQuestion(_Part):
    """A question and the passages that it found when the backup was made."""

    text: str
    passages: list[str] = Field(description="Ids of chunks, best first.")


class AuditHead(_Part):
    """The end of the audit log, and whether the log was whole."""

    number: _Count
    hash: str
    faults: _Count


class Manifest(_Part):
    """Everything that has to be known before the rest is read."""

    kind: str
    format: int
    product_version: str
    created_at: datetime
    database: Literal["sqlite", "postgresql"]
    revision: str
    embedding: Identity | None
    vectors: dict[Literal["chunk", "question"], VectorCount]
    counts: dict[str, _Count]
    audit: AuditHead
    questions: list[AskedQuestion]
    not_asked: str | None = Field(None, description="Why there are no questions.")
    left_out: list[str]
    members: list[Member]

    @property
    def size(self) -> int:
        """Bytes of all members, unpacked."""
        return sum(member.size for member in self.members)

    def vectors_per_field(self, field: Literal["chunk", "question"]) -> int:
        """Return how many vectors of a field the archive has."""
        return self.vectors[field].kept if field in self.vectors else 0


class _Head(BaseModel):
    kind: str = ""
    format: int = 0
    product_version: str = "?"


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest and check everything that it announces.

    Raises:
        BackupRefused: it is none of ours, of a newer format, or names a place that no backup has.
        BackupDamaged: it cannot be read.
    """
    try:
        head = _Head.model_validate_json(data)
    except ValidationError as error:
        raise BackupDamaged("The manifest of the archive cannot be read. Use another copy of the backup.") from error
    if head.kind != KIND:
        raise BackupRefused("The file is no backup of Frontline Copilot. Name one that `copilot backup` has made.")
    if head.format > FORMAT:
        raise BackupRefused(
            f"The backup has format {head.format}, made by release {head.product_version}; this release reads up to "
            f"{FORMAT}. Restore it with that release or a newer one."
        )
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BackupDamaged(f"The manifest is damaged at {where!r}: {first['msg']}. Use another copy.") from error
    _check_members(manifest)
    return manifest


def _check_members(manifest: Manifest) -> None:
    names = [member.name for member in manifest.members]
    # Where a file system tells names apart that differ in case or composition, ours never do.
    paths = [unicodedata.normalize("NFC", member.path) for member in manifest.members if member.path is not None]
    if len({*names}) != len(names) or len({*paths}) != len(paths):
        raise BackupRefused("The archive announces a file twice. Use another copy of the backup.")
    if DATABASE not in names:
        raise BackupRefused("The archive has no database. Use another copy of the backup.")
    for member in manifest.members:
        if member.name.startswith("files/") != (member.path is not None) or (member.path and not fits(member.path)):
            raise BackupRefused(
                f"The archive wants to write to {member.path!r}, where no backup writes. Do not trust this file."
            )


def fits(path: str) -> bool:
    """Tell whether a file of a backup may be written to this place in a home."""
    parts = PurePosixPath(path).parts
    if (
        len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH
        or path != "/".join(parts)
        or len(parts) > _DEEPEST
        or any(part in (".", "..") or any(ord(sign) < 32 for sign in part) or "\\" in part for part in parts)
    ):
        return False
    return path == CALIBRATION or (len(parts) > 1 and parts[0] in FOLDERS) or _MODEL_PATH.fullmatch(path) is not None
