"""What tools take and return. Arguments nobody knows are refused: a model that guesses must be told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import WITHOUT_ACCOUNT
from copilot.interfaces.contract import (
    Body,
    ChoiceBody,
    CitationBody,
    ConflictBody,
    GroundingBody,
    PassageBody,
    Storable,
    TurnBody,
    VerificationBody,
)
from copilot.suggesting.advice import Language
from knowledge.document import Audience, DocumentKind

_LONGEST_DOCUMENT_PART = 40_000  # characters; about what a model reads at once
_KINDS = tuple(kind for kind in DraftKind if kind not in WITHOUT_ACCOUNT)
_Account = Field(max_length=200, description="账户 id,见 list_accounts。Id of an account, see list_accounts.")
_Readers = Field(
    Audience.INTERNAL,
    description="谁会读到:customer 客户,不含内部资料。Who reads it; customer leaves internal text out.",
)


class Arguments(BaseModel):
    """What a tool is called with."""

    model_config = ConfigDict(extra="forbid")


class SearchArguments(Arguments):
    """Of `search_documents`."""

    query: str = Field(max_length=2000, description="要找什么,用自己的话。What to look for, in plain words.")
    limit: int = Field(5, ge=1, le=20)
    audience: Audience = _Readers


class AskArguments(Arguments):
    """Of `ask_question`."""

    question: str = Field(max_length=4000, description="问题,可以有多个部分。The question; it may have several parts.")
    audience: Audience = _Readers
    history: list[TurnBody] = Field([], max_length=50, description="之前的对话。Earlier turns.")
    conversation_id: Storable | None = Field(
        None, max_length=200, description="接着上一个回答问。The one of the last answer, for a follow-up."
    )
    account_id: Storable | None = Field(
        None, max_length=200, description="在哪个客户旁边问的。The account it is asked beside."
    )


class ListArguments(Arguments):
    """Of `list_documents`."""

    kind: DocumentKind | None = None
    contains: str = Field("", max_length=200, description="标题或来源里有的字。Text of the title or source.")
    limit: int = Field(50, ge=1, le=200)
    offset: int = Field(0, ge=0)


class DocumentArguments(Arguments):
    """Of `get_document`."""

    document: Storable = Field(max_length=1000, description="文档 id 或来源。Id or source of a document.")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="默认当前版本。Default: the current one.")
    offset: int = Field(0, ge=0, description="从第几个字开始。First character.")
    max_characters: int = Field(20_000, ge=1, le=_LONGEST_DOCUMENT_PART)


class AccountsArguments(Arguments):
    """Of `list_accounts`."""

    limit: int = Field(50, ge=1, le=200)
    after: Storable | None = Field(None, max_length=200, description="接着这个 id 往下列。Go on after this id.")


class AdviceArguments(Arguments):
    """Of `suggest_next_actions`."""

    account_id: Storable = _Account
    language: Language = "zh"


class PlanArguments(Arguments):
    """Of `draft_success_plan`."""

    account_id: Storable = _Account
    language: Language | None = Field(None, description="默认跟账户的语言。Default: that of the account.")
    inputs: dict[str, Storable] = Field({}, description="补充的事实。Further facts, by name.")
    idempotency_key: Storable | None = Field(
        None, max_length=200, description="同一个值再来一次,返回同一份草稿。The same key again returns the same draft."
    )


class DraftArguments(PlanArguments):
    """Of `create_draft`."""

    kind: Literal[_KINDS]  # type: ignore[valid-type]  # the kinds that begin with an account


class DraftsArguments(Arguments):
    """Of `list_drafts`."""

    account_id: Storable | None = Field(None, max_length=200)
    limit: int = Field(20, ge=1, le=200)


class ShowDraftArguments(Arguments):
    """Of `get_draft`."""

    id: Storable = Field(max_length=200)
    revision: int | None = Field(None, ge=1, le=2**31 - 1, description="默认最新。Default: the latest.")


class Passages(Body):
    """Passages, best first."""

    notice: str
    passages: list[PassageBody]


class Answered(Body):
    """An answer, a question back, or an abstention with its reason."""

    answer_id: str
    conversation_id: str
    question: str
    standalone_question: str
    language: Language
    status: Literal["answered", "partial", "abstained", "clarify"]
    reason: str | None = None
    answer: str = Field(description="Markdown; [n] names a citation.")
    explanation: str
    citations: list[CitationBody]
    grounding: list[GroundingBody]
    conflicts: list[ConflictBody]
    choices: list[ChoiceBody]
    composer: str
    confidence: float | None = None


class DocumentEntry(Body):
    """One line of the list of documents."""

    id: str
    uri: str
    source: str
    title: str
    kind: DocumentKind
    audience: Audience
    version: int
    characters: int
    verification: VerificationBody


class DocumentEntries(Body):
    """A page of documents."""

    total: int = Field(description="How many fit, on all pages.")
    offset: int
    documents: list[DocumentEntry]


class DocumentPart(Body):
    """A stretch of a document's stored text."""

    notice: str
    id: str
    uri: str
    source: str
    title: str
    version: int
    status: Literal["current", "replaced", "deleted"]
    verification: VerificationBody
    offset: int
    total_characters: int
    next_offset: int | None = Field(description="Null at the end.")
    text: str


class AccountEntry(Body):
    """One line of the list of accounts."""

    id: str
    type: str
    name: str | None = None
    lifecycle_stage: str | None = None


class AccountEntries(Body):
    """A page of accounts; go on with `after` = the last id."""

    accounts: list[AccountEntry]
