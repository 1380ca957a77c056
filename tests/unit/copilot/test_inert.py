"""What is left of text from outside: words, and nothing that acts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from copilot.answering.inert import inert

#: Pieces that Markdown, HTML, terminals and spreadsheets act on.
PIECES = [
    *("[", "]", "(", ")", "!", "<", ">", "](http://x.y)", "![a](b)", "[1]", "[a]: http://x.y", "<b>", "</script>"),
    *("[a [b] c](d)", "<!--", "javascript:alert(1)", "=", "+", "-", "@", "|", "\n", "\x1b[31m", "\u202e", "\u200b"),
    *("字", "a", " ", "90"),
]
text = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("续约提前 90 天准备。", "续约提前 90 天准备。"),
        ("NDR < 100% 时先看用量", "NDR < 100% 时先看用量"),
        ("见[手册](https://example.com/a_(b))", "见手册"),
        ("![图](x.png) 看图", "图 看图"),
        ("[![图](x.png)](http://a.b)", "图"),
        ("见[手册][ref]", "见手册"),
        ("见[手册](\n https://a.b)", "见手册"),
        ("[手 [册] 页](https://a.b)", "[手 [册] 页］(https://a.b)"),
        ("[ref]: https://example.com", "［ref］: https://example.com"),
        ("如前所述 [12] 和 [^3]", "如前所述 ［12］ 和 ［^3］"),
        ("<script>alert(1)</script>", "＜script>alert(1)＜/script>"),
        ("=1+1", "'=1+1"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("+10% 增长", "+10% 增长"),
        ("- 先看用量", "- 先看用量"),
        ("\t=1+1", "'=1+1"),
        ("a\x00b\x1b[31mc\u202ed", "ab[31mcd"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_words_stay_and_powers_go(given_text: str, expected: str) -> None:
    assert inert(given_text) == expected


@given(text)
def test_no_renderer_makes_a_link_a_picture_or_a_tag_of_it(source: str) -> None:
    html = MarkdownIt("commonmark").render(inert(source))

    assert not re.search(r"<(?:a|img|script|b)\b|<!--", html)


@given(text)
def test_nothing_of_it_is_a_citation_or_starts_a_formula(source: str) -> None:
    plain = inert(source)

    assert not re.search(r"\[\d{1,3}\]", plain)
    assert not re.match(r"[=@]|[+-].*\|", plain)


@given(text)
def test_what_is_inert_stays_as_it_is(source: str) -> None:
    assert inert(inert(source)) == inert(source)
