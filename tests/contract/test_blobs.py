"""What every `BlobStore` promises."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.adapters.blob_originals import BlobOriginals
from knowledge.adapters.folder_blobs import FolderBlobs
from knowledge.adapters.s3_blobs import S3Blobs
from knowledge.blobs import BlobStore
from knowledge.errors import BlobsUnavailable
from tests.doubles.s3_server import ACCESS_KEY, BUCKET, SECRET_KEY, S3Server, s3_server

NAMES = ["uploads/a.md", "uploads/续费 手册(2026).docx", "uploads/100%+a&b=c?.md", "originals/ab/" + "ab" * 32]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, server: S3Server) -> Iterator[BlobStore]:
    if request.param == "folder":
        yield FolderBlobs(tmp_path / "blobs")
        return
    server.objects.clear()
    server.broken = False
    server.refused.clear()
    store = at(server)
    yield store
    store.close()


def at(server: S3Server, *, secret: str = SECRET_KEY, bucket: str = BUCKET) -> S3Blobs:
    return S3Blobs(bucket, "trial", endpoint=server.url, access_key=ACCESS_KEY, secret_key=secret)


def put(blobs: BlobStore, **named: bytes) -> None:
    blobs.put([(f"uploads/{name}", io.BytesIO(data)) for name, data in named.items()])


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("data", [b"", bytes(range(256)), b"x" * 6_000_000], ids=["empty", "every byte", "6 MB"])
def test_bytes_come_back_as_they_were_put(blobs: BlobStore, key: str, data: bytes) -> None:
    blobs.put([(key, io.BytesIO(data))])
    assert blobs.has(key)
    assert blobs.get(key) == data
    assert [(one.key, one.size) for one in blobs.list(f"{key.split('/')[0]}/")] == [(key, len(data))]


def test_the_later_bytes_replace_the_earlier_and_change_the_stamp(blobs: BlobStore) -> None:
    put(blobs, a=b"old")
    (before,) = blobs.list("uploads/")
    assert list(blobs.list("uploads/")) == [before]
    put(blobs, a=b"newer", b=b"beside")
    after, beside = blobs.list("uploads/")
    assert (blobs.get("uploads/a"), blobs.get("uploads/b")) == (b"newer", b"beside")
    assert after.stamp != before.stamp
    assert beside.key == "uploads/b"


def test_what_breaks_off_replaces_nothing_and_leaves_nothing(blobs: BlobStore) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("cut off")

    put(blobs, a=b"old")
    with pytest.raises(OSError, match="cut off"):
        blobs.put([("uploads/a", io.BytesIO(b"new")), ("uploads/b", Breaking())])
    blobs.recover("uploads/", 0)
    assert [(one.key, blobs.get(one.key)) for one in blobs.list("uploads/")] == [("uploads/a", b"old")]


def test_what_is_not_there_is_a_key_error_and_may_be_deleted(blobs: BlobStore) -> None:
    put(blobs, a=b"a")
    assert not blobs.has("uploads/b")
    with pytest.raises(KeyError):
        blobs.get("uploads/b")
    blobs.delete("uploads/b")
    blobs.delete("uploads/a")
    assert list(blobs.list("uploads/")) == []


def test_a_prefix_lists_what_is_below_it_in_order(blobs: BlobStore) -> None:
    put(blobs, c=b"3", a=b"1", b=b"2")
    blobs.put([("uploadsbeside/x", io.BytesIO(b"x")), ("approved/y", io.BytesIO(b"y"))])
    assert [one.key for one in blobs.list("uploads/")] == ["uploads/a", "uploads/b", "uploads/c"]


def test_only_what_was_abandoned_is_cleared_away(blobs: BlobStore) -> None:
    blobs.put([("uploads/.unfinished-1", io.BytesIO(b"half"))])
    assert list(blobs.list("uploads/")) == []
    blobs.recover("uploads/")
    assert blobs.has("uploads/.unfinished-1")  # somebody may be at it
    blobs.recover("uploads/", 0)
    assert not blobs.has("uploads/.unfinished-1")


def test_damaged_originals_are_told(blobs: BlobStore) -> None:
    originals = BlobOriginals(blobs)
    name = originals.keep(b"as it was")
    blobs.put([(f"originals/{name[:2]}/{name}", io.BytesIO(b"changed"))])
    with pytest.raises(BlobsUnavailable, match="damaged"):
        originals.read(name)


def test_a_store_that_changes_bytes_is_found_out(server: S3Server) -> None:
    blobs = at(server)
    put(blobs, a=b"right")
    data, told, moment = server.objects["trial/uploads/a"]
    server.objects["trial/uploads/a"] = data[::-1], told, moment
    with pytest.raises(BlobsUnavailable, match="checksum"):
        blobs.get("uploads/a")
    blobs.close()


@pytest.mark.parametrize(
    ("named", "code"), [({"secret": "another"}, "SignatureDoesNotMatch"), ({"bucket": "other"}, "NoSuchBucket")]
)
def test_a_store_that_refuses_is_unavailable(server: S3Server, named: dict[str, str], code: str) -> None:
    blobs = at(server, **named)
    with pytest.raises(BlobsUnavailable, match=code):
        put(blobs, a=b"a")
    assert server.refused[-1] == code
    blobs.close()


def test_a_store_that_is_away_is_unavailable(tmp_path: Path) -> None:
    with s3_server() as gone:
        blobs = at(gone)
    for ask in (lambda: put(blobs, a=b"a"), lambda: blobs.get("uploads/a"), lambda: list(blobs.list("uploads/"))):
        with pytest.raises(BlobsUnavailable, match="cannot be reached"):
            ask()
    blobs.close()
