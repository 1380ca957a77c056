"""The shapes of signals, of what to look at in a record, and of a preview of a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from copilot.interfaces.contract import Body, ErrorBody


class FactFindingBody(Body):
    """A fact that contradicts another, or that a stage needs and is missing; it refuses nothing."""

    field: str
    code: str
    message_zh: str
    message_en: str


class SignalBody(Body):
    """One observation."""

    name: str = Field(description="A field of the record, or an event as `kp_changed`; the README has the events.")
    value: Any = Field(None, description="What the field is now; for an event a text that says more, or nothing.")
    source: str | None = Field(None, description="Who saw it: a system or a person; default: who is calling.")
    at: str | None = Field(None, description="When it was so, ISO 8601, UTC without a zone; default: now.")
    id: str | None = Field(None, description="The same id again adds nothing; default: from all that is said here.")


class SignalShown(Body):
    """One observation as it is kept."""

    id: str
    name: str
    value: bool | int | float | str | None
    source: str
    at: datetime
    recorded_at: datetime


class SignalList(Body):
    """What was observed about an account."""

    signals: list[SignalShown]
    changed: dict[str, Any] = Field({}, description="Facts that are otherwise than in the record, as they are now.")


class SignalsAdded(SignalList):
    """What became of a request; `new` of its signals were not known before."""

    new: int


class ColumnBody(Body):
    """A column of a file, and the field it is read as."""

    column: str
    field: str | None = Field(description="None: nothing here knows it; it is kept under its own name.")


class PreviewRow(Body):
    """One line as it would be kept, or why it would not be."""

    line: int
    id: str | None = None
    record: dict[str, Any] | None = Field(None, description="Of the first lines alone.")
    unknown: list[str] = Field([])
    findings: list[FactFindingBody] = Field([])
    error: ErrorBody | None = None


class ImportPreview(Body):
    """What an import would do; nothing was kept."""

    columns: list[ColumnBody]
    unmapped: list[str] = Field(description="Columns that nothing here knows.")
    would_keep: int
    would_fail: int
    rows: list[PreviewRow] = Field(description="The first lines, and every one that would fail or has findings.")
