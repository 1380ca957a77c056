"""What the copilot did with a question, as far as it is judged; the command line fills it from its replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["answered", "partial", "abstained", "clarify"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A passage, best first in a list."""

    source: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A quote; `verbatim` tells whether the stored text has it at the place it names."""

    number: int
    source: str
    quote: str
    verbatim: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence of the answer, whether it is grounded, and the numbers of its citations."""

    text: str
    grounded: bool
    citations: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer or an abstention; `confidence` is larger the surer it is that the question can be answered."""

    status: Status
    text: str
    confidence: float
    reason: str | None = None
    composer: str | None = None
    citations: tuple[Cited, ...] = ()
    sentences: tuple[Said, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Observation:
    """Passages, and the reply unless only search was asked; `timings_ms` by stage, `round_trip` measured outside."""

    passages: tuple[Found, ...]
    reply: Reply | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
