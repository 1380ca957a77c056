"""The shapes of ingestions and of what failed in them that leave the process."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from copilot.interfaces.contract import Body, ProblemBody, QuestionReportBody


class IngestLine(Body):
    """What became of one input item."""

    source: str
    status: Literal["added", "updated", "unchanged", "deleted", "failed", "empty"]
    code: str | None = None
    reason: str | None = None
    characters: int = 0
    chunks: int = 0
    duplicate_of: str | None = None
    warnings: list[str] = Field([])
    parts: list[IngestLine] = Field([], description="Members of an archive, attachments of a mail.")


class IngestReport(Body):
    """What one ingestion did."""

    added: int
    updated: int
    unchanged: int
    deleted: int
    failed: int
    seconds: float
    cancelled: bool = Field(False, description="It was ended early; nothing is taken for vanished then.")
    left: int = Field(0, description="Items that a cancelled run did not come to; the next run does.")
    documents: list[IngestLine]
    questions: QuestionReportBody | None = None


class IngestBody(Body):
    """What to ingest, and whether the shipped corpus belongs to it."""

    paths: list[str] = Field(
        [],
        description="Paths on the machine the server runs on; addresses of pages, sitemaps and `git+…` repositories.",
    )
    corpus: bool = True
    questions: bool = Field(False, description="Also write questions, which costs what the chat model costs.")
    retry_failed: bool = Field(False, description="Only what failed before, wherever it came from; paths are not read.")


class StageBody(Body):
    """How far one stage of an ingestion is."""

    name: Literal["read", "embed", "index"]
    done: int
    total: int
    characters: int = Field(description="Of text that has left this stage.")
    rate: float = Field(description="Characters per second in the last half minute.")
    eta_s: float | None = Field(None, description="Seconds left at this pace; null before there is a pace.")


class IngestProgress(Body):
    """How far an ingestion is; what is being rebuilt or written besides has no stages."""

    done: int = 0
    total: int = 0
    source: str = Field("", description="What was done last.")
    stages: list[StageBody] = Field([])


class IngestionBody(IngestProgress):
    """A running or finished ingestion."""

    id: str
    status: Literal["running", "finished", "cancelled", "failed"]
    report: IngestReport | None = None
    error: ProblemBody | None = None


class FailureLine(Body):
    """An item that could not be ingested; its document, if it has one, is of an earlier state."""

    id: str
    source: str
    origin: str
    stage: Literal["fetch", "parse", "embed", "index"]
    code: str
    reason: str
    attempts: int
    first_at: datetime
    last_at: datetime


class FailureList(Body):
    """What failed and has neither succeeded since nor vanished."""

    failures: list[FailureLine]
