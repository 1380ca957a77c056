"""A chat model's text, in every form it comes, whole or piece by piece."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.reading import LONGEST_TEXT, AnswerReader, Claim, read_claims

WANTED = (
    '{"answers_question": true, "sentences": [{"text": "提前 90 天。", "passages": [1]}, '
    '{"text": "先看用量。", "passages": [2, 1]}]}'
)
READ = [("提前 90 天。", (1,)), ("先看用量。", (2, 1))]


def read(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.passages) for claim in read_claims(text)]


def one(member: object) -> str:
    return json.dumps({"answers_question": True, "sentences": [member]})


@pytest.mark.parametrize(
    "text",
    [
        WANTED,
        f"```json\n{WANTED}\n```",
        f"```\n{WANTED}\n```\n以上。",
        f"好的,以下是答案:\n{WANTED}\n希望有用 [1]。",
        WANTED.replace("}]}", "},]}"),
        WANTED.removesuffix("]}"),
        WANTED + WANTED,
        '[{"text": "提前 90 天。", "passages": [1]}, {"text": "先看用量。", "passages": ["2", "[1]"]}]',
        '{"sentences": ["提前 90 天。[1]", "先看用量 [2][1]。"], "answers_question": true}',
        "提前 90 天。[1] 先看用量 [2, 1]。",
        "1. 提前 90 天 [1]。\n2. 先看用量。[2][1]",
        "- 提前 90 天。[1]\n- **先看用量。** [2][1]",
    ],
)
def test_the_same_claims_are_read_from_every_form(text: str) -> None:
    assert read(text) == READ


def test_an_unfinished_sentence_of_an_object_is_left_out() -> None:
    assert read(WANTED[: WANTED.index("先看") + 2]) == READ[:1]


def test_marks_within_a_text_count_as_its_passages() -> None:
    assert read(one({"text": "提前 90 天 [3]。先看用量。", "passages": [1]})) == [
        ("提前 90 天。", (1, 3)),
        ("先看用量。", (1,)),
    ]


@pytest.mark.parametrize(
    ("named", "passages"),
    [
        (1, (1,)),
        ("1", (1,)),
        ("[1], [2]", (1, 2)),
        ([1, 1, 99, 0, -1], (1, 99, 0, -1)),
        (None, ()),
        (True, ()),
        ([[1]], ()),
        ({"n": 1}, ()),
        (1.0, ()),
        ("续约手册", ()),
        (["x" * 100], ()),
    ],
)
def test_whatever_names_a_passage_is_read_as_numbers_or_not_at_all(named: object, passages: tuple[int, ...]) -> None:
    assert read(one({"text": "提前 90 天。", "passages": named})) == [("提前 90 天。", passages)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "{",
        "[1]",
        "[1][2]。",
        "```json\n```",
        '{"answers_question": false, "sentences": []}',
        one({"passages": [1]}),
        one({"text": 7, "passages": [1]}),
        one([["提前"]]),
        one(7),
        '{"sentences": "提前 90 天 [1]"}',
        "{'sentences': [{'text': '提前 90 天', 'passages': [1]}]}",
        '{"answer": "提前 90 天 [1]"}',
        '{"sentences": [{"text": "提前", "passages": [' + "9" * 5000 + "]}]}",
        '{"sentences": ' + "[" * 5000,
        '{"sentences": [' + '{"a":' * 5000,
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_what_holds_no_sentence_is_no_claim(text: str) -> None:
    assert read(text) == []


def test_line_breaks_in_a_string_are_forgiven() -> None:
    assert read('{"sentences": [{"text": "提前 90 天。\n先看用量。", "passages": [1]}]}') == [
        ("提前 90 天。", (1,)),
        ("先看用量。", (1,)),
    ]


def test_a_text_without_end_is_read_so_far() -> None:
    claims = read_claims("提前 90 天 [1]。" * 10_000)

    assert 0 < len(claims) <= LONGEST_TEXT // 10


@pytest.mark.parametrize(
    ("text", "declined"),
    [
        (WANTED, False),
        ('{"answers_question": false, "sentences": []}', True),
        ('{"sentences": [], "answers_question" : false', True),
        ('{"answers_question": "false"}', False),
        (one({"text": 'say "answers_question": false', "passages": [1]}), False),
        ("提前 90 天 [1]。", False),
    ],
)
def test_a_verdict_is_read_where_the_model_gives_it(text: str, declined: bool) -> None:
    reader = AnswerReader()
    reader.feed(text)

    assert reader.declined is declined


def test_a_sentence_is_told_as_soon_as_it_is_complete() -> None:
    reader = AnswerReader()
    end = WANTED.index("}") + 1

    assert reader.feed(WANTED[: end - 1]) == []
    assert reader.feed(WANTED[end - 1 : end]) == [Claim(text="提前 90 天。", passages=(1,))]
    assert reader.feed(WANTED[end:]) == [Claim(text="先看用量。", passages=(2, 1))]
    assert reader.finish() == []


def test_prose_waits_for_the_marks_behind_its_full_stop() -> None:
    long = "续约要提前准备,先看用量,再看满意度,最后看合同里写的条件," * 4 + "然后去约客户。"
    reader = AnswerReader()

    assert reader.feed(long + long) == [Claim(text=long, passages=())]
    assert reader.feed(" [1]") == []
    assert reader.feed("[2]") == []
    assert reader.feed(" 再") == [Claim(text=long, passages=(1, 2))]


pieces = st.sampled_from(
    [
        *("提前 90 天", "先看 4.5 分", "Prepare 3.5 days", "。", ". ", "!", "？", "”", "\n", "\n- ", "1. ", " ", "**"),
        *("[1]", "[2", "]", "[", " [3][4]", "{", '{"sentences": [', '{"text": "甲。乙", "passages": [1]}', ",", "]}"),
        *("```json\n", '"answers_question": false', '"', "这是一段很长的开场白,超过了分辨所需的限度," * 4),
    ]
)


@given(st.lists(pieces, max_size=25), st.integers(min_value=1, max_value=9))
def test_piece_by_piece_the_same_is_read_as_at_once(said: list[str], size: int) -> None:
    text = "".join(said)
    reader = AnswerReader()

    told = [claim for start in range(0, len(text), size) for claim in reader.feed(text[start : start + size])]

    assert told + reader.finish() == read_claims(text)
