"""The ONNX engine of a Sentence-Transformers folder: built once, checked against the model, then only loaded."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from knowledge.adapters.engine_check import PASSAGES, QUESTIONS, Agreement, agreement
from knowledge.adapters.onnx_graph import RECIPE, WEIGHTS, Precision, UnsupportedModel, check_supported, write_graph

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from knowledge.embedder import Vectors

_log = logging.getLogger(__name__)

_GRAPH, _CHECK = "encoder.onnx", "check.json"
_BEGUN = ".onnx-"
_ABANDONED_S = 600  # building takes seconds
_UNSUPPORTED = 3


class EngineUnavailable(Exception):
    """This model has no ONNX engine here; the message says why."""


def onnx_model(model: Path, folder: Path, precision: Precision) -> SentenceTransformer:
    """Return the model with its transformer in ONNX Runtime, building the engine under `folder` on first use.

    The engine is a folder that appears complete or not at all, named after the weights, the precision and the recipe
    of the graph; how well it agrees with the model is kept in it.

    Raises:
        EngineUnavailable: a package is missing, the model is of another kind, or its engine failed the check.
    """
    _need("onnxruntime")
    try:
        engine = _engine(model, folder, precision)
        passed = Agreement(**json.loads((engine / _CHECK).read_text("utf-8")))
        if not passed.sufficient:
            raise EngineUnavailable(
                f"its vectors are too far from the model's (cosine {passed.mean:.3f}, at least {passed.least:.3f}, "
                f"order {passed.order:.3f}; kept in {str(engine / _CHECK)!r})"
            )
        from knowledge.adapters.onnx_transformer import load_onnx_model

        return load_onnx_model(model, engine / _GRAPH)
    except (UnsupportedModel, OSError, ValueError) as error:
        raise EngineUnavailable(str(error)) from error
    except RuntimeError as error:  # what onnxruntime raises derives from it or from Exception, by version
        raise EngineUnavailable(f"ONNX Runtime refuses it: {error}") from error


def weights_hash(model: Path, folder: Path) -> str:
    """Return the SHA-256 of the weights in `model`, remembered in `folder` for as long as the file is the same.

    Raises:
        OSError: there is no such file.
    """
    weights = (model / WEIGHTS).resolve()
    state = weights.stat()
    known = folder / f".weights-{_digest(str(weights), state.st_size, state.st_mtime_ns)}"
    if known.is_file():
        return known.read_text("ascii")
    with weights.open("rb") as data:
        found = file_digest(data, "sha256").hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=_BEGUN, delete=False, encoding="ascii") as file:
        file.write(found)
    os.replace(file.name, known)
    return found


def _engine(model: Path, folder: Path, precision: Precision) -> Path:
    configuration = (model / "config.json").read_text("utf-8")
    check_supported(json.loads(configuration))
    key = _digest(weights_hash(model, folder), configuration, precision, RECIPE)
    target = folder / f"{model.name}-onnx-{precision}-{key}"
    if target.is_dir():
        return target
    _need("onnx")
    for abandoned in folder.glob(f"{_BEGUN}*/"):
        if time.time() - abandoned.stat().st_mtime > _ABANDONED_S:  # a younger one may be another process at work
            shutil.rmtree(abandoned, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=_BEGUN, dir=folder))
    try:
        started = time.monotonic()
        _build_apart(model, work, precision)
        try:
            os.replace(work, target)
        except OSError:
            if not target.is_dir():  # otherwise another process was faster
                raise
        _log.info("built %s in %.1f s", target.name, time.monotonic() - started)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def _need(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise EngineUnavailable(f"the package {package} is not installed")


def _build_apart(model: Path, work: Path, precision: Precision) -> None:
    """Build in a process of its own: it holds the model three times, and memory once taken is not given back."""
    command = [sys.executable, "-m", __name__, str(model), str(work), precision]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603  # ours
    if done.returncode == _UNSUPPORTED:
        raise UnsupportedModel(done.stdout.strip())
    if done.returncode != 0:
        _log.error("cannot build an engine for %s: %s", model.name, done.stderr)
        raise EngineUnavailable(f"building it failed ({done.returncode}; the log holds the cause)")


def _build(model: Path, work: Path, precision: Precision) -> int:
    try:
        write_graph(model, work / _GRAPH, precision)
        found = _checked(model, work / _GRAPH)
    except UnsupportedModel as error:
        print(error)
        return _UNSUPPORTED
    (work / _CHECK).write_text(json.dumps(asdict(found)), "utf-8")
    return 0


def _checked(model: Path, graph: Path) -> Agreement:
    from sentence_transformers import SentenceTransformer

    from knowledge.adapters.onnx_transformer import load_onnx_model

    engine_vectors = _vectors(load_onnx_model(model, graph))
    return agreement(*_vectors(SentenceTransformer(str(model), device="cpu")), *engine_vectors)


def _vectors(model: SentenceTransformer) -> tuple[Vectors, Vectors]:
    return (
        model.encode_document(list(PASSAGES), batch_size=1, normalize_embeddings=True, show_progress_bar=False),
        model.encode_query(list(QUESTIONS), batch_size=1, normalize_embeddings=True, show_progress_bar=False),
    )


def _digest(*parts: object) -> str:
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


if __name__ == "__main__":
    _model, _work, _precision = sys.argv[1:]
    sys.exit(_build(Path(_model), Path(_work), next(name for name in get_args(Precision) if name == _precision)))
