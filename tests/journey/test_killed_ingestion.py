"""An ingestion that is killed anywhere goes on where it was, to the same texts and ids as an undisturbed one."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from copilot.bootstrap import open_application
from copilot.settings import Settings
from knowledge.chunk import chunk_id
from knowledge.document import Audience, DocumentId
from tests.databases import AddressOf, kept_environment

KILLS = 5
DOCUMENTS = 120
SEED = 20261123


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Many small documents, so that a kill always lands in the middle."""
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(DOCUMENTS):
        text = (
            f"---\nquestions: [第{n}家门店怎么上线]\n---\n# 门店 {n}\n\n## 上线\n\n第 {n} 家门店先开收银,再开线上店。\n"
        )
        (folder / f"store-{n:03}.md").write_text(text, encoding="utf-8")
    return folder


def _start(home: Path, folder: Path, database: AddressOf) -> subprocess.Popen[bytes]:
    address = database(home)
    where = {"COPILOT_DATABASE_URL": address} if address else {}
    return subprocess.Popen(
        [sys.executable, "-m", "copilot", "ingest", str(folder), "--no-corpus"],
        env=kept_environment() | where | {"COPILOT_HOME": str(home), "COPILOT_EMBEDDING_MODEL": "words"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@dataclass(frozen=True)
class _State:
    documents: list[tuple[str, int, str]]  #: id, version, text
    vectors: dict[str, list[float]]  #: of every chunk
    first: str  #: what a search finds
    leftovers: int


def _state(home: Path, database: AddressOf) -> _State:
    with open_application(Settings(home=home, database_url=database(home), embedding_model="words")) as application:
        listed = application.copilot.documents().documents
        ids = [chunk_id(DocumentId(line.id), line.version, n) for line in listed for n in range(line.chunks)]
        return _State(
            documents=[(line.id, line.version, application.copilot.document(line.id).text) for line in listed],
            vectors={name: vector.tolist() for name, vector in application.vectors.vectors(ids).items()},
            first=application.copilot.search("第 7 家门店怎么上线", 1, Audience.INTERNAL).passages[0].source,
            leftovers=len(application.store.leftovers()),
        )


@pytest.mark.databases
def test_a_killed_ingestion_ends_like_an_undisturbed_one(tmp_path: Path, folder: Path, database: AddressOf) -> None:
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    assert _start(calm, folder, database).wait(timeout=120) == 0
    moments = random.Random(SEED)
    cut_short = 0
    for _ in range(KILLS):
        process = _start(disturbed, folder, database)
        try:
            process.wait(timeout=moments.uniform(0.8, 2.2))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            cut_short += 1
    assert cut_short > 0, "no run was killed: the machine is too fast for these moments"
    assert _start(disturbed, folder, database).wait(timeout=120) == 0
    expected, actual = _state(calm, database), _state(disturbed, database)
    assert actual == expected
    assert len(actual.vectors) == len(actual.documents) == DOCUMENTS
    assert (actual.first, actual.leftovers) == ("store-007.md", 0)
