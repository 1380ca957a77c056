"""The Markdown of a draft as HTML that may stand in a page: nothing runs, loads or leads where it does not say (K)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from copilot.drafting.content import MARKER
from copilot.insight.text_chart import FENCE
from copilot.interfaces.export.charts import svg
from copilot.interfaces.web.language import Language
from copilot.interfaces.web.markup import sendable

_HEADINGS = tuple(f"h{level}" for level in range(1, 7))
_TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td",
    "th", "thead", "tr", "ul", *_HEADINGS,
}  # fmt: skip
_CITED = re.compile(r"#source-\d{1,3}")
_LINKED = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_LINE = re.compile(r"line-\d{1,6}")
_FENCED = re.compile(rf'<pre><code class="language-{FENCE}">(.*?)</code></pre>', re.DOTALL)
#: Their first item has the line, or their tag is not the one that would carry the id.
_WITHOUT_ID = frozenset({"bullet_list_open", "ordered_list_open", "code_block", "fence"})
_TABLE_NAMES = {"zh": "表格", "en": "Table"}


def render_draft(
    text: str,
    *,
    language: Language = "zh",
    top: int = 2,
    cited: Collection[int] = (),
    lines: bool = False,
    breaks: bool = False,
) -> Markup:
    """Return Markdown as safe HTML.

    HTML in it is text, pictures are fetched from nowhere, links lead to the web or to a mail and nowhere into our own
    pages, and charts (copilot/insight/text_chart.py) are drawn. Put it into an element of the class `markup`.

    Args:
        text: from a model, a person or a document.
        language: of what charts and tables are called.
        top: level of the first headings, 1 to 6; a page has its own `h1`.
        cited: numbers whose markers `[n]` lead to the element `source-n` of the same page.
        breaks: whether a new line of the text is one on the page, as exports of drafts have it.
        lines: whether each block has the id `line-n` of its first line, counted from 1.
    """
    setting = {"top": top, "cited": frozenset(cited), "lines": lines, "breaks": breaks, "language": language}
    html = _MARKDOWN.render(sendable(text), setting)
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes={
            "a": {"href", "class"},
            "code": {"class"},
            "ol": {"start"},
            "div": {"class", "tabindex", "role", "aria-label"},
            **{tag: {"id"} for tag in ("blockquote", "li", "p", "pre", "table", "tr", "hr", *_HEADINGS)},
        },
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(_FENCED.sub(_drawer(language), safe))  # noqa: S704  # cleaned above; charts escape what they say


def anchor_lines(text: str) -> list[int]:
    """Return the lines that `render_draft(…, lines=True)` gives an id, in order; a finding leads to the nearest."""
    tokens = _MARKDOWN.parse(text, {"lines": True})
    return sorted({int(str(token.attrs["id"]).removeprefix("line-")) for token in tokens if "id" in token.attrs})


def _drawer(language: Language) -> Callable[[re.Match[str]], str]:
    place = 0

    def draw(found: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return svg(unescape(found[1]), f"chart-{place}", language) or found[0]

    return draw


def _kept(tag: str, name: str, value: str) -> str | None:
    """Let only those attributes pass that we write ourselves, and addresses of the web."""
    allowed: dict[str, Callable[[str], object]] = {
        "href": lambda one: _LINKED.match(one) or _CITED.fullmatch(one),
        "id": _LINE.fullmatch,
        "class": lambda one: one == {"a": "cite", "code": f"language-{FENCE}", "div": "scroll"}.get(tag),
        "start": str.isdecimal,
        "title": lambda _: False,
    }
    check = allowed.get(name)
    return value if check is None or check(value) else None


def _placed(state: StateCore) -> None:
    """Lower headings, name lines, make tables scroll by themselves and lead markers to their sources."""
    top, seen = state.env.get("top", 2), set[int]()
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + top - 1)}"
        if state.env.get("lines") and token.map is not None and token.type != "inline" and token.nesting >= 0:
            line = token.map[0] + 1
            if line not in seen and token.type not in _WITHOUT_ID:
                seen.add(line)
                token.attrs["id"] = f"line-{line}"
        if token.type == "inline" and token.children is not None:
            token.children = list(_marked(token.children, state.env.get("cited", ())))
            for child in token.children:
                if child.type == "softbreak" and state.env.get("breaks"):
                    child.type = "hardbreak"
        if token.type == "table_open":
            tokens.append(_scrolling(state.env.get("language", "zh")))
        tokens.append(token)
        if token.type == "table_close":
            tokens.append(Token("scroll_close", "div", -1))
    state.tokens = tokens


def _scrolling(language: Language) -> Token:
    named: dict[str, str | int | float] = {
        "class": "scroll",
        "tabindex": "0",
        "role": "group",
        "aria-label": _TABLE_NAMES[language],
    }
    return Token("scroll_open", "div", 1, attrs=named)


def _marked(tokens: list[Token], cited: Collection[int]) -> Iterator[Token]:
    """Turn markers of known sources into links; inside a link there can be none."""
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text" or inside or not cited:
            yield token
            continue
        rest = 0
        for found in MARKER.finditer(token.content):
            if (number := int(found[1])) in cited:
                yield Token("text", "", 0, content=token.content[rest : found.start()])
                yield Token("link_open", "a", 1, attrs={"href": f"#source-{number}", "class": "cite"})
                yield Token("text", "", 0, content=found[0])
                yield Token("link_close", "a", -1)
                rest = found.end()
        yield Token("text", "", 0, content=token.content[rest:])


def _markdown() -> MarkdownIt:
    # `[n]: …` is a line of a draft and no definition, which would vanish with what it says.
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image", "reference"])
    made.core.ruler.push("placed", _placed)
    return made


_MARKDOWN = _markdown()
