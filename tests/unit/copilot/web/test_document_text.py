"""A quoted span is marked exactly, whatever Markdown stands around it, and nothing of a text is ever run."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import knowledge
from copilot.interfaces.web.document_text import parts_of, read_quote, shown_text
from copilot.interfaces.web.markup import render_markdown

CORPUS = sorted((Path(knowledge.__file__).parent / "corpus").rglob("*.md"))
#: What rendering takes away or makes anew.
_MADE = re.compile(r"[\s#>*|`_\-\[\]\\~]|(?:(?<=\n)|^)\d+[.)]")


def marked(html: str) -> str:
    found = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL))
    return unescape(re.sub(r"<[^>]+>", "", found))


def bare(text: str) -> str:
    return re.sub(r"\s", "", _MADE.sub("", text))


@pytest.mark.parametrize("path", CORPUS[::7], ids=lambda path: path.stem)
def test_every_sentence_and_every_two_lines_of_the_corpus_can_be_marked(path: Path) -> None:
    text = path.read_text(encoding="utf-8").split("---\n", 2)[2]
    spans = [*re.finditer(r"[^。！？\n]+[。！？\n]?", text), *re.finditer(r"[^\n]+\n[^\n]+", text)]
    for span in [one.span() for one in spans if bare(one[0])]:
        html = str(shown_text(text, "", quote=span).html)
        assert bare(marked(html)) == bare(text[slice(*span)])
        assert html.count('id="quote"') == 1
        assert not html.startswith("<pre>")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("## 报价\n\n底价是 **8 折**,不能再低。", "8 折"),
        ("| 档位 | 价格 |\n| --- | ---: |\n| 基础 | 6800 |\n| 专业 | 12800 |\n", "| 基础 | 6800 |"),
        ("| 档位 | 价格 |\n| --- | --- |\n| 基础 | 6800 |\n", "| 档位 | 价格 |\n| --- | --- |\n"),
        ("> 客户说:太贵\n> 我们说:先看值不值\n", "> 我们说:先看值不值\n"),
        ("1. 先问\n2. 再答\n", "2. 再答"),
        ("```\nSELECT 1\n```\n后面", "```\nSELECT 1\n```"),
        ("第一行𠮷野家\n第二行", "𠮷野家"),
    ],
)
def test_marks_leave_lines_what_they_are(text: str, quote: str) -> None:
    start = text.index(quote)
    shown = shown_text(text, "", quote=(start, start + len(quote)))
    assert shown.quoted
    assert bare(marked(str(shown.html))) == bare(quote)
    plain = str(shown_text(text, "").html)
    assert re.sub(r"</?mark[^>]*>", "", str(shown.html)) == plain


def test_a_span_that_ends_inside_an_address_is_marked_in_the_plain_text() -> None:
    text = "见 [手册](https://example.com/a/b) 第 3 页"
    start = text.index("example")
    html = str(shown_text(text, "", quote=(start, start + 7)).html)
    assert html.startswith("<pre>")
    assert marked(html) == "example"


def test_a_text_that_holds_our_own_signs_is_marked_in_the_plain_text() -> None:
    text = "一二\ue5f0三四"
    assert marked(str(shown_text(text, "", quote=(0, 2)).html)) == "一二"


def test_a_span_beyond_the_end_marks_nothing() -> None:
    shown = shown_text("短", "", quote=(0, 5))
    assert not shown.quoted
    assert "mark" not in str(shown.html)


def test_headings_go_down_one_step_at_a_time_and_lead_somewhere() -> None:
    shown = shown_text("# 标题\n\n### 深\n\n# 又一\n", "别的")
    assert re.findall(r"<h(\d) id=\"(s\d)\"", str(shown.html)) == [("2", "s1"), ("3", "s2"), ("2", "s3")]
    assert [(one.level, one.anchor, one.text) for one in shown.outline] == [
        (2, "s1", "标题"),
        (3, "s2", "深"),
        (2, "s3", "又一"),
    ]


def test_a_title_is_not_said_twice() -> None:
    assert "<h2" not in str(shown_text("# 报价\n\n正文", "报价").html)


def test_a_long_text_is_cut_into_parts_that_join_to_the_whole() -> None:
    text = "".join(f"## 第 {n} 节\n\n{'内容。' * 80}\n\n" for n in range(300))
    spans = parts_of(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(text[start:].startswith("## 第") for start, _ in spans)
    at = text.index("## 第 250 节")
    shown = shown_text(text, "", quote=(at, at + 10))
    assert (shown.part, shown.parts) == (len([1 for start, _ in spans if start <= at]), len(spans))
    assert marked(str(shown.html)) == "第 250 节"


def test_a_text_without_lines_is_cut_too() -> None:
    text = "字" * 95_000
    assert [end - start for start, end in parts_of(text)] == [40_000, 40_000, 15_000]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[点我](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        '[a](https://a.example "><script>alert(1)</script>")',
        '<https://a.example/"onmouseover=alert(1)>',
    ],
)
def test_what_a_text_says_is_never_run_or_loaded(text: str) -> None:
    for html in (str(shown_text(text, "", quote=(0, len(text))).html), str(render_markdown(text))):
        assert re.findall(r"<(?!/?(?:p|a|mark|pre|br|code)\b)[a-z]", html) == []
        assert re.findall(r"<[^>]*(?:\son\w+=|javascript:|src=|style=)", html) == []


@pytest.mark.parametrize("text", ["5-5", "9-3", "-1-4", "a-b", "1", "", "1-99999999999", "\u0661-\u0669"])
def test_what_is_no_span_is_none(text: str) -> None:
    assert read_quote(text) is None


def test_a_span_is_read() -> None:
    assert read_quote("12-40") == (12, 40)


def test_a_text_that_only_says_its_title_is_shown_as_nothing_more() -> None:
    shown = shown_text("# 续约\n", "续约")
    assert (shown.html, list(shown.outline), shown.parts) == ("", [], 1)
