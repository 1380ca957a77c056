"""What is a person's is found, what only looks so is left alone, in time that grows with the text and no faster."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.privacy.checksums import is_card_number, is_id_number
from copilot.privacy.personal import find
from tests.unit.copilot.privacy.labelled import labelled

_CORPUS = Path(__file__).parents[4] / "knowledge" / "corpus"


def found_in(text: str) -> list[tuple[str, str]]:
    return [(one.kind.value, text[one.start : one.end]) for one in find(text)]


@pytest.mark.parametrize(("text", "wanted"), labelled())
def test_a_labelled_sentence_is_read_as_it_is_labelled(text: str, wanted: list[tuple[str, str]]) -> None:
    """The set was written beside the rules: it keeps what they can, and proves nothing of other texts."""
    assert found_in(text) == wanted


def test_the_corpus_holds_nobody() -> None:
    read = {path.name: path.read_text(encoding="utf-8") for path in _CORPUS.rglob("*.md")}
    assert len(read) > 50
    assert {name: found for name, text in read.items() if (found := found_in(text))} == {}


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("11010519491231002X", True),  # the example of GB 11643-1999
        ("440524188001010014", True),  # its second one
        ("110105194912310021", False),
        ("990105194912310020", False),
        ("11010519491331002X", False),
        ("1101051949123100", False),
    ],
)
def test_an_identity_number_has_a_checksum_a_province_and_a_day(number: str, right: bool) -> None:
    assert is_id_number(number) is right


@pytest.mark.parametrize(
    ("digits", "right"),
    [("4111111111111111", True), ("4111111111111112", False), ("0000000000000000", False), ("378282246310005", True)],
)
def test_a_card_number_has_an_issuer_and_a_check_digit(digits: str, right: bool) -> None:
    assert is_card_number(digits) is right


def test_a_mistyped_number_counts_where_many_will_read_it() -> None:
    text = "记下 110105194912310021 和 1234567812345678"
    assert find(text) == []
    assert [one.kind.value for one in find(text, unchecked=True)] == ["ID", "CARD"]


@given(st.text(alphabet="0123456789 -+.@aX零一（卡电话", max_size=120))
def test_what_is_found_stands_in_the_text_in_order_and_apart(text: str) -> None:
    last = 0
    for one in find(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end


@pytest.mark.parametrize("sign", ["a", "+", ".", "1", "a@", "字", "a.", "1 ", "1-", "138 ", "(0", "一", "@a.", "卡4"])
def test_a_long_text_is_looked_through_once(sign: str) -> None:
    before = process_time()
    find(sign * (40_000 // len(sign)))
    assert process_time() - before < 5
