"""The archive: a tar file of plain files alone, compressed; the manifest and its hash come first.

Names in the tar file are ours (`files/000001`) and never lead anywhere: where a file belongs stands in the manifest.
So reading needs no more of the format than one block of 512 bytes per file; links, devices and long headers are
refused.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol

import zstandard

from copilot.backup.manifest import MOST_MANIFEST_BYTES, Manifest, Member, read_manifest
from copilot.errors import BackupDamaged, BackupRefused

ENDINGS = (".tar.zst", ".tar.gz", ".tar")
MANIFEST, MANIFEST_HASH = "manifest.json", "manifest.sha256"

_BLOCK = tarfile.BLOCKSIZE
_PIECE = 1 << 20
#: Texts shrink to a tenth, empty pages of a database to a hundredth. What promises more is made to fill disks.
_MOST_RATIO = 1_000
_FREE_BYTES = 256 * 2**20
_MOST_PADDING = 1 << 20

#: Told of bytes as they are read or written.
Counted = Callable[[int], None]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_archive(
    target: BinaryIO, ending: str, manifest: Manifest, files: Mapping[str, Path], counted: Counted
) -> None:
    """Write manifest and members in order; `files` says where the bytes of each member are.

    Raises:
        BackupDamaged: a file is no longer what the manifest says.
    """
    with _compressed(target, ending) as out:
        told = manifest.model_dump_json().encode()
        _write(out, MANIFEST, len(told), io.BytesIO(told), counted)
        digest = hashlib.sha256(told).hexdigest().encode()
        _write(out, MANIFEST_HASH, len(digest), io.BytesIO(digest), counted)
        for member in manifest.members:
            with files[member.name].open("rb") as file:
                written = _write(out, member.name, member.size, file, counted)
            if written != member.sha256:
                raise BackupDamaged(f"{str(files[member.name])!r} changed while it was read. Make the backup again.")
        out.write(bytes(2 * _BLOCK))


@contextmanager
def opened_archive(
    path: Path, counted: Counted = lambda _: None
) -> Iterator[tuple[Manifest, Iterator[tuple[Member, Iterator[bytes]]]]]:
    """Give the manifest and then, in order, each member with its bytes, which have to be taken before the next.

    Nothing is believed: a member that is not announced, is longer or shorter, or has another hash ends the reading.

    Raises:
        BackupRefused, BackupDamaged: at once, or as the members are taken.
    """
    reader = _Reader(path, counted)
    try:
        manifest = reader.manifest()
        yield manifest, reader.members(manifest)
    finally:
        reader.close()


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Reader:
    def __init__(self, path: Path, counted: Counted) -> None:
        self._path = path
        self._counted = counted
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise BackupRefused(f"{str(path)!r} cannot be read ({error.strerror}). Name a backup.") from error
        self._size = path.stat().st_size
        self._stream = _decompressed(self._file)

    def manifest(self) -> Manifest:
        told = self._small(MANIFEST, MOST_MANIFEST_BYTES)
        if self._small(MANIFEST_HASH, 64) != hashlib.sha256(told).hexdigest().encode():
            raise BackupDamaged(f"The manifest of {str(self._path)!r} is damaged. Use another copy of the backup.")
        manifest = read_manifest(told)
        if manifest.size > _MOST_RATIO * self._size + _FREE_BYTES:
            raise BackupRefused(
                f"{str(self._path)!r} has {self._size:,} bytes and would unpack to {manifest.size:,}. "
                "Do not trust this file."
            )
        return manifest

    def members(self, manifest: Manifest) -> Iterator[tuple[Member, Iterator[bytes]]]:
        for member in manifest.members:
            size = self._header(member.name)
            if size != member.size:
                raise BackupDamaged(f"{self._called(member)} has {size:,} bytes, not {member.size:,}.")
            yield member, self._checked(member)
        rest = self._take(2 * _BLOCK)
        while piece := self._read(_PIECE):
            rest += piece
            if len(rest) > _MOST_PADDING:
                break
        if len(rest) > _MOST_PADDING or any(rest):
            raise BackupRefused("Behind the last file of the archive is more than it announces. Do not trust it.")

    def close(self) -> None:
        self._file.close()

    def _checked(self, member: Member) -> Iterator[bytes]:
        digest, left = hashlib.sha256(), member.size
        while left:
            piece = self._take(min(_PIECE, left))
            left -= len(piece)
            digest.update(piece)
            self._counted(len(piece))
            yield piece
        self._take(-member.size % _BLOCK)
        if digest.hexdigest() != member.sha256:
            raise BackupDamaged(f"{self._called(member)} has another checksum. Use another copy of the backup.")

    def _called(self, member: Member) -> str:
        return f"{member.path or member.name!r} in {str(self._path)!r}"

    def _small(self, name: str, most: int) -> bytes:
        size = self._header(name)
        if size > most:
            raise BackupRefused(f"The {name} of {str(self._path)!r} is too long. Do not trust this file.")
        data = self._take(size)
        self._take(-size % _BLOCK)
        return data

    def _header(self, name: str) -> int:
        """Return the size of the next file, which has to have this name and be nothing but a file."""
        try:
            info = tarfile.TarInfo.frombuf(self._take(_BLOCK), "ascii", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError) as error:
            raise (self._foreign if name == MANIFEST else self._damaged)(error) from error
        if name == MANIFEST and info.name != MANIFEST:
            raise self._foreign(None)
        if info.type != tarfile.REGTYPE or info.name != name or info.size < 0:
            raise BackupRefused(
                f"{str(self._path)!r} holds {info.name!r} where {name!r} should be, or it is no plain file. "
                "Do not trust this file."
            )
        return info.size

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            piece = self._read(size - len(taken))
            if not piece:
                raise self._damaged("it ends too early")
            taken += piece
        return taken

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: object) -> BackupDamaged:
        return BackupDamaged(f"{str(self._path)!r} is damaged ({error}). Use another copy of the backup.")

    def _foreign(self, _: object) -> BackupRefused:
        return BackupRefused(f"{str(self._path)!r} is no backup. Name one that `copilot backup` has made.")


def _write(out: _Sink, name: str, size: int, data: IO[bytes], counted: Counted) -> str:
    """Write a file of just this size and return its hash."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    out.write(info.tobuf(tarfile.GNU_FORMAT))
    digest, left = hashlib.sha256(), size
    while left and (piece := data.read(min(_PIECE, left))):
        out.write(piece)
        digest.update(piece)
        left -= len(piece)
        counted(len(piece))
    if left or data.read(1):
        return ""
    out.write(bytes(-size % _BLOCK))
    return digest.hexdigest()


@contextmanager
def _compressed(target: BinaryIO, ending: str) -> Iterator[_Sink]:
    if ending == ".tar.zst":
        compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
        with compressor.stream_writer(target, closefd=False) as out:
            yield out
    elif ending == ".tar.gz":
        with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=6) as packed:
            yield packed
    else:
        yield target


def _decompressed(file: BinaryIO) -> _Stream:
    first = file.read(4)
    file.seek(0)
    if first == zstandard.FRAME_HEADER:
        # The window of what `copilot backup` writes has 8 MB at most; more is memory that somebody else wants to use.
        return zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file)
    if first[:2] == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=file, mode="rb")
    return file
