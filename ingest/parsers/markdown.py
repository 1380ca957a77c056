"""Markdown and plain text. Front matter is taken off; everything else is stored as it stands."""

from __future__ import annotations

import re

from ingest.decoding import decode
from ingest.source import Item
from knowledge.document import Document
from knowledge.front_matter import split_front_matter

_FIRST_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


class MarkdownParser:
    """Implements `Parser` for .md and .txt."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Decode and split; the title is the front matter's, else the first heading, else found after cleaning."""
        text, warnings = decode(data)
        front = split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
        heading = _FIRST_HEADING.search(front.text) if item.media != ".txt" else None
        title = front.title or (heading.group(1).strip() if heading else "")
        return Document(
            source=item.source,
            title=title,
            text=front.text,
            metadata=front.metadata,
            questions=front.questions,
            warnings=warnings + front.warnings,
        )
