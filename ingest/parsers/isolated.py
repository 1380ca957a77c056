"""Parsers in a process of their own, which may hang, crash or run out of memory without harm to the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import BinaryIO, cast

from ingest.errors import (
    CompressionBomb,
    DamagedFile,
    IngestError,
    NavigationPage,
    NoTextLayer,
    ParseCrashed,
    ParseOutOfMemory,
    ParseTimeout,
    PasswordProtected,
    TooLarge,
    TooManyPages,
    UnreadableText,
    UnsafeFile,
    UnsupportedFormat,
)
from ingest.limits import Limits
from ingest.parsers.messages import BrokenMessage, receive, send, unpacked
from ingest.parsers.worker import OUT_OF_MEMORY
from ingest.source import Item
from knowledge.document import Document

#: Suffixes that the process understands; the parsers themselves are not imported here.
FORMATS = (
    *(".html", ".htm", ".xhtml", ".xml", ".rss", ".atom", ".csv", ".tsv", ".vtt", ".srt", ".eml", ".zip"),
    *(".pdf", ".docx", ".docm", ".pptx", ".xlsx", ".xlsm"),
)
PARSERS = "ingest.parsers.formats:parsers"

_ERRORS: dict[str, type[IngestError]] = {
    error.code: error
    for error in (
        CompressionBomb,
        DamagedFile,
        NavigationPage,
        NoTextLayer,
        PasswordProtected,
        TooLarge,
        TooManyPages,
        UnreadableText,
        UnsafeFile,
        UnsupportedFormat,
    )
}
_SECONDS_TO_START = 30.0
#: Signals by which the process ends itself: its own clock, and its share of the processor.
_OUT_OF_TIME = (signal.SIGALRM, signal.SIGXCPU)
#: What a message may hold beyond the bytes of a file: text is written as JSON with escapes.
_ESCAPED = 8


class IsolatedParser:
    """Implements `Parser` for every format of `FORMATS`; the process starts with the first file and is used again."""

    def __init__(self, limits: Limits, *, parsers: str = PARSERS) -> None:
        """`parsers` is where the process finds them: `module:function`, a function of the limits."""
        self._limits = limits
        self._parsers = parsers
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        self._late = False

    def parse(self, item: Item, data: bytes) -> Document:
        """Parse in the other process.

        Raises:
            ParseTimeout, ParseCrashed, ParseOutOfMemory: the process was killed, died, or ran out of memory; the next
                file gets a new one.
            PermanentIngestError, EmptyItem: as the parser says.
        """
        with self._one_at_a_time:
            header, body = self._ask(item, data)
        if "trace" in header:
            raise RuntimeError(f"a parser failed on {item.source!r}:\n{header['trace']}")
        if "code" in header:
            raise _ERRORS.get(str(header["code"]), DamagedFile)(str(header["message"]))
        return unpacked(header, body)

    def close(self) -> None:
        """End the process, if there is one; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _ask(self, item: Item, data: bytes) -> tuple[dict[str, object], bytes]:
        try:
            process = self._process = self._process or self._start()
        except BrokenMessage as error:
            raise ParseCrashed(
                f"{item.source!r} was not read: the process that reads files does not start. The log tells why."
            ) from error
        try:
            with self._watched(process, self._limits.seconds):
                send(cast("BinaryIO", process.stdin), {"source": item.source, "media": item.media}, data)
                header, body = receive(cast("BinaryIO", process.stdout), _ESCAPED * self._limits.bytes)
        except (BrokenMessage, OSError) as error:
            raise self._dead(item, process) from error
        # A process that has become large would soon fail on a file that is not.
        if int(header.pop("memory", 0)) > self._limits.memory // 2:
            self.close()
        return header, body

    @contextmanager
    def _watched(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
        """Kill the process if this takes too long; waiting for it then ends as if it had died by itself."""
        self._late = False
        watch = threading.Timer(seconds, self._kill, args=(process,))
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        self._late = True
        process.kill()

    def _dead(self, item: Item, process: subprocess.Popen[bytes]) -> IngestError:
        try:
            status = process.wait(1)
        except subprocess.TimeoutExpired:  # it lives and does not keep to the form of messages
            status = 0
        late = self._late or -status in _OUT_OF_TIME
        self.close()
        if late:
            return ParseTimeout(
                f"{item.source!r} was not read within {self._limits.seconds:g} seconds. Split it, or raise "
                "COPILOT_PARSE_TIMEOUT_S."
            )
        if status == OUT_OF_MEMORY:
            return ParseOutOfMemory(
                f"{item.source!r} takes more than {self._limits.memory >> 20} MB to read. Split it, or raise "
                "COPILOT_PARSE_MEMORY_MB."
            )
        return ParseCrashed(
            f"The process that read {item.source!r} ended with status {status}. Save the file anew or leave it out; "
            "the others are not affected."
        )

    def _start(self) -> subprocess.Popen[bytes]:
        """Start with our own search path and nothing else of the environment: no folder at hand, no secret."""
        limits = json.dumps(asdict(self._limits))
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own module
            [sys.executable, "-P", "-B", "-W", "ignore", "-m", "ingest.parsers.worker", self._parsers, limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "PYTHONUTF8": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
            cwd="/",
            start_new_session=True,
        )
        try:
            with self._watched(process, _SECONDS_TO_START):
                receive(cast("BinaryIO", process.stdout), 100)  # it is ready
        except BrokenMessage:
            _end(process)
            raise
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):  # what was not sent is of no use any more
            cast("BinaryIO", pipe).close()
