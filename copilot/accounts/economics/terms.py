"""Short ways to declare inputs and outputs, so that a calculator reads like its definition."""

from __future__ import annotations

from copilot.accounts.economics.calculator import Input, Output, Unit, Value
from copilot.accounts.economics.wording import Text


def given(
    name: str,
    zh: str,
    en: str,
    unit: Unit,
    *aliases: str,
    least: float = 0.0,
    most: float | None = None,
    above: bool = False,
    default: Value | None = None,
    optional: bool = False,
) -> Input:
    """Declare a figure; a ratio ends at 100% unless `most` says otherwise."""
    end = most if most is not None else 1.0 if unit is Unit.RATIO else 1e13
    return Input(
        name=name,
        title=Text(zh=zh, en=en),
        unit=unit,
        aliases=aliases,
        least=least,
        most=end,
        above=above,
        default=default,
        optional=optional,
    )


def flag(name: str, zh: str, en: str, *aliases: str) -> Input:
    """Declare a yes or no; left out, it is open."""
    return Input(name=name, title=Text(zh=zh, en=en), unit=Unit.FLAG, aliases=aliases, optional=True)


def choice(
    name: str, zh: str, en: str, choices: dict[str, tuple[str, ...]], *aliases: str, optional: bool = False
) -> Input:
    """Declare a choice."""
    return Input(
        name=name, title=Text(zh=zh, en=en), unit=Unit.CHOICE, aliases=aliases, choices=choices, optional=optional
    )


def out(name: str, zh: str, en: str, value: Value | tuple[float, ...] | None, unit: Unit) -> Output:
    """Return one computed value."""
    return Output(name=name, title=Text(zh=zh, en=en), value=value, unit=unit)
