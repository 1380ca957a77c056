"""A draft as the HTML of a mail, with its charts as pictures that come with it: mail programs draw no SVG."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Literal

from copilot.interfaces.export.charts import png
from copilot.interfaces.export.page import mail


def mail_layout(text: str, language: Literal["zh", "en"], domain: str) -> tuple[str, Mapping[str, bytes]]:
    """Return the page and its pictures by content id; the same text gives the same ids on every attempt."""
    pictures: dict[str, bytes] = {}

    def picture(chart: str) -> str | None:
        drawn = png(chart, language)
        if drawn is None:
            return None
        id = f"{sha256(chart.encode()).hexdigest()[:16]}@{domain}"
        pictures[id] = drawn
        return f'<img src="cid:{id}" width="560" alt="{escape(chart.strip())}">'

    return mail(text, language, picture), pictures
