"""Markdown that came from outside → markup that can do nothing but be read."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

#: Neither scripts nor styles, forms, pictures or frames; `id` and `mark` are ours, for places to go to.
_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "mark"),
}
_PLACES = ("h1", "h2", "h3", "h4", "h5", "h6", "mark")
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, **{tag: {"id"} for tag in _PLACES}}
_SCHEMES = {"http", "https", "mailto"}


def parser() -> MarkdownIt:
    """Return a parser of the Markdown that people and models write: no HTML, no pictures, links of the web alone."""
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    made.disable(["image", "code"])  # what is indented is hardly ever meant as code
    made.validateLink = lambda url: url.lower().startswith(("http://", "https://", "mailto:"))  # type: ignore[method-assign]  # its way to be told
    return made


_PARSER = parser()


def render_markdown(text: str) -> Markup:
    """Render Markdown."""
    return sanitised(_PARSER.render(sendable(text)))


def sendable(text: str) -> str:
    """Return a text in which half a character, which no page can be sent with, is a question mark."""
    return text.encode("utf-8", "replace").decode()


def sanitised(html: str) -> Markup:
    """Let only harmless markup pass."""
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return Markup(clean)  # noqa: S704  # nh3 has just cleaned it
