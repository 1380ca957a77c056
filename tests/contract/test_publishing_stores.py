"""What every store of publications, notices, kept questions and pins promises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.draft_store import SqlDraftStore
from copilot.adapters.sql.evaluation_question_store import SqlEvaluationQuestionStore
from copilot.adapters.sql.notice_store import SqlNoticeStore
from copilot.adapters.sql.pin_store import SqlPinStore
from copilot.adapters.sql.publication_store import SqlPublicationStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.answering.pin import Pin, PinStore
from copilot.curating.evaluation_question import EvaluationQuestion, EvaluationQuestionStore
from copilot.curating.publishing.notice import Notice, NoticeStore
from copilot.curating.publishing.publication import Publication, PublicationStatus, PublicationStore
from copilot.drafting.draft import DraftKind
from copilot.transaction import Transactions
from knowledge.document import DocumentId
from tests.contract.material import START, after
from tests.contract.records import draft, revision
from tests.databases import STORES
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.publishing import (
    InMemoryEvaluationQuestionStore,
    InMemoryNoticeStore,
    InMemoryPinStore,
    InMemoryPublicationStore,
)

DOCUMENT = DocumentId("0123456789abcdef")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The stores of one database."""

    transactions: Transactions
    publications: PublicationStore
    notices: NoticeStore
    questions: EvaluationQuestionStore
    pins: PinStore


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        database = InMemoryDatabase()
        return Kept(
            transactions=InMemoryTransactions(database),
            publications=InMemoryPublicationStore(database),
            notices=InMemoryNoticeStore(database),
            questions=InMemoryEvaluationQuestionStore(database),
            pins=InMemoryPinStore(database),
        )
    engine: Engine = request.getfixturevalue("engine")
    transactions = SqlTransactions(engine)
    with transactions.begin() as transaction:
        for name in ("d1", "d2"):
            SqlDraftStore(engine).add(transaction, draft(name, kind=DraftKind.KNOWLEDGE), revision(of=name))
    return Kept(
        transactions=transactions,
        publications=SqlPublicationStore(engine),
        notices=SqlNoticeStore(engine),
        questions=SqlEvaluationQuestionStore(engine),
        pins=SqlPinStore(engine),
    )


def publication(draft_id: str = "d1", revision: int = 1, minutes: int = 0) -> Publication:
    at = after(minutes)
    return Publication(draft_id=draft_id, revision=revision, gap_id="g1", due_at=at, created_at=at)


def published(one: Publication, minutes: int = 1) -> Publication:
    return replace(
        one,
        status=PublicationStatus.PUBLISHED,
        source="faq-g1.md",
        document_id=DOCUMENT,
        version=1,
        section="税率",
        attempts=1,
        published_at=after(minutes),
    )


def claim(kept: Kept, one: Publication, minutes: int = 0) -> bool:
    with kept.transactions.begin() as transaction:
        return kept.publications.claim(transaction, one, after(minutes), after(minutes + 5))


def put(kept: Kept, one: Publication) -> None:
    with kept.transactions.begin() as transaction:
        kept.publications.put(transaction, one)


def test_a_revision_is_in_one_pair_of_hands(kept: Kept) -> None:
    assert claim(kept, publication())
    assert kept.publications.get("d1", 1) == publication()
    assert not claim(kept, publication(), 1)
    assert claim(kept, publication(), 6)  # whoever had it was killed
    assert kept.publications.get("d1", 2) is None


def test_what_waits_is_not_claimed_before_its_time(kept: Kept) -> None:
    claim(kept, publication())
    waiting = replace(publication(), attempts=1, code="index_unavailable", due_at=after(30))
    put(kept, waiting)
    assert not claim(kept, publication(), 10)
    assert kept.publications.get("d1", 1) == waiting
    assert claim(kept, publication(), 30)


@pytest.mark.parametrize("status", [one for one in PublicationStatus if one is not PublicationStatus.QUEUED])
def test_what_is_done_is_never_claimed_again(kept: Kept, status: PublicationStatus) -> None:
    claim(kept, publication())
    put(kept, replace(publication(), status=status))
    assert not claim(kept, publication(), 100)


def test_what_stands_in_a_document_is_known(kept: Kept) -> None:
    for name, minutes in (("d1", 2), ("d2", 1)):
        claim(kept, publication(name))
        put(kept, published(publication(name), minutes))
    assert [one.draft_id for one in kept.publications.of_document(DOCUMENT)] == ["d2", "d1"]
    put(kept, replace(published(publication("d2"), 1), status=PublicationStatus.WITHDRAWN))
    assert list(kept.publications.of_document(DOCUMENT)) == [published(publication(), 2)]
    assert [one.draft_id for one in kept.publications.list(PublicationStatus.WITHDRAWN, 10)] == ["d2"]
    assert [one.draft_id for one in kept.publications.list(None, 1)] == ["d1"]


def notice(id: str = "n1", *, person: str = "wang", publication: str = "d1", minutes: int = 0) -> Notice:
    return Notice(
        id=id,
        person=person,
        gap_id="g1",
        publication=publication,
        document_id=DOCUMENT,
        section="税率",
        question="税率是多少",
        language="zh",
        created_at=after(minutes),
    )


def add(kept: Kept, one: Notice, *, send: bool = False) -> bool:
    with kept.transactions.begin() as transaction:
        return kept.notices.add(transaction, one, send=send)


def test_a_person_is_told_of_an_answer_once(kept: Kept) -> None:
    assert add(kept, notice())
    assert not add(kept, notice("n2", minutes=1))
    assert add(kept, notice("n3", publication="d2", minutes=2))
    assert add(kept, notice("n4", person="li"))
    assert [one.id for one in kept.notices.of("wang", unseen=True, limit=10)] == ["n3", "n1"]
    assert list(kept.notices.of("wang", unseen=True, limit=10))[1] == notice()


def test_a_notice_is_seen_by_its_person_the_first_time(kept: Kept) -> None:
    add(kept, notice())
    assert kept.notices.see("n1", "li", after(1)) is None
    assert kept.notices.see("n1", "wang", after(1)) == replace(notice(), seen_at=after(1))
    assert kept.notices.see("n1", "wang", after(9)) == replace(notice(), seen_at=after(1))
    assert list(kept.notices.of("wang", unseen=True, limit=10)) == []
    assert len(kept.notices.of("wang", unseen=False, limit=10)) == 1


def test_a_notice_is_sent_by_whoever_takes_it(kept: Kept) -> None:
    add(kept, notice("n1"), send=True)
    add(kept, notice("n2", person="li", minutes=1), send=True)
    add(kept, notice("n3", person="zhao"))
    assert kept.notices.take(after(1)) == notice("n1")
    assert kept.notices.give_back("n1", after(10), 2)
    assert [one and one.id for one in (kept.notices.take(after(5)), kept.notices.take(after(5)))] == ["n2", None]
    assert kept.notices.take(after(10)) == notice("n1")
    assert not kept.notices.give_back("n1", after(20), 2)
    assert kept.notices.take(after(99)) is None


def test_a_question_is_kept_once(kept: Kept) -> None:
    one = EvaluationQuestion(id="gap-g1", text="税率", document_ids=(DOCUMENT,), quotes=("6%",), added_at=START)
    for question, new in ((one, True), (replace(one, text="别的"), False), (replace(one, id="a"), True)):
        with kept.transactions.begin() as transaction:
            assert kept.questions.add(transaction, question) is new
    assert list(kept.questions.list()) == [replace(one, id="a"), one]


def pin(words: str = "税率是多少", document: DocumentId = DOCUMENT, version: int = 1) -> Pin:
    return Pin(
        words=words,
        question=f"{words}?",
        document_id=document,
        section="税率",
        version=version,
        valid_until=date(2027, 1, 1),
        pinned_by="wang",
        pinned_at=START,
    )


def test_the_last_pin_of_a_question_counts(kept: Kept) -> None:
    other = DocumentId("f" * 16)
    for pins in ([pin(), pin("多少税")], [pin(version=2)], [pin("别的", other)]):
        with kept.transactions.begin() as transaction:
            kept.pins.put(transaction, pins)
    assert kept.pins.of_words("税率是多少") == pin(version=2)
    assert kept.pins.of_words("没有") is None
    assert {one.words for one in kept.pins.of_document(DOCUMENT)} == {"税率是多少", "多少税"}
    assert len(kept.pins.list()) == 3
    with kept.transactions.begin() as transaction:
        assert kept.pins.remove(transaction, DOCUMENT) == 2
    assert list(kept.pins.list()) == [pin("别的", other)]
