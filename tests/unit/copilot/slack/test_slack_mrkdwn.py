"""Text from outside does nothing in Slack, and is cut where a reader would cut it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.interfaces.slack.elements import AsFile
from copilot.interfaces.slack.limits import MESSAGE_ALL_TEXT, SECTION_TEXT, checked, length, texts
from copilot.interfaces.slack.markdown_blocks import rendered, streamed
from copilot.interfaces.slack.mrkdwn import (
    bold,
    characters,
    clean,
    escaped,
    fitted,
    link,
    mention,
    plain,
    shortened,
    web_address,
)
from copilot.interfaces.slack.sections import sections
from copilot.interfaces.slack.spans import Prose, Span, parts

#: What Slack would act on: anything in angle brackets, and a bare name of everybody.
ACTIVE = re.compile(r"<[^>]*>|@(?:here|channel|everyone|group)\b", re.IGNORECASE)
HOSTILE = [
    "<!channel>",
    "<!here|x>",
    "<@U024BE7LH>",
    "<#C024BE7LR|general>",
    "<!subteam^S1|all>",
    "<https://evil.example|ok>",
    "@here",
    "@\u200bhere",
    "@channel",
    "[x](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "[1]: https://evil.example",
    "<https://evil.example>",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&gt;",
    "\u202e<!channel>",
    "`<!channel>`",
    "```\n<!channel>\n```",
    "**<@U024BE7LH>**",
    "| a | <!channel> |\n|---|---|\n| @here | **b** |",
    "\ud800",
    "a\u0000b",
    "👩‍💻👍🏽",
    "[12]",
    "。！？",
]
pieces = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=40), st.sampled_from(["\n\n", "\n- ", "\n# ", " ", "*", "_"])
)
hostile = st.lists(pieces, max_size=30).map("".join)
KNOWN = {1: "https://wiki.example.com/a?b=1&c=2", 2: "https://wiki.example.com/b"}
KNOWN_LINKS = {"<https://wiki.example.com/a?b=1&amp;c=2|[1]>", "<https://wiki.example.com/b|[2]>"}
FILE = AsFile(name="all.md", title="all", content="")


def shown(markdown: str, **room: int) -> list[str]:
    """Return all texts of a rendered Markdown text."""
    made = rendered(markdown, KNOWN, "zh", room=room.get("room", 9_000), most_blocks=room.get("most", 40), file=FILE)
    return list(texts(made.blocks))


@settings(max_examples=60)
@given(hostile)
def test_hostile_text_mentions_nobody_and_links_nowhere(markdown: str) -> None:
    for text in [*shown(markdown), plain(markdown), escaped(markdown), bold(markdown), fitted(markdown, 50)]:
        assert set(ACTIVE.findall(text)) <= KNOWN_LINKS


@settings(max_examples=40)
@given(hostile)
def test_hostile_text_breaks_no_limit(markdown: str) -> None:
    made = rendered(markdown * 8, KNOWN, "en", room=9_000, most_blocks=20, file=FILE)
    assert all(not fault.startswith("blocks[") for fault in checked(list(made.blocks)))
    assert sum(length(text) for text in texts(made.blocks)) <= MESSAGE_ALL_TEXT
    assert len(made.blocks) <= 20


@given(hostile)
def test_a_stream_mentions_nobody_and_links_nowhere(markdown: str) -> None:
    text = streamed(markdown)
    assert not ACTIVE.search(text)
    assert not any(sign in text for sign in ("](", "]:", "![", "://"))


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Zl", "Zp")), max_size=400))
def test_cutting_loses_nothing(text: str) -> None:
    prose = Prose(spans=(Span(text=text),))
    cut = sections(prose, {}, 60)
    assert all(0 < length(piece) <= 60 for piece in cut)
    assert "".join("".join(cut).split()) == "".join("".join(sections(prose, {}, 100_000)).split())


@given(st.text(max_size=300), st.integers(1, 80))
def test_what_is_shortened_fits_and_keeps_characters_whole(text: str, most: int) -> None:
    short = shortened(text, most)
    assert length(short) <= most
    whole = characters(text)
    kept = characters(short.removesuffix("…"))
    assert length(text) <= most or "".join(whole).startswith("".join(kept).rstrip())


@given(hostile, st.integers(5, 200))
def test_what_is_fitted_fits_and_ends_no_entity_early(text: str, most: int) -> None:
    fit = fitted(text, most)
    assert length(fit) <= most
    assert re.sub(r"&(?:amp|lt|gt);", "", fit).count("&") == 0


def test_a_section_ends_with_a_sentence_and_its_marks() -> None:
    prose = Prose(spans=(Span(text="今天先核对结果。[1]明天再约关键人！[2]" * 9),))
    for piece in sections(prose, {}, 60):
        assert piece.endswith(("[1]", "[2]"))
        assert piece.startswith(("今", "明"))


def test_a_word_and_an_address_are_not_cut() -> None:
    prose = Prose(
        spans=(Span(text="See https://docs.example.com/a/b-c?d=e for the extraordinarily long renewal list. " * 9),)
    )
    words = [word for piece in sections(prose, {}, 100) for word in piece.split()]
    assert words == prose.spans[0].text.split()


def test_bold_is_closed_and_opened_again_at_a_cut() -> None:
    prose = Prose(spans=(Span(text="重要的事情要说三遍。" * 8, strong=True),))
    cut = sections(prose, {}, 50)
    assert len(cut) > 1
    assert all(piece.startswith("*") and piece.endswith("*") and piece.count("*") == 2 for piece in cut)


def test_bold_inside_chinese_is_set_apart_invisibly() -> None:
    assert shown("提前**90 天**准备") == ["提前\u200b*90 天*\u200b准备"]
    assert shown("**注意：**先核对") == ["*注意：*\u200b先核对"]


def test_lists_headings_quotes_code_and_tables() -> None:
    markdown = "# 步骤\n\n1. 一\n   - 二\n2. 三\n\n> 引\n\n`a<b`\n\n"
    markdown += "```\nx = 1 < 2\n```\n\n| 项 | 值 |\n|---|---|\n| 甲 | 1 |\n"
    assert shown(markdown) == [
        "*步骤*\n1. 一\n    ◦ 二\n2. 三\n\n&gt; 引\n\n`a&lt;b`",
        "```\nx = 1 &lt; 2\n```",
        "• *甲* · 值: 1",
    ]


def test_only_citations_that_lead_somewhere_are_links() -> None:
    assert shown("一 [1] 二 [3] [文](https://other.example/x)") == [
        "一 <https://wiki.example.com/a?b=1&amp;c=2|[1]> 二 [3] 文 (https://other.example/x)"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
        "//x.com",
        "https://a.b/\u202e",
        "",
        None,
        "https://[",
    ],
)
def test_addresses_of_other_kinds_are_no_links(address: str | None) -> None:
    assert web_address(address) is None
    assert link(address, "看") == "看"


def test_an_address_cannot_end_its_link() -> None:
    assert link("https://a.b/x|y>z <!channel>", "文|本") == "<https://a.b/x%7Cy%3Ez%20%3C!channel%3E|文¦本>"


def test_only_ids_of_slack_are_mentioned() -> None:
    assert mention("U024BE7LH", "Li") == "<@U024BE7LH>"
    assert mention("!channel", "Li") == "Li"
    assert mention(None, "<!here>") == "&lt;!here&gt;"


def test_what_hides_or_reorders_is_taken_out_and_emoji_stay_whole() -> None:
    assert clean("a\u202eb\u200bc\ufeffd\u0007e\r\nf") == "abcde\nf"
    assert characters(clean("👩‍💻é")) == ["👩‍💻", "é"]


def test_a_long_text_goes_into_a_file() -> None:
    made = rendered("第一句话。" * 1_200, {}, "zh", room=5_000, most_blocks=10, file=FILE)
    assert made.files == (FILE,)
    assert "all.md" in list(texts(made.blocks))[-1]
    assert all(length(text) <= SECTION_TEXT for text in texts(made.blocks))


def test_a_long_table_is_previewed_and_attached() -> None:
    rows = "\n".join(f"| 客户{n} | {n} | =1+{n} |" for n in range(30))
    made = rendered(f"| 客户 | 数 | 式 |\n|---|---|---|\n{rows}\n", {}, "zh", room=5_000, most_blocks=10, file=FILE)
    table = made.files[0]
    assert [text.count("•") for text in texts(made.blocks)] == [3]
    assert table.content.startswith("\ufeff客户,数,式\r\n客户0,0,'=1+0\r\n")
    assert table.content.count("\r\n") == 31


def test_parts_leave_nothing_out() -> None:
    assert [type(part).__name__ for part in parts("a\n\n| b |\n|---|\n\n    c\n")] == ["Prose", "Table", "CodeBlock"]
