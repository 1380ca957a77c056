"""A question without an answer goes to whoever answers for the nearest document, and is recorded as a gap."""

from __future__ import annotations

from copilot.interfaces.contract import AnswerBody
from copilot.interfaces.slack.claims import Claim
from copilot.interfaces.slack.deciding import Who
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
    answer, kept = desk.answer(str(claim.work.get("answer")), claim.person)
    owner = _owner(desk, answer, known)
    expert = _reached(desk, owner)
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
    # What nobody else sees, in the direct messages too, is not where an expert would find it.
    private = bool(kept.body.get("private")) or kept.channel.startswith("D")
    if private and expert is None:  # nobody to ask, and nobody else has seen the question
        return notice("nobody_asked", known.language)
    if not private:
        _once(desk, claim, kept.channel, kept.thread or None, message)
    # A mention reaches nobody who is not in the channel.
    if expert is not None and (private or not desk.channels.holds(kept.channel, expert)):
        _once(desk, claim, expert, None, message)
    return notice("expert_asked" if expert else "nobody_asked", known.language)


def _once(desk: Desk, claim: Claim, channel: str, thread: str | None, message: Message) -> None:
    if not claim.attempts or desk.poster.found(channel, thread, claim.key) is None:
        desk.poster.post(channel, thread, message, claim.key)


def _reached(desk: Desk, owner: str | None) -> str | None:
    """Return the user of Slack that an owner is, if they are a member who may read what is asked."""
    user = desk.identity.slack_user(owner)
    return user if user is not None and desk.identity.known(user).who is Who.MEMBER else None


def _owner(desk: Desk, answer: AnswerBody, known: Known) -> str | None:
    if not answer.passages:
        return None
    try:
        return desk.copilot.document(answer.passages[0].document_id, caller=known.caller).verification.owner
    except ReportableError:
        return None
