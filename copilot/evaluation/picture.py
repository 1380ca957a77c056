"""The report as one SVG: bars per group with their intervals, and the risk-coverage curve.

Drawn by hand: one picture does not justify a plotting library and its eight dependencies, and the reader's own fonts
draw any label. Colours are blue and orange of Okabe and Ito's set, which people of all colour visions tell apart; every
bar also carries its number, and the curve is the only line.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from copilot.evaluation.report import Curve, Estimate, Report

_BLUE, _ORANGE, _INK, _GREY, _RULE = "#0072B2", "#D55E00", "#222222", "#666666", "#dddddd"
_LABEL, _PANEL, _GAP, _ROW, _TOP, _FONT = 190, 300, 90, 22, 92, 12
_CURVE = 260
_LABEL_CHARACTERS = 26
#: Values of one dimension; more make no readable picture, the largest are kept.
_VALUES = 12

_PANELS = (("hit@5", "Evidence in the first 5 passages", _BLUE), ("right", "Questions handled right", _ORANGE))

Line = tuple[str, dict[str, Estimate] | None]


def report_picture(report: Report) -> str:
    """Return an SVG document; panels without a figure are left out."""
    panels = [panel for panel in _PANELS if panel[0] in report.overall]
    lines = list(_lines(report))
    body: list[str] = []
    left = _LABEL
    if panels:
        body += [
            _text(_LABEL - 8, _row_y(n) + 4, label, end=True, bold=g is None) for n, (label, g) in enumerate(lines)
        ]
    for key, title, colour in panels:
        body.append(_text(left, _TOP - 22, title, bold=True))
        body += _axis(left, len(lines))
        for number, (_, group) in enumerate(lines):
            body += _bar(left, _row_y(number), group.get(key) if group else None, colour)
        left += _PANEL + _GAP
    if report.curve is not None:
        body += _curve(report.curve, left + (10 if panels else 0))
        left += _CURVE + _GAP
    height = max(_row_y(len(lines)) + 50, _TOP + _CURVE + 76 if report.curve else 0)
    subtitle = f"{report.questions} questions, {report.errors} not judged; whiskers: 95 % bootstrap intervals"
    head = [_text(20, 24, "Evaluation", bold=True, size=16), _text(20, 42, subtitle, colour=_GREY)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left}" height="{height}" viewBox="0 0 {left} {height}" '
        f'role="img" font-family="sans-serif"><title>Evaluation: {escape(subtitle)}</title>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join([*head, *body])}</svg>\n'
    )


def _lines(report: Report) -> Iterator[Line]:
    yield "all", report.overall
    for dimension, groups in report.groups.items():
        if len(groups) > 1:
            yield f"by {dimension}", None
            by_size = sorted(groups, key=lambda value: -max((e.n for e in groups[value].values()), default=0))
            for value in sorted(by_size[:_VALUES]):
                yield value, groups[value]


def _axis(left: float, lines: int) -> Iterator[str]:
    bottom = _row_y(lines)
    for tenth in range(0, 11, 2):
        x = left + _PANEL * tenth / 10
        yield f'<line x1="{x:.1f}" y1="{_TOP - 10}" x2="{x:.1f}" y2="{bottom - 6}" stroke="{_RULE}"/>'
        yield _text(x - 8, bottom + 10, f"{tenth / 10:.1f}", colour=_GREY)


def _bar(left: float, y: float, known: Estimate | None, colour: str) -> Iterator[str]:
    if known is None or known.value is None or known.low is None or known.high is None:
        return
    low, value, high = (left + _PANEL * x for x in (known.low, known.value, known.high))
    yield f'<rect x="{left}" y="{y - 7}" width="{value - left:.1f}" height="14" fill="{colour}" fill-opacity="0.75"/>'
    whisker = f"M{low:.1f} {y}H{high:.1f}M{low:.1f} {y - 4}v8M{high:.1f} {y - 4}v8"
    yield f'<path d="{whisker}" stroke="{_INK}" stroke-width="1.5"/>'
    yield _text(left + _PANEL + 6, y + 4, f"{known.value:.2f}  n={known.n}")


def _curve(curve: Curve, left: float) -> Iterator[str]:
    bottom = _TOP + _CURVE
    left += 30
    yield _text(left, _TOP - 22, "Risk when only the surest are answered", bold=True)
    for quarter in range(5):
        x, y = left + _CURVE * quarter / 4, bottom - _CURVE * quarter / 4
        yield f'<path d="M{x} {_TOP}V{bottom}M{left} {y}H{left + _CURVE}" stroke="{_RULE}" fill="none"/>'
        yield _text(x - 8, bottom + 16, f"{quarter / 4:.2f}", colour=_GREY)
        yield _text(left - 8, y + 4, f"{quarter / 4:.2f}", colour=_GREY, end=True)
    yield _text(left, bottom + 38, "across, coverage: share of questions answered", colour=_GREY)
    yield _text(left, bottom + 56, "up, risk: share of these answers not supported", colour=_GREY)
    points = [(left + _CURVE * point.coverage, bottom - _CURVE * point.risk) for point in curve.points]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    if len(points) > 1:
        yield f'<path d="{path}" stroke="{_BLUE}" stroke-width="2.5" fill="none"/>'
    else:
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_BLUE}"/>' for x, y in points)
    if curve.risk is not None:
        x, y = left + _CURVE * curve.coverage, bottom - _CURVE * curve.risk
        yield f'<path d="M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z" fill="{_ORANGE}" stroke="{_INK}"/>'
        side = curve.coverage > 0.7
        yield _text(x + (-12 if side else 12), y + (18 if curve.risk > 0.5 else -10), "as set now", end=side)


def _row_y(number: int) -> float:
    return _TOP + 4 + number * _ROW


def _text(
    x: float, y: float, text: str, *, end: bool = False, bold: bool = False, colour: str = _INK, size: int = _FONT
) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text)
    cut = shown[: _LABEL_CHARACTERS - 1] + "…" if end and len(shown) > _LABEL_CHARACTERS else shown
    anchor = ' text-anchor="end"' if end else ""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{anchor}{weight}>{escape(cut)}</text>'
