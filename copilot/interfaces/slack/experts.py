"""A question without an answer goes to whoever answers for the nearest document, and is recorded as a gap."""

from __future__ import annotations

from copilot.interfaces.contract import AnswerBody
from copilot.interfaces.slack.claims import Claim
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.elements import Message
from copilot.interfaces.slack.expert_blocks import expert_message
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.mrkdwn import mention
from copilot.interfaces.slack.notices import notice
from copilot.interfaces.slack.ports import Unanswered
from knowledge.errors import ReportableError


def ask_expert(desk: Desk, claim: Claim, known: Known) -> Message:
    """Record the gap and tag the expert: in the thread of the question, or directly where only the asker saw it."""
    answer, kept = desk.answer(str(claim.work.get("answer")))
    owner = _owner(desk, answer, known)
    expert = desk.identity.slack_user(owner)
    gap = desk.experts.record(
        Unanswered(
            answer_id=answer.answer_id,
            question=answer.standalone_question,
            reason=answer.reason,
            language=answer.language,
            asker=known.person.id,
            document_id=answer.passages[0].document_id if answer.passages else None,
        ),
        known.caller,
    )
    named = mention(expert, owner or "") if expert else None
    message = expert_message(answer.question, gap, named, mention(known.user.id, known.user.name), known.language)
    private = bool(kept.body.get("private"))
    if private and expert is None:  # nobody to ask, and nobody else has seen the question
        return notice("expert_asked", known.language)
    channel, thread = (expert or "", None) if private else (kept.channel, kept.thread or None)
    if not claim.attempts or desk.poster.found(channel, thread, claim.key) is None:
        desk.poster.post(channel, thread, message, claim.key)
    return notice("expert_asked", known.language)


def _owner(desk: Desk, answer: AnswerBody, known: Known) -> str | None:
    if not answer.passages:
        return None
    try:
        return desk.copilot.document(answer.passages[0].document_id, caller=known.caller).verification.owner
    except ReportableError:
        return None
