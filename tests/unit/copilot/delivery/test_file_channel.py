"""Files land under exports, whole, once, over nobody else's, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.adapters.file_channel import FileChannel
from copilot.errors import ChannelUnavailable, DeliveryRefused, InvalidDestination
from tests.unit.copilot.delivery.test_wording import approved


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return tmp_path / "home" / "exports"


@pytest.fixture
def channel(exports: Path) -> FileChannel:
    return FileChannel(exports)


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_a_file_holds_text_and_sources(channel: FileChannel, exports: Path) -> None:
    receipt = channel.send(approved(), "客户/柚子家居 续约.md", "key-1")
    assert receipt == str(exports / "客户/柚子家居 续约.md")
    text = Path(receipt).read_text(encoding="utf-8")
    assert text.startswith("---\ndelivery: key-1\ndraft: d1\nrevision: 1\n---\n\n# 续约方案")
    assert "> 按年付费九折。" in text
    assert everything(exports) == {"客户/柚子家居 续约.md"}
    assert Path(receipt).stat().st_mode & 0o077 == 0


def test_the_same_key_writes_once(channel: FileChannel, exports: Path) -> None:
    channel.send(approved(), "plan.md", "key-1")
    before = (exports / "plan.md").stat()
    with (exports / "plan.md").open("a") as file:
        file.write("note of a person\n")
    channel.send(approved(), "plan.md", "key-1")
    assert "note of a person" in (exports / "plan.md").read_text()
    assert (exports / "plan.md").stat().st_ino == before.st_ino
    assert everything(exports) == {"plan.md"}


@pytest.mark.parametrize("there", [b"of somebody else", b"", b"---\ndelivery: key-2\n"])
def test_a_file_of_somebody_else_stays(channel: FileChannel, exports: Path, there: bytes) -> None:
    exports.mkdir(parents=True)
    (exports / "plan.md").write_bytes(there)
    with pytest.raises(DeliveryRefused, match=r"plan\.md"):
        channel.send(approved(), "plan.md", "key-1")
    assert (exports / "plan.md").read_bytes() == there
    assert everything(exports) == {"plan.md"}


def test_content_cannot_pretend_to_be_another_delivery(channel: FileChannel) -> None:
    forged = "---\ndelivery: key-2\ndraft: d1\nrevision: 1\n---\n"
    channel.send(approved(forged), "plan.md", "key-1")
    with pytest.raises(DeliveryRefused):
        channel.send(approved(), "plan.md", "key-2")


def test_what_a_killed_attempt_left_is_cleared_away(channel: FileChannel, exports: Path) -> None:
    exports.mkdir(parents=True)
    (exports / ".key-1.abcd.part").write_bytes(b"half")
    (exports / ".key-2.abcd.part").write_bytes(b"of another that is being written")
    channel.send(approved(), "plan.md", "key-1")
    assert everything(exports) == {"plan.md", ".key-2.abcd.part"}


@pytest.mark.parametrize(
    "destination",
    [
        "", " ", ".", "..", "/", "../x.md", "a/../../x.md", "a/../x.md", "/etc/passwd", "//etc/passwd", "a//b.md", "a/",
        ".hidden", "a/.ssh/x", "x\0.md", "x\n.md", "a\\..\\x.md", "~/x.md", "$HOME/x.md", "-rf", "a/b/c/d/e/f/g/h/i.md",
        "x" * 300, "长" * 90 + ".md", "x.", "con:", "\ud800.md", "‮dm.exe", "file:///etc/passwd", "*.md", "|x", "`id`",
    ],
)  # fmt: skip
def test_nothing_but_a_plain_path_below_exports_is_taken(channel: FileChannel, exports: Path, destination: str) -> None:
    with pytest.raises(InvalidDestination):
        channel.check(destination)
    with pytest.raises(InvalidDestination):
        channel.send(approved(), destination, "key-1")
    assert not exports.exists()


def test_a_destination_has_one_spelling(channel: FileChannel, exports: Path) -> None:
    assert channel.check(" ./acme/plan ") == "acme/plan.md"
    assert channel.check(f"{exports.resolve()}/acme/plan.md") == "acme/plan.md"
    with pytest.raises(InvalidDestination):
        channel.check(f"{exports.resolve().parent}/plan.md")


@given(destination=st.text() | st.text(alphabet="./\\a文 ~"))
def test_what_is_taken_stays_below_and_stays_as_it_is(destination: str) -> None:
    channel = FileChannel(Path("/nowhere/exports"))
    try:
        spelled = channel.check(destination)
    except InvalidDestination:
        return
    assert channel.check(spelled) == spelled
    assert Path(os.path.normpath(f"/nowhere/exports/{spelled}")).is_relative_to("/nowhere/exports")
    assert not spelled.startswith("/")


def test_no_link_leads_out(channel: FileChannel, exports: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("secret")
    exports.mkdir(parents=True)
    (exports / "folder").symlink_to(outside)
    (exports / "file.md").symlink_to(outside / "new.md")
    (exports / "secret.md").symlink_to(outside / "secret.md")
    for destination in ("folder/x.md", "file.md", "secret.md"):
        with pytest.raises(DeliveryRefused):
            channel.send(approved(), destination, "key-1")
    assert everything(outside) == {"secret.md"}
    assert (outside / "secret.md").read_text() == "secret"


def test_exports_itself_may_not_be_a_link(channel: FileChannel, exports: Path, tmp_path: Path) -> None:
    exports.parent.mkdir()
    (tmp_path / "outside").mkdir()
    exports.symlink_to(tmp_path / "outside")
    with pytest.raises(DeliveryRefused):
        channel.send(approved(), "plan.md", "key-1")
    assert everything(tmp_path / "outside") == set()


def test_a_folder_or_pipe_in_the_way_is_told(channel: FileChannel, exports: Path) -> None:
    (exports / "plan.md").mkdir(parents=True)
    os.mkfifo(exports / "pipe.md")
    (exports / "acme").write_text("a file")
    for destination in ("plan.md", "pipe.md", "acme/plan.md"):
        with pytest.raises(DeliveryRefused):
            channel.send(approved(), destination, "key-1")


def test_a_disk_that_takes_nothing_now_may_do_so_later(
    channel: FileChannel, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ChannelUnavailable, match="No space left"):
        channel.send(approved(), "plan.md", "key-1")
    monkeypatch.undo()
    assert everything(exports) == set()
    channel.send(approved(), "plan.md", "key-1")
    assert everything(exports) == {"plan.md"}
