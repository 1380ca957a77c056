"""A case: one question with what is known about its right answer, read from one line of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from copilot.errors import InvalidRequest
from knowledge.errors import ReportableError
from knowledge.json_lines import BadJson, read_json
from knowledge.text import is_chinese


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An earlier message of the conversation a question belongs to."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """A question to judge; `set` and `id` together name it.

    Gold is a list of quotes (each one a required piece of evidence) or of sources (each one holds the answer). An
    answerable case may have neither: then its retrieval is not judged, its refusal is.
    """

    set: str
    id: str
    question: str
    language: str
    answerable: bool
    quotes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    answer_points: tuple[str, ...] = ()
    kind: str | None = None
    difficulty: str | None = None
    role: str | None = None
    stage: str | None = None
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BadCase:
    """A line that is no case, and why."""

    set: str
    id: str
    error: ReportableError


class _Gold(BaseModel):
    model_config = ConfigDict(extra="ignore")

    quote: str = Field(min_length=1)


class _Turn(BaseModel):
    """`{"role","content"}`, or `{"speaker","text"}` with the speakers user and agent."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: str

    def turn(self) -> Turn:
        return Turn(role="user" if self.role == "user" else "assistant", content=self.content)


class _Line(BaseModel):
    """Unknown keys are ignored; an `id` may be a number."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    question: str
    lang: str | None = None
    gold: list[_Gold] | list[str] | None = None
    answerable: bool | None = None
    why_unanswerable: str | None = None
    answer_points: list[str] = []
    kind: str | None = None
    asked: str | None = None
    difficulty: str | None = None
    role: str | None = None
    stage: str | None = None
    history: list[_Turn] = []

    @field_validator("gold", mode="before")
    @classmethod
    def _one_kind(cls, value: object) -> object:
        if value is None or (isinstance(value, list) and all(isinstance(one, str | int) for one in value)):
            return value
        if isinstance(value, list) and all(isinstance(one, dict) and _is_text(one.get("quote")) for one in value):
            return value
        raise ValueError("it is no list in which each is an object with a quote, or each the id of a source")

    @field_validator("history", mode="before")
    @classmethod
    def _one_form(cls, value: object) -> object:
        if not isinstance(value, list):
            return value
        return [
            {"role": turn["speaker"], "content": turn.get("text")}
            if isinstance(turn, dict) and "speaker" in turn
            else turn
            for turn in value
        ]


def read_cases(data: bytes, name: str) -> Iterator[Case | BadCase]:
    """Read the lines of one set, which may be of different kinds; what a line is follows from its keys.

    `gold` as objects with `quote` or as ids: answerable. `why_unanswerable`, `answerable: false` or an empty `gold`
    without `answerable: true`: not answerable. The text stands under `question` or `text`. A line that is no case, or
    repeats an id, becomes a `BadCase`.
    """
    seen: set[str] = set()
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not raw.strip():
            continue
        case = _case(raw, number, name)
        if case.id in seen:
            reason = f"Line {number} repeats the id {case.id!r}. Give every question of a file its own id."
            case = BadCase(set=name, id=f"line-{number}", error=InvalidRequest(reason))
        seen.add(case.id)
        yield case


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _case(raw: bytes, number: int, name: str) -> Case | BadCase:
    values: object = None
    try:
        values = read_json(raw)
        if isinstance(values, dict) and "question" not in values and "text" in values:
            values = values | {"question": values["text"]}
        return _checked(_Line.model_validate(values), name)
    except BadJson as error:
        values = error.value
        reason = f"Line {number} is not JSON ({error}). Each line must be an object with id, question and gold."
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "line"
        wrong = first["msg"].removeprefix("Value error, ").lower()
        reason = f"Line {number}, key {key!r}: {wrong}. Needed are id, question and gold."
    except InvalidRequest as error:
        reason = f"Line {number}: {error.message}"
    known = values.get("id") if isinstance(values, dict) else None
    shown = str(known).encode("utf-8", "replace").decode() if isinstance(known, str | int) and str(known) else None
    return BadCase(set=name, id=shown or f"line-{number}", error=InvalidRequest(reason))


def _checked(line: _Line, name: str) -> Case:
    unanswerable = line.answerable is False or line.why_unanswerable is not None
    if line.gold is None and line.answerable is None and not unanswerable:
        raise InvalidRequest("neither gold nor why_unanswerable is given, so nothing can be judged. Add one of them.")
    if not line.gold and line.answerable is not True:
        unanswerable = True
    gold = [] if unanswerable else line.gold or []
    return Case(
        set=name,
        id=line.id,
        question=line.question,
        language=line.lang or ("zh" if is_chinese(line.question) else "en"),
        answerable=not unanswerable,
        quotes=tuple(one.quote for one in gold if isinstance(one, _Gold)),
        sources=tuple(one for one in gold if isinstance(one, str)),
        answer_points=() if unanswerable else tuple(line.answer_points),
        kind=line.kind or line.asked,
        difficulty=line.difficulty,
        role=line.role,
        stage=line.stage,
        history=tuple(turn.turn() for turn in line.history),
    )
