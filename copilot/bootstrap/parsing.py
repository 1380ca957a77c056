"""Who reads which kind of item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.exports.known import exported
from ingest.parser import Parser
from ingest.parsers.corpus import CorpusParser
from ingest.parsers.isolated import FORMATS, IsolatedParser
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.record import RecordParser

_MARKDOWN = (".md", ".markdown", ".mdx", ".txt", ".text")


def formats() -> Sequence[str]:
    """Return the endings of all files that can be read."""
    return sorted({*FORMATS, *_MARKDOWN})


def parsers_of(isolated: IsolatedParser) -> Mapping[str, Parser]:
    """Return the parser of every kind of item; what may hang or crash is read by `isolated`."""
    return {
        **dict.fromkeys(FORMATS, isolated),
        **dict.fromkeys(_MARKDOWN, exported(MarkdownParser())),
        "record": RecordParser(),
        "corpus": CorpusParser(),
    }
