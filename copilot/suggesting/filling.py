"""Sentences with places for facts: `{seats_active}` or `{kp_first|the contact}`.

What is filled in comes from outside: it is one short line that nothing acts on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.answering.inert import inert
from copilot.suggesting.advice import Language

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}")
_LONGEST = 40
#: Said in place of a fact that is not known, where the sentence itself offers nothing.
_NEUTRAL = {
    "zh": {"kp_first": "关键人", "name": "客户", "owner": "负责人", "industry": "同行业", "city": "同城"},
    "en": {"kp_first": "the contact", "name": "the account", "owner": "the owner"},
}
_UNKNOWN = {"zh": "若干", "en": "some"}
_WORDS = {
    "zh": {"rising": "上升", "flat": "持平", "falling": "下降", "none": "没有使用"},
    "en": {},
}


def filled(sentence: str, facts: Mapping[str, object], language: Language) -> str:
    """Put facts into a sentence; a fact that is not known becomes a neutral word."""

    def fill(place: re.Match[str]) -> str:
        name, otherwise = place.group(1), place.group(2)
        shown = told(facts.get(name), language)
        if shown:
            return shown
        return _NEUTRAL[language].get(name, _UNKNOWN[language]) if otherwise is None else otherwise

    return _PLACE.sub(fill, sentence)


def told(value: object, language: Language) -> str:
    """Return a fact as it stands in a sentence; empty for what cannot."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:,.0f}" if value == int(value) else f"{value:g}"
    if isinstance(value, str):
        line = " ".join(inert(value).split())
        shown = _WORDS[language].get(line, line)
        return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(filter(None, (told(one, language) for one in value[:5])))
    return ""
