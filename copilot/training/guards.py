"""Sets that a training must not harm: folders that somebody names, and what ships with the product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.errors import InvalidRequest
from copilot.training.examples import sampled
from knowledge.json_lines import BadJson, read_json
from knowledge.text import fold
from knowledge.training import JudgedSet, Material

#: Enough to see a loss of a few hundredths, few enough to be judged in a minute or two.
MOST_QUESTIONS = 300
MOST_PASSAGES = 1_500


@dataclass(frozen=True, kw_only=True)
class QuotedQuestion:
    """A question whose answer is known by where it stands: a source and, better, words of it."""

    question: str
    evidence: tuple[tuple[str, str], ...]  #: (source, quote)


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    text: str


class _Passage(_Line):
    title: str | None = None
    context: str | None = None
    heading: str | None = None

    def placed(self) -> str:
        place = dict.fromkeys(part for part in (self.title, self.context, self.heading) if part)
        return "\n".join(part for part in (" > ".join(place), self.text) if part)


class _Query(_Line):
    gold: list[str]


class _Evidence(BaseModel):
    model_config = ConfigDict(extra="ignore")

    source: str
    quote: str


class _Case(BaseModel):
    model_config = ConfigDict(extra="ignore")

    question: str
    gold: list[_Evidence]


_L = TypeVar("_L", bound=BaseModel)


def read_guard(folder: Path, *, seed: int, questions: int = MOST_QUESTIONS, passages: int = MOST_PASSAGES) -> JudgedSet:
    """Read `corpus.jsonl` of `{id, title?, context?, heading?, text}`, `queries*.jsonl` of `{id, text, gold: [ids]}`.

    Larger sets are sampled, the same way for the same seed; the passages that answer a kept question always stay.

    Raises:
        InvalidRequest: a file is missing or a line cannot be used, or no question has its answer among the passages.
    """
    queries = sorted(folder.glob("queries*.jsonl"))
    if not (folder / "corpus.jsonl").is_file() or not queries:
        raise InvalidRequest(
            f"{str(folder)!r} is no guard: it needs corpus.jsonl with {{id, text}} lines and queries.jsonl with "
            "{id, text, gold} lines."
        )
    corpus = list(_lines(folder / "corpus.jsonl", _Passage))
    place_of = {passage.id: place for place, passage in enumerate(corpus)}
    asked = [
        (query.text, frozenset(place_of[name] for name in query.gold if name in place_of))
        for path in queries
        for query in _lines(path, _Query)
    ]
    found = JudgedSet(
        name=folder.resolve().name,
        questions=tuple(text for text, gold in asked if gold),
        passages=tuple(passage.placed() for passage in corpus),
        gold=tuple(gold for _, gold in asked if gold),
    )
    if not found.questions:
        raise InvalidRequest(f"In {str(folder)!r} no question has an id of corpus.jsonl under `gold`. Check the ids.")
    return sampled(found, questions=questions, passages=passages, seed=seed)


def shipped_questions() -> list[QuotedQuestion]:
    """Return the evaluation set that ships with the product; empty where this installation has none."""
    path = Path(str(resources.files("copilot").joinpath("evaluation", "sets", "answerable.jsonl")))
    return [
        QuotedQuestion(question=case.question, evidence=tuple((one.source, one.quote) for one in case.gold))
        for case in (_lines(path, _Case) if path.is_file() else ())
    ]


def shipped_guard(material: Material, questions: Sequence[QuotedQuestion], *, seed: int) -> JudgedSet:
    """Judge on the shipped corpus: by the shipped evaluation set, else by the questions its documents list.

    `document` of the sections is their source. A section answers when it holds a quote; where the cut goes through the
    quote, every section of the source does.
    """
    passages = tuple(section.placed for section in material.sections)
    asked = [(one.question, _answering(one, material)) for one in questions]
    if not asked:
        asked = [(example.question, frozenset(example.sections)) for example in material.examples]
    found = JudgedSet(
        name="shipped evaluation set" if questions else "questions of the shipped corpus",
        questions=tuple(text for text, gold in asked if gold),
        passages=passages,
        gold=tuple(gold for _, gold in asked if gold),
    )
    return sampled(found, questions=MOST_QUESTIONS, passages=MOST_PASSAGES, seed=seed)


def _answering(one: QuotedQuestion, material: Material) -> frozenset[int]:
    found: set[int] = set()
    for source, quote in one.evidence:
        inside = [place for place, section in enumerate(material.sections) if section.document == source]
        quoted = [place for place in inside if fold(quote) in fold(material.sections[place].bare)]
        found.update(quoted or inside)
    return frozenset(found)


def _lines(path: Path, kind: type[_L]) -> Iterator[_L]:
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InvalidRequest(f"{str(path)!r} cannot be read: {error.strerror}. Check the path.") from error
    for number, raw in enumerate(data.splitlines(), start=1):
        if not raw.strip():
            continue
        try:
            yield kind.model_validate(read_json(raw))
        except (BadJson, ValidationError) as error:
            first = error.errors()[0] if isinstance(error, ValidationError) else None
            reason = f"key {'.'.join(map(str, first['loc']))!r}: {first['msg'].lower()}" if first else str(error)
            raise InvalidRequest(
                f"{str(path)!r}, line {number}: {reason}. Correct the line, or leave it out."
            ) from error
