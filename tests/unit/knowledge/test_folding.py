"""The normal form, and the way back from it to the stored text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.text import fold, fold_with_offsets

#: Width variants, both scripts, both cases; no conjoining jamo, no marks that compose across clusters.
texts = st.text(st.sampled_from("客戶客户續约续約著着ＡＢｃabc１２３123％%（）()㈱①½ｱア é\n。．.ﬁ"), max_size=60)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢＣ１２３％", "abc123%"),
        ("（ＬＴＶ）", "(ltv)"),
        ("Net Dollar RETENTION", "net dollar retention"),
        ("客戶續約會議", "客户续约会议"),
        ("①", "1"),
        ("ﬁrst", "first"),
    ],
)
def test_width_case_and_script_do_not_matter_for_matching(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("跟著", "跟着"), ("祇要", "只要"), ("佔用", "占用"), ("藉口", "借口"), ("瞭解", "了解")]
)
def test_characters_whose_form_depends_on_the_word_are_merged(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_simplified_text_without_variants_stays_as_it_is() -> None:
    assert fold("先看用量,再约客户。") == "先看用量,再约客户。"


def test_folding_twice_changes_nothing_for_any_han_character() -> None:
    unstable = [chr(code) for code in range(0x3400, 0xA000) if fold(fold(chr(code))) != fold(chr(code))]

    assert unstable == []


@given(texts)
def test_folding_by_cluster_gives_the_folded_text(text: str) -> None:
    assert fold_with_offsets(text).text == fold(text)


@given(st.text(max_size=60))
def test_every_folded_character_has_an_origin_and_origins_never_go_back(text: str) -> None:
    folded = fold_with_offsets(text)

    assert len(folded.origins) == len(folded.text) + 1
    assert list(folded.origins) == sorted(folded.origins)
    assert folded.origins[-1] == len(text)


@given(texts.filter(bool), st.data())
def test_an_original_span_folds_back_to_text_that_holds_the_folded_span(text: str, data: st.DataObject) -> None:
    folded = fold_with_offsets(text)
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))

    left, right = folded.original_span(start, end)

    assert 0 <= left < right <= len(text)
    assert folded.text[start:end] in fold(text[left:right])


@given(st.text(st.sampled_from("客戶续約ＡＢabc１2。 "), min_size=1, max_size=40), st.data())
@example("客戶", None)
def test_where_folding_keeps_the_length_spans_stay_where_they_are(text: str, data: st.DataObject | None) -> None:
    start = data.draw(st.integers(0, len(text) - 1)) if data else 0
    end = data.draw(st.integers(start + 1, len(text))) if data else len(text)

    assert fold_with_offsets(text).original_span(start, end) == (start, end)


def test_part_of_an_expanded_character_leads_to_the_whole_character() -> None:
    folded = fold_with_offsets("a㈱b")

    start = folded.text.index("株")

    assert folded.original_span(start, start + 1) == (1, 2)


def test_a_letter_and_its_combining_mark_are_one_character_of_the_original() -> None:
    folded = fold_with_offsets("cafe\u0301 ok")

    assert folded.text == "café ok"
    assert folded.original_span(3, 4) == (3, 5)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 4)])
def test_a_span_that_is_empty_or_outside_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="is empty or outside"):
        fold_with_offsets("abc").original_span(start, end)
