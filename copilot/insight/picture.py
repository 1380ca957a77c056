"""Charts as SVG, drawn by hand as the picture of an evaluation is: bars, a line, or layers of one bar.

Colours are of Okabe and Ito's set, which people of all colour visions tell apart, and every part carries its number or
stands in the legend in order. Light colours are attributes, so that a mail shows them; a style turns the picture dark
where the reader's system is, and the page around it may do the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from unicodedata import east_asian_width

from copilot.insight.figure import Chart, Series, Unit
from copilot.insight.report import Language
from copilot.insight.telling import percent, written

_WIDTH, _EDGE, _TOP, _ROW, _FONT = 520, 16, 44, 26, 13
_INK, _GREY, _RULE, _PAPER, _BAR = "#1c2126", "#5b6670", "#d9dde1", "#ffffff", "#0072b2"
#: In this order: done well, in part, not at all, unknown; further ones follow.
_LAYERS = ("#0072b2", "#e69f00", "#d55e00", "#8a939b", "#009e73", "#cc79a7")
_LIGHT_TEXT = frozenset({"#0072b2"})
_DASHES = ("", "6 4", "2 3", "8 3 2 3")
_LONGEST_LABEL = 200
_PLOT = 150
#: What the page or the style of a picture says of dark surroundings.
DARK = (
    ".paper{fill:#15191e}.ink{fill:#e8eaed}.grey{fill:#aab3bb}.rule{stroke:#3a424a}.bar{fill:#56b4e9}"
    ".line{stroke:#56b4e9}.whisker{stroke:#e8eaed}.dot{fill:#56b4e9}.area{fill:#56b4e9}"
)


def picture(chart: Chart, key: str, language: Language, *, styled: bool = True) -> str:
    """Return an SVG document with a title and a description; `key` tells its parts from those of others on a page.

    `styled` False leaves the style out, for pages that bring their own.
    """
    draw = {"bars": _bars, "line": _line, "stack": _stack}[chart.kind]
    body, height = draw(chart, language)
    style = f"<style>@media (prefers-color-scheme:dark){{{DARK}}}</style>" if styled else ""
    described = _description(chart, language)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'role="img" aria-labelledby="{escape(key)}-t {escape(key)}-d" '
        f"font-family=\"system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif\">"
        f'<title id="{escape(key)}-t">{_plain(chart.title)}</title><desc id="{escape(key)}-d">{described}</desc>{style}'
        f'<rect class="paper" width="100%" height="100%" fill="{_PAPER}"/>'
        f"{_text(_EDGE, 26, chart.title, bold=True, size=15)}{''.join(body)}</svg>\n"
    )


def _bars(chart: Chart, language: Language) -> tuple[list[str], int]:
    values = [_number(value) for value in chart.series[0].values] if chart.series else []
    told = [_told(chart.series[0], place, chart, language) for place in range(len(values))]
    label = min(_LONGEST_LABEL, max((_span(one) for one in chart.labels), default=0)) + 10
    left, right = _EDGE + label, _WIDTH - _EDGE - max((_span(one) for one in told), default=0) - 8
    most = 1.0 if chart.unit == "share" else 100.0 if chart.unit == "score" else max([*values, 1e-9])
    body = [f'<path class="rule" d="M{left} {_TOP}v{len(values) * _ROW}" stroke="{_RULE}"/>']
    for place, (name, value, text) in enumerate(zip(chart.labels, values, told, strict=True)):
        y = _TOP + place * _ROW
        width = (right - left) * min(1.0, max(0.0, value) / most)
        body.append(_text(left - 8, y + 17, _fitted(name, label - 10), end=True))
        body.append(
            f'<rect class="bar" x="{left}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 8}" fill="{_BAR}" rx="2"/>'
        )
        end = left + width
        if (sure := chart.series[0].intervals[place] if chart.series[0].intervals else None) is not None:
            low, high = (left + (right - left) * min(1.0, max(0.0, one) / most) for one in sure)
            body.append(
                f'<path class="whisker" d="M{low:.1f} {y + 9}v8m0 -4H{high:.1f}m0 -4v8" fill="none" stroke="{_INK}" '
                'stroke-width="1.5"/>'
            )
            end = max(end, high)
        body.append(_text(end + 6, y + 17, text))
    return body, _TOP + len(values) * _ROW + _EDGE


def _stack(chart: Chart, language: Language) -> tuple[list[str], int]:
    """Draw one bar for each label; the legend tells each layer with its sum."""
    body: list[str] = []
    label = min(_LONGEST_LABEL, max((_span(one) for one in chart.labels), default=0)) + 10
    left, full = _EDGE + label, _WIDTH - 2 * _EDGE - label
    for place, name in enumerate(chart.labels):
        y, x = _TOP + place * (_ROW + 8), float(left)
        layers = [_number(series.values[place]) for series in chart.series]
        total = sum(layers) or 1.0
        body.append(_text(left - 8, y + 20, _fitted(name, label - 10), end=True))
        for colour, value in zip(_cycled(len(layers)), layers, strict=True):
            width = full * value / total
            if width <= 0:
                continue
            body.append(
                f'<rect x="{x:.1f}" y="{y}" width="{max(width - 1.5, 0.8):.1f}" height="30" fill="{colour}" rx="2"/>'
            )
            part = percent(value / total)
            if width > _span(part) + 10:
                body.append(_text(x + width / 2, y + 20, part, middle=True, fixed=_on(colour)))
            x += width
    y = _TOP + len(chart.labels) * (_ROW + 8) + 12
    legend, height = _legend(chart.series, chart.unit, y, language)
    return [*body, *legend], height


def _legend(layers: Sequence[Series], unit: Unit, y: float, language: Language) -> tuple[list[str], int]:
    body, x = [], float(_EDGE)
    for colour, layer in zip(_cycled(len(layers)), layers, strict=True):
        text = f"{layer.name} {written(sum(map(_number, layer.values)), unit, language)}"
        wide = 20 + _span(text) + 18
        if x > _EDGE and x + wide > _WIDTH - _EDGE:
            x, y = float(_EDGE), y + 22
        body.append(f'<rect x="{x:.1f}" y="{y}" width="13" height="13" fill="{colour}" rx="2"/>')
        body.append(_text(x + 19, y + 11, text))
        x += wide
    return body, int(y + 13 + _EDGE)


def _line(chart: Chart, language: Language) -> tuple[list[str], int]:
    values = [_number(value) for series in chart.series for value in series.values]
    top = 1.0 if chart.unit == "share" else _round_up(max([*values, 1.0]))
    ticks = (
        [top * n / 4 for n in range(5)]
        if top >= 4 or chart.unit == "share"
        else [float(n) for n in range(int(top) + 1)]
    )
    told = [written(tick, chart.unit, language) for tick in ticks]
    left, bottom = _EDGE + max(map(_span, told)) + 8, _TOP + _PLOT
    wide = _WIDTH - _EDGE - left - 8
    body = []
    for tick, text in zip(ticks, told, strict=True):
        y = bottom - _PLOT * tick / top
        body.append(f'<path class="rule" d="M{left:.1f} {y:.1f}h{wide:.1f}" stroke="{_RULE}"/>')
        body.append(_text(left - 8, y + 4, text, end=True, grey=True, size=12))
    step = wide / max(1, len(chart.labels) - 1)
    every = max(1, math.ceil(len(chart.labels) / 10))
    for place in range(0, len(chart.labels), every):
        body.append(_text(left + place * step, bottom + 20, chart.labels[place], middle=True, grey=True, size=12))
    for place, series in enumerate(chart.series):
        body += _one_line(series, left, bottom, step, top, place)
    if len(chart.series) == 1 and values and max(values) > 0:
        place = values.index(max(values))
        y = bottom - _PLOT * values[place] / top
        x = min(max(left + place * step, left + 20), _WIDTH - _EDGE - 20)
        beside = y - 8 if y - 8 > _TOP else y + 18  # above the highest line stands the title
        body.append(_text(x, beside, written(values[place], chart.unit, language), middle=True, bold=True))
    return body, int(bottom + 20 + _EDGE)


def _one_line(series: Series, left: float, bottom: float, step: float, top: float, place: int) -> Iterator[str]:
    points = [
        (left + n * step, bottom - _PLOT * max(0.0, value) / top)
        for n, value in enumerate(series.values)
        if value is not None and math.isfinite(value)
    ]
    if not points:
        return
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    if place == 0:
        area = f"{path}L{points[-1][0]:.1f} {bottom}L{points[0][0]:.1f} {bottom}Z"
        yield f'<path class="area" d="{area}" fill="{_BAR}" fill-opacity="0.12"/>'
    dash = _DASHES[place % len(_DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    yield (f'<path class="line" d="{path}" fill="none" stroke="{_BAR}" stroke-width="2.5"{dashed}/>')
    if len(points) <= 31:
        for x, y in points:
            yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{_BAR}"/>'


def _description(chart: Chart, language: Language) -> str:
    parts = [
        f"{label}: {', '.join(_told(series, place, chart, language) for series in chart.series)}"
        for place, label in enumerate(chart.labels)
    ]
    return _plain("; ".join(parts))


def _told(series: Series, place: int, chart: Chart, language: Language) -> str:
    value = written(series.values[place], chart.unit, language)
    if series.intervals and (sure := series.intervals[place]) is not None:
        low, high = (written(one, chart.unit, language) for one in sure)
        value += f" ({low}–{high})"
    return f"{series.name} {value}" if len(chart.series) > 1 else value


def _number(value: float | None) -> float:
    return 0.0 if value is None or not math.isfinite(value) else value


def _round_up(value: float) -> float:
    """Return the next number that a scale ends at: 1, 2, 4 or 8 times a power of ten, whole in quarters from 4 on."""
    if value <= 4:
        return float(math.ceil(value))
    power = 10 ** math.floor(math.log10(value))
    return next(float(step * power) for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def _cycled(count: int) -> list[str]:
    return [_LAYERS[place % len(_LAYERS)] for place in range(count)]


def _on(colour: str) -> str:
    return "#ffffff" if colour in _LIGHT_TEXT else "#111111"


def _span(text: str) -> float:
    """Return about how wide a text is: Chinese characters are as wide as they are high."""
    return sum(_FONT if east_asian_width(one) in "WF" else _FONT * 0.58 for one in text)


def _fitted(text: str, width: float) -> str:
    if _span(text) <= width:
        return text
    kept = text
    while kept and _span(kept) + _FONT > width:
        kept = kept[:-1]
    return kept + "…"


def _plain(text: str) -> str:
    return escape("".join(one if one.isprintable() else " " for one in text))


def _text(
    x: float,
    y: float,
    text: str,
    *,
    end: bool = False,
    middle: bool = False,
    bold: bool = False,
    grey: bool = False,
    size: int = _FONT,
    fixed: str | None = None,
) -> str:
    anchor = ' text-anchor="end"' if end else ' text-anchor="middle"' if middle else ""
    weight = ' font-weight="600"' if bold else ""
    colour, named = (_GREY, "grey") if grey else (_INK, "ink")
    painted = f'fill="{fixed}"' if fixed else f'class="{named}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {painted}{anchor}{weight}>{_plain(text)}</text>'
