"""What a text must be to be kept."""

from __future__ import annotations

import pytest

from knowledge.text import is_storable


@pytest.mark.parametrize("text", ["", "续约", "a\n\tb", "😀", "\ufffd"])
def test_whole_text_can_be_kept(text: str) -> None:
    assert is_storable(text)


@pytest.mark.parametrize("text", ["a\0b", "\ud83d", "x\udfff"])
def test_a_nul_or_half_a_character_cannot(text: str) -> None:
    assert not is_storable(text)
