"""Which East Asian encoding are these bytes in? The right one gives frequent characters, the wrong ones rare ones.

A text is read in every encoding that it fits. Two things are looked at: how many of its characters are among the
hundred most frequent of the language (a third or more in real text, a few per cent in a wrong reading), and how many
lie in the part of the encoding that holds common characters. Only the first 3,000 wide characters are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

_SIMPLIFIED = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
    "种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实客户"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家"
    "種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實客戶"
)
_JAPANESE = frozenset(
    "のにはをたがでてとしれさいるあっもなすかきまりらつうくこけどえよんおスンーイルトラクアシリタレプ人日一年大本中"
)
_KOREAN = frozenset(
    "이다는에의을가한은지고로도를하사그기어리자인시스나대서있아일해정들라부수면제만보장전여과관동상주거것조니원안공계"
)
#: Marks that stand between characters of any of these languages.
_MARKS = frozenset("，。、；：？！（）「」『』《》“”‘’…—·・ー　％")
_SAMPLE = 3_000
#: Real text has a third; a list of names has fewer.
_FREQUENT = 0.12
_COMMON = 0.85
#: By how much the best reading must be better than the next.
_CLEARLY = 1.5
_LITTLE = 40  # characters
_NEARLY_ALL = 0.95


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    encoding: str
    frequent: frozenset[str]
    common: tuple[tuple[int, int], ...]  #: lead bytes of the part with common characters, both included
    script: tuple[tuple[str, str], ...]  #: what its language is written in
    foreign: tuple[tuple[str, str], ...] = ()  #: what a wrong reading gives and a right one hardly ever


_HAN, _KANA, _HANGUL, _HALF = ("\u4e00", "\u9fff"), ("\u3041", "\u30ff"), ("\uac00", "\ud7a3"), ("\uff61", "\uff9f")
_CANDIDATES = (
    _Candidate(
        encoding="gb18030", frequent=_SIMPLIFIED, common=((0xB0, 0xD7),), script=(_HAN,), foreign=(_KANA, _HANGUL)
    ),
    _Candidate(
        encoding="big5", frequent=_TRADITIONAL, common=((0xA4, 0xC6),), script=(_HAN,), foreign=(_KANA, _HANGUL)
    ),
    _Candidate(
        encoding="cp932",
        frequent=_JAPANESE,
        common=((0x82, 0x83), (0x88, 0x97)),
        script=(_HAN, _KANA),
        foreign=(_HALF,),
    ),
    _Candidate(encoding="euc_jp", frequent=_JAPANESE, common=((0xA4, 0xA5), (0xB0, 0xCF)), script=(_HAN, _KANA)),
    _Candidate(encoding="euc_kr", frequent=_KOREAN, common=((0xB0, 0xC8),), script=(_HANGUL,), foreign=(_HAN, _KANA)),
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A text as one encoding gives it."""

    text: str
    encoding: str


@dataclass(frozen=True, kw_only=True)
class _Scored:
    reading: Reading
    letters: int
    frequent: float
    common: float


def east_asian(data: bytes) -> Reading | None:
    """Return the one reading that is convincing, None when none or several are."""
    scored = [found for candidate in _CANDIDATES if (found := _scored(candidate, data)) is not None]
    likely = sorted((s for s in scored if s.common >= _COMMON), key=lambda s: (s.frequent, s.common), reverse=True)
    if not likely:
        return None
    best = likely[0]
    if best.frequent >= _FREQUENT:
        clear = len(likely) < 2 or best.frequent >= _CLEARLY * likely[1].frequent
        return best.reading if clear else None
    # Without frequent characters (names, headings): what no other language explains, or little text that is Chinese if
    # it is anything, as the exports of a Chinese spreadsheet are.
    if len(likely) == 1:
        return best.reading
    return next((s.reading for s in scored if s.letters <= _LITTLE and s.common >= _NEARLY_ALL), None)


def _scored(candidate: _Candidate, data: bytes) -> _Scored | None:
    try:
        text = data.decode(candidate.encoding)
    except UnicodeDecodeError:
        return None
    wide = [c for c in text if c > "\x7f"][:_SAMPLE]
    letters = [c for c in wide if c not in _MARKS]
    if not letters:
        return None
    written = [c for c in letters if _within(c, candidate.script)]
    common = [c for c in written if _is_common(c, candidate)]
    foreign = sum(_within(c, candidate.foreign) for c in letters)
    if foreign * 10 > len(letters):
        return None
    return _Scored(
        reading=Reading(text=text, encoding=candidate.encoding),
        letters=len(letters),
        frequent=sum(c in candidate.frequent for c in written) / len(letters),
        common=len(common) / (len(letters) - foreign),
    )


def _within(character: str, ranges: tuple[tuple[str, str], ...]) -> bool:
    return any(first <= character <= last for first, last in ranges)


def _is_common(character: str, candidate: _Candidate) -> bool:
    lead = character.encode(candidate.encoding)[0]
    return any(first <= lead <= last for first, last in candidate.common)
