"""Markdown in pages: what it may do, and what it may not."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from copilot.interfaces.web.draft_markup import anchor_lines, render_draft

_CHART = "```chart\n席位\n甲 ████████░░░░░░░░ 50%\n乙 ████░░░░░░░░░░░░ 25%\n```\n"


class _Read(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](/app/drafts)",
        "[x](//evil.example)",
        "![x](https://evil.example/x.png)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<svg/onload=alert(1)>",
        "| <b onclick=alert(1)> |\n|---|\n| <iframe src=x> |",
        "```chart\n<script>alert(1)</script>\n<b> ████ 5\n```",
        "```html\n<script>alert(1)</script>\n```",
        "`<script>` <style>*{color:red}</style>",
        "[1]: javascript:alert(1)\n\n[1]",
    ],
)
def test_nothing_runs_loads_or_leads_into_our_pages(text: str) -> None:
    read = _Read(str(render_draft(text, cited={1}, lines=True)))
    assert not {"script", "img", "iframe", "style", "b", "object", "form", "input"} & set(read.tags)
    assert [name for _, name, _ in read.attributes if name.startswith("on") or name in ("style", "src", "title")] == []
    addresses = [value or "" for _, name, value in read.attributes if name == "href"]
    assert all(one.startswith(("https://", "mailto:", "#source-")) for one in addresses)


def test_what_a_person_wrote_as_html_is_read_as_text() -> None:
    assert "&lt;b&gt;粗&lt;/b&gt;" in render_draft("<b>粗</b>")


def test_headings_stand_below_that_of_the_page() -> None:
    assert _Read(str(render_draft("# 一\n\n###### 六"))).tags == ["h2", "h6"]
    assert _Read(str(render_draft("# 一", top=1))).tags == ["h1"]


def test_markers_lead_to_their_sources_and_others_stay_text() -> None:
    html = render_draft("见 [1] 和 [2],[1](https://a.example)。`[1]`", cited={1})
    assert html.count('href="#source-1"') == 1
    assert "[2]" in html


def test_lines_of_a_letter_stay_lines() -> None:
    assert "<br" not in render_draft("A. 周二\nB. 周三")
    assert _Read(str(render_draft("A. 周二\nB. 周三", breaks=True))).tags == ["p", "br"]


def test_lines_can_be_pointed_at() -> None:
    text = "# 计划\n\n- 一\n- 二\n\n段落\n\n```\ncode\n```"
    assert anchor_lines(text) == [1, 3, 4, 6]
    html = str(render_draft(text, lines=True))
    assert all(f'id="line-{line}"' in html for line in (1, 3, 4, 6))
    assert 'id="line-' not in render_draft(text)


def test_a_chart_is_drawn_and_described() -> None:
    html = render_draft(_CHART + "\n" + _CHART)
    assert html.count("<svg") == 2
    assert "甲: 50%" in html
    assert len(ids := [value for _, name, value in _Read(str(html)).attributes if name == "id"]) == len(set(ids))


def test_a_wide_table_scrolls_by_itself_and_can_be_reached_by_keyboard() -> None:
    assert ("div", "tabindex", "0") in _Read(str(render_draft("| a |\n|---|\n| b |"))).attributes
