"""A file system of its own that is really full: told as such, nothing half kept, and all goes on when there is room."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.adapters.blob_uploads import BlobUploads
from copilot.adapters.file_channel import FileChannel
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.verification import verified
from copilot.bootstrap import Readiness
from copilot.errors import ChannelUnavailable
from knowledge.adapters.blob_originals import BlobOriginals
from knowledge.adapters.folder_blobs import FolderBlobs
from knowledge.document import content_hash
from knowledge.errors import NotEnoughSpace
from tests.contract.material import START
from tests.contract.test_transactions import event
from tests.databases import open_tables
from tests.integration.test_faults_database import client_of, opened
from tests.studies.faulty.scene import small_disk
from tests.unit.copilot.delivery.test_crm_channel import approved as an_approved

MEGABYTES = 64
LARGE = b"\0" * 200_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system, made anew for every test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small file system")
    try:
        mounted = small_disk(folder, MEGABYTES)
        mounted.__enter__()
    except OSError as error:
        pytest.skip(str(error))
    try:
        yield folder
    finally:
        mounted.__exit__(None, None, None)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave no byte on a disk until the end of the block."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        while (free := shutil.disk_usage(folder).free) > 0:
            file.write(b"\0" * min(free, 1 << 20))
    yield
    filler.unlink()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_an_upload_is_kept_whole_or_not_at_all(disk: Path) -> None:
    uploads = BlobUploads(FolderBlobs(disk), "uploads", 10**9)
    uploads.keep([("old.md", io.BytesIO(b"old"))])
    with filled(disk), pytest.raises(NotEnoughSpace, match="Make room"):
        uploads.keep([("old.md", io.BytesIO(LARGE)), ("new.md", io.BytesIO(LARGE))])
    assert names(disk) == {"old.md"}
    assert (disk / "uploads/old.md").read_bytes() == b"old"
    uploads.keep([("new.md", io.BytesIO(LARGE))])
    assert names(disk) == {"old.md", "new.md"}


def test_an_original_is_kept_whole_or_not_at_all(disk: Path) -> None:
    originals = BlobOriginals(FolderBlobs(disk))
    originals.keep(b"first")
    with filled(disk), pytest.raises(NotEnoughSpace, match="Make room"):
        originals.keep(LARGE)
    assert names(disk) == {content_hash(b"first")}
    assert originals.read(originals.keep(LARGE)) == LARGE


def test_a_delivery_to_a_file_waits_for_room(disk: Path) -> None:
    channel = FileChannel(disk / "exports")
    approved = an_approved("长文" * 50_000)
    with filled(disk), pytest.raises(ChannelUnavailable, match="Make room"):
        channel.send(approved, "plan.md", "key")
    assert names(disk) == set()
    channel.send(approved, "plan.md", "key")
    assert names(disk) == {"plan.md"}


def test_a_commit_that_finds_no_room_changes_nothing(disk: Path) -> None:
    engine = open_tables(f"sqlite:///{disk / 'copilot.db'}")
    transactions, accounts, audit = SqlTransactions(engine), SqlAccountStore(engine), SqlAuditLog(engine)

    def write(name: str) -> None:
        with transactions.begin() as transaction:
            large = {"note": "长" * 200_000}
            accounts.put(transaction, Account(id=AccountId(name), facts=large, updated_at=START))
            audit.append(transaction, event())

    try:
        write("before")
        with filled(disk), pytest.raises(NotEnoughSpace, match="Nothing was changed"):
            write("during")
        assert accounts.get(AccountId("during")) is None
        assert audit.head()[0] == 1
        write("after")
        assert accounts.get(AccountId("after")) is not None
        assert verified(audit).faults == ()
    finally:
        engine.dispose()


def test_a_full_home_answers_507_and_goes_on(disk: Path) -> None:
    with opened(disk / "home") as application, client_of(application) as client:
        upload = {"file": ("notes.md", LARGE, "text/markdown")}
        with filled(disk):
            refused = client.post("/v1/documents", files=upload)
            read = client.get("/v1/documents")
            full = Readiness(application).of_the_stores()
        room = Readiness(application).of_the_stores()
        kept = client.post("/v1/documents", files=upload)
    assert (refused.status_code, refused.json()["code"]) == (507, "not_enough_space")
    assert int(refused.headers["retry-after"]) > 0
    assert read.status_code == 200
    assert (full.status, "Make room" in (full.detail or "")) == ("failed", True)
    assert room.status == "ready"
    assert kept.status_code == 202


def test_a_command_that_may_write_no_more_says_what_to_do(disk: Path) -> None:
    """`ulimit -f` is the other way to have no room; SQLite tells it as an I/O error."""
    (disk / "notes.md").write_text("# 续费\n\n续费由客户成功负责。\n", encoding="utf-8")
    ingest = f"{sys.executable} -m copilot ingest {disk / 'notes.md'} --no-corpus --json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COPILOT_")}
    environment |= {"COPILOT_HOME": str(disk / "home"), "COPILOT_EMBEDDING_MODEL": "words"}
    limited = ["bash", "-c", f"ulimit -f 16; trap '' XFSZ; exec {ingest}"]
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] in ("not_enough_space", "database_unavailable")
    assert "Traceback" not in done.stderr
