"""Texts for those who need not see whose number it is, and no secret at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from copilot.privacy.personal import find
from copilot.privacy.secrets import secret_spans

MASK = "•••"
#: Seven digits and more may be a number that only its owner knows the form of.
_LONG_NUMBER = re.compile(r"\+?\d(?:[ \-]?\d){6,}[Xx]?")


def masked(text: str) -> str:
    """Return a text with a mask in place of what is a person's."""
    return _without(text, [(one.start, one.end) for one in find(text)])


def strictly_masked(text: str) -> str:
    """Return a text for people who may know nobody's: also without every long number, whatever it is."""
    return _LONG_NUMBER.sub(MASK, _without(text, [(one.start, one.end) for one in find(text, unchecked=True)]))


def sealed(text: str, known: Collection[str] = ()) -> str:
    """Return a text for logs and other texts that travel: without secrets, and without what is a person's.

    `known` are values that are secret whatever they look like.
    """
    return masked(_without(text, secret_spans(text, known)))


def sealed_values(value: object, known: Collection[str] = ()) -> object:
    """Return plain data with every text in it sealed; keys stay."""
    if isinstance(value, str):
        return sealed(value, known)
    if isinstance(value, Mapping):
        return {key: sealed_values(one, known) for key, one in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [sealed_values(one, known) for one in value]
    return value


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], MASK]
        last = end
    return "".join([*pieces, text[last:]])
