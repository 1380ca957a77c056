"""Readings from pypinyin's table of characters, words from jieba's dictionary; both are loaded when first needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from knowledge.adapters.sql.segmentation import loaded_jieba

#: Rarer words than this (occurrences in jieba's corpus) are names and old forms: they would attract what is typed.
_COMMON = 50
_HAN = re.compile(r"[\u3400-\u9fff]{1,4}")


class ChineseSounds:
    """Implements `Sounds`."""

    def __init__(self, cache_folder: Path) -> None:
        """`cache_folder` is where jieba keeps its compiled dictionary."""
        self._cache_folder = cache_folder

    @lru_cache(maxsize=20_000)  # noqa: B019  # lives as long as the process
    def readings(self, character: str) -> Sequence[str]:
        """Return the syllables of a character, the usual one first."""
        marked = self._table.get(ord(character), "")
        return tuple(dict.fromkeys(_plain(reading) for reading in marked.split(",") if reading))

    def words(self) -> Mapping[str, int]:
        """Return the common words."""
        return self._words

    def split(self, text: str) -> Sequence[str]:
        """Cut by dictionary alone: a guess at unknown words would hide what is mistyped."""
        words: list[str] = loaded_jieba(self._cache_folder).lcut(text, HMM=False)
        return words

    @cached_property
    def _table(self) -> Mapping[int, str]:
        from pypinyin.pinyin_dict import pinyin_dict  # half a second, and few questions need it

        table: Mapping[int, str] = pinyin_dict
        return table

    @cached_property
    def _words(self) -> Mapping[str, int]:
        known: Mapping[str, int] = loaded_jieba(self._cache_folder).dt.FREQ
        return {word: count for word, count in known.items() if count >= _COMMON and _HAN.fullmatch(word)}


def _plain(reading: str) -> str:
    """`lǜ` → `lv`, `fèi` → `fei`."""
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(part for part in parts if part.isascii() and part.isalpha())
