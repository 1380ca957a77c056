"""When a change is told: not before its folder has come to rest, and not never."""

from __future__ import annotations

from pathlib import Path

from ingest.sources.folder_watch import Settling

A, B = Path("/a"), Path("/b")


def test_nothing_is_told_while_it_is_still_written() -> None:
    settling = Settling(quiet_s=2, longest_s=300)
    for second in range(10):
        settling.note(A, second)
        assert settling.take(second + 1) == []


def test_a_change_is_told_once_when_it_rests() -> None:
    settling = Settling(quiet_s=2, longest_s=300)
    settling.note(A, 0)
    settling.note(A, 1)
    assert settling.take(3) == [A]
    assert settling.take(100) == []


def test_what_never_rests_is_told_at_last() -> None:
    settling = Settling(quiet_s=2, longest_s=300)
    for second in range(300):
        settling.note(A, second)
    assert settling.take(300) == [A]


def test_one_folder_does_not_wait_for_another() -> None:
    settling = Settling(quiet_s=2, longest_s=300)
    settling.note(A, 0)
    settling.note(B, 2)
    assert settling.take(2) == [A]
    assert settling.take(4) == [B]
