"""Port: where time goes in one piece of work, across threads and processes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Span(Protocol):
    """One step that is under way."""

    def note(self, **facts: str | int | float | bool) -> None:
        """Add what is known by now: ids and closed sets, never what somebody wrote."""
        ...

    def fail(self, kind: str) -> None:
        """Say that it failed, and of what kind the failure was."""
        ...


class Tracer(Protocol):
    """What is done inside of a span becomes part of it, also in threads that are `carried` (context.py)."""

    def span(self, name: str, parent: Mapping[str, str] | None = None) -> AbstractContextManager[Span]:
        """Begin a step; `parent` are headers that may say which trace of another system it belongs to."""
        ...

    def past(self, name: str, seconds: float) -> None:
        """Note a step that has ended just now."""
        ...

    def close(self) -> None:
        """Send what is not sent yet, for a few seconds at most."""
        ...


class _Nothing:
    def note(self, **facts: str | int | float | bool) -> None:
        """Forget it."""

    def fail(self, kind: str) -> None:
        """Forget it."""


_NOTHING = _Nothing()


class Untraced:
    """Traces nothing."""

    def span(self, name: str, parent: Mapping[str, str] | None = None) -> AbstractContextManager[Span]:  # noqa: ARG002
        """Do nothing."""
        return nullcontext(_NOTHING)

    def past(self, name: str, seconds: float) -> None:
        """Forget it."""

    def close(self) -> None:
        """Do nothing."""
