"""How much of a draft was changed."""

from __future__ import annotations

import pytest

from copilot.drafting.edit_share import edit_share


@pytest.mark.parametrize(
    ("composed", "approved", "share"),
    [
        ("您好!\n", "您好!", 0.0),
        ("", "", 0.0),
        ("abc", "xyz", 1.0),
        ("", "abc", 1.0),
        ("abcd", "abed", 2 / 8),
        ("abc def", "abc xyz def", 4 / 18),
    ],
)
def test_the_share_of_characters_taken_out_or_put_in(composed: str, approved: str, share: float) -> None:
    assert edit_share(composed, approved) == pytest.approx(share)
    assert edit_share(approved, composed) == pytest.approx(share)


def test_a_word_moved_in_a_long_text_is_a_small_share() -> None:
    text = "每周一开会,讲进展。" * 2_000
    assert 0 < edit_share(text, "新开头。" + text[:-5] + "新结尾") < 0.001
