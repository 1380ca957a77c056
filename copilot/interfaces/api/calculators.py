"""Routes around calculators."""

from __future__ import annotations

from fastapi import FastAPI

from copilot.interfaces.calculator_contract import CalculateBody, CalculationBody, CalculatorList
from copilot.interfaces.calculators import calculate, list_calculators


def add_calculators(app: FastAPI) -> None:
    """Register the routes."""

    @app.get("/v1/calculators", tags=["calculators"])
    def show_calculators() -> CalculatorList:
        """List the calculators with their inputs, formulas and sources."""
        return list_calculators()

    @app.post("/v1/calculators/{name}", tags=["calculators"])
    def run_calculator(name: str, body: CalculateBody) -> CalculationBody:
        """Compute with explicit inputs; what the sources leave open is refused as `not_defined`."""
        return calculate(name, body.inputs)
