"""A BERT-like encoder written as an ONNX graph, straight from the weights of a Sentence-Transformers folder.

Written node by node and not exported by `torch.onnx`: the exporter needs onnxscript and torch, takes 15 s instead of 2,
and its graph is slower, because it knows nothing of ONNX Runtime's fused attention, normalisation and quantised
products (operators of the domain `com.microsoft`, documented in onnxruntime/docs/ContribOperators.md).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

#: `int8` multiplies 7-bit weights by 8-bit activations; `fp32` is the model as it is.
Precision = Literal["int8", "fp32"]

#: Raised when the graph changes, so that older ones are made anew.
RECIPE = 1
INPUT, OUTPUT = "input_ids", "last_hidden_state"
WEIGHTS = "model.safetensors"

_FUSED = "com.microsoft"
_OPSET, _IR = 20, 10  # opset 20 is read by ONNX Runtime from 1.17 on
#: Seven bits, not eight: on CPUs with AVX2 but without VNNI the 16-bit sums of the 8-bit kernel overflow
#: (onnxruntime.ai, "Quantize ONNX models", reduce_range). Measured here, it costs 0.0004 of cosine and no time.
_WEIGHT_RANGE = 63
_ROW_RANGE = 127  # the embedding table is only looked up, so nothing can overflow
_FAMILIES = ("bert", "roberta", "xlm-roberta")

_Array = npt.NDArray[Any]


class UnsupportedModel(Exception):
    """The folder holds a model that this graph does not describe; the message says what is different."""


def write_graph(model: Path, target: Path, precision: Precision) -> None:
    """Write `target` and beside it its weights, which ONNX Runtime maps into memory instead of reading.

    Input: one text's token ids, (1, tokens) int64, without padding. Output: (1, tokens, hidden) float32. A text is
    never padded or batched with others, so its vector depends on nothing but itself (activations are quantised over
    the whole input), and no time is spent on padding.

    Raises:
        UnsupportedModel: not a BERT, RoBERTa or XLM-RoBERTa encoder with exact GELU and absolute positions.
        ModuleNotFoundError: the package onnx is not installed.
    """
    import onnx

    graph = _Graph(model, precision)
    graph.encode()
    onnx.save_model(
        graph.finish(),
        target,
        save_as_external_data=True,
        location=target.with_suffix(".bin").name,
        size_threshold=1024,
    )


def position_offset(config: dict[str, Any]) -> int:
    """Return the row of the position table that the first token uses; RoBERTa counts from behind its padding id."""
    return 0 if config["model_type"] == "bert" else int(config["pad_token_id"]) + 1


def check_supported(config: dict[str, Any]) -> None:
    """Refuse what would be computed wrongly.

    Raises:
        UnsupportedModel: names the first difference.
    """
    wanted = {
        "model_type": _FAMILIES,
        "hidden_act": ("gelu",),
        "position_embedding_type": ("absolute", None),
        "is_decoder": (False, None),
        "add_cross_attention": (False, None),
        "quantization_config": (None,),
    }
    for name, allowed in wanted.items():
        if config.get(name) not in allowed:
            raise UnsupportedModel(f"{name} is {config.get(name)!r}; understood: {allowed!r}")


class _Graph:
    """Collects nodes and weights from the first layer to the last."""

    def __init__(self, model: Path, precision: Precision) -> None:
        self._config = json.loads((model / "config.json").read_text("utf-8"))
        check_supported(self._config)
        self._precision = precision
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._tensors = _Tensors(model / WEIGHTS)

    def encode(self) -> None:
        """Add every layer."""
        state = self._embed()
        layers = self._config["num_hidden_layers"]
        for layer in range(layers):
            state = self._layer(f"encoder.layer.{layer}.", state, OUTPUT if layer == layers - 1 else f"state{layer}")

    def finish(self) -> Any:
        """Return the model."""
        from onnx import TensorProto, helper

        tokens = helper.make_tensor_value_info(INPUT, TensorProto.INT64, [1, "tokens"])
        states = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, "tokens", self._config["hidden_size"]])
        return helper.make_model(
            helper.make_graph(self._nodes, "encoder", [tokens], [states], self._constants),
            opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)],
            ir_version=_IR,
        )

    def _embed(self) -> str:
        words = self._tensors["embeddings.word_embeddings.weight"]
        if self._precision == "fp32":
            looked_up = self._add("Gather", [self._constant("words", words), INPUT], "word")
        else:
            codes, scales = _quantised(words, axis=1, largest=_ROW_RANGE)
            found = self._add("Gather", [self._constant("words", codes), INPUT], "word.codes")
            found = self._add("Cast", [found], "word.values", to=1)  # 1 is float
            scale = self._add("Gather", [self._constant("words.scale", scales), INPUT], "word.scale")
            looked_up = self._add("Mul", [found, scale], "word")
        first = position_offset(self._config)
        positions = self._tensors["embeddings.position_embeddings.weight"][first:]
        # One sentence at a time: every token has type 0.
        positions = positions + self._tensors["embeddings.token_type_embeddings.weight"][0]
        count = self._add("Shape", [INPUT], "count", start=1, end=2)
        start = self._constant("start", np.zeros(1, np.int64))
        used = self._add("Slice", [self._constant("positions", positions), start, count], "position")
        total = self._add("Add", [looked_up, used], "embedded")
        scale, shift = self._norm("embeddings.LayerNorm")
        return self._add(
            "LayerNormalization", [total, scale, shift], "embedding", axis=-1, epsilon=self._config["layer_norm_eps"]
        )

    def _layer(self, path: str, state: str, output: str) -> str:
        parts = [f"{path}attention.self.{part}" for part in ("query", "key", "value")]
        joined = self._product(state, parts, f"{path}qkv")
        split = [f"{path}{part}" for part in "qkv"]
        self._add("Split", [joined], split, axis=-1, num_outputs=3)
        heads = self._config["num_attention_heads"]
        mixed = self._add("MultiHeadAttention", split, f"{path}mixed", _FUSED, num_heads=heads)
        mixed = self._product(mixed, [f"{path}attention.output.dense"], f"{path}attended")
        middle = self._residual(mixed, state, f"{path}attention.output.LayerNorm", f"{path}middle")
        inner = self._product(middle, [f"{path}intermediate.dense"], f"{path}inner")
        inner = self._add("Gelu", [inner], f"{path}gelu", _FUSED)
        outer = self._product(inner, [f"{path}output.dense"], f"{path}outer")
        return self._residual(outer, middle, f"{path}output.LayerNorm", output)

    def _product(self, state: str, parts: list[str], output: str) -> str:
        """Add `state · Wᵀ + b`, with the matrices of several parts side by side."""
        weight = np.concatenate([self._tensors[f"{part}.weight"] for part in parts]).T
        bias = self._constant(f"{output}.bias", np.concatenate([self._tensors[f"{part}.bias"] for part in parts]))
        if self._precision == "fp32":
            product = self._add("MatMul", [state, self._constant(f"{output}.weight", weight)], f"{output}.product")
            return self._add("Add", [product, bias], output)
        codes, scales = _quantised(weight, axis=0, largest=_WEIGHT_RANGE)
        weights = [
            self._constant(f"{output}.weight", codes),
            self._constant(f"{output}.scale", scales[0]),
            self._constant(f"{output}.zero", np.zeros(weight.shape[1], np.int8)),
        ]
        return self._add("DynamicQuantizeMatMul", [state, *weights, bias], output, _FUSED)

    def _residual(self, added: str, state: str, norm: str, output: str) -> str:
        epsilon = self._config["layer_norm_eps"]
        inputs = [added, state, *self._norm(norm)]
        return self._add("SkipLayerNormalization", inputs, output, _FUSED, epsilon=epsilon)

    def _norm(self, path: str) -> tuple[str, str]:
        scale = self._constant(f"{path}.weight", self._tensors[f"{path}.weight"])
        return scale, self._constant(f"{path}.bias", self._tensors[f"{path}.bias"])

    def _constant(self, name: str, values: _Array) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _add(
        self, operator: str, inputs: list[str], output: str | list[str], domain: str = "", **attributes: Any
    ) -> str:
        from onnx import helper

        outputs = [output] if isinstance(output, str) else output
        self._nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]


class _Tensors:
    """The weights by their name inside the encoder; `bert.` and `roberta.` in front of it are skipped."""

    def __init__(self, file: Path) -> None:
        from safetensors import safe_open

        try:
            opened: Any = safe_open(file, "numpy")
        except FileNotFoundError as error:
            raise UnsupportedModel(f"there is no {WEIGHTS} (one file, not several) in {str(file.parent)!r}") from error
        table = "embeddings.word_embeddings.weight"
        found = [name for name in opened.keys() if name.endswith(table)]  # noqa: SIM118  # no mapping
        if len(found) != 1:
            raise UnsupportedModel(f"{WEIGHTS} has {len(found)} tables of words")
        self._file = opened
        self._prefix = found[0].removesuffix(table)

    def __getitem__(self, name: str) -> npt.NDArray[np.float32]:
        try:
            return np.asarray(self._file.get_tensor(self._prefix + name), dtype=np.float32)
        except Exception as error:  # SafetensorError has no public type; TypeError for formats numpy does not know
            raise UnsupportedModel(f"{self._prefix + name!r} cannot be read from {WEIGHTS}: {error}") from error


def _quantised(values: _Array, *, axis: int, largest: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return codes and scales (the reduced axis kept), symmetric around 0."""
    # Without a copy of the signs: the table of words alone takes 400 MB.
    peak = np.maximum(values.max(axis=axis, keepdims=True), -values.min(axis=axis, keepdims=True))
    scales = np.where(peak > 0, peak / largest, 1.0).astype(np.float32)  # a row of zeros keeps its zeros
    codes = values / scales
    return np.rint(codes, out=codes).astype(np.int8), scales
