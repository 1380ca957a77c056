"""Cases, observations and rows for the tests of evaluation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from copilot.evaluation.case import Case
from copilot.evaluation.observation import Cited, Found, Observation, Reply, Said
from copilot.evaluation.report import Report, Setup, make_report
from copilot.evaluation.row import Row

EVIDENCE = "续费由客户成功经理负责,新签由销售负责"
SECOND = "合同到期前九十天开始准备续费材料"


def case(**values: Any) -> Case:
    known = {"set": "s", "id": "q", "question": "谁来续费", "language": "zh", "answerable": True, "quotes": (EVIDENCE,)}
    return Case(**(known | values))


def unanswerable(**values: Any) -> Case:
    return case(**({"answerable": False, "quotes": ()} | values))


def passages(*texts: str) -> tuple[Found, ...]:
    return tuple(Found(source=f"{n}.md", text=text) for n, text in enumerate(texts, start=1))


def answer(*quotes: str, text: str = "", confidence: float = 0.9, verbatim: bool = True) -> Reply:
    return Reply(
        status="answered",
        text=text or " ".join(f"{quote} [{n}]" for n, quote in enumerate(quotes, start=1)),
        confidence=confidence,
        composer="extractive",
        citations=tuple(
            Cited(number=n, source=f"{n}.md", quote=quote, verbatim=verbatim) for n, quote in enumerate(quotes, start=1)
        ),
        sentences=tuple(Said(text=quote, grounded=True, citations=(n,)) for n, quote in enumerate(quotes, start=1)),
    )


def abstention(confidence: float = 0.1) -> Reply:
    return Reply(status="abstained", text="没有找到", confidence=confidence, reason="not_in_knowledge")


def seen(*texts: str, reply: Reply | None = None, **timings: float) -> Observation:
    return Observation(passages=passages(*texts), reply=reply, timings_ms=timings)


def report(*rows: Row, **setup: Any) -> Report:
    known: dict[str, Any] = {"version": "1", "k": 10, "resamples": 1_000}
    return make_report(rows, Setup(**(known | setup)), datetime(2026, 1, 1, tzinfo=UTC))
