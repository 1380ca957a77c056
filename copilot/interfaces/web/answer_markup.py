"""An answer as HTML that may stand in any page: Markdown without raw HTML, links and pictures, then an allow-list.

Whatever a document says ends up as text. The marks of citations, `[1]`, become buttons that a page gives their work.
"""

from __future__ import annotations

import re
from collections.abc import Collection, MutableMapping, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from copilot.interfaces.web.markup import sendable

#: `[1]`, and what people write bold where CommonMark, which knows words by spaces, sees no word's edge in Chinese.
_MARK = re.compile(r"\[(\d{1,3})\]|\*\*([^*\n]+)\*\*")
_TAGS = {
    *("p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "button"),
}
_ATTRIBUTES = {"ol": {"start"}, "button": {"type", "data-cite"}, "p": {"data-heading"}}


def render_answer(text: str, citations: Collection[int]) -> str:
    """Return HTML; only numbers among `citations` become buttons, others stay as they are written."""
    html = _markdown().render(sendable(text), {"citations": frozenset(citations)})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, strip_comments=True).strip()


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.disable(["link", "image", "autolink", "reference", "html_block", "html_inline"])
    parser.core.ruler.after("inline", "answer", _mark)
    parser.add_render_rule("cite", _cite)
    return parser


def _mark(state: StateCore) -> None:
    known: Collection[int] = state.env["citations"]
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            # A page has headings of its own; those of an answer would break their order.
            token.tag = "p"
            if token.nesting == 1:
                token.attrSet("data-heading", "")
        if token.children:
            token.children = [part for child in token.children for part in _parts(child, known)]


def _parts(child: Token, known: Collection[int]) -> list[Token]:
    if child.type != "text":
        return [child]
    parts: list[Token] = []
    end = 0
    for found in _MARK.finditer(child.content):
        number, bold = found.groups()
        if number is not None and int(number) not in known:
            continue
        parts.append(_text(child.content[end : found.start()]))
        if number is not None:
            parts.append(Token("cite", "", 0, content=str(int(number))))
        else:
            parts.append(Token("strong_open", "strong", 1))
            parts += _parts(_text(bold), known)
            parts.append(Token("strong_close", "strong", -1))
        end = found.end()
    return [*parts, _text(child.content[end:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _cite(
    renderer: RendererProtocol, tokens: Sequence[Token], at: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    del renderer, options, env
    number = tokens[at].content
    return f'<button type="button" data-cite="{number}">{number}</button>'
