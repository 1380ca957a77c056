"""What every `Reranker` promises."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from knowledge.adapters.cross_encoder_reranker import CrossEncoderReranker
from knowledge.errors import RerankerUnavailable
from knowledge.reranker import Reranker
from tests.doubles.reranker import SharedTerms
from tests.doubles.tiny_model import tiny_model

QUESTION, TEXTS = "q1 q2 renewal", ["s1 s2 renewal", "s9", "s3 s4 s5 s6", ""]


def tiny_cross_encoder(folder: Path, *, outputs: int = 1) -> Path:
    """Write a random CrossEncoder with the tokenizer of the tiny embedding model."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_model(folder / "tokenizer"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
        pad_token_id=1,
        initializer_range=0.5,
        num_labels=outputs,
    )
    BertForSequenceClassification(config).eval().save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    return folder / "model"


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_cross_encoder(tmp_path_factory.mktemp("cross-encoder"))


@pytest.fixture(params=["double", "cross-encoder"])
def reranker(request: pytest.FixtureRequest, cross_encoder: Path) -> Reranker:
    return SharedTerms() if request.param == "double" else CrossEncoderReranker(str(cross_encoder))


def test_every_text_gets_a_number(reranker: Reranker) -> None:
    scores = reranker.scores(QUESTION, TEXTS)
    assert len(scores) == len(TEXTS)
    assert all(0 <= score <= 1 for score in scores)
    assert len(set(scores)) > 1


def test_a_text_gets_the_same_number_in_any_company(reranker: Reranker) -> None:
    forwards, backwards = reranker.scores(QUESTION, TEXTS), reranker.scores(QUESTION, TEXTS[::-1])
    assert list(forwards) == pytest.approx(list(backwards)[::-1], abs=1e-5)


def test_no_text_is_no_work(reranker: Reranker) -> None:
    assert list(reranker.scores(QUESTION, [])) == []


def test_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(RerankerUnavailable, match="COPILOT_RERANKER") as caught:
        CrossEncoderReranker(str(tmp_path / "nothing")).scores(QUESTION, TEXTS)
    assert caught.value.code == "reranker_unavailable"


def test_a_model_with_several_outputs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RerankerUnavailable, match="one number per passage"):
        CrossEncoderReranker(str(tiny_cross_encoder(tmp_path, outputs=3))).scores(QUESTION, TEXTS)
