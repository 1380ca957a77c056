"""What people read when there is no answer."""

from __future__ import annotations

import pytest

from copilot.answering.abstaining import explain_abstention
from copilot.answering.answer import AbstentionReason
from copilot.answering.question import Language
from knowledge.document import Metadata
from knowledge.text import is_chinese
from tests.unit.samples import passage

CLOSEST = passage("正文。", title="续约手册", metadata=Metadata(title_en="Renewal playbook"))
OTHER = passage("正文。", title="增购手册")


@pytest.mark.parametrize("reason", AbstentionReason)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_is_explained_in_the_language_asked(reason: AbstentionReason, language: Language) -> None:
    text = explain_abstention(reason, language, [])

    assert text
    assert is_chinese(text) == (language == "zh")


def test_each_reason_has_its_own_explanation() -> None:
    assert len({explain_abstention(reason, "zh", []) for reason in AbstentionReason}) == len(AbstentionReason)


def test_a_gap_names_the_closest_document_only() -> None:
    text = explain_abstention(AbstentionReason.NOT_IN_KNOWLEDGE, "zh", [CLOSEST, OTHER])

    assert "《续约手册》" in text
    assert "增购手册" not in text


def test_a_gap_names_the_closest_document_in_english_where_it_has_an_english_title() -> None:
    english = explain_abstention(AbstentionReason.NOT_IN_KNOWLEDGE, "en", [CLOSEST])
    without = explain_abstention(AbstentionReason.NOT_IN_KNOWLEDGE, "en", [OTHER])

    assert "“Renewal playbook”" in english
    assert "“增购手册”" in without


@pytest.mark.parametrize("reason", [r for r in AbstentionReason if r is not AbstentionReason.NOT_IN_KNOWLEDGE])
def test_other_reasons_never_name_a_document(reason: AbstentionReason) -> None:
    assert "续约手册" not in explain_abstention(reason, "zh", [CLOSEST])
