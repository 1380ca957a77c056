"""A sentence in both languages, and figures as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
_WAN = 10_000


@dataclass(frozen=True, kw_only=True)
class Text:
    """One text in both languages."""

    zh: str
    en: str

    def told(self, language: Language) -> str:
        """Return it in a language."""
        return self.zh if language == "zh" else self.en


def yuan(value: float) -> str:
    """Write an amount: 30,000 (at most two decimals)."""
    return plain(value)


def percent(ratio: float) -> str:
    """Write a ratio as a percentage with at most two decimals: 0.705 is 70.5%."""
    return f"{plain(100 * ratio)}%"


def plain(value: float) -> str:
    """Write a number with at most two decimals, and with three digits that count when it is small."""
    rounded = round(value, 2) if abs(value) >= 0.1 or value == 0 else float(f"{value:.3g}")
    if rounded == int(rounded):
        return f"{int(rounded):,}"
    return f"{rounded:,.6f}".rstrip("0")


def shown(value: float | str | bool) -> str:
    """Write an input as it was read."""
    return plain(value) if isinstance(value, float) else str(value)


def wan(value: float) -> str:
    """Write an amount as Chinese people say it: 3万, 1.2万, 8,000."""
    return f"{plain(value / _WAN)}万" if abs(value) >= _WAN else plain(value)
