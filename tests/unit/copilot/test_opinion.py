"""What may be said of an answer, and what stands of it."""

from __future__ import annotations

import pytest

from copilot.curating.opinion import LONGEST_COMMENT, LONGEST_EDIT, DownvoteReason, Opinion, checked
from copilot.errors import InvalidRequest

BAD = Opinion(helpful=False, reason=DownvoteReason.INCORRECT, comment="口径不对")


@pytest.mark.parametrize(
    ("opinion", "named"),
    [
        (Opinion(), "says nothing"),
        (Opinion(reason=DownvoteReason.OTHER), "'other'"),
        (Opinion(helpful=True, reason=DownvoteReason.OUTDATED), "'outdated'"),
        (Opinion(comment="x" * (LONGEST_COMMENT + 1)), "4001"),
        (Opinion(edited_text="x" * (LONGEST_EDIT + 1)), "40001"),
        (Opinion(comment="a\0"), "NUL"),
        (Opinion(edited_text="\ud800"), "half a character"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_value(opinion: Opinion, named: str) -> None:
    with pytest.raises(InvalidRequest, match=named):
        checked(opinion)


def test_texts_are_kept_without_the_space_around_them() -> None:
    assert checked(Opinion(comment=" 不对 ", edited_text="")) == Opinion(comment="不对", edited_text="")


def test_the_last_word_takes_the_reason_before_with_it() -> None:
    assert Opinion(helpful=True).after(BAD) == Opinion(helpful=True)
    assert Opinion(helpful=False).after(BAD) == Opinion(helpful=False)


def test_a_comment_alone_leaves_the_word() -> None:
    assert Opinion(comment="还有").after(BAD) == Opinion(helpful=False, reason=DownvoteReason.INCORRECT, comment="还有")


def test_copied_says_nothing_else() -> None:
    assert Opinion(copied=True).after(BAD).helpful is False
    assert Opinion(copied=True).after(BAD).comment == "口径不对"
    assert Opinion(helpful=True).after(Opinion(copied=True)).copied
