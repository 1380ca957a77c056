"""Is the audit log whole? Pure: entries and the noted end in, faults out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from copilot.audit.entry import BEGINNING, Entry, entry_hash
from copilot.audit.log import AuditLog

#: Number and hash of an entry; (0, BEGINNING) before the first.
Head = tuple[int, str]
#: How often a log that grows while it is read is read anew before it is judged as far as it was noted.
_READINGS = 3


class FaultKind(StrEnum):
    """What can have happened to a log."""

    CHANGED = "changed"  #: an entry does not have the content that its hash was made of
    REMOVED = "removed"  #: numbers are missing
    WRONG_CHAIN = "wrong_chain"  #: an entry was made after another one than that before it
    CUT = "cut"  #: the last entries are missing
    HEAD_MISSING = "head_missing"  #: there are entries, and their end is not noted
    HEAD_WRONG = "head_wrong"  #: the noted end is not the last entry
    REWRITTEN = "rewritten"  #: an entry is not the one that was noted elsewhere


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something wrong with the entries `first` to `last`."""

    kind: FaultKind
    first: int
    last: int
    message: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was read and what is wrong with it."""

    entries: int
    head: Head
    faults: tuple[Fault, ...]


def verify(entries: Iterable[Entry], head: Head, since: Head | None = None) -> Verification:
    """Check entries in the order of their numbers against their hashes, each other and the noted end.

    `since` is a head that somebody noted elsewhere: only that finds a log whose whole chain was made anew.
    """
    faults: list[Fault] = []
    number, previous, count, wanted = 0, BEGINNING, 0, since
    for entry in entries:
        count += 1
        if entry.number > number + 1:
            faults.append(_fault(FaultKind.REMOVED, number + 1, entry.number - 1))
        elif entry.previous != previous:
            faults.append(_fault(FaultKind.WRONG_CHAIN, entry.number))
        if entry.hash != entry_hash(entry.event, entry.number, entry.previous):
            faults.append(_fault(FaultKind.CHANGED, entry.number))
        if wanted is not None and entry.number >= wanted[0]:
            if (entry.number, entry.hash) != wanted and wanted != (0, BEGINNING):
                faults.append(_fault(FaultKind.REWRITTEN, wanted[0]))
            wanted = None
        number, previous = entry.number, entry.hash
    if wanted is not None and wanted[0] > 0:
        faults.append(_fault(FaultKind.REWRITTEN, wanted[0]))
    faults.extend(_end((number, previous), head))
    return Verification(entries=count, head=head, faults=tuple(faults))


def verified(log: AuditLog, since: Head | None = None) -> Verification:
    """Check a log that others may be writing to meanwhile."""
    for _ in range(_READINGS):
        head = log.head()
        found = verify(log.entries(), head, since)
        if log.head() == head:
            return found
    head = log.head()
    return verify((entry for entry in log.entries() if entry.number <= head[0]), head, since)


def _end(last: Head, head: Head) -> list[Fault]:
    if last == head:
        return []
    if head[0] > last[0]:
        return [_fault(FaultKind.CUT, last[0] + 1, head[0])]
    if head == (0, BEGINNING):
        return [_fault(FaultKind.HEAD_MISSING, last[0])]
    return [_fault(FaultKind.HEAD_WRONG, head[0], last[0])]


def _fault(kind: FaultKind, first: int, last: int | None = None) -> Fault:
    last = first if last is None else last
    which = f"Entry {first}" if first == last else f"Entries {first} to {last}"
    return Fault(kind=kind, first=first, last=last, message=_MESSAGES[kind].format(which=which))


_MESSAGES = {
    FaultKind.CHANGED: "{which}: the content is not what was recorded.",
    FaultKind.REMOVED: "{which}: missing.",
    FaultKind.WRONG_CHAIN: "{which}: does not follow the entry before it.",
    FaultKind.CUT: "{which}: missing at the end of the log.",
    FaultKind.HEAD_MISSING: "{which}: the log has entries, but its end is not noted.",
    FaultKind.HEAD_WRONG: "{which}: the noted end of the log is not its last entry.",
    FaultKind.REWRITTEN: "{which}: not the one that was noted elsewhere.",
}
