"""What one file may cost; each limit once, for the parsers, the process they run in and the sync."""

from __future__ import annotations

from dataclasses import dataclass

_MEGA = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Every file that goes beyond one of these is reported and left out; the run goes on."""

    bytes: int = 100 * _MEGA  #: of a file, and of all that it unpacks to
    seconds: float = 60.0
    memory: int = 1024 * _MEGA  #: bytes of address space of the process that parses
    pages: int = 5_000  #: also slides
    depth: int = 3  #: archives inside each other; 1: an archive may hold no other
    ratio: int = 200  #: unpacked to packed bytes, where a megabyte or more comes out
    cells: int = 2_000_000  #: of a spreadsheet, empty ones within a row included
    members: int = 10_000  #: of an archive, and of the archives in it

    @property
    def harmless(self) -> int:
        """Return up to how many unpacked bytes the ratio is no matter: styles of an empty file pack very well."""
        return _MEGA
