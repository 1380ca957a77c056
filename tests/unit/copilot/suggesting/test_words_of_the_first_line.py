"""Situations of the first line told in its own words, and words that only look like them."""

from __future__ import annotations

import pytest

from tests.unit.copilot.suggesting.suggesting_standins import advice, avoided, keys

IN_USE = {"lifecycle_stage": "growth", "first_value_delivered": True, "days_since_signing": 150}


@pytest.mark.parametrize("notes", ["客户老来问积分卡和会员卡怎么充值", "后台登录这两周一直在往下掉"])
def test_a_card_or_a_falling_figure_is_no_outage(notes: str) -> None:
    told = advice(IN_USE | {"notes": notes})
    assert not {"route_mixed", "single_voice"} & set(keys(told))
    assert "promo_in_outage" not in avoided(told)


@pytest.mark.parametrize("notes", ["后台打不开了 店里排长队", "收银台一直卡", "系统掉线了"])
def test_a_failure_still_is_one(notes: str) -> None:
    assert "route_mixed" in keys(advice(IN_USE | {"notes": notes}))


def test_before_the_renewal_comes_what_is_owed() -> None:
    record = {"lifecycle_stage": "renewal", "first_value_delivered": False, "contract_end_in_days": 50}
    told = advice(record | {"notes": "项目才上了一半 主管叫我去收明年的钱"})
    assert {"value_account_talk", "deliver_first_value"} <= set(keys(told))
    assert "value_log_to_kp" not in keys(told)
    assert "value_at_last_minute" in avoided(told)


def test_many_alike_are_told_together() -> None:
    told = advice(IN_USE | {"city": "贵阳", "industry": "美甲", "notes": "我带着二十来家美甲店 挨个讲讲不过来"})
    assert {"small_group_training", "merchant_speaks", "salon"} <= set(keys(told))


def test_who_left_is_not_the_one_to_report_to() -> None:
    told = advice(IN_USE | {"kp": [{"name": "詹总"}], "notes": "詹总离职了 新来的问这套值不值"})
    assert not any("詹总" in one.title for one in told.actions)
