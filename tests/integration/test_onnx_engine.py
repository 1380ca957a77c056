"""The ONNX engine, on tiny random models of two families, against sentence-transformers itself."""

from __future__ import annotations

import json
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

from knowledge.adapters import engine_check, onnx_engine
from knowledge.adapters.engine_check import Agreement
from knowledge.adapters.onnx_engine import EngineUnavailable, onnx_model, weights_hash
from knowledge.adapters.sentence_transformer_embedder import EngineChoice, SentenceTransformerEmbedder
from knowledge.errors import ModelUnavailable

FAMILIES: dict[str, tuple[Any, Any]] = {
    "bert": (BertConfig, BertModel),
    "xlm-roberta": (XLMRobertaConfig, XLMRobertaModel),
}
SIZES: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "max_position_embeddings": 40,
    "pad_token_id": 1,
}
CHOICES: list[EngineChoice] = ["auto", "int8", "fp32"]
TEXTS = ["续费归谁", "b a c", "", "长" * 90, "客户 续约 九十天", "b"]


def words() -> Tokenizer:
    """A word for every character of the check's texts."""
    characters = sorted(set("".join(engine_check.PASSAGES + engine_check.QUESTIONS)) - {" "})
    vocabulary = {word: index for index, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def write(file: Path, value: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), "utf-8")


def tiny(folder: Path, family: str = "bert", seed: int = 0, **changes: Any) -> Path:
    """Write a Sentence-Transformers folder of a random model."""
    torch.manual_seed(seed)
    tokenizer = words()
    configuration, kind = FAMILIES[family]
    kind(configuration(vocab_size=tokenizer.get_vocab_size(), **SIZES | changes)).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    specials = {"pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>", "unk_token": "<unk>"}
    write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"} | specials)
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{name}"}
        for i, (path, name) in enumerate(kinds)
    ]
    write(folder / "modules.json", modules)
    write(folder / "sentence_bert_config.json", {"max_seq_length": 32, "do_lower_case": False})
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 64, "pooling_mode_mean_tokens": True})
    write(folder / "config_sentence_transformers.json", {"prompts": {"query": "q ", "document": "d "}})
    (folder / "2_Normalize").mkdir()
    return folder


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the engines are kept; building one takes seconds, so the tests share them."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def bert(models_folder: Path) -> Path:
    return tiny(models_folder / "bert")


@pytest.fixture
def copied(bert: Path, tmp_path: Path) -> Path:
    """The same weights in a folder that a test may change."""
    return shutil.copytree(bert, tmp_path / "bert")


def in_torch(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu")


@pytest.mark.parametrize("family", FAMILIES)
def test_full_precision_gives_the_vectors_of_the_model(family: str, bert: Path, models_folder: Path) -> None:
    folder = bert if family == "bert" else tiny(models_folder / family, family)
    engine, expected = onnx_model(folder, models_folder, "fp32"), in_torch(folder)

    np.testing.assert_allclose(engine.encode_query(TEXTS), expected.encode_query(TEXTS), atol=1e-5)
    np.testing.assert_allclose(engine.encode_document(TEXTS), expected.encode_document(TEXTS), atol=1e-5)


def test_token_embeddings_are_those_of_the_model(bert: Path, models_folder: Path) -> None:
    found = onnx_model(bert, models_folder, "fp32").encode(TEXTS, output_value="token_embeddings")
    expected = in_torch(bert).encode(TEXTS, output_value="token_embeddings")

    assert [len(tokens) for tokens in found] == [len(tokens) for tokens in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_text_has_the_same_int8_vector_whatever_is_embedded_with_it(bert: Path, models_folder: Path) -> None:
    engine = onnx_model(bert, models_folder, "int8")

    together = engine.encode_document(TEXTS)
    alone = np.stack([engine.encode_document(text) for text in TEXTS])

    np.testing.assert_array_equal(together, alone)


def test_int8_is_near_the_model_and_not_equal_to_it(bert: Path, models_folder: Path) -> None:
    found, expected = onnx_model(bert, models_folder, "int8"), in_torch(bert)
    cosines = np.sum(found.encode_document(TEXTS) * expected.encode_document(TEXTS), axis=1)

    assert cosines.min() > 0.98
    assert cosines.min() < 1 - 1e-6


def test_an_engine_is_built_once_for_the_same_weights(
    bert: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    onnx_model(bert, models_folder, "fp32")
    monkeypatch.setattr(onnx_engine, "_build_apart", lambda *_: pytest.fail("it was built again"))

    onnx_model(bert, models_folder, "fp32")


def test_other_weights_in_the_same_folder_get_an_engine_of_their_own(copied: Path, models_folder: Path) -> None:
    before = weights_hash(copied, models_folder)
    other = tiny(copied.parent / "other", seed=1)
    (other / "model.safetensors").replace(copied / "model.safetensors")

    engine = onnx_model(copied, models_folder, "fp32")

    assert weights_hash(copied, models_folder) != before
    np.testing.assert_allclose(engine.encode(TEXTS), in_torch(copied).encode(TEXTS), atol=1e-5)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("config.json", {"hidden_act": "relu"}, "hidden_act is 'relu'"),
        ("config.json", {"model_type": "distilbert"}, "model_type is 'distilbert'"),
        ("config.json", {"is_decoder": True}, "is_decoder is True"),
        ("sentence_bert_config.json", {"do_lower_case": True}, "lower-cased"),
        ("1_Pooling/config.json", {"include_prompt": False}, "leaves out the prompt"),
    ],
)
def test_what_would_be_computed_wrongly_is_refused(
    file: str, content: dict[str, Any], reason: str, copied: Path, models_folder: Path
) -> None:
    write(copied / file, json.loads((copied / file).read_text("utf-8")) | content)

    with pytest.raises(EngineUnavailable, match=reason):
        onnx_model(copied, models_folder, "fp32")


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "modules.json", "tokenizer.json"])
def test_a_missing_file_is_named(file: str, copied: Path, models_folder: Path) -> None:
    (copied / file).unlink()

    with pytest.raises(EngineUnavailable, match=re.escape(file)):
        onnx_model(copied, models_folder, "fp32")


def test_a_build_that_fails_leaves_nothing_and_says_so(
    copied: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    configuration = json.loads((copied / "config.json").read_text("utf-8"))
    write(copied / "config.json", configuration | {"num_hidden_layers": 3})  # one more than there are weights for

    with pytest.raises(EngineUnavailable, match=r"encoder\.layer\.2"):
        onnx_model(copied, tmp_path / "engines", "fp32")

    assert [path for path in (tmp_path / "engines").iterdir() if path.is_dir()] == []


def test_an_engine_that_failed_its_check_is_not_used(
    bert: Path, models_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    onnx_model(bert, models_folder, "int8")
    engines = shutil.copytree(models_folder, tmp_path / "models")
    (check,) = engines.glob("bert-onnx-int8-*/check.json")
    write(check, {"mean": 0.97, "least": 0.96, "order": 1.0})

    with pytest.raises(ModelUnavailable, match=r"no int8 engine.*0\.970"):
        _ = SentenceTransformerEmbedder(model=str(bert), folder=engines, engine="int8").identity
    with caplog.at_level(logging.WARNING):
        fallback = SentenceTransformerEmbedder(model=str(bert), folder=engines, engine="auto")
        vectors = fallback.embed_passages(TEXTS)

    assert "runs in torch" in caplog.text
    exact = SentenceTransformerEmbedder(model=str(bert), folder=engines, engine="fp32")
    np.testing.assert_allclose(vectors, exact.embed_passages(TEXTS), atol=1e-5)
    assert fallback.identity == exact.identity


def test_vectors_of_the_two_precisions_never_meet(bert: Path, models_folder: Path) -> None:
    names = {
        engine: SentenceTransformerEmbedder(model=str(bert), folder=models_folder, engine=engine).identity.model
        for engine in CHOICES
    }

    assert names["auto"] == names["int8"] == f"{names['fp32']}+int8"


@pytest.mark.parametrize(
    ("agreement", "sufficient"),
    [
        (Agreement(mean=0.98, least=0.97, order=0.97), True),
        (Agreement(mean=0.979, least=0.97, order=1.0), False),
        (Agreement(mean=0.99, least=0.969, order=1.0), False),
        (Agreement(mean=1.0, least=1.0, order=0.96), False),
    ],
)
def test_an_engine_must_be_near_on_average_at_worst_and_in_order(agreement: Agreement, sufficient: bool) -> None:
    assert agreement.sufficient is sufficient


def test_order_counts_the_clear_pairs_that_stay_in_order() -> None:
    questions = np.array([[1.0, 0.0]], dtype=np.float32)
    passages = np.array([[0.9, 0.0], [0.5, 0.0], [0.499, 0.0]], dtype=np.float32)
    swapped = passages[[1, 0, 2]]

    assert engine_check.agreement(passages, questions, passages, questions).order == 1
    # Two pairs are clear: (0.9, 0.5) and (0.9, 0.499). Swapping the first two turns one of them.
    found = engine_check.agreement(passages, questions, swapped, questions).order
    assert found == pytest.approx(0.5)
