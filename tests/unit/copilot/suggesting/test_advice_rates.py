"""On records of our own: what must be advised is, what must not be is not, and is warned of."""

from __future__ import annotations

from tests.evaluation.advice_rates import rates


def test_advice_finds_what_is_due_and_nothing_that_harms() -> None:
    found = rates()
    assert found.violated == 0, found.told
    assert found.found >= 0.9 * found.wanted, found.told
    assert found.warned >= 0.9 * found.unwanted, found.told
