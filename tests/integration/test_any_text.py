"""Whatever stands in an answer or a draft, each renderer shows it: never an error, and always something to send."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.interfaces.export.charts import png, svg
from copilot.interfaces.export.formats import ExportFormat, exported
from copilot.interfaces.export.mail import mail_layout
from copilot.interfaces.insight_contract import FigureBody, FigureRow
from copilot.interfaces.insight_table import rows_table
from copilot.interfaces.slack.answer_blocks import Setting, answer_message
from copilot.interfaces.slack.draft_blocks import DraftSetting, draft_message
from copilot.interfaces.slack.limits import MESSAGE_BLOCKS
from copilot.interfaces.slack.markdown_blocks import streamed
from copilot.interfaces.slack.spans import Table
from copilot.interfaces.slack.tables import as_csv
from copilot.interfaces.web.answer_markup import render_answer
from copilot.interfaces.web.comparing import compared
from copilot.interfaces.web.document_text import shown_text
from copilot.interfaces.web.draft_markup import render_draft
from copilot.interfaces.web.markup import render_markdown, sendable
from tests.doubles.slack_samples import answered, draft
from tests.unit.copilot import test_export as a_draft

LONG = bool(os.environ.get("COPILOT_TEST_LONG"))
MANY = settings(
    max_examples=3000 if LONG else 50,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
#: A file takes some tens of milliseconds to make.
FEW = settings(MANY, max_examples=400 if LONG else 12)
PIECES = [
    *("# 标题\n", "## ", "- a\n  - b\n", "1. 第一\n", "> ", "---\n", "***", "**粗**", "~~划~~", "`", "```\n"),
    *("```chart\n甲 ████ 50%\n乙 ██ 25%\n```\n", "```chart\n", "████ 100%", "|a|b|\n|-|-|\n|1|2|\n", "|", "\\|"),
    *("[1]", "[^1]", "[x](https://a.example/b)", "<https://a.example>", "![p](q)", "[a]: b\n", "&#0;", "&#xD800;"),
    *("\r\n", "\r", "\t", "\0", "\x1b[31m", "\ufeff", "\u2028", "\u202e", "\u200b", "\ufdd0", "\uffff", "\n\n"),
    *("\ud800", "\udfff", "\U0010ffff", "👩\u200d👩\u200d👧", "e\u0301" * 40, "𠀀", "=1+1", "  " * 200, "~~~py\n"),
    *("x" * 900, "续" * 700, "a b " * 300),
]  # fmt: skip
ANY = st.characters(codec=None)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(ANY, max_size=20)), max_size=14).map("".join)
LINES = st.text(ANY, max_size=60)


@MANY
@given(TEXTS, TEXTS, st.integers(0, 400), st.integers(1, 400))
def test_pages_show_any_text(text: str, other: str, start: int, length: int) -> None:
    shown = [render_answer(text, {1}), str(render_draft(text, cited={1}, lines=True)), str(render_markdown(text))]
    for html in shown:
        html.encode()
    assert compared(text, other) is not None
    quote = (start, start + length) if start + length <= len(text) else None
    str(shown_text(sendable(text), other[:80], quote=quote)).encode()  # half a character is never stored


@MANY
@given(TEXTS, LINES)
def test_slack_takes_any_answer_and_any_draft(text: str, line: str) -> None:
    """As it is sent: JSON in UTF-8."""
    sample = answered("zh")
    quotes = [one.model_copy(update={"quote": text, "title": line, "source": line}) for one in sample.citations]
    answer = sample.model_copy(update={"answer": text, "question": line, "explanation": text, "citations": quotes})
    wanted = draft("en").model_copy(update={"content": text, "account_id": line})
    for message in (answer_message(answer, Setting(language="zh")), draft_message(wanted, DraftSetting(language="en"))):
        json.dumps([message.text, *message.blocks], ensure_ascii=False).encode()
        assert 0 < len(message.blocks) <= MESSAGE_BLOCKS
        for file in message.files:
            file.content.encode("utf-8", "replace")
    streamed(text).encode()


@pytest.mark.parametrize("format", ExportFormat)
@FEW
@given(content=TEXTS, line=LINES, quote=TEXTS)
def test_any_draft_becomes_a_file(format: ExportFormat, content: str, line: str, quote: str) -> None:
    revision = a_draft.revision(content)
    quotes = [replace(one, title=line, source=line, heading_path=(line,), quote=quote) for one in revision.quotes]
    made = exported(a_draft.draft(), replace(revision, quotes=quotes), format)
    assert made.data
    made.name.encode()


@FEW
@given(TEXTS)
def test_any_draft_becomes_a_mail(text: str) -> None:
    page, _ = mail_layout(text, "zh", "ours.example")
    page.encode()


@FEW
@given(st.lists(st.tuples(LINES, st.integers(0, 40), st.floats(allow_nan=False)), max_size=8))
def test_any_chart_is_drawn_or_left_as_text(bars: list[tuple[str, int, float]]) -> None:
    text = "\n".join(f"{name} {'█' * bar} {value}%" for name, bar, value in bars)
    drawn = svg(text, "chart", "zh")
    assert drawn is None or drawn.encode()
    assert (png(text, "en") is None) == (drawn is None)


@MANY
@given(LINES, LINES, st.one_of(st.none(), st.floats(allow_nan=False)))
def test_any_figure_becomes_a_table(name: str, detail: str, value: float | None) -> None:
    rows = [FigureRow.model_construct(name=name, value=value, n=1, detail=detail)]
    figure = FigureBody.model_construct(key="k", title=name, value=value, unit="count", n=1, analysis="", rows=rows)
    rows_table(figure).encode("utf-8", "replace")
    as_csv(Table(rows=((name, detail), (detail, name)))).encode()
