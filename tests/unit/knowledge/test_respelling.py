"""What is typed by sound is understood; what makes sense is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from knowledge.adapters.chinese_sounds import ChineseSounds
from knowledge.adapters.sql.segmentation import segment
from knowledge.respelling import Respeller
from knowledge.sounds import SoundTable

CHUNKS = (
    "续费率怎么算:到期客户里续费的占多少。续费率低先看健康度。",
    "客户健康度评分看登录和使用,健康度红灯要当天联系客户。",
    "客户流失的原因:没有用起来。流失前健康度会下降,续费就难。",
    "NDR 看老客户的增购和流失,续费率只看续费。",
    "健康度和续费率每周看一次 with the customer success team",
)


@pytest.fixture(scope="module")
def respeller(tmp_path_factory: pytest.TempPathFactory) -> Respeller:
    cache: Path = tmp_path_factory.mktemp("jieba")
    words = Counter(word for chunk in CHUNKS * 6 for word in set(segment(chunk, cache)))  # as if there were thirty
    return Respeller(SoundTable(ChineseSounds(cache)), lambda: words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("xufeilv zenme suan", "续费率怎么算"),
        ("xu fei lv zen me suan", "续费率怎么算"),
        ("kehu liushi yuanyin", "客户流失原因"),
        ("NDR xufei zenme suan", "ndr 续费怎么算"),
        ("crm xufei zenme suan", "crm 续费怎么算"),
        ("怎么提高 xufeilv", "怎么提高 续费率"),
        ("Kehu jiankang zenme kan", "客户健康怎么看"),
    ],
)
def test_pinyin_is_read(respeller: Respeller, typed: str, meant: str) -> None:
    assert respeller.respell(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("客户健抗度怎么看", "客户健康度怎么看"), ("客户续非率怎么算", "客户续费率怎么算")],
)
def test_a_character_that_only_sounds_right_is_replaced(respeller: Respeller, typed: str, meant: str) -> None:
    assert respeller.respell(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "客户健康度怎么看",
        "客户说太贵怎么回",
        "谁去跟进,哪天去",
        "how do we keep a customer",
        "can he change the panda menu",
        "China",
        "Dahua Huawei Alibaba",
        "xian",
        "NDR?",
        "用 Dahua 的设备",
        "",
        "？！",
        "🙂 \x00",
    ],
)
def test_what_makes_sense_or_cannot_be_read_stays(respeller: Respeller, typed: str) -> None:
    assert respeller.respell(typed) is None


def test_a_pasted_document_is_not_corrected(respeller: Respeller) -> None:
    assert respeller.respell("xufeilv zenme suan " * 30) is None


class _NoIndexNeeded:
    def readings(self, character: str) -> Sequence[str]:
        return {"客": ["ke"], "户": ["hu"]}.get(character, [])

    def words(self) -> Mapping[str, int]:
        return {"客户": 100, "客": 50, "户": 50}

    def split(self, text: str) -> Sequence[str]:
        return [text]


def test_the_index_is_not_read_for_a_question_of_words() -> None:
    def read() -> Mapping[str, int]:
        raise AssertionError("read")

    assert Respeller(SoundTable(_NoIndexNeeded()), read).respell("客户") is None
