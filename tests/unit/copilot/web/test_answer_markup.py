"""Answers as HTML: what stands in a document stays text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from copilot.interfaces.web.answer_markup import render_answer

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr"} | {
    *("table", "thead", "tbody", "tr", "th", "td", "button")
}


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Seen(html).tags:
        assert tag in TAGS, html
        allowed = {"ol": {"start"}, "button": {"type", "data-cite"}, "p": {"data-heading"}}.get(tag, set())
        assert set(attributes) <= allowed, html


def test_marks_of_citations_become_buttons() -> None:
    html = render_answer("试用一周。[1] 再申请。[2][3]", {1, 2})
    assert re.findall(r'<button type="button" data-cite="(\d)">', html) == ["1", "2"]
    assert "[3]" in html


def test_marks_in_code_and_unknown_ones_stay_text() -> None:
    assert "button" not in render_answer("`[1]` [7]", {1})


def test_bold_works_beside_chinese_punctuation() -> None:
    assert "<strong>试用：</strong>一周" in render_answer("**试用：**一周", set())


def test_headings_do_not_disturb_those_of_the_page() -> None:
    assert render_answer("# 怎么做", set()) == '<p data-heading="">怎么做</p>'


def test_lists_tables_and_line_breaks_are_kept() -> None:
    html = render_answer("第一行\n第二行\n\n3. 三\n4. 四\n\n|a|b|\n|-|-|\n|1|2|", set())
    assert "第一行<br>" in html
    assert '<ol start="3">' in html
    assert "<td>2</td>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/pixel.png)",
        "<https://evil.example>",
        "[1]: https://evil.example\n\n[1]",
        '<button data-cite="1" onclick="alert(1)">1</button>',
        "```html\n<img src=x onerror=alert(1)>\n```",
        "<style>*{display:none}</style>",
    ],
)
def test_nothing_links_embeds_or_runs(text: str) -> None:
    html = render_answer(text, {1})
    assert_harmless(html)
    assert "href" not in html


def test_no_known_attack_becomes_markup(shared: Path) -> None:
    files = [shared / "data" / "attacks" / name for name in ("xss.jsonl", "naughty_strings.jsonl")]
    texts = [
        json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").strip().split("\n")
    ]
    assert len(texts) > 500
    for text in texts:
        assert_harmless(render_answer(f"试用 {text} [1]", {1}))
        assert_harmless(render_answer(text, {1}))
