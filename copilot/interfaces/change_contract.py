"""The shapes around checking a change of the knowledge before it is published."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from copilot.interfaces.contract import Body, ProblemBody, Storable, TurnBody

#: Every quote is looked for in every answer: longer ones would keep the server busy, and say no more.
_Quote = Annotated[str, Field(max_length=4_000)]
_Source = Annotated[str, Field(max_length=1_000)]
VerdictName = Literal["unchanged", "changed", "broken", "mended"]


class GivenQuestion(Body):
    """A question to judge a change by. Without quotes and sources, any answer counts."""

    set: Storable = "given"
    id: Storable = Field(min_length=1)
    question: Storable = Field(min_length=1, max_length=2_000)
    answerable: bool = True
    quotes: list[_Quote] = Field([], max_length=50, description="Each says it, wherever it stands.")
    sources: list[_Source] = Field([], max_length=50, description="Each holds it.")
    history: list[TurnBody] = Field([], max_length=50, description="What was said before.")


class ChangeBody(Body):
    """An edit: the new `text` (or `upload`) of a document, its deletion, or a `path` where the server runs."""

    source: Storable | None = Field(
        None, description="Source or id of the document; with a folder, the origin it replaces."
    )
    text: str | None = Field(None, description="The new text, with its front matter.")
    upload: str | None = Field(None, description="The new file, in base64.")
    delete: bool = Field(False, description="Delete the document.")
    new: bool = Field(False, description="There is no such document yet: `source` is the name of a new upload.")
    path: Storable | None = Field(None, description="A file or folder of the machine the server runs on.")
    thorough: bool = Field(False, description="Search for every question, however many there are.")
    questions: list[GivenQuestion] = Field([], max_length=5000, description="Beside those that documents bring along.")

    @model_validator(mode="after")
    def _one_edit(self) -> ChangeBody:
        if (self.text is not None) + (self.upload is not None) + (self.path is not None) + self.delete != 1:
            raise ValueError("give exactly one of text, upload, path and delete")
        return self


class PublicationBody(Body):
    """Publish a checked change."""

    accept_broken: Storable | None = Field(None, description="Why answers may be lost; goes into the audit log.")


class EditedLine(Body):
    """A document that the change adds, changes or deletes."""

    id: str
    origin: str
    source: str
    title: str
    change: Literal["added", "changed", "deleted"]
    version: int | None = Field(description="The version that was compared with; null for a new document.")


class QuoteLine(Body):
    """A quote of an answer; `evidence`: it is what the question's answer has to rest on."""

    document_id: str
    source: str
    quote: str
    evidence: bool


class SideBody(Body):
    """What became of the question on one side."""

    status: Literal["answered", "partial", "abstained", "clarify"]
    rank: int | None = Field(description="Of the first passage with the expected evidence, from 1; null: none.")
    citations: list[QuoteLine]
    answer: str


class QuestionChangeLine(Body):
    """A question that the change breaks, changes or mends."""

    set: str
    id: str
    question: str
    verdict: VerdictName
    why: Literal["no_answer", "evidence_lost", "quote_gone"] | None = Field(None, description="Of a broken one.")
    why_zh: str | None = None
    why_en: str | None = None
    before: SideBody
    after: SideBody


class ChangeReportBody(Body):
    """What a change does to the questions it touches, once it has been checked."""

    id: str = Field(description="Names the check, to publish it.")
    status: Literal["running", "nothing", "passes", "breaks", "published", "cancelled", "failed"] = Field(
        description="`nothing`: every text is the one that is there; `breaks`: it is stopped."
    )
    source: str = Field("", description="What is edited.")
    started_at: datetime | None = None
    done: int = Field(0, description="Questions that were searched for so far.")
    total: int = Field(0, description="Those that are searched for in all; 0 until the edit has been read.")
    question: str = Field("", description="Looked at last.")
    error: ProblemBody | None = Field(None, description="Of a failed check.")
    documents: list[EditedLine] = Field([])
    looked_at: int = Field(0, description="All questions there are.")
    searched: int = Field(0, description="Those that were searched for; of more than 5,000, the ones near to the edit.")
    touched: int = Field(0, description="Those that an edited document answers or is shown for, before or after.")
    counts: dict[VerdictName, int] = Field({})
    questions: list[QuestionChangeLine] = Field([], description="Broken first, then changed, then mended.")
    notes: list[str] = Field([], description="What a person should know beside it.")
    seconds: float = 0.0


class ChangeList(Body):
    """Your checks, the newest first, without their questions."""

    changes: list[ChangeReportBody]
