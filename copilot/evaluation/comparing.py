"""Does a text hold a quote? Both are brought into one form, so that layout, script and pinyin notes do not count."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.text import fold

_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
#: A pinyin note such as (zhǎng) behind a Han character (or what damaged bytes left of one). (andon) and (LTV) stay.
_NOTE = re.compile(rf"(?<=[\u3400-\u9fff\\])\((?=[a-züêɡɑ]*[{_TONES}êɡɑü])[a-züêɡɑ{_TONES}]{{1,6}}\)")
_LEFT_OUT = re.compile(r"[^a-z0-9%\u3400-\u9fff]+")
_FIGURE = re.compile(r"\d+(?:\.\d+)*%?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

#: The share of a quote that has to stand in one piece: the border of a passage may cut the rest off.
PIECE_SHARE = 0.7
#: A shorter piece says too little; a quote below this length has to be there as a whole.
PIECE_LEAST = 8


@lru_cache(maxsize=50_000)
def comparing_form(text: str) -> str:
    """Return folded letters, digits, Han characters and percent signs, without pinyin notes and everything between."""
    return _LEFT_OUT.sub("", _NOTE.sub("", fold(text)))


def holds(text: str, quote: str) -> bool:
    """Tell whether `text` holds `quote`, or one piece of at least 70 % and eight characters of it."""
    whole, wanted = comparing_form(text), comparing_form(quote)
    if not wanted:
        return False
    if wanted in whole:
        return True
    size = max(PIECE_LEAST, int(len(wanted) * PIECE_SHARE))
    if size >= len(wanted) or size > len(whole):
        return False
    return any(wanted[start : start + size] in whole for start in range(len(wanted) - size + 1))


def overlaps(cited: str, evidence: str) -> bool:
    """Tell whether a cited quote holds a piece of evidence or lies in it."""
    return holds(cited, evidence) or (len(comparing_form(cited)) >= PIECE_LEAST and holds(evidence, cited))


def figures(text: str) -> frozenset[str]:
    """Return numbers and percentages, folded, without thousands separators; a date or range gives its parts."""
    return frozenset(_FIGURE.findall(_THOUSANDS.sub("", fold(text))))
