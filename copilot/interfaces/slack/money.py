"""Numbers as people read them in a message."""

from __future__ import annotations

from copilot.accounts.economics.wording import percent, plain, wan
from copilot.interfaces.calculator_contract import UnitName
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import Language, Texts

_UNITS: dict[str, Texts] = {
    "years": {"zh": " 年", "en": " years"},
    "months": {"zh": " 个月", "en": " months"},
    "days": {"zh": " 天", "en": " days"},
}
_FLAGS: dict[bool, Texts] = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}
_UNKNOWN: Texts = {"zh": "无法得出", "en": "not known"}


def yuan(amount: float, language: Language) -> str:
    """Return an amount of yuan: 3.2万元, ¥32,000."""
    return f"¥{amount:,.0f}" if language == "en" else f"{wan(amount)}元"


def shown_value(value: float | str | bool | list[float] | None, unit: UnitName, language: Language) -> str:
    """Return a value of a calculator with its unit, as safe mrkdwn."""
    if value is None:
        return _UNKNOWN[language]
    if isinstance(value, list):
        return " – ".join(shown_value(one, unit, language) for one in value[:6])
    if isinstance(value, bool):
        return _FLAGS[value][language]
    if isinstance(value, str):
        return fitted(value, 200)
    if unit == "yuan":
        return yuan(value, language)
    if unit == "ratio":
        return percent(value)
    return plain(value) + (_UNITS[unit][language] if unit in _UNITS else "")
