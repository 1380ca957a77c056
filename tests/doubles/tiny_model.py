"""A random BERT of 4 layers with its tokenizer, and a language in which it has something to learn.

Sections are written in one set of words, questions in another; word 7 of the one means word 7 of the other. The
embeddings hint at it, the model makes nothing of it; what it learns on some documents holds for all of them.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

WORDS = 14
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
_OTHER = ["query", "passage", ":", ".", "document", "\n"]


def tiny_model(folder: Path, *, seed: int = 0, pooling: str = "mean") -> Path:
    """Write a Sentence-Transformers folder."""
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "2_Normalize").mkdir()
    words = [*_SPECIAL, *_OTHER, *(f"{kind}{n}" for kind in "sq" for n in range(WORDS))]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        pad_token_id=1,
        initializer_range=0.2,  # the usual 0.02 of a model this small says nearly nothing
    )
    torch.manual_seed(seed)
    model = BertModel(config)
    with torch.no_grad():
        known = model.embeddings.word_embeddings.weight
        first, second = words.index("s0"), words.index("q0")
        known[second : second + WORDS] = 0.5 * known[second : second + WORDS] + 0.5 * known[first : first + WORDS]
    model.save_pretrained(folder)
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 128})
    specials = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    _write(folder / "special_tokens_map.json", specials)
    kinds = [("0", "", "Transformer"), ("1", "1_Pooling", "Pooling"), ("2", "2_Normalize", "Normalize")]
    _write(
        folder / "modules.json",
        [
            {"idx": n, "name": name, "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (name, path, kind) in enumerate(kinds)
        ],
    )
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 128, "do_lower_case": False})
    prompts = {"query": "query: ", "document": "passage: "}
    _write(folder / "config_sentence_transformers.json", {"prompts": prompts, "similarity_fn_name": "cosine"})
    mode = {"mean": "pooling_mode_mean_tokens", "cls": "pooling_mode_cls_token"}[pooling]
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, mode: True})
    return folder


def tiny_records(count: int, *, seed: int = 0) -> list[dict[str, object]]:
    """Return documents of three meanings each, with three questions that ask for two or three of them."""
    chance = random.Random(seed)
    records: list[dict[str, object]] = []
    for number in range(count):
        meant = chance.sample(range(WORDS), 3)
        asked = [chance.sample(meant, size) for size in (2, 3, 2)]
        records.append(
            {
                "id": f"d{number}",
                "title": "document",
                "text": " ".join(f"s{n}" for n in meant) + " .",
                "questions": [" ".join(f"q{n}" for n in one) for one in asked],
            }
        )
    return records


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
