"""An archive that is damaged, foreign or evil is refused before anything of it is used."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from copilot.backup.archive import ENDINGS, opened_archive, write_archive
from copilot.backup.manifest import DATABASE, FORMAT, KIND, AuditHead, Manifest, Member, VectorCount, fits
from copilot.backup.unpacking import unpack
from copilot.errors import BackupDamaged, BackupRefused
from knowledge.errors import NotEnoughSpace

BYTES = {DATABASE: b"rows" * 400, "vectors/chunk.ids": b"a.1.0\n", "files/000001": "发票".encode() * 300}
PATHS = {"files/000001": "uploads/发票.md"}


def manifest(**changes: Any) -> Manifest:
    members = [
        Member(name=name, path=PATHS.get(name), size=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in BYTES.items()
    ]
    values: dict[str, Any] = {
        "kind": KIND, "format": FORMAT, "product_version": "1", "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "database": "sqlite", "revision": "0001", "embedding": None,
        "vectors": {"chunk": VectorCount(kept=1, missing=0)},
        "counts": {}, "audit": AuditHead(number=0, hash="", faults=0), "questions": [], "left_out": [],
        "members": members,
    }  # fmt: skip
    return Manifest(**values | changes)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Path]:
    """Write an archive with an ending."""
    files = {}
    for number, (name, data) in enumerate(BYTES.items()):
        files[name] = tmp_path / f"member-{number}"
        files[name].write_bytes(data)

    def make(ending: str) -> Path:
        path = tmp_path / f"all{ending}"
        with path.open("wb") as file:
            write_archive(file, ending, manifest(), files, lambda _: None)
        return path

    return make


def everything(path: Path) -> dict[str, bytes]:
    with opened_archive(path) as (told, members):
        assert told == manifest()
        return {member.name: b"".join(pieces) for member, pieces in members}


def packed(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], tail: bytes = bytes(1024)) -> Path:
    out = b"".join(info.tobuf(tarfile.GNU_FORMAT) + data + bytes(-len(data) % 512) for info, data in members)
    path.write_bytes(out + tail)
    return path


def named(name: str, data: bytes, **more: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in more.items():
        setattr(info, key, value)
    return info, data


def beginning(told: dict[str, Any] | None = None) -> list[tuple[tarfile.TarInfo, bytes]]:
    data = json.dumps(told or json.loads(manifest().model_dump_json())).encode()
    return [named("manifest.json", data), named("manifest.sha256", hashlib.sha256(data).hexdigest().encode())]


def rest() -> list[tuple[tarfile.TarInfo, bytes]]:
    return [named(name, data) for name, data in BYTES.items()]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_read(made: Callable[[str], Path], ending: str) -> None:
    assert everything(made(ending)) == BYTES


def test_programs_for_tar_files_open_it(made: Callable[[str], Path]) -> None:
    with tarfile.open(made(".tar.gz")) as archive:
        assert archive.getnames() == ["manifest.json", "manifest.sha256", *BYTES]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_flipped_byte_anywhere_is_found(made: Callable[[str], Path], ending: str) -> None:
    """In the manifest, its hash, headers and every member; only what stands for nothing may differ."""
    path = made(ending)
    whole = path.read_bytes()
    step = 1 if ending != ".tar" else 41
    for place in range(0, len(whole), step):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            assert everything(path) == BYTES, place  # a byte that nobody reads, as the time in a header
        except BackupRefused:
            continue


@pytest.mark.parametrize("name", BYTES)
def test_a_flipped_byte_of_a_member_names_it(tmp_path: Path, name: str) -> None:
    flipped = [named(one, data[:-1] + b"!" if one == name else data) for one, data in BYTES.items()]
    with pytest.raises(BackupDamaged, match=(PATHS.get(name) or name).replace(".", r"\.")):
        everything(packed(tmp_path / "x.tar", beginning() + flipped))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_truncated_archive_is_found(made: Callable[[str], Path], ending: str) -> None:
    path = made(ending)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1024 if ending == ".tar" else len(whole) - 12, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(BackupRefused):
            everything(path)


@pytest.mark.parametrize(
    "members",
    [
        [named(DATABASE, b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")],
        [named(DATABASE, b"", type=tarfile.LNKTYPE, linkname="manifest.json")],
        [named(DATABASE, b"", type=tarfile.CHRTYPE)],
        [named(DATABASE, b"", type=tarfile.DIRTYPE)],
        [named(DATABASE, b"x" * 600, type=tarfile.GNUTYPE_LONGNAME)],
        [named(DATABASE, b"x" * 600, type=tarfile.XHDTYPE)],
        [named("../../evil", b"rows" * 400)],
        [named("/evil", b"rows" * 400)],
        [named("files/000001", BYTES["files/000001"]), *rest()],
        [named(DATABASE, b"rows" * 401)],
        [*rest(), named("more", b"of it")],
    ],
    ids=["symlink", "link", "device", "folder", "long name", "pax", "up", "root", "order", "longer", "more"],
)
def test_an_evil_member_is_refused(tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    with pytest.raises(BackupRefused):
        everything(packed(tmp_path / "x.tar", beginning() + members))


def changed(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(manifest().model_dump_json())
    return told | changes


def with_path(path: str | None) -> dict[str, Any]:
    told = changed()
    told["members"][2]["path"] = path
    return told


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (changed(kind="other"), "no backup of Frontline"),
        (changed(format=FORMAT + 1, product_version="9.9"), "release 9.9"),
        (changed(members=[]), "no database"),
        (changed(members=changed()["members"] * 2), "twice"),
        (with_path(None), "no backup writes"),
        (with_path("../../.ssh/authorized_keys"), "no backup writes"),
        (with_path("/etc/cron.d/x"), "no backup writes"),
        (with_path("uploads/../../x"), "no backup writes"),
        (with_path("copilot.lock"), "no backup writes"),
        (with_path("models/other/weights.bin"), "no backup writes"),
        (with_path("models/trained-0123456789ab/../../../x"), "no backup writes"),
        (with_path("uploads//x"), "no backup writes"),
        (with_path("uploads/a\nb"), "no backup writes"),
        (with_path("exports\\x"), "no backup writes"),
        (changed(counts={"documents": -1}), "damaged at"),
    ],
)
def test_an_evil_manifest_is_refused(tmp_path: Path, told: dict[str, Any], words: str) -> None:
    with pytest.raises(BackupRefused, match=words):
        everything(packed(tmp_path / "x.tar", beginning(told) + rest()))
    assert [path.name for path in tmp_path.iterdir()] == ["x.tar"]


def test_a_bomb_is_refused_by_what_it_announces(tmp_path: Path) -> None:
    """Forty megabytes of nothing are fine, forty gigabytes out of a few kilobytes are not."""
    told = changed()
    told["members"][0]["size"] = 40 << 30
    path = packed(tmp_path / "x.tar", beginning(told))
    small = tmp_path / "x.tar.zst"
    small.write_bytes(zstandard.compress(path.read_bytes()))
    with pytest.raises(BackupRefused, match="would unpack to 42,949"):
        everything(small)


def test_a_bomb_that_announces_less_is_not_unpacked_further(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.tar", beginning() + rest(), tail=bytes(64 << 20))
    small = tmp_path / "x.tar.gz"
    small.write_bytes(gzip.compress(path.read_bytes(), 1))
    with pytest.raises(BackupRefused, match="more than it announces"):
        everything(small)


def test_a_manifest_without_end_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("manifest.json")
    info.size = 1 << 40
    with pytest.raises(BackupRefused, match="too long"):
        everything(packed(tmp_path / "x.tar", [(info, b"{")]))


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04" * 99, b"\x1f\x8b" + b"x" * 99, b"\x28\xb5\x2f\xfd" * 99, b"x" * 600]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.tar.zst"
    path.write_bytes(data)
    with pytest.raises(BackupRefused):
        everything(path)
    with pytest.raises(BackupRefused, match="cannot be read"):
        everything(tmp_path / "nothing")


def test_a_file_that_changes_while_it_is_packed_is_found(tmp_path: Path) -> None:
    files = {name: tmp_path / str(number) for number, name in enumerate(BYTES)}
    for name, path in files.items():
        path.write_bytes(BYTES[name])
    files[DATABASE].write_bytes(b"row!" * 400)
    with pytest.raises(BackupDamaged, match="changed while"):
        write_archive(io.BytesIO(), ".tar", manifest(), files, lambda _: None)


def test_unpacking_lays_files_out_as_in_a_home(made: Callable[[str], Path], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    told: list[tuple[int, int, str]] = []
    unpack(made(".tar.zst"), folder, lambda *one: told.append(one))
    assert (folder / "home" / "uploads" / "发票.md").read_bytes() == BYTES["files/000001"]
    assert (folder / DATABASE).read_bytes() == BYTES[DATABASE]
    assert told[-1] == (sum(map(len, BYTES.values())), sum(map(len, BYTES.values())), "reading")


def test_unpacking_needs_room(made: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.backup.unpacking._SPARE_BYTES", 2**60)
    with pytest.raises(NotEnoughSpace):
        unpack(made(".tar"), tmp_path, lambda *_: None)


@pytest.mark.parametrize("path", ["uploads/a.md", "originals/ab/abcd", "calibration.json", "exports/甲/乙.md",
                                  "models/active.json", "models/trained-0123456789ab/model.safetensors"])  # fmt: skip
def test_places_that_backups_write_to(path: str) -> None:
    assert fits(path)
