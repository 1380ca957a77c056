"""What a person sees of an ingestion while it runs, and how a signal ends it."""

from __future__ import annotations

import io
import os
import signal

import pytest
from rich.console import Console

from copilot.cli.progress import ending_early, ingestion_bar
from copilot.interfaces.ingestion_contract import IngestProgress, StageBody


def halfway(eta_s: float | None = 75.0) -> IngestProgress:
    stages = [
        StageBody(name=name, done=done, total=8, characters=5000, rate=1234.5, eta_s=eta_s)
        for name, done in (("read", 6), ("embed", 5), ("index", 4))
    ]
    return IngestProgress(done=4, total=8, source="[a].md", stages=stages)


def test_a_terminal_shows_a_bar_for_every_stage_with_rate_and_time_left() -> None:
    shown = io.StringIO()
    with ingestion_bar("Ingesting", Console(file=shown, force_terminal=True, width=120)) as listen:
        listen(halfway())
    text = shown.getvalue()
    for expected in ("read", "embed", "index", "6/8", "4/8", "1,234 characters/s", "1:15 left"):
        assert expected in text


def test_a_log_gets_a_line_every_few_seconds() -> None:
    shown, clock = io.StringIO(), iter([0.0, 1.0, 6.0, 6.0, 7.0])
    with ingestion_bar("Ingesting", Console(file=shown, width=300), lambda: next(clock)) as listen:
        for _ in range(3):
            listen(halfway(None))
    (line,) = shown.getvalue().splitlines()
    assert line.startswith("Ingesting: read 6/8 1,234 characters/s; embed 5/8")
    assert "left" not in line


def test_an_index_that_is_rebuilt_first_has_no_stages() -> None:
    shown = io.StringIO()
    with ingestion_bar("Ingesting", Console(file=shown, force_terminal=True, width=120)) as listen:
        listen(IngestProgress(done=3, total=9, source="[b].md"))
    assert "3/9" in shown.getvalue()
    assert "[b].md" in shown.getvalue()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_is_a_wish_and_the_next_does_what_it_did_before(number: signal.Signals, status: int) -> None:
    heard: list[int] = []
    before = signal.signal(number, lambda got, _: heard.append(got))
    try:
        with ending_early() as ending:
            assert not ending.wanted()
            os.kill(os.getpid(), number)
            assert (ending.wanted(), ending.status, heard) == (True, status, [])
            os.kill(os.getpid(), number)
        assert heard == [number]
        os.kill(os.getpid(), number)
        assert heard == [number, number]
    finally:
        signal.signal(number, before)
