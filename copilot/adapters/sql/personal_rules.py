"""Every table, what in it is a person's, and what becomes of that when they are erased.

A column that is not named here fails a test: whoever adds one says whether it has to do with a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import ColumnElement, MetaData, Table, false, or_, select

from copilot.adapters.sql import tables as own
from copilot.people.erasure import Subject
from copilot.privacy.masking import MASK

Where = Callable[[Subject], ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How one table is treated. Names of columns stand in one text, with blanks between.

    `deleted`: the rows of a person go. Else in their rows `cleared` get a value and `cleaned` lose every number,
    address and name of the person; columns in `people` hold ids and get the pseudonym wherever they are this person's,
    those in `named` hold ids and stay. `sealed` columns are left out of exports. `plain` ones have to do with nobody.
    """

    table: Table
    people: str = ""
    deleted: bool = False
    cleared: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    cleaned: str = ""
    named: str = ""
    sealed: str = ""
    plain: str = ""
    where: Where | None = None  #: whose rows; default: one of `people` is them
    why: tuple[str, str] = ("", "")  #: zh, en

    @property
    def columns(self) -> set[str]:
        """Return all columns that are declared."""
        told = " ".join((self.people, self.cleaned, self.named, self.sealed, self.plain))
        return {*told.split(), *self.cleared}

    def rows_of(self, subject: Subject) -> ColumnElement[bool]:
        """Return which rows are a person's."""
        if self.where is not None:
            return self.where(subject)
        return or_(false(), *(self.table.c[name] == subject.id for name in f"{self.people} {self.named}".split()))


def _asked(subject: Subject) -> ColumnElement[bool]:
    theirs = select(own.conversations.c.id).where(own.conversations.c.person == subject.id)
    return own.answers.c.conversation_id.in_(theirs)


def _of_their_answers(table: Table) -> Where:
    return lambda subject: table.c.answer_id.in_(select(own.answers.c.id).where(_asked(subject)))


def _in_slack(table: Table) -> Where:
    return lambda subject: table.c.person.in_([*subject.slack, subject.id])


def _their_wordings(subject: Subject) -> ColumnElement[bool]:
    table = own.gap_observations.c
    others = select(table.key).where(table.person != subject.id)
    theirs = select(table.key).where(table.person == subject.id)
    return own.gap_wordings.c.key.in_(theirs) & own.gap_wordings.c.key.not_in(others)


def _their_gaps(subject: Subject) -> ColumnElement[bool]:
    asked = select(own.gap_observations.c.gap_id).where(own.gap_observations.c.person == subject.id)
    return or_(own.gaps.c.id.in_(asked), own.gaps.c.owner == subject.id, own.gaps.c.former_owner == subject.id)


_DOOR = ("只为这个人开门", "opens a door for this person alone")
_COUNTS = ("只留下用于统计的行", "the rows stay, to be counted")
_WORK = ("公司的工作记录,不再写明是谁", "work of the company, without who did it")
_FILE = ("文件里这样写;要改就改文件", "a file says so; change the file")

_OWN: tuple[Rule, ...] = (
    # Who they are, and every door.
    Rule(
        table=own.people,
        named="id",
        cleared={"name": "(erased)", "email": None, "roles": ["reader"], "groups": [], "active": False},
        plain="created_at",
        why=("留下编号,以免别人再用它", "the id stays, so that nobody else gets it"),
    ),
    Rule(
        table=own.sessions,
        people="person",
        deleted=True,
        sealed="hash",
        plain="id way browser opened_at seen_at",
        why=_DOOR,
    ),
    Rule(
        table=own.api_keys,
        people="person",
        deleted=True,
        sealed="hash",
        plain="id scopes label created_at expires_at last_used_at revoked_at",
        why=_DOOR,
    ),
    Rule(
        table=own.one_time_codes,
        people="person made_by",
        where=lambda subject: own.one_time_codes.c.person == subject.id,
        deleted=True,
        sealed="hash",
        plain="kind made_at expires_at",
        why=_DOOR,
    ),
    Rule(table=own.passwords, people="person", deleted=True, sealed="hash", plain="set_at", why=_DOOR),
    Rule(table=own.identities, people="person", deleted=True, plain="issuer subject email bound_at used_at", why=_DOOR),
    Rule(
        table=own.sign_on_attempts,
        people="binds",
        deleted=True,
        sealed="state browser nonce verifier",
        plain="redirect_uri back expires_at",
        why=_DOOR,
    ),
    Rule(table=own.sign_in_failures, sealed="key", plain="count first_at blocked_until"),
    Rule(table=own.delegations, people="giver taker", deleted=True, plain="until", why=_DOOR),
    # What they asked.
    Rule(
        table=own.answers,
        where=_asked,
        cleared={"question": MASK, "body": {}},
        plain="id conversation_id status created_at reason intent language audience account_id surface composer "
        "request",
        why=_COUNTS,
    ),
    Rule(table=own.conversations, people="person", plain="id created_at", why=_COUNTS),
    Rule(
        table=own.gap_queue,
        where=_of_their_answers(own.gap_queue),
        deleted=True,
        plain="answer_id at",
        why=("问题本身已删", "the questions are gone"),
    ),
    Rule(
        table=own.answer_passages,
        plain="answer_id rank document_id version start end score",
    ),
    Rule(table=own.answer_citations, plain="answer_id document_id version"),
    Rule(
        table=own.answer_feedback,
        people="person",
        cleared={"comment": None, "edited_text": None},
        plain="answer_id helpful at reason copied_at shared_at",
        why=_COUNTS,
    ),
    Rule(
        table=own.handovers,
        people="person done_by",
        cleared={"question": MASK, "contact": "", "message": ""},
        where=lambda subject: own.handovers.c.person == subject.id,
        plain="id conversation_id language status locked created_at done_at told_at telling due_at attempts",
        why=_COUNTS,
    ),
    Rule(
        table=own.gap_wordings,
        where=_their_wordings,
        deleted=True,
        sealed="vector",
        plain="key number gap_id text model",
        why=("只有这个人这样问过;向量随之删除", "asked so by this person alone; the vectors go with them"),
    ),
    Rule(
        table=own.gaps,
        where=_their_gaps,
        people="owner former_owner",
        cleaned="question",
        plain="id language status observations askers first_at last_at document_id draft_id published_id reason "
        "changed_at reopened_at merged_into",
        why=("缺口属于公司", "the gap is the company's"),
    ),
    Rule(
        table=own.gap_observations,
        people="person",
        cleaned="question",
        cleared={"comment": None},
        plain="id gap_id kind answer_id conversation_id key language at account_id stage reason document_id version "
        "withdrawn",
        why=_COUNTS,
    ),
    Rule(
        table=own.notices,
        people="person",
        deleted=True,
        plain="id gap_id publication document_id section question language created_at seen_at sending attempts due_at",
        why=("只写给这个人", "written to this person alone"),
    ),
    Rule(
        table=own.proposed_questions,
        people="person decided_by",
        cleaned="text",
        plain="id document_id passage audience groups answer_id status proposed_at decided_at",
        why=_WORK,
    ),
    Rule(
        table=own.slack_events,
        where=_in_slack(own.slack_events),
        deleted=True,
        plain="key event_id kind channel thread ts person work status reason answer_ts attempts at lease",
        why=("与 Slack 的往来;Slack 里的消息要在那里删", "what Slack sent; messages there are deleted there"),
    ),
    Rule(
        table=own.slack_messages,
        where=_in_slack(own.slack_messages),
        deleted=True,
        plain="id kind subject channel thread ts person body at",
        why=("与 Slack 的往来;Slack 里的消息要在那里删", "what was sent to Slack; messages there are deleted there"),
    ),
    Rule(
        table=own.schedules,
        people="person created_by",
        where=lambda subject: own.schedules.c.person == subject.id,
        deleted=True,
        plain="id kind scope weekday local_time zone language channel destination enabled reason created_at "
        "next_due_at leased_until leased_by last_run_at last_outcome",
        why=("只发给这个人", "sent to this person alone"),
    ),
    Rule(
        table=own.schedule_runs,
        plain="schedule_id due_at since until asked missed attempts draft_id delivery_id outcome detail at",
    ),
    # What they did for the company.
    Rule(
        table=own.drafts,
        people="created_by",
        plain="id kind account_id language created_at revision status updated_at inputs",
        why=_WORK,
    ),
    Rule(
        table=own.draft_revisions,
        people="author",
        plain="draft_id number content quotes findings surface at based_on",
        why=_WORK,
    ),
    Rule(
        table=own.decisions,
        people="person on_behalf_of",
        plain="id draft_id revision verdict reason surface at key findings",
        why=_WORK,
    ),
    Rule(
        table=own.draft_outcomes,
        people="person",
        plain="draft_id revision kind account_id verdict edit_share at",
        why=_WORK,
    ),
    Rule(table=own.draft_outcome_documents, plain="draft_id document_id version"),
    Rule(
        table=own.deliveries,
        people="requested_by",
        plain="id draft_id revision channel destination status attempts due_at leased_until code detail receipt "
        "created_at sent_at",
        why=_WORK,
    ),
    Rule(
        table=own.publications,
        plain="draft_id revision gap_id status source document_id version section attempts code due_at leased_until "
        "created_at published_at",
    ),
    Rule(
        table=own.suggestion_reactions,
        people="person",
        cleaned="reason",
        plain="number suggestion_id verdict at",
        why=_WORK,
    ),
    Rule(table=own.suggestions, plain="id account_id action playbook shown_at"),
    Rule(
        table=own.pins,
        people="pinned_by",
        plain="words question document_id section version valid_until pinned_at",
        why=_WORK,
    ),
    Rule(table=own.evaluations, people="person", plain="id at summary report", why=_WORK),
    Rule(table=own.evaluation_questions, plain="id text document_ids quotes added_at"),
    Rule(table=own.account_records, people="bound_by", plain="record account_id at", why=_WORK),
    Rule(table=own.account_signals, people="source", plain="account_id id name value at recorded_at", why=_WORK),
    Rule(
        table=own.account_transitions,
        people="source",
        plain="id account_id from_stage from_band action to_stage to_band ended at",
        why=_WORK,
    ),
    Rule(table=own.accounts, plain="id type facts updated_at"),
    # What stays.
    Rule(
        table=own.audit_log,
        named="actor subject",
        plain="number action surface at details previous hash",
        why=(
            "只增不改、逐条相扣的审计记录:改一条就毁掉全部;里面是编号,登录的网络地址,和发送到的邮箱地址;没有姓名和内容",
            "append-only and chained, so changing one entry breaks all after it; it holds ids, network addresses of "
            "sign-ins and e-mail addresses that something was sent to, no names, no texts",
        ),
    ),
    Rule(table=own.audit_head, plain="id number hash"),
    Rule(table=own.signing_keys, sealed="secret", plain="id created_at"),
    Rule(table=own.used_tokens, sealed="hash", plain="until"),
    Rule(table=own.paces, sealed="key", plain="full_at"),
    Rule(
        table=own.background_runs,
        people="person",
        plain="id kind running cancelled body begun_at seen_at",
        why=_WORK,
    ),
    Rule(
        table=own.question_outcomes,
        plain="passage model prompt candidates tokens_in tokens_out checked_chunk created_at",
    ),
)


def rules(knowledge: MetaData) -> tuple[Rule, ...]:
    """Return the rules of all tables; those of the knowledge, whose documents name people, are handed in."""
    tables = knowledge.tables
    return (
        *_OWN,
        Rule(
            table=tables["document_verification"],
            people="owner deputy verified_by",
            plain="document_id verified_on review_by wording file_owner file_deputy file_verified_on file_review_by",
            why=_FILE,
        ),
        Rule(
            table=tables["documents"],
            plain="id origin source version title audience access metadata verified_on review_by fingerprint "
            "content_hash text_hash recipe characters chunk_count duplicate_of warnings sketch created_at updated_at",
        ),
        Rule(table=tables["document_access"], plain="document_id audience groups instead_of"),
        Rule(table=tables["access_moves"], plain="document_id"),
        Rule(
            table=tables["document_versions"],
            plain="document_id version origin source title text metadata content_hash created_at pages cuts",
        ),
        Rule(
            table=tables["chunks"],
            plain="row id document_id version ordinal start end text heading_path sections page page_breaks",
        ),
        Rule(table=tables["live_vectors"], plain="id name setting previous"),
        Rule(table=tables["chunk_sentences"], plain="chunk_id vector_set chinese vectors"),
        Rule(table=tables["questions"], plain="row id document_id chunk_id text writer"),
        Rule(table=tables["question_intents"], plain="id"),
        Rule(table=tables["index_intents"], plain="document_id version"),
        Rule(
            table=tables["ingest_failures"],
            plain="id origin source stage code reason attempts first_at last_at",
        ),
        Rule(table=tables["index_changes"], plain="id count"),
    )
