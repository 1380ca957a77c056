"""Every table of what belongs to an account, and what becomes of a contact that it names.

A column that is not named here fails a test, as in `personal_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import ColumnElement, Table, or_, select

from copilot.adapters.sql import tables as own

Where = Callable[[str], ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class ContactRule:
    """How the rows of an account are treated that name a contact. Columns stand in one text, with blanks between.

    `deleted`: such rows go. Else `cleared` columns that name them get a value, `replaced` ones the pseudonym; `kept`
    ones stay, and so do all columns of `fixed` rows. `plain` columns name nobody.
    """

    table: Table
    of: Where  #: the rows of an account
    why: tuple[str, str]  #: zh, en
    deleted: bool = False
    replaced: str = ""
    cleared: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    kept: str = ""
    plain: str = ""
    fixed: Where | None = None
    why_fixed: tuple[str, str] = ("", "")  #: zh, en: of `fixed` rows and `kept` columns

    @property
    def told(self) -> list[str]:
        """Return the columns that may name somebody."""
        return [*self.replaced.split(), *self.cleared, *self.kept.split()]


def _of_account(table: Table) -> Where:
    return lambda account: table.c.account_id == account


def _of_its_drafts(table: Table) -> Where:
    return lambda account: table.c.draft_id.in_(select(own.drafts.c.id).where(own.drafts.c.account_id == account))


def _answers(account: str) -> ColumnElement[bool]:
    return own.answers.c.account_id == account


def _of_its_answers(table: Table) -> Where:
    return lambda account: table.c.answer_id.in_(select(own.answers.c.id).where(_answers(account)))


def _in_its_conversations(account: str) -> ColumnElement[bool]:
    return own.handovers.c.conversation_id.in_(select(own.answers.c.conversation_id).where(_answers(account)))


def _in_its_gaps(column: str, table: Table) -> Where:
    observed = own.gap_observations.c
    return lambda account: table.c[column].in_(select(observed.gap_id).where(observed.account_id == account))


def _of_its_suggestions(account: str) -> ColumnElement[bool]:
    shown = own.suggestions.c
    return own.suggestion_reactions.c.suggestion_id.in_(select(shown.id).where(shown.account_id == account))


def _sent_to_slack(account: str) -> ColumnElement[bool]:
    drafts, table = own.drafts.c, own.slack_messages.c
    ours = select(drafts.id).where(drafts.account_id == account)
    return or_(table.subject.in_(ours), table.subject.in_(select(own.answers.c.id).where(_answers(account))))


def settled(draft_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a draft was ever approved or asked to be sent: what was decided on is not changed afterwards."""
    approved = select(own.decisions.c.draft_id).where(own.decisions.c.verdict != "reject")
    left = select(own.drafts.c.id).where(own.drafts.c.status.in_(("approved", "delivered")))
    return or_(draft_id.in_(approved), draft_id.in_(select(own.deliveries.c.draft_id)), draft_id.in_(left))


_TEXT = ("文字留下,名字换成代号", "the text stays, with a pseudonym for the name")
_APPROVED = (
    "已批准或已发出的文字是当时决定的凭证,不能事后改动",
    "what was approved or sent is the proof of a decision and is not changed afterwards",
)
_SENT = ("已发出的记录,对方那里也有", "the record of what was sent; whoever received it has it too")

CONTACT_RULES: tuple[ContactRule, ...] = (
    ContactRule(
        table=own.drafts,
        of=_of_account(own.drafts),
        replaced="inputs",
        plain="id kind account_id language created_by created_at revision status updated_at",
        fixed=lambda _: settled(own.drafts.c.id),
        why=_TEXT,
        why_fixed=_APPROVED,
    ),
    ContactRule(
        table=own.draft_revisions,
        of=_of_its_drafts(own.draft_revisions),
        replaced="content findings",
        kept="quotes",
        plain="draft_id number author surface at based_on",
        fixed=lambda _: settled(own.draft_revisions.c.draft_id),
        why=_TEXT,
        why_fixed=(
            _APPROVED[0] + ";逐字引用出自文件,要改就改文件",
            _APPROVED[1] + "; verbatim quotes are of documents, change the file",
        ),
    ),
    ContactRule(
        table=own.decisions,
        of=_of_its_drafts(own.decisions),
        kept="reason findings",
        plain="id draft_id revision verdict person on_behalf_of surface at key",
        why=_APPROVED,
        why_fixed=("决定和它的理由不改", "a decision and its reason are not changed"),
    ),
    ContactRule(
        table=own.deliveries,
        of=_of_its_drafts(own.deliveries),
        kept="destination detail receipt",
        plain="id draft_id revision channel status attempts due_at leased_until code requested_by created_at sent_at",
        why=_SENT,
        why_fixed=_SENT,
    ),
    ContactRule(
        table=own.answers,
        of=_answers,
        replaced="question",
        cleared={"body": {}},
        plain="id conversation_id status created_at reason intent language audience account_id surface composer "
        "request",
        why=(
            "问题里换成代号;提到此人的回答清空,行留下用于统计",
            "a pseudonym in the question; an answer that names them is emptied, and its row stays to be counted",
        ),
    ),
    ContactRule(
        table=own.answer_feedback,
        of=_of_its_answers(own.answer_feedback),
        replaced="comment edited_text",
        plain="answer_id person helpful at reason copied_at shared_at",
        why=_TEXT,
    ),
    ContactRule(
        table=own.handovers,
        of=_in_its_conversations,
        replaced="question message contact telling",
        plain="id conversation_id person language status locked created_at done_at done_by told_at due_at attempts",
        why=_TEXT,
    ),
    ContactRule(
        table=own.proposed_questions,
        of=_of_its_answers(own.proposed_questions),
        replaced="text",
        plain="id document_id passage audience groups answer_id person status decided_by proposed_at decided_at",
        why=_TEXT,
    ),
    ContactRule(
        table=own.gap_wordings,
        of=_in_its_gaps("gap_id", own.gap_wordings),
        deleted=True,
        kept="text",
        plain="key number gap_id model vector",
        why=("问法连同它的向量一起删除", "the wording goes with its vector"),
    ),
    ContactRule(
        table=own.notices,
        of=_in_its_gaps("gap_id", own.notices),
        replaced="question",
        plain="id person gap_id publication document_id section language created_at seen_at sending attempts due_at",
        why=_TEXT,
    ),
    ContactRule(
        table=own.gaps,
        of=_in_its_gaps("id", own.gaps),
        replaced="question reason",
        plain="id language status observations askers first_at last_at owner former_owner document_id draft_id "
        "published_id changed_at reopened_at merged_into",
        why=_TEXT,
    ),
    ContactRule(
        table=own.gap_observations,
        of=_of_account(own.gap_observations),
        replaced="question comment",
        plain="id gap_id kind answer_id conversation_id key language person at account_id stage reason document_id "
        "version withdrawn",
        why=_TEXT,
    ),
    ContactRule(
        table=own.suggestion_reactions,
        of=_of_its_suggestions,
        replaced="reason",
        plain="number suggestion_id person verdict at",
        why=_TEXT,
    ),
    ContactRule(
        table=own.slack_messages,
        of=_sent_to_slack,
        kept="body",
        plain="id kind subject channel thread ts person at",
        why=_SENT,
        why_fixed=("Slack 里的消息要在那里删", "messages in Slack are deleted there"),
    ),
)
#: Tables of an account that hold no text of anybody: ids, names of actions, stages and times.
NAMELESS = frozenset(
    {
        "account_records",
        "account_transitions",
        "suggestions",
        "draft_outcomes",
        "draft_outcome_documents",
        "publications",
        "answer_passages",
        "answer_citations",
        "gap_queue",
    }
)
#: Told by the rules of a record itself (copilot/accounts/contact.py).
STRUCTURED = frozenset({"accounts", "account_signals"})
