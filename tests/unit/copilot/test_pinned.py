"""A pinned answer is returned for its question, its version, its readers and its time, and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from copilot.answering.answer import Answer, Reply
from copilot.answering.pin import Pin
from copilot.answering.pinned import SURE, PinnedAnswers
from copilot.answering.question import Question
from knowledge.chunk import same_words
from knowledge.document import Audience, Metadata
from knowledge.reader import Reader
from tests.contract.material import identity, indexed
from tests.doubles.database import InMemoryDatabase
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryQuestionStore
from tests.doubles.publishing import InMemoryPinStore
from tests.unit.samples import passage

TEXT = "## 税率是多少\n\n专用发票 6%。\n普通发票也是 6%。\n"
QUESTION = "税率是多少"
TODAY = date(2026, 11, 26)


FINANCE = Metadata(groups=("财务",))
PIN = Pin(
    words=same_words(QUESTION),
    question=QUESTION,
    document_id=identity("a.md"),
    section="税率是多少",
    version=1,
    valid_until=TODAY,
    pinned_by="wang",
    pinned_at=datetime(2026, 11, 1, tzinfo=UTC),
)


@dataclass
class Pinned:
    """One pinned section."""

    pin: Pin = PIN
    version: int = 1

    def ask(
        self,
        text: str,
        *,
        groups: frozenset[str] = frozenset({"财务"}),
        similarity: float | None = None,
        whole: bool = True,
        audience: Audience = Audience.INTERNAL,
        metadata: Metadata = FINANCE,
    ) -> Answer | None:
        documents, database = InMemoryKnowledgeStore(), InMemoryDatabase()
        for version in range(1, self.version + 1):
            documents.save(indexed("a.md", TEXT, version=version, metadata=metadata))
        pins = InMemoryPinStore(database)
        pins.put(object(), [self.pin])
        found = passage(TEXT, similarity=0.9)
        span = replace(found.chunk.span, sections=("税率是多少",))
        chunk = replace(found.chunk, document_id=identity("a.md"), span=span)
        found = replace(found, chunk=chunk, question_similarity=similarity)
        answers = PinnedAnswers(
            pins=pins, documents=documents, chunks=InMemoryQuestionStore(documents), today=lambda: TODAY
        )
        question = Question(text=text, person="wang", reader=Reader(groups=groups, audience=audience))
        reply = Reply(id="r", conversation_id="c", question=question, passages=[found], timings_ms={})
        return answers.reply(reply, whole=whole)


@pytest.mark.parametrize("asked", [QUESTION, "税率 是多少?", "稅率是多少"])
def test_the_same_question_in_any_form_gets_it_word_for_word(asked: str) -> None:
    answer = Pinned().ask(asked)
    assert answer is not None
    assert answer.composition.composer == "curated"
    (citation,) = answer.composition.citations
    assert citation.quote == "专用发票 6%。\n普通发票也是 6%。"
    assert answer.composition.text == f"{citation.quote} [1]"
    assert TEXT[citation.start : citation.end] == citation.quote


def test_another_question_does_not() -> None:
    assert Pinned().ask("税率是多少钱") is None


def test_a_point_in_a_figure_makes_another_question() -> None:
    one = Pinned()
    one = replace(one, pin=replace(one.pin, question="税率是 1.5 吗", words=same_words("税率是 1.5 吗")))
    assert same_words("税率是 15 吗") == one.pin.words
    assert one.ask("税率是 15 吗", similarity=0.999) is None
    assert one.ask("税率是1.5吗") is not None


def test_a_very_sure_match_gets_it_unless_it_denies_or_counts_differently() -> None:
    assert Pinned().ask("请问税率是多少", similarity=SURE) is not None
    assert Pinned().ask("请问税率是多少", similarity=SURE - 0.001) is None
    assert Pinned().ask("税率不是多少", similarity=0.999) is None
    assert Pinned().ask("第 2 种税率是多少", similarity=0.999) is None


def test_it_is_for_those_who_may_read_it() -> None:
    assert Pinned().ask(QUESTION, groups=frozenset()) is None


def test_customers_are_not_told_which_of_us_pinned_it() -> None:
    for_all = Metadata(audience=Audience.CUSTOMER)
    inside = Pinned().ask(QUESTION, metadata=for_all)
    outside = Pinned().ask(QUESTION, metadata=for_all, audience=Audience.CUSTOMER, groups=frozenset())
    assert inside is not None
    assert outside is not None
    assert "wang" in inside.composition.explanation
    assert "wang" not in outside.composition.explanation
    assert inside.composition.text == outside.composition.text


def test_it_ends_after_its_last_day_and_with_its_version() -> None:
    one = Pinned()
    assert replace(one, pin=replace(one.pin, valid_until=date(2026, 11, 25))).ask(QUESTION) is None
    assert replace(one, version=2).ask(QUESTION) is None
    assert replace(one, version=2, pin=replace(one.pin, version=2)).ask(QUESTION) is not None
    assert replace(one, pin=replace(one.pin, section="没有")).ask(QUESTION) is None


def test_a_part_of_a_question_gets_it_only_in_the_same_words() -> None:
    one = Pinned()
    assert one.ask("税率是多少,怎么作废", similarity=0.999, whole=False) is None
    assert one.ask(QUESTION, similarity=0.999, whole=False) is not None
