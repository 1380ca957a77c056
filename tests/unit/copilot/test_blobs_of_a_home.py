"""What a home has goes to the store of the settings, and into a backup from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.adapters.blob_home_files import BlobHomeFiles
from copilot.adapters.home_files import FolderHomeFiles
from copilot.bootstrap.blobs import PREFIXES, blobs_of, exports_of
from copilot.errors import ConfigurationError
from copilot.settings import Settings


def laid(home: Path) -> Path:
    for name, data in {"uploads/续费.md": b"new", "originals/ab/abcd": b"o", "exports/a1/plan.md": b"x"}.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
    (home / "exports" / ".key.1.part").write_bytes(b"half")
    return home


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_home_without_the_setting_keeps_what_it_has(tmp_path: Path) -> None:
    home = laid(tmp_path / "home")
    assert blobs_of(Settings(home=home)).get("uploads/续费.md") == b"new"
    assert exports_of(Settings(home=home)) == home / "exports"
    assert len(files(home)) == 4


def test_what_a_home_has_is_moved_once_and_replaces_what_is_older(tmp_path: Path) -> None:
    home, shared = laid(tmp_path / "home"), tmp_path / "shared"
    (shared / "uploads").mkdir(parents=True)
    (shared / "uploads" / "续费.md").write_bytes(b"old")
    settings = Settings(home=home, blobs=str(shared))
    for _ in range(2):
        blobs_of(settings)
        assert files(shared) == {"uploads/续费.md": b"new", "originals/ab/abcd": b"o", "exports/a1/plan.md": b"x"}
        assert files(home) == {"exports/.key.1.part": b"half"}
    assert exports_of(settings) == shared / "exports"


def test_a_backup_has_the_blobs_at_their_places_in_a_home(tmp_path: Path) -> None:
    settings = Settings(home=laid(tmp_path / "home"), blobs=str(tmp_path / "shared"))
    blobs = blobs_of(settings)
    (settings.home / "calibration.json").write_bytes(b"{}")
    kept = BlobHomeFiles(FolderHomeFiles(settings.home, settings.models), blobs, PREFIXES)
    held = {path: file.read_bytes() for path, file in kept.held(tmp_path / "held").files({})}
    wanted = {
        "uploads/续费.md": b"new",
        "originals/ab/abcd": b"o",
        "exports/a1/plan.md": b"x",
        "calibration.json": b"{}",
    }
    assert held == wanted
    assert kept.size() == len(b"{}") + 2 * 5


@pytest.mark.parametrize("named", ["s3://", "gs://bucket", "s3://key:secret@bucket", "s3://bucket?x=1"])
def test_what_is_neither_folder_nor_bucket_is_refused_without_repeating_it(tmp_path: Path, named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        blobs_of(Settings(home=tmp_path, blobs=named))
    assert "secret@" not in refused.value.message


def test_keys_go_together_and_a_bucket_has_no_place_for_deliveries_to_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="go together"):
        blobs_of(Settings(home=tmp_path, blobs="s3://bucket", blobs_access_key="a"))  # type: ignore[arg-type]  # a secret
    assert exports_of(Settings(home=tmp_path, blobs="s3://bucket")) is None


def test_the_home_itself_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="home itself"):
        blobs_of(Settings(home=tmp_path, blobs=str(tmp_path)))
