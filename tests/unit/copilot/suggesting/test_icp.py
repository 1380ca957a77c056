"""The ideal customer profile: an editable file scores a record and flags who is outside (A10)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from copilot.errors import ConfigurationError
from copilot.suggesting.icp import IcpFit, icp_fit, read_icp
from tests.unit.copilot.suggesting.suggesting_standins import account

PROFILE = 'industries = ["零售", "烘焙"]\nexcluded_industries = ["教培"]\nsegments = ["中型"]\nmin_fee_cny = 10000\n'


def fit(tmp_path: Path, record: dict[str, Any], profile: str = PROFILE) -> IcpFit:
    path = tmp_path / "icp.toml"
    path.write_text(profile, encoding="utf-8")
    return icp_fit(read_icp(path), account(record))


def test_what_fits_scores_full(tmp_path: Path) -> None:
    found = fit(tmp_path, {"industry": "家居零售", "annual_fee_cny": 240_000})
    assert (found.score, found.outside) == (100, False)
    assert len(found.reasons_zh) == len(found.reasons_en) == 3


def test_an_excluded_industry_is_outside_whatever_it_pays(tmp_path: Path) -> None:
    found = fit(tmp_path, {"industry": "少儿教培", "annual_fee_cny": 240_000})
    assert found.outside
    assert "不符合" in found.reasons_zh[0]


def test_too_few_criteria_are_outside(tmp_path: Path) -> None:
    assert fit(tmp_path, {"industry": "物流", "annual_fee_cny": 6_000}).outside


def test_unknown_facts_judge_nobody(tmp_path: Path) -> None:
    assert fit(tmp_path, {}) == IcpFit(score=None, outside=False, reasons_zh=(), reasons_en=())
    assert fit(tmp_path, {"industry": "烘焙连锁"}).score == 100


@pytest.mark.parametrize("text", ["min_fee_cny = -1", "colour = 1", "industries = 3", "= =", 'segments = ["巨型"]'])
def test_what_no_profile_says_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match="profile"):
        fit(tmp_path, {}, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_ICP"):
        read_icp(tmp_path / "none.toml")
