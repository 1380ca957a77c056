"""Bytes become text, or are refused."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decoding import decode
from ingest.errors import UnreadableText

CHINESE = "客户成功团队在合同到期之前九十天开始准备续约,先核对用量,再约决策人,最后确认预算和时间。"
TRADITIONAL = "客戶成功團隊在合約到期之前九十天開始準備續約,先核對用量,再約決策人,最後確認預算和時間。"


@given(st.text(max_size=200).filter(lambda text: "\0" not in text and not text.startswith("\ufeff")))
def test_utf8_is_read_as_it_stands_without_a_warning(text: str) -> None:
    assert decode(text.encode()) == (text, ())


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_not_part_of_the_text(mark: bytes, encoding: str) -> None:
    assert decode(mark + CHINESE.encode(encoding)) == (CHINESE, ())


@pytest.mark.parametrize(("text", "encoding"), [(CHINESE, "gb18030"), (TRADITIONAL, "big5")])
def test_an_older_chinese_encoding_is_recognised_and_named_in_a_warning(text: str, encoding: str) -> None:
    found, warnings = decode(text.encode(encoding))

    assert found == text
    assert [warning.startswith("decoded as ") for warning in warnings] == [True]


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\x06\0", b"text\0text"])
def test_binary_data_is_refused_with_the_next_step(data: bytes) -> None:
    with pytest.raises(UnreadableText, match=r"binary data.*Convert it"):
        decode(data)


@pytest.mark.parametrize("data", [bytes(range(128, 256)) * 3, b"\xff\xfa\x81\x8d\x90" * 9])
def test_bytes_that_fit_no_encoding_are_refused_instead_of_guessed(data: bytes) -> None:
    with pytest.raises(UnreadableText, match="Save it as UTF-8"):
        decode(data)


@pytest.mark.parametrize("data", [codecs.BOM_UTF16_LE + b"a", codecs.BOM_UTF8 + b"ok \xff"])
def test_a_text_that_breaks_its_own_mark_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableText, match="breaks at byte"):
        decode(data)


def test_no_bytes_are_an_empty_text() -> None:
    assert decode(b"") == ("", ())


JAPANESE = "お客様の成功を支援するチームは、契約更新の九十日前から準備を始めます。利用状況を確認します。"
KOREAN = "고객 성공 팀은 계약 갱신 구십 일 전부터 준비를 시작합니다. 사용량을 확인하고 약속을 잡습니다."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gbk"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        ("姓名,城市\n王芳,上海\n", "gbk"),
        ("日期,用量\n三月,12\n", "utf-16-le"),
        ("日期,用量\n三月,12\n", "utf-16-be"),
        ("Date,Use\nMarch,12\n", "utf-32-le"),
    ],
)
def test_encodings_without_a_mark_are_recognised_and_named(text: str, encoding: str) -> None:
    found, warnings = decode(text.encode(encoding))
    assert found == text
    assert [warning.startswith("decoded as ") for warning in warnings] == [True]


def test_a_file_put_together_from_two_encodings_is_read_line_by_line() -> None:
    found, warnings = decode(f"{CHINESE}\n".encode() + f"{CHINESE[::-1]}\n".encode("gb18030"))
    assert found == f"{CHINESE}\n{CHINESE[::-1]}\n"
    assert warnings == ("two encodings in one file: 1 of 3 lines decoded as gb18030",)


def test_utf8_that_was_read_as_latin1_is_decoded_anew_as_a_whole() -> None:
    found, warnings = decode(CHINESE.encode().decode("latin-1").encode())
    assert found == CHINESE
    assert warnings == ("decoded anew: UTF-8 had been read as Latin-1",)


def test_damage_that_is_not_certain_is_told_and_left() -> None:
    damaged = CHINESE.encode().decode("latin-1") + "完好的一行\ufffd"
    found, warnings = decode(damaged.encode())
    assert found == damaged
    assert [("lost" in w, "read as Latin-1" in w) for w in warnings] == [(True, False), (False, True)]


@pytest.mark.parametrize("text", ["café, naïve, Ærø", "São Paulo, Ângela", "Über 90 Tage"])
def test_accents_are_no_damage(text: str) -> None:
    assert decode(text.encode()) == (text, ())
