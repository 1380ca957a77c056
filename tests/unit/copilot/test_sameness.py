"""Which questions may be one: numbers, names and single differences keep apart what sounds alike."""

from __future__ import annotations

import pytest

from copilot.curating.sameness import is_about_another, key_of, near_enough

SAME = [
    ("续约前多久开始准备", "续约要提前多长时间准备"),
    ("金牌版多少钱", "金牌版什么价格?"),
    ("我们支持私有化部署吗", "能部署在客户自己的机房吗"),
    ("Do we support on-premise deployment?", "我们支持私有化部署吗"),
    ("三个月的试用怎么申请", "3个月试用如何申请"),
    ("How does an API key expire?", "API 密钥什么时候过期"),
]
ANOTHER = [
    ("金牌版多少钱", "银牌版多少钱"),
    ("A版多少钱", "B版多少钱"),
    ("3月的活动什么时候开始", "5月的活动什么时候开始"),
    ("产品支持SAP对接吗", "产品支持Oracle对接吗"),
    ("《续约手册》在哪里", "《拜访手册》在哪里"),
    ("试用期多久", "试用期多少钱"),
    ("What does the gold plan cost?", "What does the silver plan cost?"),
    ("Who owns the Acme account?", "Who owns the Zenith account?"),
    ("How much is the SSO add-on?", "单点登录 SAML 多少钱"),
    ("折扣最多打7折吗", "折扣最多打八折吗"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_words_for_the_same_thing(one: str, other: str) -> None:
    assert not is_about_another(one, other)
    assert not is_about_another(other, one)


@pytest.mark.parametrize(("one", "other"), ANOTHER)
def test_the_same_words_for_another_thing(one: str, other: str) -> None:
    assert is_about_another(one, other)
    assert is_about_another(other, one)


def test_the_key_is_blind_to_how_a_question_is_typed_and_sees_a_point_in_a_number() -> None:
    assert key_of("金牌版 多少钱？") == key_of("金牌版多少钱")
    assert key_of("VIP 價格") == key_of("ｖｉｐ价格")
    assert key_of("1.5 万怎么批") != key_of("15万怎么批")


def test_two_languages_need_less_nearness() -> None:
    assert near_enough(0.85, same_language=False)
    assert not near_enough(0.85, same_language=True)
