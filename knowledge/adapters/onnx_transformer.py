"""A sentence-transformers model whose transformer runs in ONNX Runtime; pooling and prompts are the folder's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Normalize
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer

from knowledge.adapters.onnx_graph import INPUT, OUTPUT, UnsupportedModel, position_offset

#: More threads than this gain little: texts are short, and the answers to other people need cores as well.
_MOST_THREADS = 8
_NO_LIMIT = 10**6


class OnnxTransformer(InputModule):  # type: ignore[misc]  # the library publishes no types
    """Token ids in, token embeddings out, so that whoever wants other pools than the whole text can have them.

    Every text runs alone and unpadded on one thread, several texts side by side. Measured on two cores this beats
    batches of any size, and a text has the same vector whatever it is embedded with.
    """

    def __init__(self, *, graph: Path, tokenizer: Tokenizer, pad: int, max_seq_length: int, hidden: int) -> None:
        super().__init__()
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_seq_length)
        self.tokenizer = tokenizer
        self.max_seq_length = max_seq_length
        self._pad = pad
        self._hidden = hidden
        self._session = _session(graph)
        # torch knows how many threads we may use: OMP_NUM_THREADS and the affinity of the process.
        threads = min(torch.get_num_threads(), _MOST_THREADS)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="embedding") if threads > 1 else None

    def preprocess(
        self, inputs: Sequence[str], prompt: str | None = None, **kwargs: Any
    ) -> dict[str, torch.Tensor | Any]:
        """Tokenise and truncate, with the prompt in front."""
        del kwargs
        rows = [encoded.ids for encoded in self.tokenizer.encode_batch([(prompt or "") + text for text in inputs])]
        longest = max(len(row) for row in rows)
        ids = torch.full((len(rows), longest), self._pad, dtype=torch.int64)
        mask = torch.zeros((len(rows), longest), dtype=torch.int64)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = torch.tensor(row)
            mask[index, : len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask}

    def forward(self, features: dict[str, torch.Tensor | Any], **kwargs: Any) -> dict[str, torch.Tensor | Any]:
        """Add `token_embeddings` (texts, tokens, hidden) float32; what is padding is 0."""
        del kwargs
        ids, lengths = features["input_ids"].numpy(), features["attention_mask"].sum(dim=1).tolist()
        states = np.zeros((*ids.shape, self._hidden), dtype=np.float32)

        def run(row: int) -> None:
            length = lengths[row]
            states[row, :length] = self._session.run([OUTPUT], {INPUT: ids[row : row + 1, :length]})[0][0]

        longest_first = sorted(range(len(lengths)), key=lambda row: -lengths[row])
        apply = self._threads.map if self._threads and len(lengths) > 1 else map
        for _ in apply(run, longest_first):
            pass
        return features | {"token_embeddings": torch.from_numpy(states)}

    def get_embedding_dimension(self) -> int:
        """Return the size of a token's embedding."""
        return self._hidden

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Refuse: the graph is derived from a folder, which is what should be copied."""
        raise NotImplementedError("An ONNX engine is not saved; copy the Sentence-Transformers folder it is made from.")


def load_onnx_model(model: Path, graph: Path) -> SentenceTransformer:
    """Put the graph in the place of the folder's transformer.

    Raises:
        UnsupportedModel: the folder has other modules than transformer, pooling and normalisation, or no tokenizer.
    """
    config = _json(model / "config.json")
    modules: list[Any] = [
        OnnxTransformer(
            graph=graph,
            tokenizer=_tokenizer(model),
            pad=int(config.get("pad_token_id") or 0),
            max_seq_length=_longest(model, config),
            hidden=config["hidden_size"],
        )
    ]
    kinds = {"Pooling": Pooling, "Normalize": Normalize}
    first, *rest = _json(model / "modules.json")
    names = [str(entry["type"]).rpartition(".")[2] for entry in (first, *rest)]
    if names[:2] != ["Transformer", "Pooling"] or first["path"] or not set(names[1:]) <= kinds.keys():
        raise UnsupportedModel(f"the modules are {names!r}; understood: Transformer, Pooling, Normalize")
    modules += [kinds[name].load(str(model), entry["path"]) for name, entry in zip(names[1:], rest, strict=True)]
    if not modules[1].include_prompt:
        raise UnsupportedModel("its pooling leaves out the prompt")
    settings = _json(model / "config_sentence_transformers.json", {})
    return SentenceTransformer(
        modules=modules,
        device="cpu",
        prompts=settings.get("prompts"),
        default_prompt_name=settings.get("default_prompt_name"),
        similarity_fn_name=settings.get("similarity_fn_name"),
        truncate_dim=settings.get("truncate_dim"),
    )


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # texts run side by side instead
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it keeps the most memory ever used, per thread
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _tokenizer(model: Path) -> Tokenizer:
    file = model / "tokenizer.json"
    if not file.is_file():
        raise UnsupportedModel(f"there is no tokenizer.json in {str(model)!r}")
    return Tokenizer.from_file(str(file))


def _longest(model: Path, config: dict[str, Any]) -> int:
    """Return the number of tokens a text may have, as sentence-transformers would find it."""
    settings = _json(model / "sentence_bert_config.json", {})
    if settings.get("do_lower_case"):
        raise UnsupportedModel("its texts are lower-cased before they are tokenised")
    tokens = _json(model / "tokenizer_config.json", {}).get("model_max_length", _NO_LIMIT)
    positions = config["max_position_embeddings"] - position_offset(config)
    return int(min(settings.get("max_seq_length") or _NO_LIMIT, tokens, positions))


def _json(file: Path, missing: Any = None) -> Any:
    """Read a file; `missing` is used when there is none.

    Raises:
        UnsupportedModel: the file is needed and not there, or is not JSON.
    """
    try:
        return json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        if missing is None:
            raise UnsupportedModel(f"there is no {file.name}") from error
        return missing
    except ValueError as error:
        raise UnsupportedModel(f"{file.name} is not JSON: {error}") from error
