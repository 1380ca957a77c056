"""Temporary folders go with their process, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.adapters.work_folder import work_folder

HOLD = """
import sys, time
from pathlib import Path
from knowledge.adapters.work_folder import work_folder
with work_folder(Path(sys.argv[1]), ".work-"):
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("failure", [None, KeyboardInterrupt, OSError])
def test_it_is_removed_at_the_end(tmp_path: Path, failure: type[BaseException] | None) -> None:
    try:
        with work_folder(tmp_path / "models", ".work-") as folder:
            (folder / "data").write_bytes(b"x")
            if failure:
                raise failure
    except (KeyboardInterrupt, OSError):
        pass
    assert list((tmp_path / "models").iterdir()) == []


def test_that_of_a_living_process_stays_and_that_of_a_dead_one_goes(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process, process.stdout as out:
        assert out.readline() == b"ready\n"
        (theirs,) = tmp_path.glob(".work-*")
        with work_folder(tmp_path, ".work-") as ours:
            assert set(tmp_path.glob(".work-*")) == {theirs, ours}
        os.kill(process.pid, signal.SIGKILL)
    assert list(tmp_path.glob(".work-*")) == [theirs]
    with work_folder(tmp_path, ".work-") as ours:
        assert list(tmp_path.glob(".work-*")) == [ours]
