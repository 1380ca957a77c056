"""The one path in a conversation: parts, questions back, other words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from copilot.answering.answer import Abstention, AbstentionReason, Answer, Clarification, Outcome
from copilot.answering.intent import Intent
from copilot.answering.question import Question, Turn
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.reader import Reader
from tests.unit.copilot.answering_standins import RENEWAL, FoundPassages, KeptReplies, Says, service
from tests.unit.samples import passage

ASKED = Question(text="客户续约提前多久开始准备", person="owner")
LARGE = passage("大型客户提前 180 天准备。", name="d1", headings=("大型客户的续约准备",), similarity=0.9)
MICRO = passage("小微客户提前 30 天准备。", name="d2", headings=("小微客户的续约准备",), similarity=0.9)
TWO = Question(text="合同续约提前多久准备,另外健康分怎么算", person="owner")
SCORE = passage("健康分由五个维度加权得到。", name="d3", similarity=0.9)
FAR = passage("咖啡机每周清洗。", name="d4", similarity=0.1)


@dataclass
class FoundByWords(FoundPassages):
    """A retriever that finds by a word of the query."""

    by_word: Mapping[str, list[Passage]] = field(default_factory=dict)

    def meant(self, text: str, reader: Reader) -> str:
        """Every question makes sense."""
        return text

    def retrieve(self, query: Query) -> list[Passage]:
        self.queries.append(query)
        return next((found for word, found in self.by_word.items() if word in query.text), self.passages)


def answered(reply: Outcome) -> Answer:
    assert isinstance(reply, Answer)
    return reply


def test_a_question_that_stands_alone_is_searched_byte_for_byte_in_a_conversation() -> None:
    found = FoundPassages([RENEWAL])
    asked = replace(ASKED, history=(Turn(role="user", content="健康分怎么算"),))

    reply = service(found).ask(asked)

    assert [query.text for query in found.queries] == [asked.text]
    assert reply.standalone_question == asked.text


def test_a_follow_up_is_searched_with_what_the_caller_says_came_before() -> None:
    found = FoundPassages([RENEWAL])

    reply = service(found).ask(
        Question(text="那小客户呢", person="owner", history=(Turn(role="user", content=ASKED.text),))
    )

    assert [query.text for query in found.queries] == [f"{ASKED.text} 那小客户呢"]
    assert reply.standalone_question == f"关于“{ASKED.text}”：那小客户呢"
    assert reply.question.text == "那小客户呢"


def test_a_follow_up_is_searched_with_what_is_stored_of_the_conversation() -> None:
    found = FoundPassages([RENEWAL])
    asking = service(found)
    first = asking.ask(ASKED)

    asking.ask(Question(text="那小客户呢", person="owner", conversation_id=first.conversation_id))

    assert found.queries[-1].text == f"{ASKED.text} 那小客户呢"


def test_each_part_is_searched_and_answered() -> None:
    found = FoundByWords([], by_word={"续约": [RENEWAL], "健康分": [SCORE]})

    reply = answered(service(found).ask(TWO))

    assert reply.passages == [RENEWAL, SCORE]
    assert [citation.quote for citation in reply.composition.citations] == [RENEWAL.text, SCORE.text]
    assert [citation.number for citation in reply.composition.citations] == [1, 2]
    assert f"{SCORE.text} [2]" in reply.composition.text
    assert (reply.standalone_question, list(reply.uncovered)) == (TWO.text, [])


def test_a_part_without_evidence_is_named() -> None:
    found = FoundByWords([], by_word={"续约": [RENEWAL], "健康分": [FAR]})

    reply = answered(service(found).ask(TWO))

    assert list(reply.uncovered) == ["健康分怎么算"]
    assert reply.composition.text.startswith(f"{RENEWAL.text} [1]")
    assert "“健康分怎么算”" in reply.composition.text


def test_parts_without_any_evidence_are_an_abstention() -> None:
    reply = service(FoundByWords([FAR])).ask(TWO)

    assert isinstance(reply, Abstention)
    assert reply.reason is AbstentionReason.OUT_OF_SCOPE


def test_a_chat_model_words_all_parts_at_once_and_the_gap_is_still_named() -> None:
    found = FoundByWords([], by_word={"续约": [RENEWAL], "健康分": [FAR]})
    model = Says("合同到期之前 90 天准备续约 [1]。")

    reply = answered(service(found, model=model).ask(TWO))

    assert len(model.prompts) == 1
    assert reply.composition.text.startswith("合同到期之前 90 天准备续约。 [1]")
    assert "“健康分怎么算”" in reply.composition.text


def test_where_only_one_fact_is_missing_it_is_asked_for() -> None:
    store = KeptReplies()
    reply = service(FoundPassages([LARGE, MICRO]), store).ask(ASKED)

    assert isinstance(reply, Clarification)
    assert [choice.label for choice in reply.choices] == ["大型", "小微"]
    assert "客户规模" in reply.explanation
    assert [kept for kept, _ in store.replies] == [reply]


def test_a_picked_choice_is_answered() -> None:
    asking = service(FoundPassages([LARGE, MICRO]))
    back = asking.ask(ASKED)

    picked = Question(text=back.choices[1].payload["question"], person="owner", conversation_id=back.conversation_id)

    assert answered(asking.ask(picked)).standalone_question == picked.text


def test_where_nobody_can_be_asked_every_side_is_answered_and_that_is_said() -> None:
    reply = answered(service(FoundPassages([LARGE, MICRO])).ask(replace(ASKED, may_clarify=False)))

    assert [citation.quote for citation in reply.composition.citations] == [LARGE.text, MICRO.text]
    assert "大型、小微" in reply.composition.explanation.splitlines()[0]


@pytest.mark.parametrize("may_clarify", [True, False])
def test_what_is_known_of_the_account_answers_for_the_person(may_clarify: bool) -> None:
    asked = replace(ASKED, may_clarify=may_clarify, facts={"segment": "小微"})

    reply = answered(service(FoundPassages([LARGE, MICRO])).ask(asked))

    assert [citation.quote for citation in reply.composition.citations] == [MICRO.text]


def test_other_words_keep_the_evidence_and_say_that_quotes_stay() -> None:
    asking = service(FoundPassages([RENEWAL]))
    first = answered(asking.ask(ASKED))

    again = answered(asking.ask(Question(text="写成英文", person="owner", conversation_id=first.conversation_id)))

    assert [c.quote for c in again.composition.citations] == [c.quote for c in first.composition.citations]
    assert again.question.language == "en"
    assert again.composition.explanation.startswith("No chat model is set up")


def test_a_chat_model_is_asked_for_the_language_wanted() -> None:
    model = Says("Start 90 days ahead [1].")
    asking = service(FoundPassages([RENEWAL]), model=model)

    reply = answered(asking.ask(replace(ASKED, text="客户续约提前多久开始准备, in English please")))

    assert "English" in model.prompts[-1].system
    assert reply.question.language == "en"


@pytest.mark.parametrize(
    ("text", "word"), [("你好", "你好"), ("谢谢", "不客气"), ("Hello", "Hello"), ("thanks", "welcome")]
)
def test_politeness_gets_a_friendly_abstention_with_questions_to_begin_with(text: str, word: str) -> None:
    reply = service(FoundPassages([RENEWAL])).ask(Question(text=text, person="owner"))

    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.intent) == (AbstentionReason.OUT_OF_SCOPE, Intent.SMALLTALK)
    assert word in reply.explanation
    assert all(choice.action == "ask" for choice in reply.choices)
    assert reply.choices


def test_a_shortcut_is_offered_beside_the_answer() -> None:
    reply = service(FoundPassages([RENEWAL])).ask(replace(ASKED, text="帮我写一份客户成功计划"))

    assert [(choice.action, choice.payload) for choice in reply.choices] == [("create_draft", {"kind": "success_plan"})]
