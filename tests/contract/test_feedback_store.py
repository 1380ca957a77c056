"""What every `FeedbackStore` promises."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Engine, select

from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.adapters.sql.feedback_store import SqlFeedbackStore
from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.tables import answer_feedback
from copilot.answering.store import AnswerStore
from copilot.curating.opinion import DownvoteReason, Opinion
from copilot.curating.store import FeedbackStore, Proposal, ProposalStatus
from knowledge.document import Audience
from tests.contract.material import START, abstention, after, answer, identity
from tests.databases import STORES
from tests.doubles.stores import InMemoryAnswerStore, InMemoryFeedbackStore


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A feedback store, the answers beside it and a way to read what was recorded."""

    store: FeedbackStore
    answers: AnswerStore
    engine: Engine | None

    def rating(self, answer_id: str, person: str) -> bool | None:
        if self.engine is None:
            assert isinstance(self.store, InMemoryFeedbackStore)
            return self.store.opinions[answer_id, person].helpful
        query = select(answer_feedback.c.helpful).where(
            answer_feedback.c.answer_id == answer_id, answer_feedback.c.person == person
        )
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one()


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        answers = InMemoryAnswerStore()
        return Kept(store=InMemoryFeedbackStore(answers), answers=answers, engine=None)
    engine: Engine = request.getfixturevalue("engine")
    return Kept(store=SqlFeedbackStore(engine), answers=SqlAnswerStore(engine), engine=engine)


def proposal(id: str = "q1", *, answer_id: str = "r1", person: str = "owner", minutes: int = 0) -> Proposal:
    return Proposal(
        id=id,
        text="什么时候准备续约",
        document_id=identity("renewal.md"),
        passage="p" * 64,
        audience=Audience.INTERNAL,
        answer_id=answer_id,
        person=person,
        proposed_at=after(minutes),
    )


def test_an_answer_comes_with_its_question_and_citations(kept: Kept) -> None:
    given = answer("r1", "c1", "owner")
    kept.answers.save(given, START)
    found = kept.store.answer("r1", "owner")
    assert found is not None
    assert found.question == given.question.text
    (place,) = found.citations
    assert (place.document_id, place.version, place.start) == (identity("renewal.md"), 1, 0)
    assert place.quote == given.composition.citations[0].quote


def test_an_abstention_has_no_citations(kept: Kept) -> None:
    kept.answers.save(abstention("r1", "c1", "owner"), START)
    found = kept.store.answer("r1", "owner")
    assert found is not None
    assert found.citations == []


@pytest.mark.parametrize(("answer_id", "person"), [("r2", "owner"), ("r1", "somebody else")])
def test_answers_of_others_are_unknown(kept: Kept, answer_id: str, person: str) -> None:
    kept.answers.save(answer("r1", "c1", "owner"), START)
    assert kept.store.answer(answer_id, person) is None


def test_the_last_word_of_a_person_counts(kept: Kept) -> None:
    kept.answers.save(answer("r1", "c1", "owner"), START)
    for helpful in (True, True, False):
        kept.store.record("r1", "owner", Opinion(helpful=helpful), at=after(1))
    assert kept.rating("r1", "owner") is False


def test_a_word_replaces_the_reason_before_and_an_edit_stays(kept: Kept) -> None:
    kept.answers.save(answer("r1", "c1", "owner"), START)
    bad = Opinion(helpful=False, reason=DownvoteReason.OUTDATED, comment="去年的口径", edited_text="新的口径")
    assert kept.store.record("r1", "owner", bad, at=after(1)) == bad
    stands = kept.store.record("r1", "owner", Opinion(helpful=True), at=after(2))
    assert stands == Opinion(helpful=True, edited_text="新的口径")
    assert kept.store.record("r1", "owner", Opinion(edited_text=""), at=after(3)) == Opinion(helpful=True)


def test_copied_and_shared_count_once_and_leave_the_word_alone(kept: Kept) -> None:
    kept.answers.save(answer("r1", "c1", "owner"), START)
    assert kept.store.record("r1", "owner", Opinion(copied=True), at=after(1)) == Opinion(copied=True)
    kept.store.record("r1", "owner", Opinion(helpful=False, comment="不对"), at=after(2))
    stands = kept.store.record("r1", "owner", Opinion(copied=True, shared=True), at=after(3))
    assert stands == Opinion(helpful=False, comment="不对", copied=True, shared=True)
    if kept.engine is not None:
        with kept.engine.connect() as connection:
            row = connection.execute(select(answer_feedback)).one()
        assert (aware(row.copied_at), aware(row.shared_at)) == (after(1), after(3))


def test_a_proposal_comes_back_as_it_went_in(kept: Kept) -> None:
    kept.store.propose(proposal())
    assert kept.store.proposal("q1") == proposal()


def test_proposing_again_changes_nothing(kept: Kept) -> None:
    kept.store.propose(proposal())
    assert kept.store.propose(proposal(person="somebody else", minutes=5)) == proposal()


def test_an_unknown_proposal_is_none(kept: Kept) -> None:
    assert kept.store.proposal("q1") is None


def test_a_decision_is_kept_with_who_and_when(kept: Kept) -> None:
    kept.store.propose(proposal())
    kept.store.decide("q1", ProposalStatus.ACCEPTED, "owner", after(9))
    decided = replace(proposal(), status=ProposalStatus.ACCEPTED, decided_by="owner", decided_at=after(9))
    assert kept.store.proposal("q1") == decided


def test_proposals_are_listed_by_status_oldest_first(kept: Kept) -> None:
    for name, minutes in (("late", 9), ("early", 1), ("done", 5)):
        kept.store.propose(proposal(name, minutes=minutes))
    kept.store.decide("done", ProposalStatus.REJECTED, "owner", after(10))
    assert [one.id for one in kept.store.proposals(None)] == ["early", "done", "late"]
    assert [one.id for one in kept.store.proposals(ProposalStatus.PROPOSED)] == ["early", "late"]


def test_only_the_persons_own_undecided_proposal_is_withdrawn(kept: Kept) -> None:
    kept.store.propose(proposal("mine"))
    kept.store.propose(proposal("decided"))
    kept.store.decide("decided", ProposalStatus.ACCEPTED, "owner", after(1))
    kept.store.propose(proposal("of another", person="somebody else"))
    kept.store.propose(proposal("another answer", answer_id="r2"))
    kept.store.withdraw("r1", "owner")
    assert {one.id for one in kept.store.proposals(None)} == {"decided", "of another", "another answer"}
