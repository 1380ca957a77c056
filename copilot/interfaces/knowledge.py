"""The use cases around approved knowledge, on the services of this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, cast

from copilot.curating.evaluation_question import EvaluationQuestion, EvaluationQuestionStore
from copilot.curating.publishing.answers import GapAnswers, KnowledgeAnswer
from copilot.curating.publishing.pinning import Pinning, ShownPin
from copilot.curating.publishing.publication import Publication, PublicationStatus, PublicationStore
from copilot.curating.publishing.service import PublishingService
from copilot.curating.publishing.telling import ShownNotice, Telling
from copilot.curating.verifying import permit
from copilot.errors import CopilotError
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.knowledge_contract import (
    GapAnswerBody,
    GapDraftReply,
    GoldBody,
    KeptQuestion,
    KeptQuestions,
    KnowledgeList,
    NoticeBody,
    NoticeList,
    PinBody,
    PinChange,
    PinnedReply,
    PublicationBody,
    Seen,
    WithdrawnReply,
)
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.privacy.masking import masked
from knowledge.errors import UnknownDocument
from knowledge.reader import Reader
from knowledge.store import KnowledgeStore

_MOST = 200


class Knowledge(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def answer(self, gap_id: str, body: GapAnswerBody, key: str | None = None) -> GapDraftReply:
        """Draft an entry from an expert's answer; the same key again returns the draft it made."""
        ...

    def list(self) -> KnowledgeList:
        """Return what was approved here, and the pins."""
        ...

    def withdraw(self, source_or_id: str) -> WithdrawnReply:
        """Take a document out; the gaps it answered are open again."""
        ...

    def pin(self, source_or_id: str, body: PinChange) -> PinnedReply:
        """Return a document's answers as they stand from now on."""
        ...

    def unpin(self, source_or_id: str) -> PinnedReply:
        """Let a document answer like any other again."""
        ...

    def questions(self) -> KeptQuestions:
        """Return the questions that are asked again at every evaluation."""
        ...

    def notices(self, *, unseen: bool = False) -> NoticeList:
        """Return one's own notices."""
        ...

    def see(self, id: str) -> Seen:
        """Remember that one has seen a notice."""
        ...


class LocalKnowledge:
    """Implements `Knowledge` for whoever calls; without a caller, for the operator."""

    def __init__(
        self,
        *,
        answers: GapAnswers,
        publishing: PublishingService,
        publications: PublicationStore,
        telling: Telling,
        pinning: Pinning,
        kept: EvaluationQuestionStore,
        documents: KnowledgeStore,
        drafts: LocalDrafts,
        operator: Caller,
    ) -> None:
        self._answers = answers
        self._publishing = publishing
        self._publications = publications
        self._telling = telling
        self._pinning = pinning
        self._kept = kept
        self._documents = documents
        self._drafts = drafts
        self._operator = operator

    def answer(
        self, gap_id: str, body: GapAnswerBody, key: str | None = None, *, caller: Caller | None = None
    ) -> GapDraftReply:
        """Draft an entry from an expert's answer."""
        caller = caller or self._operator
        said = KnowledgeAnswer(**body.model_dump())
        made = self._answers.answer(gap_id, said, caller.person, caller.surface, key=key)
        shown = self._drafts.as_caller(caller.person.id, caller.surface).reply(made.draft, made.revision)
        return GapDraftReply(**shown.model_dump(), gap_id=gap_id)

    def list(self, *, caller: Caller | None = None) -> KnowledgeList:
        """Return what was approved here, and the pins, as far as the caller may read the documents or their drafts."""
        caller = caller or self._operator
        reader = caller.reader()
        found = self._publications.list(None, _MOST)
        return KnowledgeList(
            publications=[_publication(one) for one in found if self._may_see(one, caller, reader)],
            pins=[_pin(one) for one in self._pinning.list(reader)],
        )

    def of_gap(self, gap_id: str, *, caller: Caller | None = None) -> Sequence[PublicationBody]:
        """Return what became of the answers to a gap, as far as the caller may see it."""
        caller = caller or self._operator
        found = [one for one in self._publications.list(None, _MOST) if one.gap_id == gap_id]
        return [_publication(one) for one in found if self._may_see(one, caller, caller.reader())]

    def withdraw(self, source_or_id: str, *, caller: Caller | None = None) -> WithdrawnReply:
        """Take a document out; those may who may verify it."""
        caller = caller or self._operator
        stored = self._documents.find(source_or_id, caller.reader())
        permit(caller, stored)
        gaps = self._publishing.withdraw(stored.id, caller.person.id, caller.surface)
        return WithdrawnReply(document_id=stored.id, gaps=[str(one) for one in gaps])

    def pin(self, source_or_id: str, body: PinChange, *, caller: Caller | None = None) -> PinnedReply:
        """Return a document's answers as they stand from now on."""
        made = self._pinning.pin(source_or_id, caller or self._operator, body.valid_until)
        return PinnedReply(document=source_or_id, questions=[one.question for one in made])

    def unpin(self, source_or_id: str, *, caller: Caller | None = None) -> PinnedReply:
        """Let a document answer like any other again."""
        self._pinning.unpin(source_or_id, caller or self._operator)
        return PinnedReply(document=source_or_id, questions=[])

    def questions(self, *, caller: Caller | None = None) -> KeptQuestions:
        """Return the questions whose answer the caller may read, each as it was answered last."""
        reader = (caller or self._operator).reader()
        last = {one.text: one for one in self._kept.list() if self._stands(one, reader)}
        return KeptQuestions(questions=[_kept(one) for one in last.values()])

    def notices(self, *, unseen: bool = False, caller: Caller | None = None) -> NoticeList:
        """Return one's own notices."""
        found = self._telling.of((caller or self._operator).person, unseen=unseen)
        return NoticeList(notices=[_notice(one) for one in found])

    def see(self, id: str, *, caller: Caller | None = None) -> Seen:
        """Remember that one has seen a notice."""
        seen = self._telling.see(id, (caller or self._operator).person)
        return Seen(id=seen.id, seen_at=seen.seen_at or seen.created_at)

    def _may_see(self, one: Publication, caller: Caller, reader: Reader) -> bool:
        """Tell it by the document, and by the draft where there is none (yet, or any more): both say for whom it is."""
        if one.document_id is not None and one.status is not PublicationStatus.WITHDRAWN:
            return self._text(one.document_id, reader) is not None
        if Scope.DRAFTS_READ not in caller.scopes:
            return False
        try:
            self._drafts.as_caller(caller.person.id, caller.surface).show(one.draft_id)
        except CopilotError:
            return False
        return True

    def _stands(self, one: EvaluationQuestion, reader: Reader) -> bool:
        """Tell whether a document still says what is asked for: a corrected answer has other quotes."""
        texts = [text for name in one.document_ids if (text := self._text(name, reader)) is not None]
        return bool(texts) and all(any(quote in text for text in texts) for quote in one.quotes)

    def _text(self, document: str, reader: Reader) -> str | None:
        try:
            return self._documents.find(document, reader).document.text
        except UnknownDocument:
            return None


def _publication(one: Publication) -> PublicationBody:
    return PublicationBody(
        draft_id=one.draft_id,
        revision=one.revision,
        gap_id=one.gap_id,
        status=one.status.value,
        document_id=one.document_id,
        source=one.source,
        version=one.version,
        attempts=one.attempts,
        code=one.code,
        published_at=one.published_at,
    )


def _pin(one: ShownPin) -> PinBody:
    return PinBody(
        question=one.pin.question,
        document_id=one.pin.document_id,
        source=one.document.document.source,
        version=one.pin.version,
        state=one.state.value,
        valid_until=one.pin.valid_until,
        pinned_by=one.pin.pinned_by,
        pinned_at=one.pin.pinned_at,
    )


def _kept(one: EvaluationQuestion) -> KeptQuestion:
    """Export a question: files of questions go where answers do not, so nobody's number goes with them."""
    gold: list[GoldBody] | list[str] = [GoldBody(quote=quote) for quote in one.quotes] or list(one.document_ids)
    return KeptQuestion(
        id=one.id, question=masked(one.text), gold=gold, documents=list(one.document_ids), added_at=one.added_at
    )


def _notice(one: ShownNotice) -> NoticeBody:
    notice = one.notice
    return NoticeBody(
        id=notice.id,
        gap_id=notice.gap_id,
        question=notice.question,
        language=cast('Literal["zh", "en"]', notice.language),
        title=one.text.title,
        text=one.text.text,
        document_id=notice.document_id,
        source=one.document.document.source,
        version=one.document.version,
        created_at=notice.created_at,
        seen_at=notice.seen_at,
    )
