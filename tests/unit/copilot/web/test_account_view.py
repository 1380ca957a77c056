"""An account in words and pictures."""

from __future__ import annotations

import pytest

from copilot.accounts.fields import FIELDS
from copilot.accounts.health import Band
from copilot.drafting.kinds import KINDS
from copilot.interfaces.advice_contract import DimensionBody, HealthBody
from copilot.interfaces.outlook_contract import OutlookBody
from copilot.interfaces.web.account_view import (
    facts_of,
    health_picture,
    label_of,
    outlook_picture,
    unknown_facts,
    value_of,
)
from copilot.interfaces.web.account_words import ACCOUNT_WORDS
from copilot.interfaces.web.draft_words import DRAFT_WORDS
from copilot.interfaces.web.error_words import told
from copilot.interfaces.web.words import Speaker

ZH, EN = Speaker("zh", ACCOUNT_WORDS), Speaker("en", ACCOUNT_WORDS)


def test_every_field_and_every_input_has_a_name_in_both_languages() -> None:
    assert [name for name in FIELDS if label_of(name, ZH) == name] == []
    assert [name for name in FIELDS if label_of(name, EN) == name] == []
    inputs = {name for kind, spec in KINDS.items() for name in spec.inputs if kind.value != "weekly_digest"}
    assert sorted(name for name in inputs if f"input.{name}" not in DRAFT_WORDS) == []


@pytest.mark.parametrize("words", [ACCOUNT_WORDS, DRAFT_WORDS], ids=["accounts", "drafts"])
def test_every_word_is_there_in_both_languages(words: dict[str, tuple[str, str]]) -> None:
    assert [key for key, (zh, en) in words.items() if not zh.strip() or not en.strip()] == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "是"),
        (180_000, "180,000"),
        (12_345_678.0, "12,345,678"),
        (0.35, "0.35"),
        ("falling", "下降"),
        ("renewal", "续费"),
        (["甲", "乙"], "甲; 乙"),
        ([{"name": "裴总", "title": "总监", "relationship": None}], "裴总 · 总监"),
        ("随便写的", "随便写的"),
    ],
)
def test_values_are_read_as_people_say_them(value: object, shown: str) -> None:
    assert value_of(value, ZH) == shown


def test_only_what_is_known_is_shown() -> None:
    facts = {"city": "杭州", "nps": 0, "notes": "", "kp": [], "first_value_delivered": False, "心情": "好"}
    assert facts_of(facts, ZH) == [("城市", "杭州"), ("首次价值已交付", "否"), ("NPS", "0")]
    assert unknown_facts(facts, ["心情", "没有"], ZH) == [("心情", "好")]


def health(*scores: float | None) -> HealthBody:
    names = ("usage", "business_result")
    dimensions = [DimensionBody(name=name, score=score, signals=[]) for name, score in zip(names, scores, strict=True)]
    return HealthBody(score=None, band=Band.RISK, model="narrow", dimensions=dimensions)


def test_health_is_drawn_on_a_scale_of_a_hundred_where_something_was_scored() -> None:
    drawn = health_picture(health(50, None), EN, "en")
    assert drawn is not None
    assert "Usage: 50" in drawn
    assert "Business result" not in drawn
    assert " style=" not in drawn
    assert health_picture(health(None, None), EN, "en") is None


def test_an_outlook_is_drawn_with_the_interval_of_staying() -> None:
    outlook = OutlookBody(
        id="a1",
        basis="history",
        reason_zh="x",
        reason_en="x",
        renewed=0.5,
        expanded=0.2,
        churned=0.3,
        interval=(0.6, 0.8),
        fewest=30,
    )
    drawn = outlook_picture(outlook, EN, "en")
    assert drawn is not None
    assert "Stays: 70% (60%–80%)" in drawn
    assert drawn.count('class="whisker"') == 1
    unknown = outlook.model_copy(update={"churned": None})
    assert outlook_picture(unknown, EN, "en") is None


def test_errors_are_told_in_the_language_of_the_reader_where_there_is_a_sentence() -> None:
    assert (
        told("invalid_destination", "'x' is no path", "zh") == "收件处的写法不对,或没有人允许发到那里。('x' is no path)"
    )
    assert told("approval_required", "Approve it.", "en") == "Approve it."
    assert told("something_new", "As it came.", "zh") == "As it came."
