from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.evaluation.comparing import comparing_form, figures, holds, overlaps

QUOTE = "续费由客户成功经理负责,新签由销售负责"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("規(guī)模化 增長(zhǎng)", "规模化增长"),
        ("增長（zhǎng）率", "增长率"),
        ("**LTV** = 客單價 × 30%", "ltv客单价30%"),
        ("安灯(andon)和终身价值(LTV)", "安灯andon和终身价值ltv"),
        ("ＡＢＣ １２", "abc12"),
        ("(zhǎng) alone", "zhngalone"),
        ("", ""),
    ],
)
def test_the_comparing_form_keeps_letters_figures_and_han(text: str, form: str) -> None:
    assert comparing_form(text) == form


def test_layout_script_and_notes_do_not_count() -> None:
    assert holds("前文。\n- 續(xù)費由**客戶成功經理**負責 ， 新簽由銷售負責。", QUOTE)


def test_a_piece_of_seventy_percent_is_enough() -> None:
    # 18 characters; a piece of int(12.6) = 12 counts, one of 11 does not.
    form = comparing_form(QUOTE)
    assert len(form) == 18
    assert holds(form[:12] + "别的", QUOTE)
    assert holds("别的" + form[6:], QUOTE)
    assert not holds(form[:11] + "别的", QUOTE)


def test_a_short_quote_has_to_be_there_as_a_whole() -> None:
    assert holds("试用给一周", "试用给一周")
    assert not holds("试用给一", "试用给一周")
    # 10 characters: 70 % would be 7, but a piece has at least 8.
    assert not holds("一二三四五六七", "一二三四五六七八九十")
    assert holds("一二三四五六七八", "一二三四五六七八九十")


def test_a_quote_without_content_is_never_held() -> None:
    assert not holds("anything", "——")


def test_a_citation_may_hold_the_evidence_or_lie_in_it() -> None:
    assert overlaps("据手册," + QUOTE, QUOTE)
    assert overlaps("续费由客户成功经理负责", QUOTE)
    assert not overlaps("负责", QUOTE)
    assert not overlaps("试用一般给一周,需要时再申请", QUOTE)


def test_figures_are_folded_and_dates_and_ranges_give_their_parts() -> None:
    assert figures("２,391 家,1-2 周,2026-09-01,转化 30%,v1.5") == {"2391", "1", "2", "2026", "09", "01", "30%", "1.5"}


@given(st.text(), st.text(min_size=1), st.text())
def test_a_text_holds_every_quote_taken_from_it(before: str, quote: str, after: str) -> None:
    # Parentheses could become, or stop being, a pinyin note in other surroundings.
    parts = [part.replace("(", "").replace("（", "").replace("⁽", "") for part in (before, quote, after)]
    plain = [comparing_form(part) for part in parts]
    if plain[1]:
        assert holds("".join(plain), parts[1])


@given(st.text(), st.text())
def test_the_comparing_form_is_a_fixed_point(text: str, quote: str) -> None:
    form = comparing_form(text)
    assert comparing_form(form) == form
    assert holds(text, quote) == holds(form, comparing_form(quote))
