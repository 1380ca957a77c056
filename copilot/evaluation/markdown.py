"""Report and comparison as Markdown for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from copilot.evaluation.comparison import Change, Comparison, Difference
from copilot.evaluation.measures import MEASURES
from copilot.evaluation.report import Estimate, Report

#: What the table of groups shows; everything else stands in the JSON.
_COLUMNS = (
    ("right", "right"),
    ("hit@1", "hit@1"),
    ("hit@5", "hit@5"),
    ("mrr@10", "MRR@10"),
    ("all_evidence@5", "all@5"),
    ("citation_precision", "citations"),
    ("answer_points", "points ≥"),
    ("grounding", "grounded"),
    ("refusal_precision", "refusal P"),
    ("refusal_recall", "refusal R"),
    ("refusal_auc", "AUC"),
)
_SHOWN_ERRORS = 10
_SHOWN_CHANGES = 40
_QUESTION_CHARACTERS = 80


def report_markdown(report: Report) -> str:
    """Return the figures, the groups, the latency, and what failed."""
    setup = report.setup
    how = "search only" if setup.search_only else "answers"
    parts = [
        "# Evaluation",
        f"{report.questions} questions ({how}, first {setup.k} passages), {report.errors} could not be judged. "
        f"Intervals: 95 %, bootstrap over questions, {setup.resamples:,} resamples, seed {setup.seed}; "
        "where every question has the same result an interval shows no width, however few they are.",
        _table(("measure", "value", "95 % interval", "n"), _overall(report)),
        *_groups(report),
        *_curve(report),
    ]
    if report.latency_ms:
        lines = [(stage, f"{x.p50:.0f}", f"{x.p95:.0f}", str(x.n)) for stage, x in report.latency_ms.items()]
        parts += ["## Latency in ms", _table(("stage", "p50", "p95", "n"), lines)]
    failed = [row for row in report.rows if row.error is not None]
    if failed:
        shown = [f"- {_text(f'{row.set} {row.id}')}: {_text(row.error.message)}" for row in failed if row.error]
        parts += ["## Questions that could not be judged", "\n".join(_first(shown, _SHOWN_ERRORS))]
    if report.missed is not None:
        verdict = "All floors are reached." if not report.missed else "\n".join(f"- {_text(x)}" for x in report.missed)
        parts += ["## Floors missed" if report.missed else "## Floors", verdict]
    return "\n\n".join(parts) + "\n"


def comparison_markdown(comparison: Comparison) -> str:
    """Return the differences and the questions that got better and worse."""
    head = ("measure", "first", "second", "difference", "95 % interval", "n")
    parts = [
        "# Comparison",
        f"{comparison.questions} questions in both reports, {comparison.left_out} left out. "
        "Intervals: 95 %, paired bootstrap; * marks those without zero.",
        "\n".join(f"- {_text(notice)}" for notice in comparison.notices),
        _table(head, _difference_lines(comparison.overall)),
    ]
    for dimension, groups in comparison.groups.items():
        if len(groups) > 1:
            lines = [
                (_text(value), *line[1:])
                for value, group in groups.items()
                for line in _difference_lines({k: d for k, d in group.items() if k == _headline(group)})
            ]
            parts += [f"## By {dimension}: {_headline(comparison.overall)}", _table((dimension, *head[1:]), lines)]
    for name, changes in (("Better", comparison.better), ("Worse", comparison.worse)):
        parts += [f"## {name}: {len(changes)}", "\n".join(_first([_change(x) for x in changes], _SHOWN_CHANGES))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _overall(report: Report) -> Iterator[tuple[str, ...]]:
    for measure in MEASURES:
        known = report.overall.get(measure.key)
        if known is not None:
            yield f"{measure.label} (`{measure.key}`)", _number(known.value), _interval(known), str(known.n)


def _groups(report: Report) -> Iterator[str]:
    columns = [(key, label) for key, label in _COLUMNS if key in report.overall]
    for dimension, groups in report.groups.items():
        if len(groups) > 1 and columns:
            of_group = {value: sum(getattr(row, dimension) == value for row in report.rows) for value in groups}
            lines = [
                (_text(value), str(of_group[value]), *(_with_interval(group.get(key)) for key, _ in columns))
                for value, group in groups.items()
            ]
            yield f"## By {dimension}"
            yield _table((dimension, "n", *(label for _, label in columns)), lines)


def _curve(report: Report) -> Iterator[str]:
    curve = report.curve
    if curve is not None:
        risk = "" if curve.risk is None else f"; {curve.risk:.1%} of these without evidence among their citations"
        yield "## Risk and coverage"
        yield f"{curve.coverage:.1%} of the questions are answered{risk}."


def _difference_lines(differences: dict[str, Difference]) -> Iterator[tuple[str, ...]]:
    for measure in MEASURES:
        known = differences.get(measure.key)
        if known is not None:
            change = known.difference
            clear = change.low is not None and change.high is not None and (change.low > 0 or change.high < 0)
            told = "–" if change.value is None else f"{change.value:+.3f}{' *' if clear else ''}"
            numbers = (_number(known.first), _number(known.second), told, _interval(change), str(change.n))
            yield f"{measure.label} (`{measure.key}`)", *numbers


def _headline(group: dict[str, Difference]) -> str:
    return next((key for key in ("right", "hit@5", "hit@1") if key in group), next(iter(group), ""))


def _change(change: Change) -> str:
    question = change.question[:_QUESTION_CHARACTERS] + ("…" if len(change.question) > _QUESTION_CHARACTERS else "")
    return f"- {_text(f'{change.set} {change.id}')}: {_text(question)} ({_text(change.why)})"


def _first(lines: Sequence[str], limit: int) -> list[str]:
    more = len(lines) - limit
    return [*lines[:limit], *([f"- and {more} more, in the JSON report"] if more > 0 else [])]


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    right = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, right, *lines])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(known: Estimate) -> str:
    return "–" if known.low is None or known.high is None else f"{known.low:.3f} to {known.high:.3f}"


def _with_interval(known: Estimate | None) -> str:
    if known is None or known.value is None or known.low is None or known.high is None:
        return "–"
    return f"{known.value:.2f} ({known.low:.2f}-{known.high:.2f})"


def _text(text: str) -> str:
    """Show text from a file: nothing in it steers a terminal, opens a tag, loads a picture or ends a cell."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    for special in "\\|`[":
        plain = plain.replace(special, f"\\{special}")
    return plain.replace("<", "&lt;")
