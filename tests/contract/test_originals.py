"""What every `Originals` promises."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from knowledge.adapters.blob_originals import BlobOriginals
from knowledge.adapters.folder_blobs import FolderBlobs
from knowledge.originals import Originals
from tests.doubles.stores import InMemoryOriginals

CONTENTS = [b"", b"# \xe7\xbb\xad\xe7\xba\xa6\r\n", bytes(range(256)), b"x" * 1_000_000]
SIZES = [f"{len(content)} bytes" for content in CONTENTS]


@pytest.fixture(params=["memory", "folder"])
def originals(request: pytest.FixtureRequest, tmp_path: Path) -> Originals:
    return InMemoryOriginals() if request.param == "memory" else BlobOriginals(FolderBlobs(tmp_path))


@pytest.mark.parametrize("data", CONTENTS, ids=SIZES)
def test_bytes_come_back_as_they_were_kept(originals: Originals, data: bytes) -> None:
    assert originals.read(originals.keep(data)) == data


@pytest.mark.parametrize("data", CONTENTS, ids=SIZES)
def test_bytes_are_named_by_their_sha256(originals: Originals, data: bytes) -> None:
    assert originals.keep(data) == hashlib.sha256(data).hexdigest()


def test_keeping_the_same_bytes_again_gives_the_same_name(originals: Originals) -> None:
    assert originals.keep(b"again") == originals.keep(b"again")


def test_different_bytes_do_not_replace_each_other(originals: Originals) -> None:
    first = originals.keep(b"first")
    originals.keep(b"second")
    assert originals.read(first) == b"first"


@pytest.mark.parametrize("name", ["0" * 64, "not a hash", "", "..", "../../etc/hostname"], ids=repr)
def test_what_was_never_kept_is_a_key_error(originals: Originals, name: str) -> None:
    originals.keep(b"something")
    with pytest.raises(KeyError):
        originals.read(name)


def test_a_folder_keeps_bytes_for_the_next_process(tmp_path: Path) -> None:
    name = BlobOriginals(FolderBlobs(tmp_path)).keep(b"kept")
    assert BlobOriginals(FolderBlobs(tmp_path)).read(name) == b"kept"


def test_a_folder_holds_the_same_bytes_once(tmp_path: Path) -> None:
    for _ in range(2):
        BlobOriginals(FolderBlobs(tmp_path)).keep(b"once")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
