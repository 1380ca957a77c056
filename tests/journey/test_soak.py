"""Half an hour in which everybody works and everything outside fails in turn (tests/studies/soak.py)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.studies.soak import run

LONG = bool(os.environ.get("COPILOT_TEST_LONG"))
MINUTES = float(os.environ.get("COPILOT_TEST_SOAK_MINUTES") or 30)
SEED = 20261127
#: By how much the middle of the last quarter may lie above that of the first one after the warm-up. One run of half an
#: hour had 14.4 MB, 0 threads and 1 file; memory still crept by 51 MB an hour (least squares), ever more slowly.
MOST_MB, MOST_THREADS, MOST_FILES = 64, 12, 24


@pytest.mark.skipif(not LONG, reason="half an hour: COPILOT_TEST_LONG=1, as `make test-long` sets it")
def test_nothing_is_lost_or_done_twice_and_memory_stays(model_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run(MINUTES, SEED, models=model_folder)
    with capsys.disabled():
        print(f"\n{json.dumps(outcome.summary(), ensure_ascii=False)}")
    assert (outcome.lost, outcome.twice, outcome.unexpected, outcome.audit_faults) == ([], [], [], 0)
    assert outcome.risen(lambda held: held.rss_mb) <= MOST_MB
    assert outcome.risen(lambda held: held.threads) <= MOST_THREADS
    assert outcome.risen(lambda held: held.files) <= MOST_FILES
    # It was a soak at all: every trouble came, people went on, and what was sent has left.
    assert len({fault.name for fault in outcome.faults}) == 5
    assert outcome.book.replies["answered"] > 10 * MINUTES
    assert outcome.book.uploads > MINUTES
    assert len(outcome.book.accounts) > MINUTES / 2
