"""Every action and warning that is shipped has a quote in the shipped corpus, in both languages, in no time."""

from __future__ import annotations

import pytest

from copilot.suggesting.rule_files import shipped_rules
from knowledge.reader import STAFF
from tests.unit.copilot.suggesting.suggesting_standins import corpus, quotes

SOURCES = {one.key: one.source for one in (*shipped_rules().actions.values(), *shipped_rules().avoids.values())}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {one.source: one.text for one in corpus()}


def test_every_source_is_quoted_verbatim(texts: dict[str, str]) -> None:
    for key, source in SOURCES.items():
        found = quotes().quote(source, STAFF)
        assert found is not None, key
        assert texts[found.passage.source][found.start : found.end] == found.quote, key
        assert not found.quote.startswith(("#", "|", "- ")), key
        assert len(found.quote) >= 6, (key, found.quote)
        assert "{" not in found.quote, (key, found.quote)  # a line of a template is no recommendation


def test_the_quote_is_of_the_named_section() -> None:
    for key, source in SOURCES.items():
        found = quotes().quote(source, STAFF)
        if found is not None and source.section is not None:
            assert found.heading_path, key
