"""The process that parses: one file after another, each within its limits of time and memory.

It gets no settings, no environment and no secrets; it can write no file. When it dies, only the file at hand is lost.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from ingest.errors import IngestError
from ingest.limits import Limits
from ingest.parser import Parser
from ingest.parsers.messages import BrokenMessage, packed, receive, send
from ingest.parsers.recognition import recognised
from ingest.source import Item
from knowledge.document import Document

#: Without limit: what comes from the parent is bounded there.
_ANY = 1 << 62
OUT_OF_MEMORY = 3  #: exit status


def main(arguments: list[str]) -> None:
    """Serve requests from stdin on stdout until stdin ends; `arguments`: where the parsers are, and the limits."""
    place, limits = arguments[0], Limits(**json.loads(arguments[1]))
    requests, replies = _pipes()
    _confine(limits)
    module, function = place.split(":")
    parsers: Mapping[str, Parser] = getattr(importlib.import_module(module), function)(limits)
    send(replies, {"ready": True})
    while True:
        try:
            header, data = receive(requests, _ANY)
        except BrokenMessage:
            return
        _allow(limits.seconds)
        item = Item(source=header["source"], fingerprint="", media=header["media"])
        reply, body = _answer(parsers, item, data)
        signal.alarm(0)
        reply["memory"] = _memory()
        try:
            send(replies, reply, body)
        except BrokenPipeError:
            return


def read(parsers: Mapping[str, Parser], item: Item, data: bytes) -> Document:
    """Parse by what the bytes are, with a warning where that is not what the name says."""
    media = recognised(item, data)
    document = parsers[media].parse(replace(item, media=media), data)
    if media == item.media or parsers[media] is parsers.get(item.media):
        return document
    return replace(document, warnings=(f"read as {media}, which it is by its content", *document.warnings))


def _answer(parsers: Mapping[str, Parser], item: Item, data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        return packed(read(parsers, item, data))
    except IngestError as error:
        return {"code": error.code, "message": error.message}, b""
    except RecursionError:
        return {"code": "damaged_file", "message": f"{item.source!r} is nested too deeply to be read."}, b""
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception:  # noqa: BLE001  # the boundary of the process: the parent logs it
        return {"trace": traceback.format_exc()}, b""


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes for ourselves: what a library prints must not get between the messages."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, replies


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _memory() -> int:
    """Return the bytes in use now; the peak that the system counts begins with that of our parent."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _allow(seconds: float) -> None:
    """Grant time for one file. The parent watches the clock; this ends what outlives the parent."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, hard))
    signal.alarm(int(seconds) + 5)


if __name__ == "__main__":
    main(sys.argv[1:])
