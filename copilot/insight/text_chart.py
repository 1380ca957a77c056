"""A chart as lines of text inside a fenced block of Markdown, and back: what a person edits is what is drawn.

Where pictures are shown (HTML, PDF, Word, mail) the block is drawn; everywhere else its bars are read as they stand.
"""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from copilot.insight.figure import Chart, Series
from copilot.insight.report import Language
from copilot.insight.telling import written

#: What stands behind the three back quotes.
FENCE = "chart"
_BARS, _MOST_ROWS = 16, 12
_FULL, _REST = "█", "░"
_ROW = re.compile(
    rf"^(?P<name>.*?)\s*(?P<bar>[{_FULL}{_REST}]{{1,60}})\s+(?P<value>-?[\d,]{{1,20}}(?:\.\d{{1,6}})?%?)\s*$"
)
_LONGEST = 200


def text_chart(chart: Chart, language: Language) -> str:
    """Return the fenced block of a chart of bars: its title, then a line for each label that has a value."""
    pairs = [
        (name, value) for name, value in zip(chart.labels, chart.series[0].values, strict=True) if value is not None
    ]
    pairs = pairs[:_MOST_ROWS]
    most = 1.0 if chart.unit == "share" else max((abs(value) for _, value in pairs), default=0.0)
    names = [_plain(name) for name, _ in pairs]
    width = max(map(_span, names), default=0)
    rows = [
        f"{name}{' ' * (width - _span(name))} {_bar(abs(value) / most if most else 0.0)} "
        f"{written(value, 'share' if chart.unit == 'share' else 'count', language)}"
        for name, (_, value) in zip(names, pairs, strict=True)
    ]
    return "\n".join([f"```{FENCE}", _plain(chart.title), *rows, "```"])


def read_chart(text: str) -> Chart | None:
    """Read what stands between the fences; None where a line is none of a chart's, so that it is shown as text."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not 2 <= len(lines) <= _MOST_ROWS + 1 or any(len(line) > _LONGEST for line in lines):
        return None
    found = [_ROW.match(line) for line in lines[1:]]
    rows = [one for one in found if one is not None]
    if len(rows) != len(found) or len({one["value"].endswith("%") for one in rows}) != 1:
        return None
    share = rows[0]["value"].endswith("%")
    values = [float(one["value"].rstrip("%").replace(",", "") or 0) / (100 if share else 1) for one in rows]
    title = lines[0].strip()
    return Chart(
        kind="bars",
        title=title,
        labels=[one["name"].strip() for one in rows],
        series=[Series(name=title, values=values)],
        unit="share" if share else "count",
    )


def _bar(share: float) -> str:
    full = round(_BARS * min(1.0, share)) or (1 if share > 0 else 0)
    return _FULL * full + _REST * (_BARS - full)


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "'").replace(_FULL, "").replace(_REST, "").split())


def _span(text: str) -> int:
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)
