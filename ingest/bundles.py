"""Items inside items: what a report says of an archive and its members, and which names lie inside which.

The source of a part is that of its bundle, a slash, and its own name: `mails/offer.eml/prices.xlsx`. On the web a slash
says nothing of that kind, and the part stands where a fragment would: `https://ours.com/prices.zip#2026/list.xlsx`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ingest.errors import CompressionBomb, TooLarge
from ingest.limits import Limits
from ingest.parser import Part
from ingest.report import ItemReport, Status
from ingest.source import Item
from knowledge.document import content_hash
from knowledge.store import DocumentState
from knowledge.web_address import is_web_address

_NAMED = 5  #: parts that a warning names


@dataclass
class Budget:
    """What one input file may unpack to, all bundles inside it together."""

    limits: Limits
    packed: int = 0  #: bytes of the file itself
    bytes: int = 0
    members: int = 0

    def take(self, source: str, parts: Sequence[Part]) -> None:
        """Count what came out of a bundle.

        Raises:
            TooLarge, CompressionBomb: it is more than one file may hold.
        """
        self.members += len(parts)
        self.bytes += sum(len(part.data) for part in parts)
        if self.members > self.limits.members or self.bytes > self.limits.bytes:
            raise TooLarge(
                f"{source!r} unpacks to {self.members} items of {self.bytes} bytes with those around it; "
                f"{self.limits.members} and {self.limits.bytes} are allowed. Split it."
            )
        if self.bytes > self.limits.harmless and self.bytes > self.limits.ratio * max(self.packed, 1):
            raise CompressionBomb(
                f"{source!r} unpacks, with those around it, to more than {self.limits.ratio} times the file. "
                "Leave it out, or raise COPILOT_PARSE_MAX_RATIO."
            )


def item_of(bundle: Item, part: Part) -> Item:
    """Return a part as an item; equal bytes mean unchanged."""
    within = "#" if is_web_address(bundle.source) and "#" not in bundle.source else "/"
    return Item(
        source=f"{bundle.source}{within}{part.name}",
        fingerprint=content_hash(part.data),
        media=PurePosixPath(part.name).suffix.lower(),
        url=bundle.url,
        above=bundle.above + part.above,
    )


def ancestors(name: str) -> Iterator[str]:
    """Yield the names that `name` could lie inside, the nearest first."""
    page, mark, inner = name.partition("#") if is_web_address(name) else ("", "", name)
    while "/" in inner:
        inner = inner.rsplit("/", 1)[0]
        yield f"{page}{mark}{inner}"
    if mark:
        yield page


def with_ancestors(names: Iterable[str]) -> frozenset[str]:
    """Return names and all that they could lie inside."""
    return frozenset(each for name in names for each in (name, *ancestors(name)))


def holds_bundles(origin: str) -> bool:
    """Tell whether items of an origin may lie inside each other: records do not, whatever slashes their ids have."""
    return not origin.endswith(".jsonl") or "://" in origin


def inside(origin: str, states: Mapping[str, DocumentState]) -> Mapping[str, list[str]]:
    """Return what lies inside each stored bundle of an origin, by the nearest one, in order."""
    found: dict[str, list[str]] = {}
    if not holds_bundles(origin):
        return found
    for name in sorted(states):
        bundle = next((above for above in ancestors(name) if above in states), None)
        if bundle is not None:
            found.setdefault(bundle, []).append(name)
    return found


def every(lines: Iterable[ItemReport]) -> Iterator[ItemReport]:
    """Yield lines and their parts, however deep."""
    for line in lines:
        yield line
        yield from every(line.parts)


def folded_in(lines: Sequence[ItemReport]) -> list[ItemReport]:
    """Put lines about parts into the line of what they were part of; lines come in the order of their names."""
    top: list[ItemReport] = []
    for line in lines:
        if top and top[-1].source in ancestors(line.source):
            top[-1] = replace(top[-1], parts=(*top[-1].parts, line))
        else:
            top.append(line)
    return top


def failures(parts: Sequence[ItemReport]) -> tuple[str, ...]:
    """Return a warning that names the parts that failed; it is stored with the bundle."""
    failed = [part for part in parts if part.status is Status.FAILED]
    if not failed:
        return ()
    named = ", ".join(f"{part.source!r} ({part.code})" for part in failed[:_NAMED])
    more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
    return (f"{len(failed)} of {len(parts)} parts could not be read: {named}{more}",)


def nothing_readable(item: Item, parts: Sequence[ItemReport]) -> ItemReport | None:
    """Return the line of a bundle without text of its own of which no part got in; None if one did."""
    if any(part.status not in (Status.FAILED, Status.EMPTY, Status.DELETED) for part in parts):
        return None
    codes = {part.code for part in parts if part.status is Status.FAILED}
    if not codes:
        reason = "Nothing in it has text. Nothing was indexed."
        return ItemReport(source=item.source, status=Status.EMPTY, code="no_text", reason=reason, parts=tuple(parts))
    return ItemReport(
        source=item.source,
        status=Status.FAILED,
        code=codes.pop() if len(codes) == 1 else "no_readable_part",
        reason=f"Nothing in {item.source!r} could be read; each part says why.",
        stage="parse",
        parts=tuple(parts),
    )
