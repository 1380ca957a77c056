"""People's questions that helped: proposed by feedback, indexed when a curator accepts them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from copilot.curating.candidate import Refusal
from copilot.curating.checks import QuestionChecks
from copilot.curating.opinion import Opinion, checked
from copilot.curating.store import CitedPlace, FeedbackStore, GivenAnswer, Proposal, ProposalStatus, QuestionIndex
from copilot.errors import NotPermitted, OutdatedQuestion, UnknownAnswer, UnknownQuestion
from copilot.people.person import Person, Role, reader_of
from knowledge.chunk import Chunk, Writer, added_question, same_words
from knowledge.document import Audience, content_hash
from knowledge.question_store import QuestionedDocument, QuestionStore
from knowledge.reader import wider


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What came of feedback: a proposal, or the rule that stands against one; neither when nothing was to propose."""

    answer_id: str
    stands: Opinion  #: all that this person has said of the answer
    proposal: Proposal | None = None
    refused: Refusal | None = None


class FeedbackService:
    """Nothing a person asked is indexed before a curator has read it."""

    def __init__(
        self,
        *,
        store: FeedbackStore,
        questions: QuestionStore,
        checks: QuestionChecks,
        index: QuestionIndex,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._questions = questions
        self._checks = checks
        self._index = index
        self._now = now

    def rate(self, answer_id: str, person: str, opinion: Opinion) -> Feedback:
        """Keep what is said of an answer; repeating it changes nothing, saying the opposite takes it back.

        Raises:
            UnknownAnswer: this person was given no such answer.
            InvalidRequest: nothing is said, or it cannot be kept.
        """
        opinion = checked(opinion)
        given = self._store.answer(answer_id, person)
        if given is None:
            raise UnknownAnswer(f"There is no answer {answer_id!r} of yours. Use the answer_id of a reply you got.")
        stands = self._store.record(answer_id, person, opinion, at=self._now())
        if opinion.helpful is None:
            return Feedback(answer_id=answer_id, stands=stands)
        if not opinion.helpful:
            self._store.withdraw(answer_id, person)
            return Feedback(answer_id=answer_id, stands=stands)
        return replace(self._propose(answer_id, person, given), stands=stands)

    def proposals(self, person: Person, status: ProposalStatus | None = None) -> Sequence[Proposal]:
        """Return the proposals about what this person may read, oldest first."""
        reader = reader_of(person)
        return [one for one in self._store.proposals(status) if reader.may_read_label(one.label)]

    def accept(self, id: str, person: Person) -> Proposal:
        """Make a proposed question a written question of the section that answered it.

        Raises:
            UnknownQuestion: there is no such proposal.
            NotPermitted: this person does not decide, or customers would meet what was asked about an internal text.
            OutdatedQuestion: the section has changed or is gone.
        """
        proposal = self._decidable(id, person)
        document, chunk = self._home(proposal)
        if wider(proposal.label, document.label):
            raise NotPermitted(
                f"Question {id!r} was asked about a document that more people may read now. Reject it, and write a "
                "question of your own into the document."
            )
        question = added_question(chunk.id, proposal.text, Writer.PERSON)
        # Indexed first: killed in between, the same acceptance changes nothing but the decision.
        if not self._index.add_questions(document.id, document.version, [question]):
            raise self._outdated(proposal)
        return self._decided(proposal, ProposalStatus.ACCEPTED, person.id)

    def reject(self, id: str, person: Person) -> Proposal:
        """Decide against a proposal; one that was accepted leaves the index.

        Raises:
            UnknownQuestion: there is no such proposal.
            NotPermitted: this person does not decide.
        """
        proposal = self._decidable(id, person)
        document = self._questions.current(proposal.document_id)
        if document is not None and proposal.status is ProposalStatus.ACCEPTED:
            said = same_words(proposal.text)
            gone = [q.id for q in document.questions if q.writer is Writer.PERSON and same_words(q.text) == said]
            self._index.remove_questions(document.id, gone)
        return self._decided(proposal, ProposalStatus.REJECTED, person.id)

    def _propose(self, answer_id: str, person: str, given: GivenAnswer) -> Feedback:
        place = self._cited(given)
        if place is None:
            return Feedback(answer_id=answer_id, stands=_HELPED)
        document, chunk = place
        text = " ".join(given.question.split())
        key = document.keys()[chunk.id]
        name = content_hash(f"{key}\n{same_words(text)}".encode())[:12]
        known = self._store.proposal(name)
        if known is not None:
            return Feedback(answer_id=answer_id, stands=_HELPED, proposal=known)
        checked = self._checks.choose(document, chunk, [text], {"zh": 1, "en": 1})
        if not checked.kept:
            return Feedback(answer_id=answer_id, stands=_HELPED, refused=next(iter(checked.refused), Refusal.DUPLICATE))
        proposal = Proposal(
            id=name,
            text=text,
            document_id=document.id,
            passage=key,
            audience=document.metadata.audience,
            groups=document.metadata.groups,
            answer_id=answer_id,
            person=person,
            proposed_at=self._now(),
        )
        return Feedback(answer_id=answer_id, stands=_HELPED, proposal=self._store.propose(proposal))

    def _cited(self, given: GivenAnswer) -> tuple[QuestionedDocument, Chunk] | None:
        """Return the chunk that answered: the first cited one of those that the fewest may read."""
        found = []
        for citation in given.citations:
            home = self._chunk_of(citation)
            if home is None:  # changed since: who may read what it answered from cannot be told any more
                return None
            found.append(home)
        return min(found, key=lambda home: _openness(home[0]), default=None)

    def _chunk_of(self, citation: CitedPlace) -> tuple[QuestionedDocument, Chunk] | None:
        document = self._questions.current(citation.document_id)
        if document is None:
            return None
        if document.version == citation.version:
            fits = (c for c in document.chunks if c.span.start <= citation.start < c.span.end)
        else:
            fits = (c for c in document.chunks if citation.quote in c.span.text)
        chunk = next(fits, None)
        return None if chunk is None else (document, chunk)

    def _home(self, proposal: Proposal) -> tuple[QuestionedDocument, Chunk]:
        document = self._questions.current(proposal.document_id)
        keys = document.keys() if document else {}
        chunk = next((c for c in document.chunks if keys[c.id] == proposal.passage), None) if document else None
        if document is None or chunk is None:
            raise self._outdated(proposal)
        return document, chunk

    def _decidable(self, id: str, person: Person) -> Proposal:
        if not person.has(Role.CURATOR, Role.ADMIN):
            raise NotPermitted("Only a curator or an admin decides which questions are indexed. Ask one of them.")
        proposal = self._store.proposal(id)
        if proposal is None or not reader_of(person).may_read_label(proposal.label):
            raise UnknownQuestion(f"No question {id!r} was proposed. `copilot questions list` shows them.")
        return proposal

    def _decided(self, proposal: Proposal, status: ProposalStatus, person: str) -> Proposal:
        if proposal.status is status:
            return proposal
        at = self._now()
        self._store.decide(proposal.id, status, person, at)
        return replace(proposal, status=status, decided_by=person, decided_at=at)

    def _outdated(self, proposal: Proposal) -> OutdatedQuestion:
        return OutdatedQuestion(
            f"The section that answered question {proposal.id!r} has changed or is gone. Reject the question; when it "
            "helps again, it is proposed again."
        )


_HELPED = Opinion(helpful=True)


def _openness(document: QuestionedDocument) -> int:
    return 0 if document.label.groups else 1 if document.label.audience is Audience.INTERNAL else 2
