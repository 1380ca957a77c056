"""The shapes of what stands beside a record of a CRM."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from copilot.drafting.draft import DraftKind
from copilot.interfaces.advice_contract import AdviceBody, SaidBody
from copilot.interfaces.cases_contract import CaseMatchesBody
from copilot.interfaces.contract import AnswerBody, Body, ProblemBody, Storable
from copilot.interfaces.draft_contract import AccountBody, DraftReply

Short = Annotated[Storable, Field(max_length=200)]


class ChoiceOfAccount(Body):
    """An account that the record may be; a person says."""

    id: str
    name: str
    score: float = Field(description="1: the same name or web address; less: one name is part of the other.")


class MissingPart(Body):
    """A part that could not be had now; the others are there."""

    part: Literal["advice", "cases", "drafts"]
    problem: ProblemBody


class SidebarBody(Body):
    """An account with what to do, what to leave alone, cases and drafts; parts that are null are named as missing."""

    record: str | None = Field(None, description="The record of the CRM, as `hubspot:company/123`.")
    account: AccountBody | None = Field(description="Null: the record is none of ours yet.")
    advice: AdviceBody | None
    said: dict[str, SaidBody] = Field({}, description="What you said of its suggestions, by their ids.")
    cases: CaseMatchesBody | None
    drafts: list[DraftReply] | None = Field(description="The five last changed, with their text.")
    choices: list[ChoiceOfAccount] = Field([], description="Without an account: those that the record may be.")
    shown: dict[str, str] = Field({}, description="What the CRM has shown of the record.")
    missing: list[MissingPart] = Field([])


class AccountChosen(Body):
    """What a person says the record is: an account of ours, or a new one with these facts."""

    record: str | None = Field(None, max_length=250, description="Null: that of the visit.")
    account_id: Short | None = None
    name: Short | None = None
    website: Short | None = None
    industry: Short | None = None
    city: Short | None = None


class AccountFound(Body):
    """The account that the record belongs to now."""

    account_id: str


class InvitationBody(Body):
    """For whom, and beside which record, the page is to be opened."""

    person: Short | None = Field(None, description="Id of a person; or give `email`.")
    email: Short | None = None
    account_id: Short | None = None
    record: str | None = Field(None, max_length=250)
    origin: Short | None = Field(None, description="Of the page that shows us; one of COPILOT_SIDEBAR_ORIGINS.")
    language: Literal["zh", "en"] | None = None
    shown: dict[Literal["name", "website", "industry", "city"], Short] = Field({}, description="Facts of the record.")


class InvitationReply(Body):
    """An address that opens the page once, within ten minutes."""

    token: str
    url: str


class RenewalReply(Body):
    """A token for going on."""

    token: str


class QuestionAsked(Body):
    """A question beside a record."""

    question: str
    account_id: Storable | None = None
    conversation_id: Storable | None = None


class DraftWanted(Body):
    """A draft to compose about the account."""

    kind: DraftKind
    account_id: Storable
    inputs: dict[str, str] = Field({})
    language: Literal["zh", "en"] | None = None


class WorkBody(Body):
    """Something that takes its time: ask again while it is `working`."""

    id: str
    status: Literal["working", "done", "failed"]
    answer: AnswerBody | None = None
    draft: DraftReply | None = None
    problem: ProblemBody | None = None


class PageSignature(Body):
    """With what a page of ours may use the JS-SDK of 企业微信."""

    corp_id: str
    agent_id: str
    timestamp: int
    nonce: str
    config: str = Field(description="Signature for `getConfigSignature`.")
    agent_config: str = Field(description="Signature for `getAgentConfigSignature`.")
