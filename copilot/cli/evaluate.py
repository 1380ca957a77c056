"""`evaluate`: judge the copilot on questions with known answers, and compare two such judgements."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel

from copilot.bootstrap.observing import Observer
from copilot.cli.knowledge import jsonl
from copilot.cli.output import errors, print_json, progress_bar
from copilot.errors import InvalidRequest
from copilot.evaluation.case import BadCase, Case, read_cases
from copilot.evaluation.case_files import cases_of, own_cases, sample
from copilot.evaluation.comparison import compare
from copilot.evaluation.gate import missed, read_floors
from copilot.evaluation.keeping import kept_of
from copilot.evaluation.markdown import comparison_markdown, report_markdown
from copilot.evaluation.picture import report_picture
from copilot.evaluation.report import Report, Setup, make_report, read_report
from copilot.evaluation.runner import run
from copilot.interfaces.evaluation_contract import EvaluationBody
from copilot.interfaces.local import Copilot, LocalCopilot
from copilot.settings import Settings
from knowledge.document import Audience
from knowledge.errors import ReportableError


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
    _keep(copilot, report)
    for line in report.missed or ():
        errors.print(f"floor missed: {line}", style="red", markup=False, soft_wrap=True)
    return not report.missed


def _keep(copilot: Copilot, report: Report) -> None:
    """Keep the figures, to be looked at over time; what was found is told even where they cannot be kept."""
    try:
        copilot.evaluations.keep(EvaluationBody.model_validate(kept_of(report)))
    except ReportableError as error:
        errors.print(f"The figures were not kept: {error.message}", style="yellow", markup=False, soft_wrap=True)


def compare_files(first: Path, second: Path, *, seed: int, as_json: bool) -> None:
    """Compare two reports; needs no index.

    Raises:
        InvalidRequest: a file is no report, or they share no question.
    """
    comparison = compare(_read(first), _read(second), seed=seed)
    _print(comparison, comparison_markdown(comparison), as_json=as_json)


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
