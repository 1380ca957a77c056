"""Chinese words by how they sound: the port to the language at large, and the table made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Protocol

#: Readings of one word; more means several characters with two readings in a row.
_READINGS = 8


class Sounds(Protocol):
    """The language at large, whatever is indexed."""

    def readings(self, character: str) -> Sequence[str]:
        """Return the syllables a Han character can be read as, the usual one first, without tones; ü is v."""
        ...

    def words(self) -> Mapping[str, int]:
        """Return common Chinese words (1-4 Han characters) with how common they are."""
        ...

    def split(self, text: str) -> Sequence[str]:
        """Cut Han characters into the words of the dictionary; what is no word comes out character by character."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sounding:
    """A word, and where its syllables end, counted in letters."""

    word: str
    ends: frozenset[int]


class SoundTable:
    """The words of the language by their letters; made once, when first needed (about a second)."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds

    @cached_property
    def words(self) -> Mapping[str, int]:
        """How common each word is."""
        return self._sounds.words()

    @cached_property
    def by_letters(self) -> Mapping[str, Sequence[Sounding]]:
        """The words that are written with these letters, a character alone by its usual reading only."""
        return self.of(self.words)

    @cached_property
    def syllables(self) -> frozenset[str]:
        """All syllables there are."""
        return frozenset(syllable for word in self.words if len(word) == 1 for syllable in self._sounds.readings(word))

    def of(self, words: Iterator[str] | Mapping[str, int]) -> Mapping[str, Sequence[Sounding]]:
        """Return the same for other words."""
        found: dict[str, list[Sounding]] = {}
        for word in words:
            for syllables in self.spoken(word):
                ends, at = [], 0
                for syllable in syllables:
                    at += len(syllable)
                    ends.append(at)
                found.setdefault("".join(syllables), []).append(Sounding(word=word, ends=frozenset(ends)))
        return found

    def spoken(self, word: str) -> list[tuple[str, ...]]:
        """Return the ways to read a word, syllable by syllable."""
        several = 2 if len(word) > 1 else 1
        choices = [self._sounds.readings(character)[:several] for character in word]
        return list(islice(product(*choices), _READINGS))

    def split(self, text: str) -> Sequence[str]:
        """Cut Han characters into words of the dictionary."""
        return self._sounds.split(text)
