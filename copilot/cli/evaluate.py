"""`evaluate`: judge the copilot on questions with known answers, and compare two such judgements."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from math import isfinite
from pathlib import Path

from pydantic import BaseModel

from copilot.cli.knowledge import jsonl
from copilot.cli.output import errors, print_json, progress_bar
from copilot.errors import InvalidRequest, Unavailable
from copilot.evaluation.case import BadCase, Case, read_cases
from copilot.evaluation.case_files import cases_of, own_cases, sample
from copilot.evaluation.comparison import compare
from copilot.evaluation.gate import missed, read_floors
from copilot.evaluation.markdown import comparison_markdown, report_markdown
from copilot.evaluation.observation import Cited, Found, Observation, Reply, Said
from copilot.evaluation.picture import report_picture
from copilot.evaluation.report import Report, Setup, make_report, read_report
from copilot.evaluation.runner import run
from copilot.interfaces.contract import AnswerBody, AskBody, CitationBody, PassageBody, TurnBody
from copilot.interfaces.local import Copilot, LocalCopilot
from copilot.settings import Settings
from knowledge.document import Audience
from knowledge.errors import ReportableError


class SearchFailed(Unavailable):
    """The reply says that search was not available: an outage, not a refusal."""

    code = "retrieval_failed"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to evaluate, and where to put the result."""

    k: int
    search_only: bool
    audience: Audience
    sample: int | None
    seed: int
    json: bool
    out: Path | None
    gate: Path | None


def prepare(paths: list[Path], options: Options) -> list[Case | BadCase]:
    """Read the questions and look at everything else that was named, before an index is opened.

    Raises:
        InvalidRequest: a file cannot be used.
    """
    if options.gate is not None:
        read_floors(options.gate)
    if options.out is not None:
        _folder(options.out)
    cases = cases_of(paths) if paths else own_cases()
    return cases if options.sample is None else sample(cases, options.sample, options.seed)


def kept_cases(copilot: Copilot, options: Options) -> list[Case | BadCase]:
    """Return the questions that people asked here and that are answered now.

    Raises:
        InvalidRequest: there are none, or another file that was named cannot be used.
    """
    if options.gate is not None:
        read_floors(options.gate)
    if options.out is not None:
        _folder(options.out)
    cases = list(read_cases(jsonl(copilot.knowledge.questions()), "kept"))
    if not cases:
        raise InvalidRequest("No question of this home is answered by approved knowledge yet. Name a FILE.")
    return cases if options.sample is None else sample(cases, options.sample, options.seed)


def evaluate(copilot: Copilot, cases: list[Case | BadCase], settings: Settings, options: Options) -> bool:
    """Ask, judge, print and write; returns whether all floors are reached.

    Raises:
        ReportableError: not one question could be asked, or the result cannot be written.
    """
    observe = Observer(copilot, options.audience)
    ask = (lambda case: observe.search(case, options.k)) if options.search_only else observe.ask
    with progress_bar("Evaluating") as listen:
        rows = run(cases, ask, options.k, listen)
    report = make_report(rows, _setup(copilot, settings, options), datetime.now(UTC))
    if options.gate is not None:
        report.missed = missed(report, read_floors(options.gate))
    if options.out is not None:
        _write(report, options.out)
    _print(report, report_markdown(report), as_json=options.json)
    for line in report.missed or ():
        errors.print(f"floor missed: {line}", style="red", markup=False, soft_wrap=True)
    return not report.missed


def compare_files(first: Path, second: Path, *, seed: int, as_json: bool) -> None:
    """Compare two reports; needs no index.

    Raises:
        InvalidRequest: a file is no report, or they share no question.
    """
    comparison = compare(_read(first), _read(second), seed=seed)
    _print(comparison, comparison_markdown(comparison), as_json=as_json)


class Observer:
    """Asks the copilot, here or in a server, and keeps what is judged."""

    def __init__(self, copilot: Copilot, audience: Audience, clock: Callable[[], float] = time.perf_counter) -> None:
        self._copilot = copilot
        self._audience = audience
        self._clock = clock
        self._stored_text = lru_cache(maxsize=256)(self._document_text)

    def search(self, case: Case, k: int) -> Observation:
        """Search only."""
        start = self._clock()
        body = self._copilot.search(case.question, k, self._audience)
        return Observation(passages=_found(body.passages), timings_ms={"round trip": self._ms(start)})

    def ask(self, case: Case) -> Observation:
        """Ask for an answer, and look up whether its quotes stand where they say.

        Raises:
            SearchFailed: the reply is an outage.
        """
        turns = [TurnBody(role=turn.role, content=turn.content) for turn in case.history]
        start = self._clock()
        body = self._copilot.ask(
            AskBody(question=case.question, history=turns, audience=self._audience, run="evaluation")
        )
        round_trip = self._ms(start)
        if body.reason == "retrieval_failed":
            raise SearchFailed(f"Search was not available: {body.answer}")
        stages = {stage: float(ms) for stage, ms in body.timings_ms.items()}
        timings = stages | {"all stages": sum(stages.values()), "round trip": round_trip}
        return Observation(passages=_found(body.passages), reply=self._reply(body), timings_ms=timings)

    def _reply(self, body: AnswerBody) -> Reply:
        return Reply(
            status=body.status,
            text=body.answer,
            confidence=_confidence(body),
            reason=body.reason,
            composer=body.composer,
            citations=tuple(
                Cited(number=one.n, source=one.source, quote=one.quote, verbatim=self._is_verbatim(one))
                for one in body.citations
            ),
            sentences=tuple(
                Said(text=one.sentence, grounded=one.status == "grounded", citations=tuple(one.citations))
                for one in body.grounding
            ),
        )

    def _is_verbatim(self, citation: CitationBody) -> bool:
        text = self._stored_text(citation.document_id, citation.version)
        return text is not None and text[citation.start : citation.end] == citation.quote != ""

    def _document_text(self, document_id: str, version: int) -> str | None:
        try:
            return self._copilot.document(document_id, version).text
        except ReportableError:
            return None  # a quote nobody can look up is not verbatim

    def _ms(self, start: float) -> float:
        return round((self._clock() - start) * 1000, 2)


def _setup(copilot: Copilot, settings: Settings, options: Options) -> Setup:
    return Setup(
        version=version("frontline-copilot"),
        # A server may have been started with other settings than these.
        embedding_model=settings.embedding_model if isinstance(copilot, LocalCopilot) else None,
        chat_model=settings.chat_model if isinstance(copilot, LocalCopilot) else None,
        server=not isinstance(copilot, LocalCopilot),
        documents=len(copilot.documents().documents),
        k=options.k,
        search_only=options.search_only,
        sample=options.sample,
        seed=options.seed,
    )


def _found(passages: list[PassageBody]) -> tuple[Found, ...]:
    return tuple(Found(source=passage.source, text=passage.text) for passage in passages)


def _confidence(body: AnswerBody) -> float:
    """Return the reply's own confidence, else 1 for an answer and 0 for an abstention."""
    own: object = getattr(body, "confidence", None)
    if isinstance(own, int | float) and isfinite(own):
        return float(own)
    return 0.0 if body.status == "abstained" else 1.0


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidRequest(
            f"{str(path)!r} cannot be made a folder: {error.strerror}. Choose another --out."
        ) from error


def _write(report: Report, folder: Path) -> None:
    try:
        (folder / "report.json").write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        picture = "![Bars per group with 95 % intervals, and the risk-coverage curve](report.svg)\n"
        (folder / "report.md").write_text(f"{report_markdown(report)}\n{picture}", encoding="utf-8")
        (folder / "report.svg").write_text(report_picture(report), encoding="utf-8")
    except OSError as error:
        raise InvalidRequest(f"{str(folder)!r} cannot be written: {error.strerror}. Choose another --out.") from error


def _read(path: Path) -> Report:
    try:
        return read_report(path.read_bytes(), str(path))
    except OSError as error:
        raise InvalidRequest(f"{str(path)!r} cannot be read: {error.strerror}. Check the path.") from error


def _print(value: BaseModel, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
