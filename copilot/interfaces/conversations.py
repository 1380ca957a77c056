"""The use cases around what was asked before, and around asking for a person, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from copilot.accounts.lifecycle import Stage
from copilot.answering.history import History, KeptReply
from copilot.answering.question import Language
from copilot.handover.handover import Handover, HandoverStatus
from copilot.handover.service import HandoverService
from copilot.interfaces.contract import CitationBody, ConflictBody, GroundingBody
from copilot.interfaces.conversation_contract import (
    AskForPersonBody,
    ConversationBody,
    ConversationLine,
    ConversationList,
    HandoverBody,
    KeptAnswerBody,
    QuotedPlaceBody,
    ShortcutBody,
    ShortcutList,
)
from copilot.interfaces.shortcuts import for_customers, for_staff
from copilot.interfaces.web.answer_markup import render_answer
from copilot.people.caller import Caller
from copilot.people.person import Role
from knowledge.document import Audience, DocumentKind
from knowledge.question_store import QuestionStore
from knowledge.store import KnowledgeStore

_PAGE = 20
_SHORTCUTS = 4
_WITHHELD: dict[Language, str] = {
    "zh": "这条回答引用的资料现在不能给你看了,所以不再显示。请重新提问,看看现在的答案。",
    "en": "This answer quotes a document that you may not see any more. Ask again to see what holds now.",
}


class LocalConversations:
    """Looks back for whoever calls."""

    def __init__(
        self,
        *,
        history: History,
        handovers: HandoverService,
        documents: KnowledgeStore,
        questions: QuestionStore,
        operator: Caller,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._history = history
        self.handovers = handovers
        self._documents = documents
        self._questions = questions
        self._operator = operator
        self._today = today

    def list(self, page: int = 1, *, caller: Caller | None = None) -> ConversationList:
        """Return one's own conversations, the one with the newest reply first."""
        person = (caller or self._operator).person.id
        found = self._history.conversations(person, limit=_PAGE + 1, offset=(page - 1) * _PAGE)
        return ConversationList(
            conversations=[ConversationLine(**vars(one)) for one in found[:_PAGE]],
            page=page,
            next=page + 1 if len(found) > _PAGE else None,
        )

    def show(self, id: str, *, caller: Caller | None = None) -> ConversationBody:
        """Return a conversation of one's own."""
        caller = caller or self._operator
        replies = self._history.conversation(id, caller.reader(), person=caller.person.id)
        there = self.handovers.of(id)
        return ConversationBody(
            id=id, answers=[*self.answers(replies)], handover=self._handover(there) if there is not None else None
        )

    def answers(self, replies: Sequence[KeptReply]) -> Sequence[KeptAnswerBody]:
        """Return kept replies as they were shown."""
        return [kept_answer(reply, self._today()) for reply in replies]

    def answered(self, request: str, *, caller: Caller) -> KeptAnswerBody | None:
        """Return the answer to a request that was answered before."""
        reply = self._history.reply_to(request, caller.reader())
        return None if reply is None else kept_answer(reply, self._today())

    def place(self, answer_id: str, number: int, *, caller: Caller | None = None) -> QuotedPlaceBody:
        """Return a citation of one's own answer in its context, if the document may be seen now."""
        caller = caller or self._operator
        found = self._history.place(answer_id, number, caller.reader(), caller.person.id)
        cited = _citation(found.citation, self._today())
        current = found.current
        return QuotedPlaceBody(
            **cited.model_dump(include={"n", "document_id", "title", "heading_path", "version", "page", "url"}),
            **cited.model_dump(include={"verified_until", "stale"}),
            status="deleted" if current is None else "current" if current == cited.version else "replaced",
            before=found.before,
            quote=found.quote,
            after=found.after,
            cut_before=found.cut_before,
            cut_after=found.cut_after,
        )

    def ask_for_person(self, id: str, body: AskForPersonBody, *, caller: Caller | None = None) -> HandoverBody:
        """Ask for a person to take a conversation of one's own over."""
        return self._handover(self.handovers.ask(caller or self._operator, id, body.contact, body.message))

    def shortcuts(
        self,
        language: Language,
        audience: Audience,
        *,
        role: str | None = None,
        stage: str | None = None,
        account: str | None = None,
        caller: Caller | None = None,
    ) -> ShortcutList:
        """Return what to begin with; what a visitor's token says counts more than what a page asks for."""
        caller = caller or self._operator
        if caller.visit is not None:
            audience, account = caller.visit.audience, None
            role, stage = caller.visit.role or role, caller.visit.stage or stage
            language = "en" if (caller.visit.language or language) == "en" else "zh"
        if audience is Audience.CUSTOMER:
            offered = for_customers(language, self._documents, self._questions, stage=stage, most=_SHORTCUTS)
        else:
            roles = [one for one in Role if one.value == role] if role else sorted(caller.person.roles)
            at = next((one for one in Stage if one.value == stage), None)
            offered = for_staff(language, roles=roles, stage=at, account=account)[:_SHORTCUTS]
        return ShortcutList(
            shortcuts=[ShortcutBody(label=c.label, action=c.action, payload=dict(c.payload)) for c in offered],
            audience=audience,
        )

    def _handover(self, there: Handover) -> HandoverBody:
        told = there.told_at is not None
        return HandoverBody(
            id=there.id,
            conversation_id=there.conversation_id,
            status=there.status.value,
            waiting=there.status is HandoverStatus.OPEN and there.locked,
            contact=there.contact,
            message=there.message,
            told="told" if told else "waits" if there.telling else "list",
            created_at=there.created_at,
            done_at=there.done_at,
        )


def kept_answer(reply: KeptReply, today: date) -> KeptAnswerBody:
    """Return a kept reply as it was shown."""
    body = reply.body
    language: Language = "en" if reply.language == "en" else "zh"
    text = str(body.get("text") or body.get("explanation") or "")
    text = _WITHHELD[language] if reply.withheld else text
    citations = [_citation(one, today) for one in body.get("citations", ())]
    return KeptAnswerBody.model_validate(
        {
            "id": reply.id,
            "answer_id": reply.id,
            "conversation_id": reply.conversation_id,
            "question": reply.question,
            "standalone_question": body.get("standalone_question") or reply.question,
            "intent": body.get("intent", "question"),
            "language": language,
            "status": reply.status,
            "answer": text,
            "explanation": body.get("explanation", "") if "text" in body else "",
            "citations": citations,
            "grounding": [GroundingBody.model_validate(one) for one in body.get("grounding", ())],
            "conflicts": [ConflictBody.model_validate(one) for one in body.get("conflicts", ())],
            "choices": body.get("choices", []),
            "reason": body.get("reason"),
            "composer": body.get("composer") or "extractive",
            "at": reply.at,
            "html": render_answer(text, {one.n for one in citations}),
            "withheld": reply.withheld,
        }
    )


def _citation(kept: object, today: date) -> CitationBody:
    """Read a citation; those of before titles were kept name their document by its id."""
    known = dict(kept) if isinstance(kept, dict) else {}
    document = known.get("document_id", "")
    read = CitationBody.model_validate(
        {"source": document, "title": document, "kind": DocumentKind.OTHER, "heading_path": []} | known
    )
    due = read.verified_until
    return read.model_copy(update={"stale": due is not None and due < today})
