"""How `copilot evaluate` reads replies, on a copilot that only says what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.bootstrap.observing import Observer, SearchFailed
from copilot.evaluation.case import Case, Turn
from copilot.interfaces.contract import AnswerBody, AskBody, DocumentBody
from knowledge.document import Audience
from knowledge.errors import UnknownDocument

TEXT = "前文。续费由客户成功经理负责。"
CITATION = {
    "n": 1,
    "document_id": "d",
    "source": "a.md",
    "version": 2,
    "title": "t",
    "kind": "playbook",
    "heading_path": [],
    "quote": "续费由客户成功经理负责。",
    "start": 3,
    "end": 15,
}
CASE = Case(set="s", id="q", question="谁来续费", language="zh", answerable=True, sources=("a.md",))


class TalkingCopilot:
    """Answers with the body it is given and has one document."""

    def __init__(self, **values: Any) -> None:
        known = dict.fromkeys(("id", "answer_id", "conversation_id", "question", "standalone_question"), "x")
        common = {"language": "zh", "status": "answered", "answer": "a", "explanation": "", "composer": "extractive"}
        self.body = AnswerBody(**(known | common | values))  # type: ignore[arg-type]
        self.asked: list[AskBody] = []
        self.looked_up = 0

    def ask(self, body: AskBody) -> AnswerBody:
        self.asked.append(body)
        return self.body

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        self.looked_up += 1
        if (source_or_id, version) != ("d", 2):
            raise UnknownDocument("gone")
        return DocumentBody(
            id="d", source="a.md", origin="o", title="t", version=2, text=TEXT, metadata={}, warnings=[], versions=[]
        )


def observer(copilot: TalkingCopilot) -> Observer:
    return Observer(copilot, Audience.INTERNAL, clock=iter(range(100)).__next__)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "verbatim"),
    [({}, True), ({"start": 2}, False), ({"quote": "续费由销售负责。"}, False), ({"version": 3}, False)],
)
def test_a_quote_is_verbatim_only_where_the_stored_text_has_it(changed: dict[str, Any], verbatim: bool) -> None:
    seen = observer(TalkingCopilot(citations=[CITATION | changed])).ask(CASE)
    assert seen.reply is not None
    assert [citation.verbatim for citation in seen.reply.citations] == [verbatim]


def test_a_document_is_looked_up_once() -> None:
    copilot = TalkingCopilot(citations=[CITATION, CITATION])
    asking = observer(copilot)
    asking.ask(CASE)
    asking.ask(CASE)
    assert copilot.looked_up == 1


def test_an_outage_is_an_error_and_no_refusal() -> None:
    copilot = TalkingCopilot(status="abstained", reason="retrieval_failed", answer="检索暂时不可用")
    with pytest.raises(SearchFailed, match="检索暂时不可用"):
        observer(copilot).ask(CASE)


@pytest.mark.parametrize(("status", "confidence"), [("answered", 1.0), ("abstained", 0.0), ("clarify", 1.0)])
def test_without_a_confidence_the_status_stands_for_it(status: str, confidence: float) -> None:
    seen = observer(TalkingCopilot(status=status)).ask(CASE)
    assert seen.reply is not None
    assert seen.reply.confidence == confidence


@pytest.mark.parametrize(("own", "confidence"), [(0.37, 0.37), (float("nan"), 1.0), (None, 1.0)])
def test_the_reply_s_own_confidence_counts_when_it_has_one(own: float | None, confidence: float) -> None:
    copilot = TalkingCopilot(confidence=own)
    seen = observer(copilot).ask(CASE)
    assert seen.reply is not None
    assert seen.reply.confidence == confidence


def test_history_is_passed_on_and_times_are_added_up() -> None:
    copilot = TalkingCopilot(timings_ms={"retrieve": 5, "evidence": 7})
    history = (Turn(role="user", content="你好"),)
    case = Case(set="s", id="q", question="谁", language="zh", answerable=True, history=history)
    seen = observer(copilot).ask(case)
    assert [turn.content for turn in copilot.asked[0].history] == ["你好"]
    assert seen.timings_ms == {"retrieve": 5, "evidence": 7, "all stages": 12, "round trip": 1000}
