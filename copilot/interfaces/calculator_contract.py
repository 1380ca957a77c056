"""The shapes of calculators and of what they compute."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from copilot.interfaces.contract import Body

UnitName = Literal["yuan", "ratio", "count", "number", "years", "months", "days", "choice", "flag"]


class CalculatorInputBody(Body):
    """One thing that a calculator takes."""

    name: str
    title_zh: str
    title_en: str
    unit: UnitName = Field(description="ratio: 0.7, 70% and 70 are equal where nothing may exceed 1.")
    aliases: list[str]
    required: bool
    default: float | str | bool | None = None
    least: float | None = None
    most: float | None = None
    choices: list[str]


class CalculatorBody(Body):
    """One calculator: its inputs, its formula, and where the rule comes from."""

    name: str
    title_zh: str
    title_en: str
    formula_zh: str
    formula_en: str
    rules: list[str] = Field(description="Ids of the requirements it carries out.")
    playbook: str = Field(description="Id of the corpus document that states the rule.")
    inputs: list[CalculatorInputBody]


class CalculatorList(Body):
    """All calculators."""

    calculators: list[CalculatorBody]


class CalculateBody(Body):
    """Inputs by name or alias; numbers, or texts such as 3万, 1.2w, 30%."""

    inputs: dict[str, Any] = Field({}, max_length=100)


class OutputBody(Body):
    """One computed value; null where the inputs do not tell."""

    name: str
    title_zh: str
    title_en: str
    unit: UnitName
    value: float | str | bool | list[float] | None = None


class CalculationBody(Body):
    """What was computed, from what, by which formula, and what would change it."""

    calculator: str
    inputs: dict[str, float | str | bool] = Field(description="As they were read, defaults included.")
    outputs: list[OutputBody]
    band: str | None = Field(None, description="Stable key; null where the rule leaves a gap and a person decides.")
    verdict_zh: str
    verdict_en: str
    formula_zh: str
    formula_en: str
    worked: str = Field(description="The formula with the numbers in it.")
    change_zh: list[str]
    change_en: list[str]
    notes_zh: list[str] = Field(description="Assumptions, defaults, definitions, contradictions of the sources.")
    notes_en: list[str]
    rules: list[str]
    playbook: str
