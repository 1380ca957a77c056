"""The wall clock of a process really jumps, as administrators and dead batteries let it, while something waits."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import open_tables
from tests.integration.test_faults_database import held
from tests.studies.faulty.scene import ROOT, jumping_clock

DAY_S = 86_400
WAIT_S = 1.0

_WAIT = """
import sys, time
from datetime import datetime
from copilot.adapters.sql.database import connected
from copilot.adapters.sql.transactions import SqlTransactions
from knowledge.errors import DatabaseBusy

engine = connected(sys.argv[1], wait_s=float(sys.argv[2]))
engine.connect().close()
before, begun = datetime.now(), time.monotonic()
print("waiting", flush=True)
sys.stdin.readline()  # the clock has jumped
try:
    with SqlTransactions(engine).begin():
        print("written")
except DatabaseBusy as error:
    print(error.code)
print(time.monotonic() - begun, (datetime.now() - before).total_seconds())
engine.dispose()
"""


@pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S])
def test_a_wait_lasts_as_long_as_ever_while_the_clock_jumps(tmp_path: Path, jump_s: int) -> None:
    clock = jumping_clock(tmp_path)
    if clock is None:
        pytest.skip("no C compiler is here to let the clock of a process jump with")
    url = f"sqlite:///{tmp_path / 'any.db'}"
    open_tables(url).dispose()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(tmp_path / "clock.so"),
        "JUMPING_CLOCK": str(clock),
    }
    with (
        held(tmp_path / "any.db"),
        subprocess.Popen(
            [sys.executable, "-c", _WAIT, url, str(WAIT_S)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as waiting,
    ):
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "waiting\n"
        with clock.open("r+b") as file:
            file.write(struct.pack("q", jump_s))
        said, _ = waiting.communicate("\n", timeout=60)
    code, took = said.splitlines()
    waited, told = map(float, took.split())
    assert code == "database_busy"
    assert WAIT_S * 0.9 < waited < WAIT_S + 10
    assert abs(told - jump_s) < 60, "the clock has really jumped"
