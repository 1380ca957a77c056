"""A draft as one HTML page that needs nothing else, and as the body of a mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Literal

from markdown_it import MarkdownIt

from copilot.insight.picture import DARK
from copilot.insight.text_chart import FENCE
from copilot.interfaces.export.charts import svg

MEDIA_TYPE = "text/html; charset=utf-8"
Language = Literal["zh", "en"]
_FENCED = re.compile(rf'<pre><code class="language-{FENCE}">(.*?)</code></pre>', re.DOTALL)
#: HTML is text here, pictures are fetched from nowhere, and `[n]: …` is a line of a draft and no definition.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "reference"])
#: In a file, `//host` and a bare path would lead into the reader's own disk.
_LEADS_OUT = re.compile(r"https?://|mailto:", re.IGNORECASE)
_MARKDOWN.validateLink = lambda url: bool(_LEADS_OUT.match(url))  # type: ignore[method-assign]  # its way to be told
_BASE = (
    "body{margin:0 auto;max-width:46rem;padding:1.25rem;font:15px/1.6 system-ui,'Noto Sans CJK SC','PingFang SC',"
    "'Microsoft YaHei',sans-serif;overflow-wrap:anywhere}"
    "h1{font-size:1.45rem;line-height:1.3;margin:.2rem 0 .6rem}h2{font-size:1.1rem;margin:1.4rem 0 .5rem;"
    "border-bottom:1px solid #d9dde1;padding-bottom:.2rem}p,ul,ol{margin:.5rem 0}ul,ol{padding-left:1.3rem}"
    "li{margin:.35rem 0}blockquote{margin:.15rem 0 .5rem;padding-left:.6rem;border-left:3px solid #8a939b;opacity:.8;"
    "font-size:.92em}blockquote p{margin:0}table{border-collapse:collapse;width:100%;font-size:.9em;margin:.6rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;border-bottom:1px solid #d9dde1;min-width:4.2em}"
    "code{font:.86em/1.4 ui-monospace,Consolas,monospace;background:#8a939b26;padding:.05em .3em;border-radius:3px}"
    "img,svg{display:block;max-width:100%;height:auto;margin:.8rem 0}"
)
_PAGE = (
    ":root{color-scheme:light dark}body{background:#fff;color:#1c2126}"
    "@media(prefers-color-scheme:dark){body{background:#15191e;color:#e8eaed}h2,th,td{border-color:#3a424a}"
    + DARK
    + "}"
    "@media print{body{max-width:none;padding:0;font-size:11px}}"
)


def page(markdown: str, title: str, language: Language) -> bytes:
    """Return a whole page; every text is escaped, charts are drawn into it, and nothing is loaded or run."""
    place = 0

    def draw(text: str) -> str | None:
        nonlocal place
        place += 1
        return svg(text, f"chart-{place}", language)

    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title><style>{_BASE}{_PAGE}</style></head>"
        f"<body>{body(markdown, draw)}</body></html>\n"
    ).encode(errors="replace")


def mail(markdown: str, language: Language, picture: Callable[[str], str | None]) -> str:
    """Return the body of a mail; `picture` gives the HTML of a chart in place of its text."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><style>{_BASE}</style></head>'
        f"<body>{body(markdown, picture)}</body></html>"
    )


def body(markdown: str, draw: Callable[[str], str | None]) -> str:
    """Return the text as HTML; what `draw` gives stands in place of the text of a chart."""

    def drawn(found: re.Match[str]) -> str:
        return draw(unescape(found[1])) or found[0]

    return _FENCED.sub(drawn, _MARKDOWN.render(markdown))
