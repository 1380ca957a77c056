"""A report as one HTML page that needs nothing else: light, dark and on paper, with a table beside every picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from copilot.insight.picture import DARK
from copilot.insight.report import Language
from copilot.insight.telling import written
from copilot.interfaces.insight_contract import ChartBody, FigureBody, FigureGroup, InsightBody
from copilot.interfaces.insights import picture_of

Words = Mapping[str, str]
_LABELS: Mapping[Language, Words] = {
    "zh": {
        "page": "洞察",
        "action": "行动",
        "owner": "负责人",
        "link": "去哪里",
        "previous": "上一期",
        "name": "名称",
        "value": "数值",
        "of": "总数",
        "detail": "说明",
        "rows": "明细",
        "data": "图中数据",
        "everybody": "所有人",
        "team": "团队",
        "person": "个人",
        "to": "至",
        "days": "UTC 日期,含首尾两天",
    },
    "en": {
        "page": "Insight",
        "action": "Action",
        "owner": "Owner",
        "link": "Where",
        "previous": "before",
        "name": "Name",
        "value": "Value",
        "of": "Out of",
        "detail": "Detail",
        "rows": "Breakdown",
        "data": "Data of the picture",
        "everybody": "everybody",
        "team": "team of",
        "person": "person",
        "to": "to",
        "days": "days of UTC, both included",
    },
}
_STYLE = (
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1c2126;--grey:#5b6670;--rule:#d9dde1;--card:#f6f7f8;"
    "--mark:#005a8d}"
    "@media screen and (prefers-color-scheme:dark){:root{--paper:#15191e;--ink:#e8eaed;--grey:#aab3bb;--rule:#3a424a;"
    "--card:#1d232a;--mark:#56b4e9}" + DARK + "}"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--paper);"
    "color:var(--ink);font:16px/1.55 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif}"
    "h1{font-size:1.6rem;margin:0}h2{font-size:1.2rem;margin:2rem 0 .75rem;border-bottom:1px solid var(--rule);"
    "padding-bottom:.3rem}h3{font-size:1rem;margin:0;color:var(--grey);font-weight:600}"
    ".when{color:var(--grey);margin:.25rem 0 0}"
    ".figures{display:grid;gap:1rem;align-items:start;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr))}"
    "article{border:1px solid var(--rule);border-radius:10px;padding:1rem 1.15rem;background:var(--card);"
    "break-inside:avoid;min-width:0}"
    ".number{font-size:2rem;font-weight:650;line-height:1.2;margin:.2rem 0}"
    ".number small{font-size:.875rem;font-weight:400;color:var(--grey);margin-left:.5rem}"
    "p{margin:.35rem 0;overflow-wrap:anywhere}.action{border-left:3px solid var(--mark);padding-left:.7rem}"
    ".action b{color:var(--mark)}.who{color:var(--grey);font-size:.9rem}code{font-size:.9em}"
    "svg{display:block;width:100%;height:auto;margin:.6rem 0;border-radius:6px}"
    "table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.4rem 0}"
    "th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "summary{cursor:pointer;color:var(--mark)}"
    "@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:12px}.figures{display:block}"
    "article{background:none;break-inside:auto;margin-bottom:1rem}svg{max-width:34rem}svg,tr,h2,h3,.number,p"
    "{break-inside:avoid}h2,h3,.number{break-after:avoid}"
    "article:not(:has(table)){break-inside:avoid}details::details-content{content-visibility:visible}details.data{display:none}}"
)


def insight_page(body: InsightBody) -> str:
    """Return the page; every text from outside is escaped, and nothing is loaded or run."""
    words = _LABELS[body.language]
    whose = f"{words[body.whose]} {body.person}" if body.person else words[body.whose]
    title = f"{words['page']} · {whose} · {body.since} {words['to']} {body.until}"
    groups = "".join(_group(body, group) for group in body.groups)
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if body.language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><header><h1>{words['page']}</h1>"
        f'<p class="when">{escape(whose)} · {body.since} {words["to"]} {body.until} ({words["days"]})</p></header>'
        f"<main>{groups}</main></body></html>\n"
    )


def _group(body: InsightBody, group: FigureGroup) -> str:
    figures = "".join(_figure(body, figure) for figure in group.figures)
    return f'<section><h2>{escape(group.title)}</h2><div class="figures">{figures}</div></section>'


def _figure(body: InsightBody, figure: FigureBody) -> str:
    words, language = _LABELS[body.language], body.language
    before = ""
    if figure.previous is not None:
        before = f"<small>{words['previous']} {written(figure.previous, figure.unit, language)}</small>"
    parts = [
        f"<h3>{escape(figure.title)}</h3>",
        f'<p class="number">{escape(written(figure.value, figure.unit, language))}{before}</p>',
        f"<p>{_marked(figure.analysis)}</p>",
        f'<p class="action"><b>{words["action"]}</b> {_marked(figure.action)}</p>',
    ]
    if figure.owner is not None:
        where = f" · {words['link']}: <code>{escape(figure.link)}</code>" if figure.link else ""
        parts.append(f'<p class="who">{words["owner"]}: {escape(figure.owner)}{where}</p>')
    if figure.chart is not None:
        parts.append(picture_of(body, figure.key, styled=False))
        if not _told_in_rows(figure, figure.chart):
            parts.append(_data(figure.chart, words, language))
    if figure.rows:
        parts.append(_breakdown(figure, words, language))
    return f'<article id="{escape(figure.key)}">{"".join(parts)}</article>'


def _told_in_rows(figure: FigureBody, chart: ChartBody) -> bool:
    """Tell whether the breakdown holds all that the picture shows."""
    drawn = chart.labels if chart.kind == "bars" else [series.name for series in chart.series if any(series.values)]
    return set(drawn) <= {row.name for row in figure.rows}


def _breakdown(figure: FigureBody, words: Words, language: Language) -> str:
    head = [(words["name"], False), (words["value"], True), (words["of"], True), (words["detail"], False)]
    lines = [[row.name, written(row.value, figure.unit, language), f"{row.n:,}", row.detail] for row in figure.rows]
    return _table(f"{words['rows']} ({len(lines)})", head, lines)


def _data(chart: ChartBody, words: Words, language: Language) -> str:
    head = [(words["name"], False), *((series.name, True) for series in chart.series)]
    lines = [
        [label, *(written(series.values[place], chart.unit, language) for series in chart.series)]
        for place, label in enumerate(chart.labels)
    ]
    return _table(words["data"], head, lines, kind=' class="data"')


def _table(summary: str, head: Sequence[tuple[str, bool]], lines: Sequence[Sequence[str]], kind: str = "") -> str:
    """Write a table that opens; True marks a column of numbers."""
    marks = [' class="n"' if number else "" for _, number in head]
    heads = "".join(f'<th scope="col"{mark}>{escape(name)}</th>' for mark, (name, _) in zip(marks, head, strict=True))
    rows = "".join(
        "<tr>" + "".join(f"<td{mark}>{escape(cell)}</td>" for mark, cell in zip(marks, line, strict=True)) + "</tr>"
        for line in lines
    )
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<details{kind}><summary>{escape(summary)}</summary>{table}</details>"


def _marked(text: str) -> str:
    """Show what stands between back quotes as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
