"""A low-rank change is merged exactly, or not at all."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from knowledge.adapters.low_rank_delta import Delta, Weights, merge_low_rank, read_delta, write_delta
from knowledge.errors import ModelUnavailable

NAME = "encoder.layer.1.output.dense"


def state() -> dict[str, Weights]:
    weights = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    return {f"{NAME}.weight": weights, f"{NAME}.bias": np.ones(3, np.float32)}


def delta(rank: int = 2) -> Delta:
    generator = np.random.default_rng(2)
    a, b = generator.normal(size=(rank, 4)), generator.normal(size=(3, rank))
    return {NAME: (a.astype(np.float16).astype(np.float32), b.astype(np.float16).astype(np.float32))}


def test_the_change_is_added_at_its_strength_and_the_rest_is_untouched() -> None:
    before, (a, b) = state(), delta()[NAME]
    merged = merge_low_rank(before, delta(), 0.6)
    np.testing.assert_allclose(merged[f"{NAME}.weight"], before[f"{NAME}.weight"] + 0.6 * (b @ a), rtol=1e-6)
    assert merged[f"{NAME}.weight"].dtype == np.float32
    assert merged[f"{NAME}.bias"] is before[f"{NAME}.bias"]
    np.testing.assert_array_equal(before[f"{NAME}.weight"], state()[f"{NAME}.weight"])


def test_strength_zero_changes_no_bit() -> None:
    before = state()
    merged = merge_low_rank(before, delta(), 0.0)
    assert all(merged[name] is before[name] for name in before)


def test_half_the_strength_is_the_mean_of_before_and_after() -> None:
    before = state()
    half, full = (merge_low_rank(before, delta(), strength)[f"{NAME}.weight"] for strength in (0.5, 1.0))
    np.testing.assert_allclose(half, (before[f"{NAME}.weight"] + full) / 2, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("strength", [0.0, 1.0])
@pytest.mark.parametrize(
    "wrong",
    [
        {"encoder.layer.9.output.dense": delta()[NAME]},
        {NAME: (np.ones((2, 5), np.float32), np.ones((3, 2), np.float32))},
        {NAME: (np.ones((2, 4), np.float32), np.ones((4, 2), np.float32))},
        {NAME: (np.ones((2, 4), np.float32), np.ones((3, 3), np.float32))},
        {NAME: (np.ones(4, np.float32), np.ones((3, 2), np.float32))},
    ],
)
def test_what_does_not_fit_is_refused(wrong: Delta, strength: float) -> None:
    with pytest.raises(ModelUnavailable, match="low-rank change"):
        merge_low_rank(state(), wrong, strength)


def test_a_file_gives_back_what_was_written_in_half_precision(tmp_path: Path) -> None:
    path = tmp_path / "models" / "change.safetensors"
    checksum = write_delta(delta(), path)
    assert checksum == sha256(path.read_bytes()).hexdigest()
    read = read_delta(path, checksum)
    assert list(read) == [NAME]
    for found, wanted in zip(read[NAME], delta()[NAME], strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert list(path.parent.iterdir()) == [path]
    assert write_delta(delta(), tmp_path / "again.safetensors") == checksum


def test_another_checksum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "change.safetensors"
    write_delta(delta(), path)
    with pytest.raises(ModelUnavailable, match="checksum"):
        read_delta(path, "0" * 64)


@pytest.mark.parametrize("data", [None, b"", b"no safetensors"])
def test_a_file_that_is_missing_or_damaged_is_named(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "change.safetensors"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ModelUnavailable, match=r"change\.safetensors"):
        read_delta(path)
