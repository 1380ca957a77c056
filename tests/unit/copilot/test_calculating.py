"""Which questions are computed in a chat (H1-H4, G8), and which stay questions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import cast

import pytest

from copilot.accounts.economics.calculator import Calculator
from copilot.accounts.economics.registry import CALCULATORS
from copilot.answering.answer import Answer, Clarification, Outcome
from copilot.answering.calculated import CalculatedAnswers
from copilot.answering.calculating import asked_calculation
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.intent import Intent
from copilot.answering.question import Question
from copilot.bootstrap import corpus_folder
from copilot.interfaces.presentation import answer_body
from knowledge.passage import Passage
from knowledge.retriever import Retriever
from knowledge.text import sentence_spans
from tests.unit.copilot.answering_standins import NOW, FoundPassages, service
from tests.unit.samples import passage

RULE = passage("比值大于 3 算健康,1 到 3 要优化,小于 1 是亏。", name="playbook-unit-economics-check", similarity=0.9)


@pytest.mark.parametrize(
    ("text", "name", "given"),
    [
        ("LTV 3万 CAC 1.2万 健康吗", "ue", {"ltv": "3万", "cac": "1.2万"}),
        ("LTV is 30k, CAC is 12k, is that healthy?", "ue", {"ltv": "30k", "cac": "12k"}),
        ("客单价2万 毛利70% 用3年 LTV多少", "ltv", {"price": "2万", "margin": "70%", "years": "3"}),
        (
            "price 20000 margin 70% for 3 years, what is the LTV?",
            "ltv",
            {"price": "20000", "margin": "70%", "years": "3"},
        ),
        ("打到第几个电话该停 中型企业", "call_limit", {"size": "medium"}),
        ("大型企业已经打了6次电话还要打几次", "call_limit", {"size": "large", "attempts": "6"}),
        ("NDR 85% 能扩张吗", "ndr", {"ndr": "85%"}),
        (
            "销售花了30万 市场20万 新增20个客户 CAC多少",
            "cac",
            {"sales_cost": "30万", "marketing_cost": "20万", "new_customers": "20"},
        ),
    ],
)
def test_figures_with_a_wish_are_computed(text: str, name: str, given: dict[str, str]) -> None:
    asked = asked_calculation(text)
    assert asked is not None
    assert asked.name == name
    assert dict(asked.given) == given


@pytest.mark.parametrize(
    "text",
    [
        "what is LTV",
        "What LTV:CAC ratio is healthy?",
        "LTV是什么",
        "CAC 怎么算",
        "LTV:CAC低于1说明什么",
        "LTV CAC 3:1 健康吗",
        "NDR低于80%还能扩销售团队吗",
        "NDR 80%-100% 怎么样",
        "NDR 100%以上怎么样",
        "中小客户打几次电话就该停",
        "大型企业和中型企业各打几次电话",
        "CAC是多少才健康",
        "客户说一年3万太贵怎么办",
        "LTV 3万",
        "LTV 3万 CAC 1万 健康吗 " * 20,
        "",
    ],
)
def test_a_term_a_rule_or_a_bound_stays_a_question(text: str) -> None:
    assert asked_calculation(text) is None


def test_no_written_question_of_the_corpus_is_taken_away() -> None:
    asked = [line for path in corpus_folder().rglob("*.md") for line in _questions(path)]
    assert len(asked) > 1000
    assert [text for text in asked if asked_calculation(text)] == []


def _questions(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").split("---\n")[1].splitlines()
    return [line.strip(' -"').split(" #")[0] for line in lines if line.startswith("  - ")]


@pytest.mark.parametrize("name", ["questions.jsonl", "unanswerable.jsonl"])
def test_no_frontline_question_is_taken_away(shared: Path, name: str) -> None:
    lines = (shared / "golden" / name).read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    assert [text for text in asked if asked_calculation(text)] == []


def ask(text: str, *, clarify: bool = True, rule: Passage = RULE) -> Outcome:
    found = FoundPassages([rule])
    answering = service(found)
    answering._calculated = CalculatedAnswers(retriever=cast(Retriever, found), evidence=EvidenceFinder())
    return answering.ask(Question(text=text, person="owner", may_clarify=clarify))


def test_h3_the_answer_has_the_formula_and_quotes_the_rule() -> None:
    reply = ask("LTV 3万 CAC 1.2万 健康吗")
    assert isinstance(reply, Answer)
    assert reply.intent is Intent.CALCULATOR
    body = answer_body(reply, NOW.date())
    assert (body.status, body.composer) == ("answered", "calculator")
    assert body.answer.startswith("LTV:CAC 是 2.5")
    assert "UE = 3万 / 1.2万 = 2.5" in body.answer
    assert [one.document_id for one in body.citations] == ["playbook-unit-economics-check"]
    assert body.citations[0].quote in RULE.text
    assert body.choices[0].payload == {"name": "ue", "ltv": "3万", "cac": "1.2万"}


def test_computed_figures_are_not_said_to_stand_in_the_quote() -> None:
    reply = ask("LTV 3万 CAC 1.2万 健康吗")
    assert isinstance(reply, Answer)
    statuses = {line.text: line.status for line in reply.composition.grounding}
    assert statuses[RULE.text] == "grounded"
    assert all(status == "partly" for text, status in statuses.items() if text != RULE.text)


def test_english_is_answered_in_english() -> None:
    reply = ask("LTV is 30k, CAC is 12k, is that healthy?")
    assert isinstance(reply, Answer)
    assert reply.composition.text.startswith("LTV:CAC is 2.5")


def test_what_is_missing_is_asked_for_and_a_bad_figure_is_told() -> None:
    missing = ask("CAC 1.2万高吗")
    assert isinstance(missing, Clarification)
    assert "LTV" in missing.explanation
    wrong = ask("LTV 3万 CAC 0 健康吗")
    assert isinstance(wrong, Clarification)
    assert "cac: '0' is not" in wrong.explanation


def test_in_a_batch_nobody_is_asked_back() -> None:
    assert not isinstance(ask("CAC 1.2万高吗", clarify=False), Clarification)


def test_without_a_rule_that_may_be_quoted_it_is_an_ordinary_question() -> None:
    reply = ask("LTV 3万 CAC 1.2万 健康吗", rule=passage("别的内容。", similarity=0.9))
    assert (
        reply.intent is not Intent.CALCULATOR
        or not isinstance(reply, Answer)
        or reply.composition.composer != "calculator"
    )


@pytest.mark.parametrize("one", [one for one in CALCULATORS if one.says], ids=lambda one: one.name)
def test_the_sentence_that_states_a_rule_stands_in_its_playbook(one: Calculator) -> None:
    (path,) = corpus_folder().rglob(f"{one.playbook}.md")
    text = path.read_text(encoding="utf-8")
    assert any(re.search(one.says, text[start:end]) for start, end in sentence_spans(text))


def test_the_rule_is_quoted_in_one_run_of_sentences() -> None:
    long = "先定客户群。LTV:CAC 大于 3 健康,小于 1 是亏。再写一句结论。"
    reply = ask("LTV 3万 CAC 1.2万 健康吗", rule=passage(long, name=RULE.chunk.document_id, similarity=0.9))
    assert isinstance(reply, Answer)
    assert reply.composition.citations[0].quote == "LTV:CAC 大于 3 健康,小于 1 是亏。"
