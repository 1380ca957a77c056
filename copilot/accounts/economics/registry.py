"""All calculators by name, and the way to run one."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from copilot.accounts.economics import (
    acquisition,
    cadence,
    deals,
    experiments,
    gates,
    growth,
    leads,
    margins,
    people,
    retention,
    value,
)
from copilot.accounts.economics.calculator import Calculator, Inputs, Result
from copilot.accounts.economics.holes import hole_named
from copilot.accounts.economics.reading import read_inputs
from copilot.errors import InvalidInput, NotDefined, UnknownCalculator
from knowledge.text import fold

CALCULATORS: tuple[Calculator, ...] = (
    *acquisition.CALCULATORS,
    *value.CALCULATORS,
    *retention.CALCULATORS,
    *margins.CALCULATORS,
    *gates.CALCULATORS,
    *growth.CALCULATORS,
    *deals.CALCULATORS,
    *people.CALCULATORS,
    *experiments.CALCULATORS,
    *cadence.CALCULATORS,
    *leads.CALCULATORS,
)
_BY_NAME = {fold(name): one for one in CALCULATORS for name in (one.name, one.title.zh, *one.aliases)}


def calculator_named(name: str) -> Calculator:
    """Return a calculator by its name, its Chinese title or another spelling.

    Raises:
        NotDefined: the sources name it and do not define it (M).
        UnknownCalculator: nothing here has this name; the message names the nearest.
    """
    word = fold(name).strip()
    if word in _BY_NAME:
        return _BY_NAME[word]
    hole = hole_named(name)
    if hole is not None:
        raise NotDefined(
            f"{hole.missing.zh},所以不算;{hole.ask.zh}。 {hole.missing.en}: the sources do not give it, so nothing is "
            f"computed. {hole.ask.en}."
        )
    near = get_close_matches(word, list(_BY_NAME), n=3, cutoff=0.5)
    names = sorted({_BY_NAME[one].name for one in near}) or [one.name for one in CALCULATORS]
    raise UnknownCalculator(
        f"There is no calculator {name[:60]!r} (没有这个计算器). "
        f"{'Did you mean' if near else 'There are'}: {', '.join(names)}. `copilot calc` lists them."
    )


def run(calculator: Calculator, given: Mapping[str, object]) -> tuple[Inputs, Result]:
    """Read the inputs and compute.

    Raises:
        InvalidInput: names everything that is wrong with the inputs.
        NotDefined: the sources leave open what these inputs ask for.
    """
    inputs = read_inputs(calculator.name, calculator.inputs, given)
    try:
        return inputs, calculator.compute(inputs)
    except (OverflowError, ZeroDivisionError) as error:
        raise InvalidInput(
            f"{calculator.name} cannot be computed (算不了): a figure is too small or too large. Correct it."
        ) from error
