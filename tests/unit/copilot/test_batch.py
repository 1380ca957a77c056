"""A batch: one line out per line in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from copilot.cli.batch import BatchLine, run_batch, run_records
from copilot.errors import InvalidAccount, InvalidRequest
from knowledge.query import Query


class Echo(BaseModel):
    """What the stand-in for a use case returns."""

    id: str
    question: str
    turns: int


def answer(line: BatchLine) -> Echo:
    return Echo(id=str(line.id), question=Query(text=line.question).text, turns=len(line.history))


def question(name: object, text: object = "续约提前多久", **more: object) -> str:
    return json.dumps({"id": name, "question": text, **more}, ensure_ascii=False)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs lines as a batch and gives what was printed, parsed."""

    def batch(lines: list[str | bytes], before: bytes = b"") -> list[dict[str, Any]]:
        path = tmp_path / "batch.jsonl"
        raw = [line.encode() if isinstance(line, str) else line for line in lines]
        path.write_bytes(before + b"\n".join(raw) + b"\n")
        run_batch(path, answer)
        return [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]

    return batch


def test_each_line_is_answered_in_its_order_under_its_id(run: Any) -> None:
    names = ["b", "a", "c", "a"]

    assert [line["id"] for line in run([question(name, f"问题{n}") for n, name in enumerate(names)])] == names


@pytest.mark.parametrize(
    "bad",
    [
        '{"id": "q7"}',
        '{"id": "q7", "question": null}',
        '{"id": "q7", "question": ["a"]}',
        '{"id": "q7", "question": "   "}',
        '{"id": "q7", "question": "x", "history": [{"role": "system", "content": "x"}]}',
        '{"id": "q7", "question": "x", "history": 5}',
    ],
)
def test_a_bad_line_seven_yields_an_error_with_its_id_and_the_rest_goes_on(bad: str, run: Any) -> None:
    lines = [question(f"q{n}") for n in range(1, 11)]
    lines[6] = bad

    printed = run(lines)

    assert [line["id"] for line in printed] == [f"q{n}" for n in range(1, 11)]
    assert [line["id"] for line in printed if "error" in line] == ["q7"]
    assert printed[6]["error"].keys() == {"code", "message"}


@pytest.mark.parametrize("bad", ["{", "[1]", "5", "null", '"text"', b"\xff\xfe", '{"question": "x"}', "{'id': 'q2'}"])
def test_a_line_without_an_id_is_called_by_its_number(bad: str | bytes, run: Any) -> None:
    printed = run([question("q1"), bad, question("q3")])

    assert [line["id"] for line in printed] == ["q1", "line-2", "q3"]
    assert printed[1]["error"]["code"] == "invalid_request"
    assert "Line 2" in printed[1]["error"]["message"]


@pytest.mark.parametrize(
    "bad",
    [b"[" * 100_000, b'{"id": "q2", "question": "x", "n": ' + b"9" * 5000 + b"}", b'{"id": "\\ud800"}'],
    ids=["too deep", "too large a number", "half a character"],
)
def test_a_line_that_overwhelms_the_reader_is_only_a_bad_line(bad: bytes, run: Any) -> None:
    printed = run([question("q1"), bad, question("q3")])

    assert ["error" in line for line in printed] == [False, True, False]


def test_a_question_with_half_a_character_is_only_a_bad_line(run: Any) -> None:
    printed = run([b'{"id": "q1", "question": "\\ud800"}', question("q2")])

    assert [(line["id"], "error" in line) for line in printed] == [("q1", True), ("q2", False)]


def test_a_number_as_id_comes_back_as_a_number(run: Any) -> None:
    assert [line["id"] for line in run([question(7)])] == [7]


def test_unknown_keys_are_ignored_and_the_history_is_handed_on(run: Any) -> None:
    turns = [{"role": "user", "content": "续约"}, {"role": "assistant", "content": "好"}]

    [line] = run([question("q1", history=turns, expected="x", answer_points=[1])])

    assert line["turns"] == 2


def test_blank_lines_and_a_byte_order_mark_are_skipped(run: Any) -> None:
    assert [line["id"] for line in run(["", question("q1"), "  ", question("q2")], b"")] == ["q1", "q2"]
    assert [line["id"] for line in run([question("q1")], b"\xef\xbb\xbf")] == ["q1"]


def test_lines_of_other_systems_are_read_too(run: Any) -> None:
    assert [line["question"] for line in run([question("q1") + "\r", question("q2", "a\u2028b") + "\r"])] == [
        "续约提前多久",
        "a\u2028b",
    ]


def test_text_is_printed_as_it_is_and_not_escaped(run: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(question("q1"), encoding="utf-8")

    run_batch(path, answer)

    assert "续约提前多久" in capsys.readouterr().out


def test_an_empty_file_prints_nothing(run: Any) -> None:
    assert run([]) == []


def test_a_file_that_cannot_be_read_stops_the_command(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"none\.jsonl.*cannot be read"):
        run_batch(tmp_path / "none.jsonl", answer)


def test_records_go_through_as_they_are_and_bad_lines_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "records.jsonl"
    lines = ['{"id": "a1", "notes": "没人用", "x": 1}', '{"id": 7}', "[]", '{"notes": ""}', "{", '{"id": "bad"}']
    path.write_text("\n".join(lines), encoding="utf-8")

    def handle(record: dict[str, Any]) -> BaseModel:
        if record["id"] == "bad":
            raise InvalidAccount("Wrong.")
        return Echo(id="?", question=str(sorted(record)), turns=0)

    run_records(path, handle)
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in printed] == ["a1", 7, "line-3", "line-4", "line-5", "bad"]
    assert printed[0]["question"] == "['id', 'notes', 'x']"
    codes = [line["error"]["code"] for line in printed[2:]]
    assert codes == ["invalid_request"] * 3 + ["invalid_account"]
