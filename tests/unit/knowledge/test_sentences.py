"""Terms, sentences and the language of a text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import is_chinese, sentence_spans, terms
from tests.unit.samples import ALPHABET


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_chinese_becomes_overlapping_pairs_and_latin_becomes_words() -> None:
    assert terms("健康度低于 60% 时 call CSM") == ["健康", "康度", "度低", "低于", "60%", "时", "call", "csm"]


def test_a_version_a_date_and_a_path_are_one_term_each() -> None:
    assert terms("v2.1 2026-11-23 sales/ops") == ["v2.1", "2026-11-23", "sales/ops"]


def test_both_scripts_and_widths_have_the_same_terms() -> None:
    assert terms("客戶續約ＮＤＲ") == terms("客户续约ndr")


def test_punctuation_alone_has_no_terms() -> None:
    assert terms("……。!? ——") == []


@given(st.text(st.sampled_from(ALPHABET), max_size=120))
def test_sentence_spans_are_ordered_trimmed_and_not_empty(text: str) -> None:
    spans = sentence_spans(text)

    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(st.text(st.sampled_from(ALPHABET), max_size=120))
def test_sentences_together_hold_every_character_that_is_not_blank(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("number", ["4.5", "99.95%", "v2.1.0", "1,200.50"])
def test_a_number_is_not_cut_at_its_point(number: str) -> None:
    text = f"The score is {number} today. Call now."

    assert sentences(text) == [f"The score is {number} today.", "Call now."]


def test_chinese_sentences_end_at_their_own_marks() -> None:
    text = "先看用量。谁负责？马上联系！还有风险……记下来"

    assert sentences(text) == ["先看用量。", "谁负责？", "马上联系！", "还有风险……", "记下来"]


def test_english_sentences_end_at_a_stop_before_a_space() -> None:
    assert sentences("Check usage. Who owns it? Call them! Done.") == [
        "Check usage.",
        "Who owns it?",
        "Call them!",
        "Done.",
    ]


def test_a_closing_quote_stays_with_its_sentence() -> None:
    assert sentences("他说“先试点。”然后走了。") == ["他说“先试点。”", "然后走了。"]


def test_a_line_break_ends_a_sentence() -> None:
    assert sentences("续约清单\n\n确认负责人") == ["续约清单", "确认负责人"]


@pytest.mark.parametrize("blank", ["", " \n\t\n"])
def test_a_blank_text_has_no_sentences(blank: str) -> None:
    assert sentence_spans(blank) == []


@pytest.mark.parametrize("text", ["客户怎么续约", "NDR 怎么算", "CSM 的 QBR 怎么准备"])
def test_a_question_with_abbreviations_is_still_chinese(text: str) -> None:
    assert is_chinese(text)


@pytest.mark.parametrize("text", ["how do we renew", "what does the word 续约 mean in our playbook", "", "123 !?"])
def test_a_text_that_is_not_mainly_han_is_not_chinese(text: str) -> None:
    assert not is_chinese(text)
