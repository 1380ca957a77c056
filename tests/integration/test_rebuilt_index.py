"""A home whose embedding model has changed: rebuilt beside the index in use, whatever happens meanwhile."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from copilot.bootstrap import Application, Readiness, open_application
from copilot.settings import Settings
from knowledge.adapters.embedding_models import embedder_of, embedding_setting
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import chunk_id
from knowledge.document import Audience, DocumentId
from knowledge.embedder import ModelIdentity, PassageVectors, Vectors
from knowledge.errors import IndexModelMismatch, IndexRebuilding, RebuildFailed
from knowledge.text import NORMAL_FORM_VERSION
from tests.databases import kept_environment
from tests.integration.conftest import Run

OLD, NEW = HashingEmbedder(64), HashingEmbedder(128)
QUESTION = "续费应该谁负责"
DOCUMENTS = 12
SEED = 20261125


@pytest.fixture
def home_of_old(home: Path, knowledge_folder: Path) -> Path:
    """A home that was ingested with the old model."""
    for n in range(DOCUMENTS - 2):
        text = f"---\nquestions: [第{n}家门店怎么上线]\n---\n# 门店 {n}\n\n第 {n} 家门店先开收银,再开线上店。\n"
        (knowledge_folder / f"store-{n:02}.md").write_text(text, encoding="utf-8")
    with open_application(Settings(home=home), embedder=OLD) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
    return home


class Watched(HashingEmbedder):
    """Lets a test look while texts are embedded."""

    def __init__(self, dimension: int = 128) -> None:
        super().__init__(dimension)
        self.begun, self.go = threading.Event(), threading.Event()

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        self.begun.set()
        assert self.go.wait(60)
        return super().embed_sentences(texts, spans)


def _first(application: Application) -> str:
    return application.copilot.search(QUESTION, 1, Audience.INTERNAL).passages[0].source


def _vectors(application: Application) -> dict[str, list[float]]:
    listed = application.copilot.documents().documents
    ids = [chunk_id(DocumentId(line.id), line.version, n) for line in listed for n in range(line.chunks)]
    return {name: vector.tolist() for name, vector in application.vectors.vectors(ids).items()}


def _collections(application: Application) -> int:
    return len(application.vectors._client.list_collections())


def test_ingesting_rebuilds_and_leaves_unchanged_documents_alone(home_of_old: Path, knowledge_folder: Path) -> None:
    with open_application(Settings(home=home_of_old), embedder=NEW) as application:
        with pytest.raises(IndexModelMismatch, match="copilot ingest"):
            _first(application)
        report = application.indexing.ingest([str(knowledge_folder)], corpus=False)
        assert (report.unchanged, report.added, report.updated) == (DOCUMENTS, 0, 0)
        assert _first(application) == "renewal.md"
        assert application.vectors.identity() == NEW.identity
        assert {len(vector) for vector in _vectors(application).values()} == {128}
        assert _collections(application) == 8  # those before are kept
        assert application.indexing.rebuild() is None
        assert _collections(application) == 8


class Watching(HashingEmbedder):
    """Remembers what is embedded as passages, which a rebuild does and a question does not."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self.passages: list[str] = []

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        self.passages += texts
        return super().embed_sentences(texts, spans)


def test_a_restored_setting_swaps_back_and_embeds_only_what_was_added(
    home_of_old: Path, knowledge_folder: Path
) -> None:
    with open_application(Settings(home=home_of_old), embedder=OLD) as application:
        before = _vectors(application)
    with open_application(Settings(home=home_of_old), embedder=NEW) as application:
        application.indexing.rebuild()
        (knowledge_folder / "added.md").write_text("# 退款\n\n退款在三天之内办。\n", encoding="utf-8")
        (knowledge_folder / "trial.md").unlink()
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
    back = Watching(64)
    with open_application(Settings(home=home_of_old), embedder=back) as application:
        report = application.indexing.rebuild()
        assert report is not None
        assert (len(back.passages), report.embedded, report.finished) == (1, 1, True)
        assert _collections(application) == 8
        after = _vectors(application)
        assert _first(application) == "renewal.md"
        assert application.copilot.search("退款几天", 1, Audience.INTERNAL).passages[0].source == "added.md"
        assert not any(
            one.source == "trial.md" for one in application.copilot.search("试用", 9, Audience.INTERNAL).passages
        )
        assert len(before.keys() - after.keys()) == 1
        assert all(before[name] == after[name] for name in before.keys() & after.keys())


def test_questions_are_answered_with_the_old_model_until_the_swap(home_of_old: Path) -> None:
    new = Watched()
    with open_application(Settings(home=home_of_old), embedder=new) as application:
        readiness = Readiness(application)
        run = threading.Thread(
            target=lambda: application.indexing.rebuild(lambda done, total, _: readiness.rebuilding(done, total)),
            daemon=True,
        )
        run.start()
        assert new.begun.wait(60)
        assert (_first(application), application.reading.identity) == ("renewal.md", OLD.identity)
        with pytest.raises(IndexRebuilding):
            application.copilot.delete_document("renewal.md")
        readiness.rebuilding(3, DOCUMENTS)
        assert (readiness().status, "3 of 12" in str(readiness().detail)) == ("ready", True)
        new.go.set()
        run.join(60)
        assert (_first(application), application.reading.identity) == ("renewal.md", new.identity)


def test_without_the_old_model_the_reason_is_told(home_of_old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.bootstrap.indexing.embedder_of", lambda identity, folder: None)
    new = Watched()
    with open_application(Settings(home=home_of_old), embedder=new) as application:
        run = threading.Thread(target=application.indexing.rebuild, daemon=True)
        run.start()
        assert new.begun.wait(60)
        with pytest.raises(IndexRebuilding, match="readyz"):
            _first(application)
        readiness = Readiness(application)
        readiness.rebuilding(3, DOCUMENTS)
        assert readiness().status == "loading"
        new.go.set()
        run.join(60)
        assert _first(application) == "renewal.md"


def test_a_failed_check_leaves_the_old_index_in_use(home_of_old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Drifting(HashingEmbedder):
        """Never gives the same vector twice."""

        def __init__(self) -> None:
            super().__init__(128)
            self._random = np.random.default_rng(SEED)

        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            rows = self._random.standard_normal((len(texts), 128)).astype(np.float32)
            made: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            return made

    with open_application(Settings(home=home_of_old), embedder=Drifting()) as application:
        with pytest.raises(RebuildFailed, match="embedded again"):
            application.indexing.rebuild()
        assert _first(application) == "renewal.md"
        assert _collections(application) == 4  # what failed is gone
        monkeypatch.setattr("copilot.bootstrap.indexing.embedder_of", lambda identity, folder: None)
        with pytest.raises(RebuildFailed):
            application.indexing.rebuild()
    with open_application(Settings(home=home_of_old), embedder=OLD) as application:
        assert application.indexing.rebuild() is None
        assert _first(application) == "renewal.md"


#: Ends itself, as kill -9 would, at a given moment: so many calls of the embedder, or right after the swap.
KILLED = """
import os, signal, sys
from copilot.bootstrap import open_application
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

moment = int(sys.argv[2])
calls = 0

class Mortal(HashingEmbedder):
    def embed_passages(self, texts):
        global calls
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_passages(texts)

with open_application(Settings(home=sys.argv[1]), embedder=Mortal(128)) as application:
    if moment == 0:
        switch = application.vectors.switch
        def last(identity):
            switch(identity)
            os.kill(os.getpid(), signal.SIGKILL)
        application.vectors.switch = last
    application.indexing.rebuild()
"""


def test_a_rebuild_killed_anywhere_ends_like_an_undisturbed_one(home_of_old: Path) -> None:
    kept = kept_environment()

    def killed(moment: int) -> None:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(home_of_old), str(moment)], env=kept, capture_output=True, timeout=120
        )
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()

    for moment in random.Random(SEED).sample(range(1, 20), 2):
        killed(moment)
        with open_application(Settings(home=home_of_old), embedder=OLD) as application:
            assert application.vectors.identity() == OLD.identity
            assert _first(application) == "renewal.md"
    killed(0)
    with open_application(Settings(home=home_of_old), embedder=NEW) as application:
        assert _first(application) == "renewal.md"
        assert _collections(application) == 8
        application.indexing.rebuild()
        assert _collections(application) == 8  # the one before, and nothing else that was begun
        found = _vectors(application)
        for line in application.copilot.documents().documents:
            chunk = chunk_id(DocumentId(line.id), line.version, 0)
            stored = application.store.chunks([chunk])[chunk]
            assert application.store.sentences([chunk])[chunk].vectors.shape[1] == 128
            assert len(found[chunk]) == 128
            assert stored.chunk.span.text
        assert len(found) >= DOCUMENTS


def test_a_server_rebuilds_beside_answering(home_of_old: Path) -> None:
    from copilot.cli.serving import _prepare

    with open_application(Settings(home=home_of_old), embedder=NEW) as application:
        readiness = Readiness(application)
        _prepare(application, readiness, newcomer=False)
        assert application.vectors.identity() == NEW.identity
        assert _first(application) == "renewal.md"


def test_asking_alone_names_the_next_step_and_ingesting_takes_it(
    home_of_old: Path, run: Run, knowledge_folder: Path
) -> None:
    asked = json.loads(run("ask", QUESTION, "--json").stdout)
    assert asked["error"]["code"] == "index_model_mismatch"
    assert "copilot ingest" in asked["error"]["message"]
    report = json.loads(run("ingest", str(knowledge_folder), "--no-corpus", "--json").stdout)
    assert (report["unchanged"], report["failed"]) == (DOCUMENTS, 0)
    assert json.loads(run("ask", QUESTION, "--json").stdout)["status"] == "answered"


def test_the_setting_is_remembered_once_the_index_fits_it(
    home: Path, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=home, embedding_model="words")
    with open_application(settings) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
    # From here on the identity of the model must not even be looked at: that would load it.
    monkeypatch.setattr("copilot.bootstrap.models.HashingEmbedder", lambda: object())
    with open_application(settings) as application:
        assert application.indexing.ingest([str(knowledge_folder)], corpus=False).unchanged == 2
        assert application.indexing.rebuild() is None


def test_a_setting_is_named_by_all_that_decides_its_vectors(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"one")
    names = {embedding_setting(str(tmp_path), engine) for engine in ("auto", "fp32")}
    weights.write_bytes(b"another")
    names |= {embedding_setting(str(tmp_path), "auto"), embedding_setting("words", "auto")}
    assert len(names) == 4
    assert embedding_setting("words", "auto") in names


def test_a_model_is_found_again_by_its_name_if_it_is_the_same(tmp_path: Path) -> None:
    found = embedder_of(OLD.identity, tmp_path)
    assert found is not None
    assert found.identity == OLD.identity
    changed = ModelIdentity(model="hashing-64", dimension=64, normal_form=NORMAL_FORM_VERSION + 1)
    assert embedder_of(changed, tmp_path) is None
    gone = ModelIdentity(model=f"{tmp_path}/gone#0123abcd+int8", dimension=384, normal_form=NORMAL_FORM_VERSION)
    assert embedder_of(gone, tmp_path) is None
