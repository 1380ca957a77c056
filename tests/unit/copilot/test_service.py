"""The one path from a question to a reply, with every way it can end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pytest

from copilot.answering.answer import Abstention, AbstentionReason, Answer, Outcome
from copilot.answering.question import Question
from copilot.errors import UnknownConversation
from knowledge.document import Audience, Metadata
from knowledge.errors import IndexUnavailable, InvalidQuery, NothingIngested
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.reader import CUSTOMERS, STAFF, AccessLabel, Reader, access_label
from tests.unit.copilot.answering_standins import (
    ASKED,
    NOW,
    RENEWAL,
    FoundPassages,
    KeptReplies,
    LabelsNow,
    Says,
    service,
)
from tests.unit.samples import passage


def answered(reply: Outcome) -> Answer:
    assert isinstance(reply, Answer)
    return reply


def abstained(reply: Outcome) -> Abstention:
    assert isinstance(reply, Abstention)
    return reply


def test_without_a_chat_model_the_evidence_is_the_answer() -> None:
    reply = answered(service(FoundPassages([RENEWAL])).ask(ASKED))

    assert reply.composition.composer == "extractive"
    assert reply.composition.text == f"{RENEWAL.text} [1]"


def test_a_chat_model_whose_sentences_are_supported_words_the_answer() -> None:
    reply = answered(service(FoundPassages([RENEWAL]), model=Says("合同到期之前 90 天准备续约 [1]。")).ask(ASKED))

    assert reply.composition.composer == "llm:tiny"
    assert reply.composition.text == "合同到期之前 90 天准备续约。 [1]"
    assert [citation.quote for citation in reply.composition.citations] == [RENEWAL.text]


@pytest.mark.parametrize("said", [None, "提前 60 天 [1]。", "提前 90 天。", "提前 90 天 [9]。"])
def test_a_chat_model_that_is_down_or_unsupported_is_replaced_by_quotes_and_that_is_said(said: str | None) -> None:
    reply = answered(service(FoundPassages([RENEWAL]), model=Says(said)).ask(ASKED))

    assert reply.composition.composer == "extractive"
    assert reply.composition.text == f"{RENEWAL.text} [1]"
    assert "对话模型" in reply.composition.explanation.splitlines()[0]


def test_the_chat_model_is_not_asked_where_nothing_is_related() -> None:
    model = Says("合同到期之前 90 天准备续约 [1]。")

    service(FoundPassages([passage("咖啡机每周清洗。", similarity=0.1)]), model=model).ask(ASKED)

    assert model.prompts == []


def test_only_the_best_passages_are_shown_to_the_chat_model() -> None:
    model = Says(None)
    found = [passage(f"第{n}段,续约提前准备。", name=f"d{n}", similarity=0.9) for n in range(10)]

    service(FoundPassages(found), model=model).ask(ASKED)

    assert ["第0段" in prompt.user and "第9段" not in prompt.user for prompt in model.prompts] == [True]


@pytest.mark.parametrize(
    ("similarity", "reason"),
    [(0.9, None), (0.65, AbstentionReason.NOT_IN_KNOWLEDGE), (0.2, AbstentionReason.OUT_OF_SCOPE)],
)
def test_how_near_the_best_passage_comes_decides_whether_there_is_an_answer(
    similarity: float, reason: AbstentionReason | None
) -> None:
    reply = service(FoundPassages([passage(RENEWAL.text, similarity=similarity)])).ask(ASKED)

    assert getattr(reply, "reason", None) == reason


def test_related_passages_without_a_sentence_are_a_gap_that_still_shows_them() -> None:
    heading = passage("## 续约提前多久开始准备", similarity=0.9)

    reply = abstained(service(FoundPassages([heading])).ask(ASKED))

    assert reply.reason is AbstentionReason.NOT_IN_KNOWLEDGE
    assert reply.passages == [heading]


def test_no_passages_are_an_abstention() -> None:
    assert abstained(service(FoundPassages([])).ask(ASKED)).passages == []


def test_a_search_that_is_down_is_an_abstention_with_that_reason() -> None:
    reply = abstained(service(FoundPassages([], failure=IndexUnavailable("down"))).ask(ASKED))

    assert reply.reason is AbstentionReason.RETRIEVAL_FAILED
    assert reply.explanation


def test_an_index_that_was_never_made_is_an_error_and_no_abstention() -> None:
    store = KeptReplies()

    with pytest.raises(NothingIngested):
        service(FoundPassages([], failure=NothingIngested("none")), store).ask(ASKED)

    assert store.replies == []


@pytest.mark.parametrize("text", ["", "   ", "问" * 4001])
def test_a_question_that_cannot_be_used_is_refused_before_anything_is_searched(text: str) -> None:
    found = FoundPassages([RENEWAL])

    with pytest.raises(InvalidQuery):
        service(found).ask(Question(text=text, person="owner"))

    assert found.queries == []


def test_the_reader_of_the_question_is_the_reader_of_the_search() -> None:
    found = FoundPassages([RENEWAL])

    service(found).ask(Question(text=ASKED.text, person="owner", reader=CUSTOMERS))

    assert [query.reader for query in found.queries] == [CUSTOMERS]


@pytest.mark.parametrize(
    "found", [FoundPassages([RENEWAL]), FoundPassages([]), FoundPassages([], IndexUnavailable(""))]
)
def test_every_reply_is_stored_as_it_is_returned(found: FoundPassages) -> None:
    store = KeptReplies()

    reply = service(found, store).ask(ASKED)

    assert store.replies == [(reply, NOW)]


def test_without_a_conversation_a_new_one_begins_and_can_be_continued() -> None:
    asking = service(FoundPassages([RENEWAL]))
    first = asking.ask(ASKED)

    second = asking.ask(Question(text="谁来签字", person="owner", conversation_id=first.conversation_id))

    assert second.conversation_id == first.conversation_id
    assert second.id != first.id


@pytest.mark.parametrize("holder", [None, "somebody else"])
def test_a_conversation_of_nobody_or_of_somebody_else_is_unknown(holder: str | None) -> None:
    store = KeptReplies(holders={"c1": holder} if holder else {})
    found = FoundPassages([RENEWAL])

    with pytest.raises(UnknownConversation, match="'c1'"):
        service(found, store).ask(Question(text=ASKED.text, person="owner", conversation_id="c1"))

    assert (found.queries, store.replies) == ([], [])


def test_the_stages_are_reported_in_order_as_far_as_they_go() -> None:
    seen: dict[str, list[str]] = {"answered": [], "abstained": []}

    service(FoundPassages([RENEWAL]), model=Says("合同到期之前 90 天准备续约 [1]。")).ask(
        ASKED, seen["answered"].append
    )
    service(FoundPassages([])).ask(ASKED, seen["abstained"].append)

    assert seen == {"answered": ["searching", "reading", "wording"], "abstained": ["searching"]}


def test_each_stage_that_ran_has_its_time() -> None:
    reply = service(FoundPassages([RENEWAL])).ask(ASKED)
    gap = service(FoundPassages([])).ask(ASKED)

    assert list(reply.timings_ms) == ["understand", "retrieve", "judge", "evidence", "compose"]
    assert list(gap.timings_ms) == ["understand", "retrieve", "judge"]
    assert all(0 <= milliseconds < 60_000 for milliseconds in reply.timings_ms.values())


def test_an_english_question_gets_its_notes_in_english() -> None:
    asked = Question(text="how early do we prepare the renewal", person="owner")

    reply = answered(service(FoundPassages([RENEWAL]), model=Says(None)).ask(asked))

    assert reply.composition.explanation.startswith("The chat model did not respond")


@dataclass
class TwoReaders(FoundPassages):
    """Finds some things for everybody and others for those who read everything."""

    beyond: list[Passage] = field(default_factory=list)

    def retrieve(self, query: Query) -> list[Passage]:
        self.queries.append(query)
        return self.beyond if query.reader.everything else self.passages

    def labels(self) -> Collection[AccessLabel]:
        return {access_label(one.metadata.audience, one.metadata.groups) for one in [*self.passages, *self.beyond]}


CLOSED = replace(RENEWAL, title="秘密的续约打法", metadata=Metadata(groups=("财务",)))
FAR = passage("咖啡机每周清洗。", name="far", similarity=0.1)


def asked_by(reader: Reader, text: str = ASKED.text) -> Question:
    return Question(text=text, person="mei", reader=reader)


@pytest.mark.parametrize("own", [[], [FAR]])
def test_who_may_not_see_the_only_answer_is_told_so_and_nothing_of_it(own: list[Passage]) -> None:
    found = TwoReaders(own, beyond=[CLOSED, *own])

    reply = abstained(service(found).ask(asked_by(STAFF)))

    assert (reply.reason, reply.passages) == (AbstentionReason.NO_PERMISSION, own)
    assert "管理员" in reply.explanation
    assert not any(part in repr(reply) for part in (CLOSED.title, CLOSED.text, "财务"))


def test_customers_are_told_no_more_than_that_it_is_not_there() -> None:
    found = TwoReaders([], beyond=[CLOSED])

    reply = abstained(service(found).ask(asked_by(CUSTOMERS)))

    assert reply.reason is AbstentionReason.NOT_IN_KNOWLEDGE
    assert [query.reader for query in found.queries] == [CUSTOMERS]


def test_what_would_not_have_answered_either_is_not_withheld() -> None:
    far = replace(FAR, metadata=Metadata(groups=("财务",)))

    reply = abstained(service(TwoReaders([], beyond=[far])).ask(asked_by(STAFF)))

    assert reply.reason is not AbstentionReason.NO_PERMISSION


def test_where_everybody_reads_everything_nothing_more_is_searched() -> None:
    found = TwoReaders([FAR], beyond=[FAR])

    service(found).ask(asked_by(STAFF))

    assert len(found.queries) == 1


@dataclass
class NarrowedMeanwhile(FoundPassages):
    """The document is there for the first search and may not be read any more by the second."""

    later: list[Passage] = field(default_factory=list)

    def retrieve(self, query: Query) -> list[Passage]:
        passages = self.passages if not self.queries else self.later
        self.queries.append(query)
        return passages


@pytest.mark.parametrize("model", [None, Says("合同到期之前 90 天准备续约 [1]。")])
def test_a_document_narrowed_while_it_is_answered_from_is_answered_without(model: Says | None) -> None:
    other = passage("续约提前 60 天开始准备。", name="other", similarity=0.9)
    labels = LabelsNow(narrowed={RENEWAL.chunk.document_id: access_label(Audience.INTERNAL, ["财务"])})
    store = KeptReplies()

    reply = answered(service(NarrowedMeanwhile([RENEWAL], later=[other]), store, model, labels).ask(asked_by(STAFF)))

    assert {citation.passage.source for citation in reply.composition.citations} == {other.source}
    assert RENEWAL.text not in repr(store.replies)


@pytest.mark.parametrize(
    ("reader", "reason"),
    [(STAFF, AbstentionReason.NO_PERMISSION), (CUSTOMERS, AbstentionReason.NOT_IN_KNOWLEDGE)],
)
def test_what_may_not_be_read_when_the_answer_is_composed_is_never_shown(
    reader: Reader, reason: AbstentionReason
) -> None:
    labels = LabelsNow(narrowed={RENEWAL.chunk.document_id: access_label(Audience.INTERNAL, ["财务"])})
    store = KeptReplies()

    reply = abstained(service(FoundPassages([RENEWAL]), store, labels=labels).ask(asked_by(reader)))

    assert (reply.reason, reply.passages) == (reason, [])
    assert RENEWAL.text not in repr(store.replies)
