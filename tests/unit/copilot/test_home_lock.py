"""One process owns a home."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from copilot.adapters.home_lock import HomeLock, Owner, owner_of, serving_owner
from copilot.errors import IndexLocked

#: Takes the home, says so, and waits until its standard input closes; then it dies without releasing anything.
HOLDER = """
import os, sys
from pathlib import Path
from copilot.adapters.home_lock import HomeLock
lock = HomeLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
os._exit(9)
"""


def test_a_second_taker_is_refused_and_told_who_and_what_next(home: Path) -> None:
    lock = HomeLock(home)

    with pytest.raises(IndexLocked, match=rf"process {os.getpid()}\..*COPILOT_HOME"):
        HomeLock(home)

    lock.release()


def test_after_a_refusal_the_owner_still_holds_the_home(home: Path) -> None:
    lock = HomeLock(home)
    with pytest.raises(IndexLocked):
        HomeLock(home)

    assert owner_of(home) == Owner(pid=os.getpid())
    with pytest.raises(IndexLocked):
        HomeLock(home)
    lock.release()


def test_a_released_home_can_be_taken_again(home: Path) -> None:
    HomeLock(home).release()

    HomeLock(home).release()


def test_another_process_is_named_and_its_death_frees_the_home(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(IndexLocked, match=f"process {holder.pid}"):
            HomeLock(home)

    HomeLock(home).release()
    assert holder.returncode == 9


def test_two_homes_do_not_lock_each_other(home: Path, tmp_path: Path) -> None:
    locks = [HomeLock(home), HomeLock(tmp_path / "other")]

    assert owner_of(home) == owner_of(tmp_path / "other")
    for lock in locks:
        lock.release()


@pytest.mark.parametrize(
    "stale", [b"", b"{", b"[]", b"\xff\xfe", b'{"pid": 1, "address": "http://gone:1", "token": "t"}']
)
def test_a_stale_file_of_a_dead_process_is_taken_over(home: Path, stale: bytes) -> None:
    home.mkdir()
    (home / "copilot.lock").write_bytes(stale)

    lock = HomeLock(home)

    assert owner_of(home) == Owner(pid=os.getpid())
    lock.release()


def test_the_owner_publishes_where_it_listens(home: Path) -> None:
    lock = HomeLock(home)
    owner = Owner(pid=os.getpid(), address="http://127.0.0.1:8000", token="run_x")

    lock.publish(owner)

    assert owner_of(home) == serving_owner(home) == owner
    lock.release()


def test_an_owner_that_does_not_serve_is_no_serving_owner(home: Path) -> None:
    lock = HomeLock(home)

    assert serving_owner(home) is None
    lock.release()


def test_a_stale_address_that_nobody_holds_is_not_called(home: Path) -> None:
    home.mkdir()
    (home / "copilot.lock").write_text('{"pid": 1, "address": "http://127.0.0.1:9", "token": "t"}')

    assert serving_owner(home) is None


def test_a_shorter_entry_leaves_nothing_of_a_longer_one(home: Path) -> None:
    lock = HomeLock(home)
    lock.publish(Owner(pid=1, address="http://127.0.0.1:8000", token="t" * 60))

    lock.publish(Owner(pid=2))

    assert owner_of(home) == Owner(pid=2)
    lock.release()


def test_the_token_is_readable_by_nobody_else_and_gone_after_release(home: Path) -> None:
    lock = HomeLock(home)
    lock.publish(Owner(pid=1, address="http://127.0.0.1:8000", token="run_x"))
    path = home / "copilot.lock"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lock.release()
    assert path.read_bytes() == b""


def test_nobody_owns_a_home_that_does_not_exist(tmp_path: Path) -> None:
    assert owner_of(tmp_path / "none") is None
    assert serving_owner(tmp_path / "none") is None
