"""The table of sounds, kept in a file beside jieba's dictionary: making it takes a second, reading it far less."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from knowledge.adapters.chinese_sounds import ChineseSounds
from knowledge.sounds import Sounding, SoundTable

_log = logging.getLogger(__name__)
#: Raised when what is kept changes its form, or the table is made in another way.
_FORM = 1
_making = threading.Lock()
_table: SoundTable | None = None


def sound_table(cache_folder: Path) -> SoundTable:
    """Return the table of this process: the language is the same for every home.

    `cache_folder` is where the first one that asks keeps it for the next process.
    """
    global _table
    with _making:
        if _table is None:
            _table = KeptSoundTable(cache_folder)
        return _table


class KeptSoundTable(SoundTable):
    """Reads the table of an earlier process, or makes it and keeps it."""

    def __init__(self, cache_folder: Path) -> None:
        super().__init__(ChineseSounds(cache_folder))
        name = f"sounds-{_FORM}-jieba{version('jieba')}-pypinyin{version('pypinyin')}.json"
        self._file = cache_folder / name

    @cached_property
    def words(self) -> Mapping[str, int]:
        """How common each word is."""
        words: Mapping[str, int] = self._kept["words"]
        return words

    @cached_property
    def by_letters(self) -> Mapping[str, Sequence[Sounding]]:
        """The words that are written with these letters."""
        return _Written(self._kept["by_letters"])

    @cached_property
    def _kept(self) -> Mapping[str, Any]:
        try:
            kept = json.loads(self._file.read_bytes())
            if isinstance(kept, dict) and kept.keys() == {"words", "by_letters"}:
                return kept
        except (OSError, ValueError):
            pass  # the first time, or half a file of a full disk
        made = self._made()
        try:
            self._keep(made)
        except OSError:
            _log.warning("the table of sounds cannot be kept in %s; it is made again next time", self._file.parent)
        return made

    def _made(self) -> Mapping[str, Any]:
        words = self._sounds.words()
        found = self.of(words)
        return {"words": words, "by_letters": {letters: _line(sounding) for letters, sounding in found.items()}}

    def _keep(self, made: Mapping[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        whole = self._file.with_suffix(f".{os.getpid()}.tmp")
        whole.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        whole.replace(self._file)


class _Written(Mapping[str, Sequence[Sounding]]):
    """Soundings as they stand in the file, `客户 2,5|可互 2,4`; read when they are asked for, which few ever are."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self._lines = lines

    def __getitem__(self, letters: str) -> Sequence[Sounding]:
        return tuple(map(_sounding, self._lines[letters].split("|")))

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _line(soundings: Sequence[Sounding]) -> str:
    return "|".join(f"{one.word} {','.join(map(str, sorted(one.ends)))}" for one in soundings)


def _sounding(written: str) -> Sounding:
    word, _, ends = written.partition(" ")
    return Sounding(word=word, ends=frozenset(map(int, ends.split(","))))
