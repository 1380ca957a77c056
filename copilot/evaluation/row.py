"""One question after it was asked and judged: a row of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from copilot.privacy.masking import sealed_values


class Fault(BaseModel):
    """Why a question could not be judged."""

    code: str
    message: str


class CitedRow(BaseModel):
    """A citation of the answer; `evidence` is None where no gold evidence is known."""

    source: str
    quote: str
    evidence: bool | None
    verbatim: bool


class Row(BaseModel):
    """Everything the figures are made of.

    `measures` maps a measure to (part, whole): over many rows the measure is the sum of the parts by the sum of the
    wholes. `ranks` has one entry per piece of gold evidence, from 1, None where it was not found. `right`: answered
    with gold evidence among the citations, or rightly abstained. `supported`: what `right` would be
    if every question were answered.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    set: str
    id: str
    question: str = ""
    language: str | None = None
    kind: str | None = None
    difficulty: str | None = None
    role: str | None = None
    stage: str | None = None
    answerable: bool | None = None
    status: Literal["answered", "partial", "abstained", "clarify"] | None = None
    reason: str | None = None
    composer: str | None = None
    confidence: float | None = None
    right: bool | None = None
    supported: bool | None = None
    ranks: list[int | None] = []
    measures: dict[str, tuple[float, float]] = {}
    found: list[str] = []
    answer: str | None = None
    citations: list[CitedRow] = []
    points_missing: list[str] = []
    figures_unsupported: list[str] = []
    timings_ms: dict[str, float] = {}
    error: Fault | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What names the question in every report."""
        return self.set, self.id

    def without_people(self) -> Row:
        """Return the row as it may be exported: nobody's number or address in any text, and no secret.

        What names the question stays, so that reports can be compared.
        """
        sealed = sealed_values(self.model_dump(exclude={"set", "id"}))
        return Row.model_validate({"set": self.set, "id": self.id} | dict(cast("Mapping[str, object]", sealed)))
