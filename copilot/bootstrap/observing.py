"""Asking the copilot for an evaluation, and what is kept of the replies to be judged."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from math import isfinite
from typing import Protocol

from copilot.errors import Unavailable
from copilot.evaluation.case import Case
from copilot.evaluation.observation import Cited, Found, Observation, Reply, Said
from copilot.interfaces.contract import (
    AnswerBody,
    AskBody,
    CitationBody,
    DocumentBody,
    PassageBody,
    SearchBody,
    TurnBody,
)
from knowledge.document import Audience
from knowledge.errors import ReportableError


class SearchFailed(Unavailable):
    """The reply says that search was not available: an outage, not a refusal."""

    code = "retrieval_failed"


class Asked(Protocol):
    """Who is asked: a copilot here or in a server, or one that acts for somebody."""

    def ask(self, body: AskBody) -> AnswerBody:
        """Answer a question."""
        ...

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        ...

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        """Return a version of a document."""
        ...


class Observer:
    """Asks the copilot, here or in a server, and keeps what is judged."""

    def __init__(self, copilot: Asked, audience: Audience, clock: Callable[[], float] = time.perf_counter) -> None:
        self._copilot = copilot
        self._audience = audience
        self._clock = clock
        self._stored_text = lru_cache(maxsize=256)(self._document_text)

    def search(self, case: Case, k: int) -> Observation:
        """Search only."""
        start = self._clock()
        body = self._copilot.search(case.question, k, self._audience)
        return Observation(passages=_found(body.passages), timings_ms={"round trip": self._ms(start)})

    def ask(self, case: Case) -> Observation:
        """Ask for an answer, and look up whether its quotes stand where they say.

        Raises:
            SearchFailed: the reply is an outage.
        """
        turns = [TurnBody(role=turn.role, content=turn.content) for turn in case.history]
        start = self._clock()
        body = self._copilot.ask(
            AskBody(question=case.question, history=turns, audience=self._audience, run="evaluation")
        )
        round_trip = self._ms(start)
        if body.reason == "retrieval_failed":
            raise SearchFailed(f"Search was not available: {body.answer}")
        stages = {stage: float(ms) for stage, ms in body.timings_ms.items()}
        timings = stages | {"all stages": sum(stages.values()), "round trip": round_trip}
        return Observation(passages=_found(body.passages), reply=self._reply(body), timings_ms=timings)

    def _reply(self, body: AnswerBody) -> Reply:
        return Reply(
            status=body.status,
            text=body.answer,
            confidence=_confidence(body),
            reason=body.reason,
            composer=body.composer,
            citations=tuple(
                Cited(number=one.n, source=one.source, quote=one.quote, verbatim=self._is_verbatim(one))
                for one in body.citations
            ),
            sentences=tuple(
                Said(text=one.sentence, grounded=one.status == "grounded", citations=tuple(one.citations))
                for one in body.grounding
            ),
        )

    def _is_verbatim(self, citation: CitationBody) -> bool:
        text = self._stored_text(citation.document_id, citation.version)
        return text is not None and text[citation.start : citation.end] == citation.quote != ""

    def _document_text(self, document_id: str, version: int) -> str | None:
        try:
            return self._copilot.document(document_id, version).text
        except ReportableError:
            return None  # a quote nobody can look up is not verbatim

    def _ms(self, start: float) -> float:
        return round((self._clock() - start) * 1000, 2)


def _found(passages: list[PassageBody]) -> tuple[Found, ...]:
    return tuple(Found(source=passage.source, text=passage.text) for passage in passages)


def _confidence(body: AnswerBody) -> float:
    """Return the reply's own confidence, else 1 for an answer and 0 for an abstention."""
    own: object = getattr(body, "confidence", None)
    if isinstance(own, int | float) and isfinite(own):
        return float(own)
    return 0.0 if body.status == "abstained" else 1.0
