"""ZIP: a bundle of its members, which are never written to disk under names of their own."""

from __future__ import annotations

import stat
import zipfile
import zlib
from dataclasses import replace
from pathlib import PurePosixPath

from ingest.decoding import decode
from ingest.errors import UnreadableText
from ingest.limits import Limits
from ingest.page_tree import pages_above
from ingest.parser import Bundle, Part
from ingest.parsers.characters import one_line
from ingest.parsers.office import checked
from ingest.source import Item

_SKIPPED = {"__MACOSX", "__pycache__", "node_modules", "Thumbs.db", "desktop.ini"}
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


class ZipParser:
    """Implements `Parser` for .zip."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def parse(self, item: Item, data: bytes) -> Bundle:
        """Return the members in the order of their names; a member that cannot be had says why.

        Raises:
            DamagedFile, TooLarge, CompressionBomb: it must not be unpacked.
        """
        parts: dict[str, Part] = {}
        climbing = 0
        with checked(item, data, self._limits) as archive:
            for member in archive.infolist():
                raw = _name(member)
                name = safe_name(raw)
                if member.is_dir() or not name or _skipped(name):
                    continue
                climbing += ".." in raw.replace("\\", "/").split("/") or raw.startswith(("/", "\\"))
                parts.setdefault(free_name(name, parts), _part(archive, member, free_name(name, parts)))
        above = pages_above(parts)
        return Bundle(
            source=item.source,
            title=PurePosixPath(item.source).name,
            text="",
            parts=tuple(replace(parts[name], above=above[name]) for name in sorted(parts)),
            warnings=(f"{climbing} members named a place outside the archive; they stay inside",) if climbing else (),
        )


def safe_name(name: str) -> str:
    """Return a relative path without `..`, drive letters and control characters; empty if nothing is left."""
    steps = [one_line(step) for step in name.replace("\\", "/").split("/")]
    return "/".join(step for step in steps if step not in ("", ".", "..") and not step.endswith(":"))


def free_name(name: str, taken: dict[str, Part]) -> str:
    """Return a name that no part has yet."""
    path, number = PurePosixPath(name), 1
    while name in taken:
        number += 1
        name = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    return name


def _name(member: zipfile.ZipInfo) -> str:
    """Return the name; where it is not marked as UTF-8 it is in whatever encoding its machine had."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return decode(member.filename.encode("cp437"))[0]
    except (UnicodeEncodeError, UnreadableText):
        return member.filename


def _skipped(name: str) -> bool:
    return any(step.startswith((".", "~$")) or step in _SKIPPED for step in name.split("/"))


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Part:
    if member.flag_bits & _ENCRYPTED:
        return Part(name=name, code="password_protected", reason=f"{name!r} needs a password. Pack it without one.")
    if stat.S_ISLNK(member.external_attr >> 16):
        return Part(name=name, code="unsafe_file", reason=f"{name!r} is a link to another file. Pack the file itself.")
    try:
        return Part(name=name, data=archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        return Part(name=name, code="damaged_file", reason=f"{name!r} cannot be unpacked ({error}). Pack it anew.")
