"""A Sentence-Transformers folder as something that can be trained: is it, what is frozen, and how it is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.adapters.low_rank_delta import Delta, merge_low_rank, write_delta
from knowledge.adapters.work_folder import work_folder
from knowledge.errors import ModelNotTrainable, NotEnoughSpace

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS = "model.safetensors"
_KINDS = ("bert", "roberta", "xlm-roberta")
#: The six matrices of a layer.
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
#: Left free on the disk whatever is written.
_RESERVE_BYTES = 200_000_000


@dataclass(frozen=True, kw_only=True)
class TrainableModel:
    """A loaded model whose upper half may change."""

    folder: Path
    model: SentenceTransformer
    layers: Any  #: torch ModuleList of all layers
    frozen: int  #: how many of them, from below, stay as they are

    def query(self, text: str) -> str:
        """Put the prompt of a question in front."""
        return self._prompt("query") + text

    def passage(self, text: str) -> str:
        """Put the prompt of a passage in front."""
        return self._prompt("document", "passage", "corpus") + text

    def _prompt(self, *names: str) -> str:
        return next((str(self.model.prompts[name]) for name in names if self.model.prompts.get(name)), "")


def load_trainable(folder: Path) -> TrainableModel:
    """Load a folder.

    Raises:
        ModelNotTrainable: says what is missing.
    """
    if not (folder / "modules.json").is_file() or not (folder / WEIGHTS).is_file():
        raise _refusal(folder, f"it is no Sentence-Transformers folder with its weights in one {WEIGHTS}")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # ours tells more, and stderr is read by people
    try:
        model = SentenceTransformer(str(folder), device="cpu")
    except Exception as error:  # the library raises many unrelated types here: OSError, ValueError, KeyError …
        raise _refusal(folder, f"it cannot be loaded ({type(error).__name__})") from error
    model.eval()  # no dropout: the lower layers are computed once and would not have it either
    bert = getattr(model[0], "auto_model", None)
    kind = getattr(getattr(bert, "config", None), "model_type", type(model[0]).__name__)
    if bert is None or kind not in _KINDS or not hasattr(bert, "encoder"):
        raise _refusal(folder, f"its kind is {kind!r}; {', '.join(_KINDS)} can be trained")
    pooling = model[1] if len(model) > 1 else None
    if getattr(pooling, "pooling_mode", None) != "mean" or not getattr(pooling, "include_prompt", False):
        raise _refusal(folder, "it does not take the mean over all tokens")
    layers = bert.encoder.layer
    if len(layers) < 2 or f"encoder.layer.0.{MATRICES[0]}.weight" not in _names(folder):
        raise _refusal(folder, "its weights have other names or too few layers")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return TrainableModel(folder=folder, model=model, layers=layers, frozen=len(layers) // 2)


def write_merged(source: Path, delta: Delta, strength: float, models: Path) -> str:
    """Write `source` with the change merged in as `models/trained-<hash>`; return that name.

    The folder appears by rename, complete or not at all; the change alone is beside it as `trained-<hash>.safetensors`.

    Raises:
        NotEnoughSpace: there is no room for another copy of the model.
    """
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file

    need_space(models, sum(path.stat().st_size for path in source.rglob("*") if path.is_file()))
    with work_folder(models, ".trained-") as work:
        made = work / "model"
        shutil.copytree(source, made, ignore=lambda _, names: {WEIGHTS} & set(names))
        with safe_open(source / WEIGHTS, framework="numpy") as weights:
            metadata = weights.metadata()
        save_file(merge_low_rank(load_file(source / WEIGHTS), delta, strength), made / WEIGHTS, metadata=metadata)
        with (made / WEIGHTS).open("rb") as data:
            name = f"trained-{file_digest(data, 'sha256').hexdigest()[:12]}"
        write_delta(delta, models / f"{name}.safetensors")
        if not (models / name).is_dir():  # the same weights, made before, are the same folder
            os.replace(made, models / name)
    return name


def need_space(folder: Path, wanted: int) -> None:
    """Make sure that this many bytes can be written.

    Raises:
        NotEnoughSpace: says how many are wanted and how many there are.
    """
    free = shutil.disk_usage(folder).free
    if free < wanted + _RESERVE_BYTES:
        raise NotEnoughSpace(
            f"{(wanted + _RESERVE_BYTES) / 1e9:.1f} GB are needed in {str(folder)!r} and {free / 1e9:.1f} GB are free. "
            "Free some space, or set COPILOT_MODEL_FOLDER to a folder on a larger disk."
        )


def matrices(model: TrainableModel) -> Iterator[tuple[str, Any, Callable[[Any], None]]]:
    """Yield name, module and setter of every matrix that may change."""
    for number in range(model.frozen, len(model.layers)):
        for place in MATRICES:
            *path, last = place.split(".")
            owner = model.layers[number]
            for step in path:
                owner = getattr(owner, step)

            def put(module: Any, owner: Any = owner, last: str = last) -> None:
                setattr(owner, last, module)

            yield f"encoder.layer.{number}.{place}", getattr(owner, last), put


def _names(folder: Path) -> set[str]:
    from safetensors import safe_open

    with safe_open(folder / WEIGHTS, framework="numpy") as weights:
        return set(weights.keys())


def _refusal(folder: Path, reason: str) -> ModelNotTrainable:
    return ModelNotTrainable(
        f"The embedding model {str(folder)!r} cannot be trained: {reason}. Leave COPILOT_EMBEDDING_MODEL unset for the "
        "packaged model, or name a BERT-like Sentence-Transformers folder."
    )
