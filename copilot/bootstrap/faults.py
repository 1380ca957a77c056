"""What keeps one failing dependency from taking everything with it (decisions/0047)."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.settings import Settings
from copilot.telemetry.measures import Measures
from knowledge.breaker import Breaker
from knowledge.guarded import GuardedVectors
from knowledge.index import SearchedVectors
from knowledge.patience import Patience


@dataclass(frozen=True, kw_only=True)
class Guards:
    """A breaker for each dependency of an answer but the database, without which there is nothing to say."""

    embedder: Breaker
    vectors: Breaker
    chat_model: Breaker


def guards_of(settings: Settings, measures: Measures) -> Guards:
    """Return them as the settings want them; `/metrics` tells their states."""

    def breaker(name: str) -> Breaker:
        measures.breaker(name, "closed")
        return Breaker(name, failures=settings.breaker_failures, rest_s=settings.breaker_rest_s, told=measures.breaker)

    return Guards(embedder=breaker("embedder"), vectors=breaker("vectors"), chat_model=breaker("chat_model"))


def guarded_vectors(settings: Settings, vectors: SearchedVectors, guards: Guards) -> GuardedVectors:
    """Return the vectors that questions are asked with; only a server can keep us waiting."""
    patience = Patience(settings.index_budget_s) if settings.chroma_url else None
    return GuardedVectors(vectors, guards.vectors, patience)
