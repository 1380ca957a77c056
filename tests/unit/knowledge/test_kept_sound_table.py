"""The table of sounds is the same whether it was made or read."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.adapters.chinese_sounds import ChineseSounds
from knowledge.adapters.kept_sound_table import KeptSoundTable
from knowledge.sounds import SoundTable


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def made(folder: Path) -> SoundTable:
    return SoundTable(ChineseSounds(folder))


def test_what_is_kept_is_what_was_made(folder: Path, made: SoundTable) -> None:
    _ = KeptSoundTable(folder).by_letters

    read = KeptSoundTable(folder)

    assert read.words == made.words
    assert {letters: tuple(found) for letters, found in made.by_letters.items()} == dict(read.by_letters)


def test_half_a_file_is_made_again(tmp_path: Path, made: SoundTable) -> None:
    _ = KeptSoundTable(tmp_path).by_letters
    (file,) = tmp_path.glob("sounds-*.json")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    assert len(KeptSoundTable(tmp_path).by_letters) == len(made.by_letters)
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_it_is_made_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    taken = tmp_path / "cache"
    taken.write_text("a file, where the folder should be")
    table = KeptSoundTable(taken)

    assert "kehu" in table.by_letters
    assert "cannot be kept" in caplog.text
