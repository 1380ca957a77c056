"""Calculators as every surface shows them. They need no index and no home, so no surface has to open one."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.accounts.economics.calculator import Calculator, Input, Unit
from copilot.accounts.economics.registry import CALCULATORS, calculator_named, run
from copilot.interfaces.calculator_contract import (
    CalculationBody,
    CalculatorBody,
    CalculatorInputBody,
    CalculatorList,
    OutputBody,
)

_UNBOUNDED = 1e13
_NO_RANGE = (Unit.CHOICE, Unit.FLAG)


def list_calculators() -> CalculatorList:
    """Return all calculators."""
    return CalculatorList(calculators=[_calculator_body(one) for one in CALCULATORS])


def show_calculator(name: str) -> CalculatorBody:
    """Return one calculator.

    Raises:
        UnknownCalculator: nothing has this name; the message names the nearest.
        NotDefined: the sources name it and do not define it.
    """
    return _calculator_body(calculator_named(name))


def calculate(name: str, given: Mapping[str, object]) -> CalculationBody:
    """Compute.

    Raises:
        UnknownCalculator, NotDefined: as for `show_calculator`.
        InvalidInput: names everything that is wrong with the inputs.
    """
    calculator = calculator_named(name)
    inputs, result = run(calculator, given)
    notes = (*inputs.notes, *result.notes)
    return CalculationBody(
        calculator=calculator.name,
        inputs=inputs.values,
        outputs=[
            OutputBody(
                name=one.name,
                title_zh=one.title.zh,
                title_en=one.title.en,
                unit=one.unit.value,
                value=list(one.value) if isinstance(one.value, tuple) else one.value,
            )
            for one in result.outputs
        ],
        band=result.band,
        verdict_zh=result.verdict.zh,
        verdict_en=result.verdict.en,
        formula_zh=calculator.formula.zh,
        formula_en=calculator.formula.en,
        worked=result.worked,
        change_zh=[one.zh for one in result.change],
        change_en=[one.en for one in result.change],
        notes_zh=[one.zh for one in notes],
        notes_en=[one.en for one in notes],
        rules=list(calculator.rules),
        playbook=calculator.playbook,
    )


def _calculator_body(calculator: Calculator) -> CalculatorBody:
    return CalculatorBody(
        name=calculator.name,
        title_zh=calculator.title.zh,
        title_en=calculator.title.en,
        formula_zh=calculator.formula.zh,
        formula_en=calculator.formula.en,
        rules=list(calculator.rules),
        playbook=calculator.playbook,
        inputs=[_input_body(one) for one in calculator.inputs],
    )


def _input_body(one: Input) -> CalculatorInputBody:
    ranged = one.unit not in _NO_RANGE
    return CalculatorInputBody(
        name=one.name,
        title_zh=one.title.zh,
        title_en=one.title.en,
        unit=one.unit.value,
        aliases=list(one.aliases),
        required=one.required,
        default=one.default,
        least=one.least if ranged else None,
        most=one.most if ranged and one.most < _UNBOUNDED else None,
        choices=list(one.choices),
    )
