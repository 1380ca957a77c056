"""A question typed as pinyin or with characters that only sound right → the question that was meant.

Corrected is only what makes no sense as it stands: Latin letters that are pinyin throughout, and characters that form
no word where a word of the index sounds the same. Everything else stays as typed. A corrected question is searched with
and never shown, so that nobody reads in it which words the documents have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, groupby
from math import log

from knowledge.sounds import Sounding, SoundTable
from knowledge.text import fold

#: Abbreviations and names; but a telephone begins every text with a capital.
_NAME = re.compile(r"[A-Za-z]*[a-z]?[A-Z]+[A-Za-z]*")
_NO_VOWEL = re.compile(r"[b-df-hj-np-tv-z]+")
_LATIN = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[\u3400-\u9fff]{2,4}")

#: A chunk with a word counts like this many occurrences in everyday language: people ask about what is in the index.
_AT_HOME = 300
_NO_WORD = 60  #: the same where the dictionary does not have it: most neighbouring characters are no word (康度)
#: Fewer syllables may be a name or an English word (china, demo).
_LEAST_SYLLABLES = 3
_IN_WORDS = 0.5  #: share of the syllables that must belong to words of at least two
_LONGEST_WORD = 24  #: letters: four syllables of six
#: Words that the dictionary does not have are believed when so many chunks have them, and only the most frequent.
_SEEN, _MOST_SEEN = 3, 20_000
#: Occurrences in everyday language. Characters above the first are meant as they stand (谁, 哪); a word with one above
#: the second (的, 不, 有) is no term that somebody mistypes.
_COMMON, _EMPTY = 18_000, 100_000
_LONGEST_TEXT = 200  #: characters; a document that is pasted as a question is not corrected


class Respeller:
    """Corrects questions for one state of an index."""

    def __init__(self, table: SoundTable, indexed: Callable[[], Mapping[str, int]]) -> None:
        """`indexed` returns every word of the index and in how many chunks it is; called once, when needed."""
        self._table = table
        self._read_index = indexed

    def respell(self, text: str) -> str | None:
        """Return the corrected question; None when it stands as it is."""
        if len(text) > _LONGEST_TEXT:
            return None
        folded = fold(text)
        corrected = _HAN.sub(lambda run: self._without_homophones(run.group()), folded)
        corrected = self._without_pinyin(corrected, _names(text))
        return None if corrected == folded else corrected

    def _without_pinyin(self, text: str, kept: set[str]) -> str:
        """Replace pinyin; `kept` are names and abbreviations."""
        words = [word for run in _LATIN.findall(text) for word in re.split("[ ']", run) if word not in kept]
        beside_chinese = _HAN.search(text) is not None
        pinyin = [word for word in words if self._is_pinyin(word)]
        # English has words that are pinyin by chance (can, me), but hardly a sentence without another one.
        if not pinyin or (not beside_chinese and not all(w in pinyin or _NO_VOWEL.fullmatch(w) for w in words)):
            return text
        parts, at = [], 0
        for start, end in self._pinyin_runs(text, frozenset(pinyin)):
            read = self._read(text[start:end])
            if read is not None:
                parts += [text[at:start], read]
                at = end
        return "".join([*parts, text[at:]])

    def _pinyin_runs(self, text: str, pinyin: frozenset[str]) -> Iterator[tuple[int, int]]:
        """Yield the spans of neighbouring words that are pinyin, at least one of which stands in no document."""
        for run in _LATIN.finditer(text):
            words = re.finditer("[a-z]+", run.group())
            for wanted, group in groupby(words, lambda word: word.group() in pinyin):
                span = list(group)
                if wanted and not all(word.group() in self._indexed for word in span):
                    yield run.start() + span[0].start(), run.start() + span[-1].end()

    def _is_pinyin(self, word: str) -> bool:
        reachable = {0}
        for end in range(1, len(word) + 1):
            if any(word[start:end] in self._table.syllables for start in reachable if end - start <= 6):
                reachable.add(end)
        return len(word) in reachable

    def _read(self, typed: str) -> str | None:
        """Return the likeliest words that sound like this; None when too little of it makes words."""
        letters, breaks = re.sub("[ ']", "", typed), frozenset(_breaks(typed))
        best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ()), *([None] * len(letters))]
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - _LONGEST_WORD), end):
                before = best[start]
                if before is None:
                    continue
                inside = {place - start for place in breaks if start < place < end}
                for sounding in self._sounding(letters[start:end]):
                    score = before[0] + self._likelihood(sounding.word)
                    now = best[end]
                    if inside <= sounding.ends and (now is None or score > now[0]):
                        best[end] = (score, (*before[1], sounding.word))
        reading = best[-1]
        if reading is None:
            return None
        syllables = sum(map(len, reading[1]))
        in_words = sum(len(word) for word in reading[1] if len(word) > 1)
        return "".join(reading[1]) if syllables >= _LEAST_SYLLABLES and in_words >= _IN_WORDS * syllables else None

    def _likelihood(self, word: str) -> float:
        count = self._table.words.get(word, 0)
        at_home = self._indexed.get(word, 0) if len(word) > 1 else 0
        if at_home:
            count += at_home * (_AT_HOME if count or len(self._table.split(word)) == 1 else _NO_WORD)
        return log(count / self._total)

    def _sounding(self, letters: str) -> Iterator[Sounding]:
        return chain(self._table.by_letters.get(letters, ()), self._only_here.get(letters, ()))

    def _without_homophones(self, run: str) -> str:
        """Replace characters that form no word by those of a word of the index that sounds the same."""
        alone = self._alone(run)
        corrected = run
        for length in (4, 3, 2):
            for start in range(len(run) - length + 1):
                places = set(range(start, start + length))
                if places <= alone and (meant := self._homophone(run[start : start + length])):
                    corrected = corrected[:start] + meant + corrected[start + length :]
                    alone -= places
        return corrected

    def _alone(self, run: str) -> set[int]:
        """Return the places of characters that belong to no word of two or more."""
        places, at = set(), 0
        for word in self._table.split(run):
            if len(word) == 1:
                places.add(at)
            at += len(word)
        return places

    def _homophone(self, typed: str) -> str | None:
        """Return the one word of the index that differs in one uncommon character and sounds the same."""
        common = self._table.words
        if typed in common or any(common.get(character, 0) >= _EMPTY for character in typed):
            return None
        close = {
            sounding.word
            for syllables in self._table.spoken(typed)
            for sounding in self._table.by_letters.get("".join(syllables), ())
            if len(sounding.word) == len(typed) and self._one_slip(typed, sounding.word)
        }
        found = [word for word in close if word in self._indexed] if close else []
        return found[0] if len(found) == 1 and typed not in self._indexed else None

    def _one_slip(self, typed: str, word: str) -> bool:
        common = self._table.words
        slips = [pair for pair in zip(typed, word, strict=True) if pair[0] != pair[1]]
        return len(slips) == 1 and all(common.get(character, 0) < _COMMON for character in slips[0])

    @cached_property
    def _indexed(self) -> Mapping[str, int]:
        return self._read_index()

    @cached_property
    def _only_here(self) -> Mapping[str, Sequence[Sounding]]:
        """The words of the index that the dictionary does not have."""
        here = {
            word: seen
            for word, seen in self._indexed.items()
            if seen >= _SEEN and _WORD.fullmatch(word) and word not in self._table.words
        }
        return self._table.of(iter(sorted(here, key=lambda word: (-here[word], word))[:_MOST_SEEN]))

    @cached_property
    def _total(self) -> int:
        return sum(self._table.words.values()) + _AT_HOME * sum(self._indexed.values())


def _names(text: str) -> set[str]:
    found = {match.group().lower(): match.start() for match in _NAME.finditer(text)}
    return {name for name, start in found.items() if start > 0 or text[: len(name)].isupper()}


def _breaks(typed: str) -> Iterator[int]:
    """Yield where spaces and apostrophes stand, counted in letters."""
    at = 0
    for character in typed:
        if character in " '":
            yield at
        else:
            at += 1
