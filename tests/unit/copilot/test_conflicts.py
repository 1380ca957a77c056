"""Sources that disagree, shown side by side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from copilot.answering.answer import Composition
from copilot.answering.composer import compose_extract
from copilot.answering.conflicts import ConflictFinder
from copilot.answering.question import Question
from knowledge.document import Document, DocumentId, Metadata, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.passage import Passage, cite
from knowledge.reader import CUSTOMERS
from tests.unit.samples import passage

ZH = Question(text="续约提前多久开始准备", person="owner")
EN = Question(text="how early do we prepare the renewal", person="owner")
OLD = passage(
    "合同到期前 60 天开始准备续约。先看用量。",
    name="old",
    title="旧手册",
    metadata=Metadata(verified_on=date(2025, 1, 1), title_en="Old playbook"),
)
NEW = passage(
    "合同到期前 90 天开始准备续约。再约客户。",
    name="new",
    title="新手册",
    metadata=Metadata(verified_on=date(2026, 6, 1), segments=("中型", "大型")),
)
PAGE = """## 一方怎么说

haijian 把打折定为下下策。理由有两条。

## 另一方怎么说

有赞手册允许中型客户有配额。

## 各自在什么条件下成立

haijian 不分场合;有赞手册只说中型客户。

## 遇到时怎么办

先问客户规模。
"""
ABOUT = Metadata(related=("faq-discount",), title_en="Discounts", verified_on=date(2026, 11, 1))
SIDE = passage(
    "haijian 把打折定为下下策。理由有两条。",
    name="tension-discounts",
    title="能不能打折",
    start=PAGE.index("haijian 把"),
    headings=("一方怎么说",),
    metadata=ABOUT,
)
ASIDE = passage("服务另有优惠。", name="tension-discounts", headings=("服务怎么收费",), metadata=ABOUT)
FAQ = replace(passage("给不给折扣由主管定。", name="faq", title="折扣"), source="faqs/faq-discount.md")
DISCOUNT = Question(text="能不能打折", person="owner")
FAR = [passage(f"第{n}段。", name=f"d{n}") for n in range(4)]


@dataclass
class Texts:
    """Versions by document id."""

    texts: dict[str, str] = field(default_factory=dict)

    def find_version(self, document: DocumentId, version: int) -> StoredDocument:
        if document not in self.texts:
            raise UnknownDocument(f"There is no {document!r}.")
        return StoredDocument(
            id=document,
            origin="o",
            version=version,
            document=Document(source=f"{document}.md", title="", text=self.texts[document]),
        )


FINDER = ConflictFinder(Texts({"tension-discounts": PAGE}))


def extract(question: Question, *cited: Passage) -> Composition:
    return compose_extract(question, [cite(n, one, 0, len(one.text)) for n, one in enumerate(cited, start=1)])


def shown(question: Question, cited: list[Passage], passages: list[Passage]) -> Composition:
    return FINDER.side_by_side(question, passages, extract(question, *cited))


def test_an_answer_whose_sources_agree_stays_as_it_is() -> None:
    composition = extract(ZH, OLD)

    assert FINDER.side_by_side(ZH, [OLD, replace(OLD, source="copy.md")], composition) == composition


def test_both_sides_are_cited_newest_first_with_what_they_hold_for_and_when_they_were_verified() -> None:
    composition = shown(ZH, [OLD], [OLD, NEW])

    assert [[(side.claim, side.citation) for side in one.sides] for one in composition.conflicts] == [
        [("合同到期前 90 天开始准备续约。", 2), ("合同到期前 60 天开始准备续约。", 1)]
    ]
    assert composition.text.endswith(
        "**说法不一:天开始准备续约**\n"
        "- 合同到期前 90 天开始准备续约。 [2]（中型、大型）\n"
        "- 合同到期前 60 天开始准备续约。 [1]"
    )
    assert composition.explanation.endswith("核对日期:[1] 2025-01-01；[2] 2026-06-01")
    assert composition.citations[1].quote == "合同到期前 90 天开始准备续约。"


def test_it_makes_no_difference_which_side_the_answer_quoted() -> None:
    either = [shown(ZH, [one], [one, other]).conflicts[0] for one, other in ((OLD, NEW), (NEW, OLD))]

    assert [side.claim for side in either[0].sides] == [side.claim for side in either[1].sides]


def test_a_disagreement_is_told_once_where_the_answer_quotes_both_sides() -> None:
    composition = shown(ZH, [OLD, NEW], [OLD, NEW])

    assert [len(one.sides) for one in composition.conflicts] == [2]
    assert [one.number for one in composition.citations] == [1, 2]


def test_other_customers_are_no_other_opinion() -> None:
    large = passage("大型客户合同到期前 90 天开始准备续约。", name="large")
    micro = passage("小微客户合同到期前 30 天开始准备续约。", name="micro")

    assert shown(ZH, [large], [large, micro]).conflicts == ()


def test_what_the_question_is_not_about_is_left_alone() -> None:
    asked = Question(text="谁签字", person="owner")

    assert shown(asked, [OLD], [OLD, NEW]).conflicts == ()


def test_one_document_does_not_disagree_with_itself() -> None:
    both = passage("合同到期前 60 天开始准备续约。合同到期前 90 天开始准备续约。")

    assert shown(ZH, [both], [both]).conflicts == ()


def test_a_page_about_the_disagreement_shows_its_sides_and_conditions_verbatim() -> None:
    composition = shown(DISCOUNT, [FAQ], [FAQ, SIDE])

    assert [(one.topic, [side.claim for side in one.sides]) for one in composition.conflicts] == [
        ("能不能打折", ["haijian 把打折定为下下策。", "有赞手册允许中型客户有配额。"])
    ]
    assert [PAGE[one.start : one.end] for one in composition.citations[1:]] == [
        one.quote for one in composition.citations[1:]
    ]
    assert "各自适用:haijian 不分场合;有赞手册只说中型客户。 [4]" in composition.text


def test_a_side_that_the_answer_quotes_already_keeps_its_number() -> None:
    composition = shown(DISCOUNT, [SIDE], [SIDE])

    assert [side.citation for side in composition.conflicts[0].sides] == [1, 2]


@pytest.mark.parametrize(
    ("cited", "passages"),
    [
        ([passage("别的。", name="other")], [passage("别的。", name="other"), SIDE]),
        ([FAQ], [FAQ, ASIDE, SIDE]),
        ([FAQ], [FAQ, replace(SIDE, chunk=replace(SIDE.chunk, document_id=DocumentId("gone")))]),
    ],
    ids=["not involved", "another part of the page is meant", "deleted meanwhile"],
)
def test_a_page_is_shown_only_where_it_belongs(cited: list[Passage], passages: list[Passage]) -> None:
    assert shown(DISCOUNT, cited, passages).conflicts == ()


@pytest.mark.parametrize(("asked", "expected"), [("能不能打折", 1), ("价格谁来定", 0)])
def test_a_page_further_down_is_shown_only_when_the_question_names_its_topic(asked: str, expected: int) -> None:
    question = Question(text=asked, person="owner")

    assert len(shown(question, [FAQ], [FAQ, *FAR, SIDE]).conflicts) == expected


def test_a_customer_never_sees_an_internal_page() -> None:
    asked = replace(DISCOUNT, reader=CUSTOMERS)

    assert shown(asked, [FAQ], [FAQ, SIDE]).conflicts == ()


def test_an_english_question_gets_english_words_around_the_quotes() -> None:
    composition = shown(replace(EN, text="may we give discounts"), [FAQ], [FAQ, SIDE])

    assert "**Sources disagree: Discounts**" in composition.text
    assert "2026-11-01" in composition.explanation


def test_every_number_in_the_text_has_its_citation() -> None:
    composition = shown(DISCOUNT, [FAQ], [FAQ, SIDE])

    assert [one.number for one in composition.citations] == [1, 2, 3, 4]
    assert all(f"[{one.number}]" in composition.text for one in composition.citations)
