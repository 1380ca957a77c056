"""A message in a conversation about a draft: an instruction changes the draft, anything else is a question."""

from __future__ import annotations

from uuid import uuid4

from copilot.errors import InstructionUnclear
from copilot.interfaces.contract import AnswerBody, AskBody, ChoiceBody
from copilot.interfaces.draft_contract import ChangeReply, InstructionBody
from copilot.interfaces.drafts import LocalDrafts
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from knowledge.text import is_chinese

_LABELS = {
    "zh": {"open": "打开草稿", "approve": "确认第 {n} 版", "undone": "没有变化。"},
    "en": {"open": "Open the draft", "approve": "Approve revision {n}", "undone": "Nothing changed."},
}


def follow_up(drafts: LocalDrafts, body: AskBody, draft_id: str, caller: Caller) -> AnswerBody | None:
    """Return what came of an instruction, or what it leaves open; None where the message is a question.

    It is kept as a revision of the draft, not as an answer: nothing is cited and nothing can be rated.

    Raises:
        NotPermitted: the caller may not change drafts.
        UnknownDraft: there is no such draft.
    """
    caller.need(Scope.DRAFTS_READ, Scope.DRAFTS_WRITE)
    mine = drafts.as_caller(caller.person.id, caller.surface)
    try:
        reply = mine.change(draft_id, InstructionBody(instruction=body.question))
    except InstructionUnclear as error:
        return _asked_back(body, draft_id, error) if error.partly else None
    return _changed(body, reply)


def _changed(body: AskBody, reply: ChangeReply) -> AnswerBody:
    language = _language(body)
    words = _LABELS[language]
    notes = "".join(f"\n- {note}" for note in reply.notes)
    diff = f"\n\n```diff\n{reply.diff}\n```" if reply.diff else f"\n\n{words['undone']}"
    choices = [
        ChoiceBody(label=words["open"], action="open_draft", payload={"draft_id": reply.id}),
        ChoiceBody(
            label=words["approve"].format(n=reply.revision),
            action="approve_draft",
            payload={"draft_id": reply.id, "revision": str(reply.revision)},
        ),
    ]
    return _body(body, status="answered", answer=f"{reply.understood}{notes}{diff}", choices=choices)


def _asked_back(body: AskBody, draft_id: str, error: InstructionUnclear) -> AnswerBody:
    choices = [
        ChoiceBody(label=one, action="ask", payload={"question": one, "draft_id": draft_id}) for one in error.choices
    ]
    return _body(body, status="clarify", answer=error.message, choices=choices)


def _body(body: AskBody, *, status: str, answer: str, choices: list[ChoiceBody]) -> AnswerBody:
    id = str(uuid4())
    return AnswerBody.model_validate(
        {
            "id": id,
            "answer_id": id,
            "conversation_id": body.conversation_id or str(uuid4()),
            "question": body.question,
            "standalone_question": body.question,
            "intent": "draft",
            "language": _language(body),
            "status": status,
            "answer": answer,
            "explanation": "",
            "choices": choices,
            "composer": "rules",
        }
    )


def _language(body: AskBody) -> str:
    return "zh" if is_chinese(body.question) else "en"
