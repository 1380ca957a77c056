"""A1: the bands, their gaps and their borders."""

from __future__ import annotations

import pytest

from copilot.accounts.segment import Size, segment_of


@pytest.mark.parametrize(
    ("fee", "size"),
    [
        (0, Size.MICRO),
        (4_999, Size.MICRO),
        (10_001, Size.SMALL),
        (99_999, Size.SMALL),
        (100_001, Size.MEDIUM),
        (499_999, Size.MEDIUM),
        (1_000_001, Size.LARGE),
    ],
)
def test_a_fee_inside_a_band_has_its_size(fee: float, size: Size) -> None:
    assert segment_of(fee).value is size


@pytest.mark.parametrize("fee", [5_000, 8_000, 10_000, 100_000, 500_000, 700_000, 1_000_000])
def test_between_the_bands_and_on_a_border_a_person_decides(fee: float) -> None:
    segment = segment_of(fee)

    assert segment.value is None
    assert "人工" in segment.reason("zh")
    assert "a person decides" in segment.reason("en")


def test_without_a_fee_nothing_is_guessed() -> None:
    segment = segment_of(None)

    assert segment.value is None
    assert "年订阅费" in segment.reason("zh")
