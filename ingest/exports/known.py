"""The programs whose exports are recognised.

An export is known by a parser around the parser of a format: a callable that takes the inner `Parser` and returns one.
It looks at each file, gives those that its program wrote a title, a context and a text without navigation, and hands
all others through. Those of other packages are found by their entry point in the group `frontline_copilot.exports`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points

from ingest.exports.confluence import ConfluenceParser
from ingest.exports.notion import NotionParser
from ingest.parser import Parser

GROUP = "frontline_copilot.exports"
Around = Callable[[Parser], Parser]

_OURS: tuple[Around, ...] = (NotionParser, ConfluenceParser)


def exported(parser: Parser) -> Parser:
    """Return a parser that also knows what the exports of known programs are like."""
    for around in (*_OURS, *_others()):
        parser = around(parser)
    return parser


@cache
def _others() -> tuple[Around, ...]:
    return tuple(entry.load() for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name))
