"""The first texts, over a retriever that finds what it is told."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.answering.answerability import Answerability
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.relevance import Relevance
from copilot.drafting.composer import Composed, Composer, Language, Order
from copilot.drafting.customer_message import CustomerMessage, topic_of
from copilot.drafting.draft import DraftKind
from copilot.drafting.findings import findings
from copilot.drafting.sources import Sources
from copilot.drafting.success_plan import SuccessPlan
from knowledge.document import Audience, DocumentKind, Metadata
from knowledge.errors import NothingIngested
from knowledge.passage import Passage
from knowledge.reader import STAFF
from knowledge.retriever import Retriever
from tests.unit.copilot.answering_standins import CALIBRATION, FoundPassages
from tests.unit.copilot.drafting_standins import START, WANG
from tests.unit.samples import passage

TODAY = date(2026, 11, 26)  # a Thursday
FACTS: dict[str, Any] = {
    "name": "柚子家居",
    "days_since_signing": 27,
    "seats_bought": 120,
    "seats_active": 20,
    "key_features_used": ["商城", "会员|积分"],
    "first_value_delivered": False,
    "milestones": ["签约"],
    "kp": [{"name": "裴总", "relationship": "什么都想要"}],
    "nps": 3,
    "notes": "他开始问钱花哪了",
}
INTERNAL = passage(
    "先和客户约定一个场景。再写第一价值的日期。",
    name="playbook",
    similarity=0.9,
    metadata=Metadata(kind=DocumentKind.PLAYBOOK),
)
PUBLIC = passage(
    "先选一个小场景,看到结果再扩大。\n1. 写下结果\n2. 定日期",
    name="faq",
    similarity=0.9,
    metadata=Metadata(kind=DocumentKind.FAQ, audience=Audience.CUSTOMER),
)


def sources(*found: Passage, failure: NothingIngested | None = None) -> tuple[Sources, FoundPassages]:
    retriever = FoundPassages(list(found), failure)
    relevance = Relevance(cast(Retriever, retriever))
    evidence = EvidenceFinder()
    judge = Answerability(relevance=relevance, evidence=evidence, calibration=CALIBRATION)
    return Sources(retriever=cast(Retriever, retriever), evidence=evidence, answerability=judge), retriever


def compose(
    composer: Composer, language: Language = "zh", inputs: dict[str, str] | None = None, **facts: Any
) -> Composed:
    account = Account(id=AccountId("a1"), facts=FACTS | facts, updated_at=START)
    order = Order(account=account, person=WANG, reader=STAFF, language=language, inputs=inputs or {}, today=TODAY)
    return composer.compose(order)


def test_a_message_greets_says_the_point_cites_and_ends_with_a_choice_of_time() -> None:
    composed = compose(CustomerMessage(sources(PUBLIC)[0]))
    parts = composed.content.split("\n\n")
    assert parts[0] == "裴总,您好!"
    assert "第一个看得见的结果" in parts[1]
    assert "签约到今天是第 27 天" in parts[2]
    assert parts[3] == "供您参考:先选一个小场景,看到结果再扩大。 [1]"
    assert parts[-2] == "您看哪个时间方便?\nA. 11月30日(周一) 10:00\nB. 12月1日(周二) 15:00\nC. 您定一个时间"
    assert parts[-1] == "王敏"
    assert findings(DraftKind.CUSTOMER_MESSAGE, composed.content, composed.quotes) == ()


def test_a_message_tells_nothing_of_how_we_judge_the_account() -> None:
    content = compose(CustomerMessage(sources(PUBLIC)[0])).content
    assert "钱花哪了" not in content
    assert "什么都想要" not in content


def test_a_message_is_looked_up_for_customers_and_cites_only_what_they_may_read() -> None:
    finder, retriever = sources(INTERNAL, PUBLIC)
    composed = compose(CustomerMessage(finder))
    assert {query.reader.audience for query in retriever.queries} == {Audience.CUSTOMER}
    assert [quote.source for quote in composed.quotes] == ["faq.md"]


def test_a_group_document_is_never_cited_to_customers() -> None:
    grouped = passage(
        "先选一个小场景。", name="g", similarity=0.9, metadata=Metadata(audience=Audience.CUSTOMER, groups=("board",))
    )
    assert compose(CustomerMessage(sources(grouped)[0])).quotes == ()


@pytest.mark.parametrize("found", [(), (INTERNAL,)])
def test_without_anything_for_customers_only_facts_are_told_and_a_finding_says_so(found: tuple[Passage, ...]) -> None:
    composed = compose(CustomerMessage(sources(*found)[0]))
    assert composed.quotes == ()
    assert "供您参考" not in composed.content
    told = findings(DraftKind.CUSTOMER_MESSAGE, composed.content, composed.quotes)
    assert [one.code for one in told] == ["no_customer_source"]


def test_a_message_is_written_before_anything_was_ingested() -> None:
    assert compose(CustomerMessage(sources(failure=NothingIngested("no index"))[0])).quotes == ()


@pytest.mark.parametrize(
    "text",
    [
        "我们保证 30 天见效。",
        "现在签约打八折。",
        "{客户称呼},您好。",
        "资料没有给日期。",
        "要素有四个:",
        "另外的事情。",
    ],
)
def test_what_is_not_fit_to_send_is_not_quoted(text: str) -> None:
    far = 0.2 if text.startswith("另外") else 0.9
    unfit = passage(text, similarity=far, metadata=Metadata(audience=Audience.CUSTOMER))
    assert compose(CustomerMessage(sources(unfit)[0])).quotes == ()


def test_inputs_say_whom_what_and_who() -> None:
    content = compose(
        CustomerMessage(sources(PUBLIC)[0]), inputs={"to": "叶总", "point": "聊聊续约", "from": "小王"}
    ).content
    assert content.startswith("叶总,您好!\n\n聊聊续约\n\n")
    assert content.endswith("\n\n小王")


def test_an_english_message_says_that_its_source_is_chinese() -> None:
    content = compose(CustomerMessage(sources(PUBLIC)[0]), "en").content
    assert content.startswith("Dear 裴总,")
    assert "For reference (source in Chinese): 先选一个小场景,看到结果再扩大。 [1]" in content
    assert "A. Monday 30 November, 10:00" in content


def test_a_record_that_tells_nothing_still_makes_a_message_and_a_plan() -> None:
    for composer in (CustomerMessage(sources(PUBLIC)[0]), SuccessPlan(sources(INTERNAL)[0])):
        account = Account(id=AccountId("a1"), updated_at=START)
        order = Order(account=account, person=WANG, reader=STAFF, language="zh", today=TODAY)
        assert "a1" in composer.compose(order).content


@pytest.mark.parametrize(
    ("facts", "kind", "topic"),
    [
        ({"contract_end_in_days": 60}, RecordType.ACCOUNT, "renewal"),
        ({"contract_end_in_days": 400, "first_value_delivered": False}, RecordType.ACCOUNT, "first_value"),
        ({"seats_bought": 10, "seats_active": 2}, RecordType.ACCOUNT, "adoption"),
        ({}, RecordType.ACCOUNT, "review"),
        ({"first_value_delivered": False}, RecordType.LEAD, "first_talk"),
    ],
)
def test_the_topic_is_what_is_most_due(facts: dict[str, object], kind: RecordType, topic: str) -> None:
    account = Account(id=AccountId("a"), type=kind, facts=facts, updated_at=START)
    assert topic_of(account).key == topic
