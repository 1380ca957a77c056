"""What every `QuestionStore` promises."""

from __future__ import annotations

import pytest

from knowledge.chunk import ChunkQuestion, Writer, added_question
from knowledge.document import DocumentId
from knowledge.question_store import QuestionedDocument
from knowledge.reader import CUSTOMERS
from tests.contract.material import Knowledge, chunk_of, identity, indexed

A = identity("a.md")
ASKED = "续费之前要准备什么"


def added(text: str = ASKED, *, ordinal: int = 1, writer: Writer = Writer.MACHINE, version: int = 1) -> ChunkQuestion:
    return added_question(chunk_of("a.md", ordinal, version=version), text, writer)


@pytest.fixture
def stored(knowledge: Knowledge) -> Knowledge:
    """One document of two chunks with one question of its own."""
    knowledge.store.save(indexed("a.md", "第一段", "第二段", title="题", questions=["试用多久"]))
    return knowledge


def current(knowledge: Knowledge) -> QuestionedDocument:
    found = knowledge.questions.current(A)
    assert found is not None
    return found


def test_an_unknown_document_is_not_current(knowledge: Knowledge) -> None:
    assert knowledge.questions.current(DocumentId("unknown")) is None


def test_the_current_version_comes_with_chunks_and_questions(stored: Knowledge) -> None:
    found = current(stored)
    assert (found.version, found.source, found.title) == (1, "a.md", "题")
    assert [chunk.span.text for chunk in found.chunks] == ["第一段", "第二段"]
    assert [(q.text, q.chunk_id, q.writer) for q in found.questions] == [
        ("试用多久", chunk_of("a.md"), Writer.DOCUMENT)
    ]


def test_an_added_question_is_there_and_marked(stored: Knowledge) -> None:
    assert stored.questions.add(A, 1, [added()])
    assert current(stored).questions[1] == added()


def test_an_added_question_is_found_by_its_words(stored: Knowledge) -> None:
    stored.questions.add(A, 1, [added()])
    assert set(stored.found(ASKED, field="question")) == {chunk_of("a.md", 1)}


def test_adding_again_changes_nothing(stored: Knowledge) -> None:
    stored.questions.add(A, 1, [added()])
    before = stored.store.revision()
    assert stored.questions.add(A, 1, [added(), added()])
    assert (len(current(stored).questions), stored.store.revision()) == (2, before)


def test_adding_changes_the_revision(stored: Knowledge) -> None:
    before = stored.store.revision()
    stored.questions.add(A, 1, [added()])
    assert stored.store.revision() != before


@pytest.mark.parametrize("version", [2, 7])
def test_questions_of_another_version_are_not_added(stored: Knowledge, version: int) -> None:
    stored.questions.intend([added().id])
    assert not stored.questions.add(A, version, [added()])
    assert len(current(stored).questions) == 1
    assert stored.questions.leftovers() == [added().id]


def test_adding_takes_back_the_intent(stored: Knowledge) -> None:
    stored.questions.intend([added().id, "another"])
    stored.questions.add(A, 1, [added()])
    assert stored.questions.leftovers() == ["another"]


def test_an_intent_can_be_recorded_twice_and_settled(stored: Knowledge) -> None:
    for _ in range(2):
        stored.questions.intend(["one", "other"])
    assert sorted(stored.questions.leftovers()) == ["one", "other"]
    stored.questions.settle(["one"])
    assert stored.questions.leftovers() == ["other"]


def test_only_the_named_questions_are_removed(stored: Knowledge) -> None:
    mine = added("谁来负责续费", writer=Writer.PERSON)
    stored.questions.add(A, 1, [added(), mine])
    assert stored.questions.remove(A, [added().id]) == 1
    assert [question.writer for question in current(stored).questions] == [Writer.DOCUMENT, Writer.PERSON]


def test_a_removed_question_is_found_no_more_and_leaves_a_leftover(stored: Knowledge) -> None:
    stored.questions.add(A, 1, [added()])
    stored.questions.remove(A, [added().id])
    assert stored.found(ASKED, field="question") == {}
    assert stored.questions.leftovers() == [added().id]


def test_removing_where_there_is_none_changes_nothing(stored: Knowledge) -> None:
    before = stored.store.revision()
    assert stored.questions.remove(A, [added().id]) == 0
    assert stored.questions.remove(DocumentId("unknown"), [added().id]) == 0
    assert (stored.store.revision(), list(stored.questions.leftovers())) == (before, [])


def test_a_version_saved_with_added_questions_keeps_their_writer(knowledge: Knowledge) -> None:
    version = indexed("a.md", "第一段", "第二段")
    knowledge.store.save(type(version)(**(vars(version) | {"questions": [added()]})))
    assert current(knowledge).questions == [added()]


def test_a_new_version_does_not_keep_added_questions_by_itself(stored: Knowledge) -> None:
    stored.questions.add(A, 1, [added()])
    stored.store.save(indexed("a.md", "新的", version=2))
    assert current(stored).questions == []
    assert stored.found(ASKED, field="question") == {}


def test_customers_do_not_find_added_questions_of_internal_documents(stored: Knowledge) -> None:
    stored.questions.add(A, 1, [added()])
    assert stored.lexical.search_text("question", ASKED, 10, CUSTOMERS) == {}


def test_the_size_is_that_of_current_chunks(knowledge: Knowledge) -> None:
    assert knowledge.questions.size() == 0
    knowledge.store.save(indexed("a.md", "旧", "旧二", "旧三"))
    knowledge.store.save(indexed("a.md", "新", "新二", version=2))
    knowledge.store.save(indexed("b.md", "乙"))
    assert knowledge.questions.size() == 3
