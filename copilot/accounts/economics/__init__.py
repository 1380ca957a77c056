"""Calculators: explicit inputs, the formula, the rule it comes from, a plain verdict. Pure; nothing is looked up."""
