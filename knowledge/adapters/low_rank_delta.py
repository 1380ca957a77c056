"""A low-rank change of a BERT-like model: per weight matrix a pair A (rank, in), B (out, rank); the change is B @ A.

Stored as one safetensors file of half-precision tensors `<matrix>.A` and `<matrix>.B` (1.3 MB at rank 16 for the upper
six layers of the packaged model, whose weights take 470 MB).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.errors import ModelUnavailable

Weights = npt.NDArray[np.float32]
#: Name of a weight matrix without `.weight` → (A, B).
Delta = Mapping[str, tuple[Weights, Weights]]

_FORMAT = {"format": "low-rank-1"}


def merge_low_rank(state: Mapping[str, Weights], delta: Delta, strength: float) -> dict[str, Weights]:
    """Return the weights with `strength · B @ A` added to each matrix that the change names; `state` stays as it is.

    Strength 0 returns the very same arrays. Between 0 and 1 it averages the weights before and after training, which
    keeps more of what a model could do before (Wortsman and others, Robust fine-tuning of zero-shot models, 2022).

    Raises:
        ModelUnavailable: the change names a matrix that is not there or has another shape.
    """
    merged = dict(state)
    for name, (a, b) in delta.items():
        weight = state.get(f"{name}.weight")
        if weight is None:
            raise ModelUnavailable(f"The low-rank change names {name!r}, which the model does not have. Use its own.")
        if a.ndim != 2 or b.ndim != 2 or a.shape[0] != b.shape[1] or weight.shape != (b.shape[0], a.shape[1]):
            raise ModelUnavailable(
                f"The low-rank change of {name!r} has the shapes {b.shape} and {a.shape}; the model's matrix has "
                f"{weight.shape}. Use the change that was made for this model."
            )
        if strength:
            change = strength * (b.astype(np.float32) @ a.astype(np.float32))
            merged[f"{name}.weight"] = np.asarray(weight + change, dtype=weight.dtype)
    return merged


def write_delta(delta: Delta, path: Path) -> str:
    """Write the file, whole or not at all, and return its SHA-256."""
    from safetensors.numpy import save

    tensors = {f"{name}.{part}": value for name, pair in delta.items() for part, value in zip("AB", pair, strict=True)}
    halves = {name: np.ascontiguousarray(value, dtype=np.float16) for name, value in sorted(tensors.items())}
    data = save(halves, metadata=_FORMAT)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        file.write(data)
    os.replace(file.name, path)
    return sha256(data).hexdigest()


def read_delta(path: Path, checksum: str | None = None) -> Delta:
    """Read the file.

    Raises:
        ModelUnavailable: it is missing, damaged, or not the one with this SHA-256.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        data = path.read_bytes()
        found = sha256(data).hexdigest()
        if checksum is not None and found != checksum:
            raise ModelUnavailable(
                f"{str(path)!r} has the checksum {found!r}, not {checksum!r}. Reinstall the package."
            )
        tensors = load(data)
        names = sorted({name.rpartition(".")[0] for name in tensors})
        return {
            name: (tensors[f"{name}.A"].astype(np.float32), tensors[f"{name}.B"].astype(np.float32)) for name in names
        }
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelUnavailable(
            f"{str(path)!r} holds no low-rank change ({error}). Train again, or reinstall."
        ) from error
