"""Whatever a document, a model or a person writes: nothing active comes out of what shows it."""

from __future__ import annotations

import io
import os
import re
from html.parser import HTMLParser

from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.interfaces.export.blocks import blocks
from copilot.interfaces.export.page import body
from copilot.interfaces.export.word import word
from copilot.interfaces.slack.mrkdwn import plain
from copilot.interfaces.web.answer_markup import render_answer
from copilot.interfaces.web.draft_markup import render_draft
from copilot.interfaces.web.markup import render_markdown

MANY = settings(
    max_examples=2000 if os.environ.get("COPILOT_TEST_LONG") else 60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
PIECES = [
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//x>", "<!--"),
    *("[x](javascript:alert(1))", "[x](JaVa\tScript:alert(1))", "[x](data:text/html;base64,PHN2Zz4=)", "[x](//evil.x)"),
    *("![x](https://evil.x/p.png)", "<https://a.x/?\"onmouseover=alert(1)>", "[x][y]\n\n[y]: javascript:alert(1)"),
    *("```chart\n<b>甲 ████ 50%\n```", "```html\n<script>\n```", "`<b>`", "**", "~~", "> ", "- "),
    *("1. ", "# ", "|", "\n", "_", "{{7*7}}", "${7*7}", "#eval(1)", "=cmd|'/c'!A1"),
    *("|a|b|\n|-|-|\n|<script>|`|`|\n", "[1]", "[99]", "&lt;script&gt;", "&#x3c;script&#x3e;", "\\<", "<!channel>"),
    *("<@U0123>", "<https://evil.x|here>", "\u202e", "\u2028", "\x00", "\ud800"),
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=12).map("".join)
ACTIVE = frozenset(
    [
        *("script", "iframe", "object", "embed", "base", "meta", "link", "form", "input", "textarea", "style", "img"),
        *("video", "audio", "foreignobject", "animate", "set", "use", "template", "frame", "math"),
    ]
)


class Seen(HTMLParser):
    """What a browser would do with it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.active: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE:
            self.active.append(tag)
        for name, value in attrs:
            address = name in ("href", "src", "action", "formaction", "xlink:href")
            led = re.match(r"(https?://|mailto:|#)", value or "", re.IGNORECASE)
            if name.startswith("on") or name == "srcdoc" or (address and not led):
                self.active.append(f"{tag} {name}={value}")


@MANY
@given(TEXTS)
def test_nothing_active_comes_out_of_any_text(text: str) -> None:
    for html in (render_answer(text, {1}), str(render_draft(text, cited={1}, lines=True)), str(render_markdown(text))):
        assert Seen(html).active == []
    assert Seen(body(text, lambda _: None)).active == []


@MANY
@given(TEXTS)
def test_slack_calls_nobody_and_links_nowhere(text: str) -> None:
    assert not re.search(r"<[!@#]|<https?:", plain(text))


@settings(MANY, max_examples=15)
@given(TEXTS)
def test_word_opens_whatever_was_written(text: str) -> None:
    made = word(blocks(text))
    assert Document(io.BytesIO(made)) is not None
    assert b"attachedTemplate" not in made
