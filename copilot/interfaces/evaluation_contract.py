"""The shapes of evaluations that are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from copilot.interfaces.contract import Body, ProblemBody, Storable

_Text = Annotated[Storable, Field(max_length=500)]
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class MeasuredBody(Body):
    """A figure with its 95 % interval and the number of questions it rests on."""

    value: _Share | None
    low: _Share | None
    high: _Share | None
    n: int = Field(ge=0)


class ConfusionBody(Body):
    """What became of questions that have an answer here, and of those that have none."""

    answerable_right: int = Field(0, ge=0)
    answerable_wrong: int = Field(0, ge=0)
    answerable_abstained: int = Field(0, ge=0)
    unanswerable_answered: int = Field(0, ge=0)
    unanswerable_abstained: int = Field(0, ge=0)


class WorstQuestion(Body):
    """A question that was not handled right, or could not be asked."""

    set: _Text
    id: _Text
    question: str = Field("", max_length=2_000)
    answerable: bool | None = None
    status: Literal["answered", "partial", "abstained", "clarify"] | None = None
    rank: int | None = Field(None, description="Of the first evidence, from 1; null: not found.")
    missing: list[_Text] = Field([], max_length=20, description="Points that the answer lacks.")
    error: _Text | None = None


class EvaluationLine(Body):
    """A run, as lists show it."""

    id: str = Field("", max_length=36, pattern=r"^[A-Za-z0-9-]*$")
    at: datetime
    person: str = ""
    sets: list[_Text] = Field(max_length=50)
    questions: int = Field(ge=0)
    errors: int = Field(ge=0)
    version: _Text
    embedding_model: _Text | None = None
    chat_model: _Text | None = None
    documents: int | None = None
    search_only: bool = False
    sample: int | None = None
    figures: dict[_Text, MeasuredBody] = Field(max_length=60)


class EvaluationBody(EvaluationLine):
    """A run with its groups, confusion and worst questions."""

    confusion: ConfusionBody = ConfusionBody()
    groups: dict[_Text, dict[_Text, dict[_Text, MeasuredBody]]] = Field({}, max_length=8)
    latency_p50_ms: dict[_Text, float] = Field({}, max_length=40)
    worst: list[WorstQuestion] = Field([], max_length=100)


class EvaluationList(Body):
    """Runs, the newest first."""

    evaluations: list[EvaluationLine]


class EvaluationAsk(Body):
    """Which questions are asked: those that people asked and that are answered now, or some that ship."""

    questions: Literal["kept", "shipped"] = "kept"


class EvaluationProgress(Body):
    """An evaluation under way or ended; `evaluation` names what was kept of it."""

    id: str
    status: Literal["running", "finished", "cancelled", "failed"]
    done: int = 0
    total: int = 0
    question: str = ""
    evaluation: str | None = None
    error: ProblemBody | None = None
