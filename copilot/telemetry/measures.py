"""Port: what is counted and timed while a process works. What is kept in the database is read there (backlog.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

ModelOutcome = Literal["answered", "failed", "cancelled"]
#: Of a guard that keeps away from something that is down: lets through, keeps away, tries once.
BreakerState = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, kw_only=True)
class Replied:
    """What became of a question; `stages` in seconds."""

    status: str
    reason: str | None
    composer: str
    stages: Mapping[str, float] = field(default_factory=dict)
    found_by: Iterable[str] = ()  #: once for every passage and way


class Measures(Protocol):
    """Labels come from closed sets: never an id, a path or a text from outside."""

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note that a request has ended; `route` is a template."""
        ...

    def replied(self, reply: Replied) -> None:
        """Note that a question had its answer, or its reason for none."""
        ...

    def model(self, outcome: ModelOutcome, seconds: float, tokens_in: int = 0, tokens_out: int = 0) -> None:
        """Note that the chat model was asked."""
        ...

    def ingested(self, outcomes: Mapping[str, int], seconds: float) -> None:
        """Note that an ingestion has ended, with how many items had which outcome."""
        ...

    def breaker(self, name: str, state: BreakerState) -> None:
        """Note what a guard does from now on; `name` is of what it guards."""
        ...


class Unmeasured:
    """Measures nothing."""

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Forget it."""

    def replied(self, reply: Replied) -> None:
        """Forget it."""

    def model(self, outcome: ModelOutcome, seconds: float, tokens_in: int = 0, tokens_out: int = 0) -> None:
        """Forget it."""

    def ingested(self, outcomes: Mapping[str, int], seconds: float) -> None:
        """Forget it."""

    def breaker(self, name: str, state: BreakerState) -> None:
        """Forget it."""

    def exposition(self) -> tuple[bytes, str]:
        """Return nothing."""
        return b"", "text/plain; charset=utf-8"


class Exposed(Measures, Protocol):
    """Measures that a collector of another system can fetch."""

    def exposition(self) -> tuple[bytes, str]:
        """Return all of them as text and its media type; never raises because a store is down."""
        ...
