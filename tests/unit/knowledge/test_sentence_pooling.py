"""How the vectors of sentences come out of the tokens of a passage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.adapters.sentence_pooling import fold_with_spans, pool_spans
from knowledge.text import fold, sentence_spans
from tests.unit.samples import ALPHABET

TOKENS = np.array([[9, 9], [1, 0], [3, 0], [0, 2], [9, 9]], dtype=np.float32)
OFFSETS = [(0, 0), (0, 2), (2, 4), (4, 8), (0, 0)]
WHOLE = np.array([0.6, 0.8], dtype=np.float32)


def test_a_sentence_is_the_normalised_mean_of_its_tokens() -> None:
    pooled = pool_spans(TOKENS, OFFSETS, [(0, 4), (5, 8)], WHOLE)

    assert pooled == pytest.approx(np.array([[1.0, 0.0], [0.0, 1.0]]))


def test_a_sentence_behind_what_is_read_gets_the_vector_of_the_whole() -> None:
    assert pool_spans(TOKENS, OFFSETS, [(20, 30)], WHOLE) == pytest.approx(WHOLE[None])


def test_a_text_without_sentences_has_no_rows() -> None:
    assert pool_spans(TOKENS, OFFSETS, [], WHOLE).shape == (0, 2)


@given(st.text(ALPHABET))
def test_folded_sentences_are_the_folded_text_of_their_spans(text: str) -> None:
    spans = sentence_spans(text)

    folded, places = fold_with_spans(text, spans)

    assert [folded[slice(*place)] for place in places] == [fold(text[slice(*span)]) for span in spans]


def test_folding_piece_by_piece_gives_the_same_text() -> None:
    text = "## 續約\nＡＢＣ 三十天。客戶說:「再看看」!\n"

    assert fold_with_spans(text, sentence_spans(text))[0] == fold(text)
