"""Names of actions and modals, for those who send and those who listen.

An action that stands several times in a message ends in `_` and a number; its value is `id:number`, where `id` names
what is kept with us (an answer, a draft, a suggestion). Nothing else travels through Slack.
"""

from __future__ import annotations

CHOICE = "choice_"  #: `answer:number` of `AnswerBody.choices`
WHY = "show_why"
FEEDBACK = "feedback"  #: `answer:up` or `answer:down`
ASK_EXPERT = "ask_expert"
ASK_AGAIN = "ask_again"
FIND_PRIVATE = "find_private"
SHARE = "share"
KEEP_PRIVATE = "keep_private"
ANSWER_GAP = "answer_gap"  #: by the expert who was asked

DRAFT_SHOW = "draft_show_"
DRAFT_EDIT = "draft_edit"
DRAFT_APPROVE = "draft_approve"  #: `draft:revision`, as are the others of drafts
DRAFT_REJECT = "draft_reject"
DRAFT_DELIVER = "draft_deliver"

SUGGESTION_ACCEPT = "suggestion_accept_"  #: `suggestion:number` of `AdviceBody.actions`
SUGGESTION_LATER = "suggestion_later_"
SUGGESTION_REJECT = "suggestion_reject_"
SUGGESTION_DRAFT = "suggestion_draft_"

STAGE = "stage_"  #: the key of a stage of the navigation map
ACCOUNT_ADVICE = "account_advice_"  #: the id of an account
GAP = "gap_"  #: the id of a gap

WHY_VIEW = "why"
FEEDBACK_VIEW = "feedback_reason"
DRAFT_EDIT_VIEW = "draft_edit"
DRAFT_REJECT_VIEW = "draft_reject"
DRAFT_DELIVER_VIEW = "draft_deliver"
SUGGESTION_REJECT_VIEW = "suggestion_reject"
KNOWLEDGE_VIEW = "save_knowledge"

ASK_SHORTCUT = "ask_about_message"
SAVE_SHORTCUT = "save_as_knowledge"
COMMAND = "/copilot"


def value(id: str, number: int | str) -> str:
    """Return what a button carries."""
    return f"{id}:{number}"


def named(value: str) -> tuple[str, str]:
    """Return the id and the number, or whatever stands in its place, of what a button carried."""
    id, _, number = value.rpartition(":")
    return id, number
