"""An account as its page shows it: facts in words, pictures of health and outlook. Values only; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from copilot.accounts.fields import FIELDS
from copilot.insight.figure import Chart, Series
from copilot.insight.picture import picture
from copilot.interfaces.advice_contract import HealthBody
from copilot.interfaces.outlook_contract import OutlookBody
from copilot.interfaces.web.language import Language
from copilot.interfaces.web.words import Speaker

#: Told elsewhere on the page.
_ELSEWHERE = frozenset({"name", "id", "type", "updated_at", "unknown", "findings"})


def facts_of(facts: Mapping[str, Any], t: Speaker) -> list[tuple[str, str]]:
    """Return the known fields of a record with their values, in the order of `FIELDS`."""
    return [
        (label_of(name, t), value_of(facts[name], t))
        for name in FIELDS
        if name not in _ELSEWHERE and _told(facts, name)
    ]


def unknown_facts(facts: Mapping[str, Any], names: Sequence[str], t: Speaker) -> list[tuple[str, str]]:
    """Return the fields that nothing here knows, under their own names."""
    return [(name, value_of(facts.get(name), t)) for name in names if facts.get(name) not in (None, "", [])]


def label_of(name: str, t: Speaker) -> str:
    """Return how people call a field."""
    if t.has(f"field.{name}"):
        return t(f"field.{name}")
    event = name.removeprefix("days_since_")
    return t("days_since", event=t(f"event.{event}")) if event != name and t.has(f"event.{event}") else name


def value_of(value: Any, t: Speaker) -> str:
    """Return a value as people read it: lists with commas, people and objects by their texts."""
    if isinstance(value, bool):
        return t(f"value.{'true' if value else 'false'}")
    if isinstance(value, int | float):
        return f"{value:,g}" if abs(value) < 1_000_000 else f"{value:,.0f}"
    if isinstance(value, list):
        return "; ".join(value_of(one, t) for one in value)
    if isinstance(value, Mapping):
        return " · ".join(value_of(one, t) for one in value.values() if one not in (None, "", [], {}))
    text = str(value)
    return t(f"value.{text}") if t.has(f"value.{text}") else t(f"stage.{text}") if t.has(f"stage.{text}") else text


def health_picture(health: HealthBody, t: Speaker, language: Language) -> Markup | None:
    """Draw the dimensions that could be scored; None where none could."""
    scored = [one for one in health.dimensions if one.score is not None]
    if not scored:
        return None
    chart = Chart(
        kind="bars",
        title=t("health"),
        labels=[t(f"dimension.{one.name}") for one in scored],
        series=[Series(name=t("points"), values=[one.score for one in scored])],
        unit="score",
    )
    return _drawn(chart, "health", language)


def outlook_picture(outlook: OutlookBody, t: Speaker, language: Language) -> Markup | None:
    """Draw the chances with the interval of staying; None where they are not known."""
    if outlook.renewed is None or outlook.expanded is None or outlook.churned is None:
        return None
    chart = Chart(
        kind="bars",
        title=t("outlook"),
        labels=[t(f"outlook.{name}") for name in ("stays", "renewed", "expanded", "churned")],
        series=[
            Series(
                name=t("outlook"),
                values=[1 - outlook.churned, outlook.renewed, outlook.expanded, outlook.churned],
                intervals=[outlook.interval, None, None, None],
            )
        ],
        unit="share",
    )
    return _drawn(chart, "outlook", language)


def _drawn(chart: Chart, key: str, language: Language) -> Markup:
    return Markup(picture(chart, key, language, styled=False))  # noqa: S704  # the picture escapes every text in it


def _told(facts: Mapping[str, Any], name: str) -> bool:
    return facts.get(name) not in (None, "", [], {})
