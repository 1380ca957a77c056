"""What every `FeedbackStore` promises."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Engine, select

from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.adapters.sql.feedback_store import SqlFeedbackStore
from copilot.adapters.sql.tables import answer_feedback
from copilot.answering.store import AnswerStore
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

    def ratings(self) -> dict[tuple[str, str], bool]:
        if self.engine is None:
            assert isinstance(self.store, InMemoryFeedbackStore)
            return self.store.ratings
        with self.engine.connect() as connection:
            return {(row.answer_id, row.person): row.helpful for row in connection.execute(select(answer_feedback))}


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
        kept.store.record("r1", "owner", helpful=helpful, at=after(1))
    assert kept.ratings() == {("r1", "owner"): False}


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
