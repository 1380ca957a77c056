"""Parsers that do what parsers of hostile files have done; they run in the process that parses, never in a test."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest.errors import DamagedFile
from ingest.limits import Limits
from ingest.parser import Parser
from ingest.source import Item
from knowledge.document import Document


@dataclass(frozen=True, kw_only=True)
class _Doing:
    """Implements `Parser` by doing something and then giving the bytes back."""

    act: Callable[[], object]

    def parse(self, item: Item, data: bytes) -> Document:
        self.act()
        return Document(source=item.source, title=str(os.getpid()), text=data.decode())


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(16 << 20))


def _spin() -> None:
    while True:
        pass


def _refuse() -> None:
    raise DamagedFile("It is broken. Save it anew.")


def _recurse() -> None:
    _recurse()


def parsers(limits: Limits) -> Mapping[str, Parser]:
    """Return one for each kind of harm."""
    acts: dict[str, Callable[[], object]] = {
        ".good": lambda: None,
        ".hang": lambda: time.sleep(600),
        ".spin": _spin,
        ".killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        ".crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        ".quit": lambda: os._exit(7),
        ".memory": _eat,
        ".noise": lambda: os.write(1, b"noise on stdout"),
        ".refuse": _refuse,
        ".bug": lambda: 1 // 0,
        ".deep": _recurse,
        ".secret": lambda: os.environ["COPILOT_API_KEY"],
    }
    return {suffix: _Doing(act=act) for suffix, act in acts.items()}
