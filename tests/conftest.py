"""Fixtures that several kinds of test share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.bootstrap import Application, open_application
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.packaged_model import unpacked_model
from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder

SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own COPILOT_* variables must not decide a test."""
    for name in [name for name in os.environ if name.startswith("COPILOT_") and name != "COPILOT_TEST_NO_SKIP"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test material beside the repository; it is not part of it, so its absence only skips."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: this test reads third-party material that is not committed")
    return SHARED


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model, unpacked once for the whole run."""
    folder = tmp_path_factory.mktemp("models")
    unpacked_model(folder)
    return folder


@pytest.fixture(scope="session")
def real_embedder(model_folder: Path) -> SentenceTransformerEmbedder:
    """The packaged model on its default engine, loaded once for the whole run."""
    return SentenceTransformerEmbedder(folder=model_folder)


@pytest.fixture(scope="session")
def exact_embedder(model_folder: Path) -> SentenceTransformerEmbedder:
    """The packaged model in full precision, loaded once for the whole run."""
    return SentenceTransformerEmbedder(folder=model_folder, engine="fp32")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh COPILOT_HOME."""
    return tmp_path / "home"


@pytest.fixture
def application(home: Path) -> Iterator[Application]:
    """The whole application on real stores, with an embedder that needs no model."""
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as opened:
        yield opened
