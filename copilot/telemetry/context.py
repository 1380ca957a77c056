"""What is being worked on: the ids that every log line and span of a request carries, also from other threads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import ParamSpec, TypeVar
from uuid import uuid4

P = ParamSpec("P")
R = TypeVar("R")

#: Ids and other short values, never what somebody wrote: log lines are read by more people than answers are.
Facts = dict[str, str | int | float | bool | None]

_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

_at_hand: ContextVar[Facts | None] = ContextVar("at_hand", default=None)


def request_id(given: str | None) -> str:
    """Return the id that a caller gave a request, if it can stand in a log line; else a new one."""
    return given if given is not None and _SANE.fullmatch(given) else uuid4().hex[:12]


@contextmanager
def about(facts: Mapping[str, str | int | float | bool | None]) -> Iterator[Facts]:
    """Begin a piece of work; it inherits what the work around it is about."""
    own: Facts = {**(_at_hand.get() or {}), **facts}
    token = _at_hand.set(own)
    try:
        yield own
    finally:
        _at_hand.reset(token)


def note(**facts: str | int | float | bool | None) -> None:
    """Add to what the work at hand is about; everybody in it sees it, whichever thread they are in."""
    known = _at_hand.get()
    if known is not None:
        known.update({name: value for name, value in facts.items() if value is not None})


def at_hand() -> Mapping[str, str | int | float | bool | None]:
    """Return what the work at hand is about; empty outside of any."""
    return _at_hand.get() or {}


def carried(work: Callable[P, R]) -> Callable[P, R]:
    """Return work for one other thread, which is about the same there; threads do not inherit it by themselves."""
    context = copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.run(work, *args, **kwargs)

    return run
