"""What every `Embedder` promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.embedder import Embedder, Vectors
from knowledge.text import NORMAL_FORM_VERSION

TEXTS = ["客户续约前九十天开始复盘。", "Offer a pilot before the contract.", "NPS 低于 30 分时当周回访"]
Embed = Callable[[Sequence[str]], Vectors]


@pytest.fixture(params=["hashing", pytest.param("packaged", marks=pytest.mark.model)])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hashing":
        return HashingEmbedder()
    packaged: Embedder = request.getfixturevalue("real_embedder")
    return packaged


@pytest.fixture(params=["passages", "queries"])
def embed(request: pytest.FixtureRequest, embedder: Embedder) -> Embed:
    return embedder.embed_passages if request.param == "passages" else embedder.embed_queries


def test_one_row_per_text_in_the_dimension_of_the_identity(embedder: Embedder, embed: Embed) -> None:
    assert embed(TEXTS).shape == (len(TEXTS), embedder.identity.dimension)


def test_no_texts_give_no_rows_of_the_same_dimension(embedder: Embedder, embed: Embed) -> None:
    assert embed([]).shape == (0, embedder.identity.dimension)


@pytest.mark.parametrize("texts", [TEXTS, []], ids=["texts", "none"])
def test_vectors_are_single_precision(embed: Embed, texts: list[str]) -> None:
    assert embed(texts).dtype == np.float32


@pytest.mark.parametrize("text", [*TEXTS, "续", "x" * 4000, "长" * 4000], ids=lambda text: f"{text[:8]}-{len(text)}")
def test_every_vector_has_length_one(embed: Embed, text: str) -> None:
    assert np.linalg.norm(embed([text])[0]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("text", ["", " \n", "？！…", "🙂"], ids=["empty", "blank", "punctuation", "emoji"])
def test_a_text_without_words_has_a_vector_of_length_one_too(embed: Embed, text: str) -> None:
    assert np.linalg.norm(embed([text])[0]) == pytest.approx(1, abs=1e-4)


def test_rows_keep_the_order_of_the_texts(embed: Embed) -> None:
    together = embed(TEXTS)
    alone = np.concatenate([embed([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_the_same_text_gives_the_same_vector_again(embed: Embed) -> None:
    np.testing.assert_array_equal(embed(TEXTS[:1]), embed(TEXTS[:1]))


@pytest.mark.parametrize(
    ("one", "other"),
    [("客户续约", "客戶續約"), ("ＮＰＳ 低于 ３０ 分", "nps 低于 30 分"), ("Customer Success", "customer success")],
    ids=["script", "width", "case"],
)
def test_spellings_with_one_normal_form_have_one_vector(embed: Embed, one: str, other: str) -> None:
    vectors = embed([one, other])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)


def test_a_question_is_nearest_to_the_passage_that_shares_its_words(embedder: Embedder) -> None:
    near = embedder.embed_passages(TEXTS) @ embedder.embed_queries(["客户续约前什么时候开始复盘？"])[0]
    assert int(np.argmax(near)) == 0


def test_reading_the_identity_twice_gives_the_same(embedder: Embedder) -> None:
    assert embedder.identity == embedder.identity


def test_the_identity_names_the_normal_form_in_use(embedder: Embedder) -> None:
    assert embedder.identity.normal_form == NORMAL_FORM_VERSION


def test_the_dimension_is_part_of_the_hashing_model_s_identity() -> None:
    assert HashingEmbedder(64).identity != HashingEmbedder(128).identity
