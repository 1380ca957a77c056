"""The words of an area: both languages, the same values in both, and none in the place of what every page says."""

from __future__ import annotations

import re

import pytest

from copilot.interfaces.web.audit_words import AUDIT
from copilot.interfaces.web.change_words import CHANGES
from copilot.interfaces.web.evaluation_words import EVALUATIONS
from copilot.interfaces.web.gap_words import GAPS
from copilot.interfaces.web.ingest_words import INGEST
from copilot.interfaces.web.insight_words import INSIGHT
from copilot.interfaces.web.knowledge_words import KNOWLEDGE
from copilot.interfaces.web.words import SHARED, Words
from ingest import errors
from ingest.errors import IngestError

AREAS = {
    "audit": AUDIT,
    "changes": CHANGES,
    "evaluations": EVALUATIONS,
    "gaps": GAPS,
    "ingest": INGEST,
    "insight": INSIGHT,
    "knowledge": KNOWLEDGE,
}


@pytest.mark.parametrize("words", AREAS.values(), ids=AREAS)
def test_both_languages_take_the_same_values_and_shadow_nothing(words: Words) -> None:
    for key, (chinese, english) in words.items():
        assert chinese, key
        assert english, key
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english)), key
    assert words.keys() & SHARED.keys() == set()


@pytest.mark.parametrize(
    "kind",
    [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, IngestError) and "code" in vars(one)
    ],
    ids=lambda kind: kind.code,
)
def test_every_reason_why_a_file_failed_has_words(kind: type[IngestError]) -> None:
    assert f"code.{kind.code}" in INGEST or kind.code == "ingest_failed"
