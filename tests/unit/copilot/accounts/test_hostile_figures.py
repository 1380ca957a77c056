"""Figures and names that no machine can hold are refused by name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copilot.accounts.economics.registry import calculator_named, run
from copilot.accounts.record import read_record
from copilot.errors import InvalidAccount, InvalidInput

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize("record", [{"annual_fee_cny": 10**400}, {"\ud800": 1}, {"nul\0": 1}])
def test_what_cannot_be_kept_is_named(record: dict[str, object]) -> None:
    with pytest.raises(InvalidAccount):
        read_record({"id": "a"} | record, NOW)


def test_a_ratio_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(InvalidInput):
        run(calculator_named("ue"), {"ltv": 1e13, "cac": 5e-324})
