"""An ingestion that is killed anywhere goes on where it was, to the same texts and ids as an undisturbed one."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import DatabaseError

from copilot.bootstrap import open_application
from copilot.settings import Settings
from knowledge.adapters.sql.tables import documents
from knowledge.chunk import chunk_id
from knowledge.document import Audience, DocumentId
from tests.databases import AddressOf, kept_environment

KILLS = 5
DOCUMENTS = 120
SEED = 20261123
LONG_KILLS, MORE = 50, 12
LONG = bool(os.environ.get("COPILOT_TEST_LONG"))


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


def _finished(home: Path, folder: Path, database: AddressOf) -> None:
    """Ingest undisturbed."""
    assert _start(home, folder, database).wait(timeout=600) == 0


def _stored(home: Path, database: AddressOf) -> int:
    """Count what a killed run left, without repairing anything."""
    if not (home / "copilot.lock").exists():
        return 0
    engine = create_engine(database(home) or f"sqlite:///{home / 'copilot.db'}")
    try:
        with engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(documents)).scalar_one()
    except DatabaseError:  # killed before there were tables
        return 0
    finally:
        engine.dispose()


def _killed(home: Path, folder: Path, database: AddressOf, after_s: float) -> bool:
    """Ingest and kill it after so many seconds; False when it was done before."""
    return _kill(_start(home, folder, database), after_s)


def _kill(process: subprocess.Popen[bytes], after_s: float) -> bool:
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


@pytest.mark.databases
def test_a_killed_ingestion_ends_like_an_undisturbed_one(tmp_path: Path, folder: Path, database: AddressOf) -> None:
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    _finished(calm, folder, database)
    moments = random.Random(SEED)
    killed = [_killed(disturbed, folder, database, moments.uniform(0.8, 2.2)) for _ in range(KILLS)]
    assert any(killed), "no run was killed: the machine is too fast for these moments"
    _finished(disturbed, folder, database)
    expected, actual = _state(calm, database), _state(disturbed, database)
    assert actual == expected
    assert len(actual.vectors) == len(actual.documents) == DOCUMENTS
    assert (actual.first, actual.leftovers) == ("store-007.md", 0)


def _killed_at_work(home: Path, folder: Path, database: AddressOf, moments: random.Random) -> bool:
    """Ingest and kill it somewhere within the next documents, however fast the machine is; False when it was done."""
    wanted = _stored(home, database) + moments.randint(0, MORE)
    process = _start(home, folder, database)
    while process.poll() is None and _stored(home, database) < wanted:
        time.sleep(0.02)
    return _kill(process, moments.uniform(0.01, 0.5))


@pytest.mark.skipif(not LONG, reason="minutes: COPILOT_TEST_LONG=1, as `make test-long` sets it")
def test_real_pages_survive_being_killed_at_random(
    tmp_path: Path, shared: Path, database: AddressOf, capsys: pytest.CaptureFixture[str]
) -> None:
    """Homes are ingested with kills until they are complete, as many as it takes for all kills."""
    folder, seed = shared / "data" / "domain_zh_docs" / "pages", random.SystemRandom().randrange(10**6)
    calm = tmp_path / "calm"
    _finished(calm, folder, database)
    expected = _state(calm, database)
    moments = random.Random(seed)
    stored: list[int] = []  # documents after each kill
    homes = 0
    while len(stored) < LONG_KILLS:
        homes += 1
        home = tmp_path / f"disturbed-{homes}"
        while len(stored) < LONG_KILLS and _killed_at_work(home, folder, database, moments):
            stored.append(_stored(home, database))
        _finished(home, folder, database)
        assert _state(home, database) == expected, f"seed {seed}, home {homes}, documents after each kill {stored}"
        shutil.rmtree(home)
    with capsys.disabled():
        print(f"\nseed {seed}: {len(stored)} kills over {homes} homes; documents after each kill {stored}")
    assert expected.leftovers == 0
    assert any(0 < count < len(expected.documents) for count in stored)
