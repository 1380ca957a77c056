"""What is a person's, behind placeholders for as long as somebody outside words a text: `[PHONE_1]`, `[MAIL_2]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from copilot.privacy.personal import Kind, find

_KINDS = "|".join(Kind)
_PLACEHOLDER = re.compile(rf"\[(?:{_KINDS})_[1-9]\d{{0,3}}\]")
#: The end of a piece that may go on as a placeholder.
_BEGUN = re.compile(r"\[[A-Z]{0,10}(?:_\d{0,4})?\Z")


class Placeholders:
    """Those of one call: the same number, written in the same way, has the same one throughout.

    Written differently it has another, so that what comes back is what stood there, sign by sign.
    """

    def __init__(self) -> None:
        self._originals: dict[str, str] = {}
        self._of: dict[tuple[Kind, str], str] = {}

    @property
    def originals(self) -> Mapping[str, str]:
        """What stands behind each."""
        return MappingProxyType(self._originals)

    def hide(self, text: str) -> str:
        """Return a text with placeholders; one that stands in it already, as text, is used for nothing else."""
        taken = set(_PLACEHOLDER.findall(text))
        pieces, last = [], 0
        for found in find(text):
            written = text[found.start : found.end]
            pieces += [text[last : found.start], self._placeholder(found.kind, written, taken)]
            last = found.end
        return "".join([*pieces, text[last:]])

    def restore(self, text: str) -> str:
        """Put back what stood there; placeholders that were not given, or are not whole, stay as they are."""
        return _PLACEHOLDER.sub(lambda match: self._originals.get(match.group(), match.group()), text)

    def restored(self, pieces: Iterable[str]) -> Iterator[str]:
        """Restore a text that comes in pieces, wherever it is cut; holds back no more than a placeholder begun."""
        held = ""
        for piece in pieces:
            text = held + piece
            begun = _BEGUN.search(text, max(0, len(text) - 20))
            held = begun.group() if begun else ""
            ready = self.restore(text[: len(text) - len(held)])
            if ready:
                yield ready
        if held:
            yield held

    def _placeholder(self, kind: Kind, written: str, taken: set[str]) -> str:
        known = self._of.get((kind, written))
        if known is not None:
            return known
        number = sum(1 for other, _ in self._of if other is kind) + 1
        while (made := f"[{kind}_{number}]") in taken or made in self._originals:
            number += 1
        self._originals[made] = written
        self._of[kind, written] = made
        return made
