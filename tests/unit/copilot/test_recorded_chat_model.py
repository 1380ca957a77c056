"""Recorded answers, and a model that answers from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.adapters.recorded_chat_model import RecordingChatModel, ReplayChatModel, request_hash
from copilot.answering.prompt import answer_prompt
from copilot.answering.question import Question
from copilot.chat_model import Prompt
from copilot.errors import ChatModelUnavailable, ConfigurationError, NotRecorded
from tests.doubles.chat_model import ScriptedChatModel
from tests.unit.samples import passage

RENEWAL = passage("合同到期前 90 天开始准备续约。")


def asked(text: str = "续约提前多久", *passages: str) -> Prompt:
    found = [passage(text) for text in passages] or [RENEWAL]
    return answer_prompt(Question(text=text, person="owner"), found)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.jsonl"


def record(file: Path, prompt: Prompt, text: str = "90 天 [1]。\n先看用量 [1]。") -> None:
    RecordingChatModel(ScriptedChatModel(text, name="strong"), file).complete(prompt)


def test_what_was_recorded_is_replayed_under_the_name_of_its_model(file: Path) -> None:
    record(file, asked())

    replay = ReplayChatModel(file)

    assert replay.complete(asked()) == "90 天 [1]。\n先看用量 [1]。"
    assert replay.name == "strong"


def test_a_replay_streams_too(file: Path) -> None:
    record(file, asked())

    assert list(ReplayChatModel(file).stream(asked())) == ["90 天 [1]。\n", "先看用量 [1]。"]


def test_a_streamed_answer_is_recorded_whole_and_passed_on(file: Path) -> None:
    recording = RecordingChatModel(ScriptedChatModel("90 天 [1]。"), file)

    assert "".join(recording.stream(asked())) == "90 天 [1]。"
    assert ReplayChatModel(file).complete(asked()) == "90 天 [1]。"


def test_an_answer_that_was_not_written_to_its_end_is_not_recorded(file: Path) -> None:
    recording = RecordingChatModel(ScriptedChatModel("90 天 [1]。"), file)
    seen: list[str] = []
    for piece in recording.stream(asked(), lambda: bool(seen)):
        seen.append(piece)

    with pytest.raises(ChatModelUnavailable):
        RecordingChatModel(ScriptedChatModel(), file).complete(asked())
    assert not file.exists()


def test_two_requests_of_one_content_are_one_and_any_other_content_is_another() -> None:
    same = {request_hash(asked()) for _ in range(5)}
    other = {
        request_hash(prompt)
        for prompt in (
            asked("续约提前几天"),
            asked("续约提前多久", "别的资料。"),
            asked("续约提前多久", RENEWAL.text, "别的资料。"),
            Prompt(system="", user=asked().user, name="answer.zh@2"),
        )
    }

    assert len(same) == 1
    assert len(other) == 4
    assert not same & other


def test_the_mark_of_the_frame_is_not_written_down(file: Path) -> None:
    prompt = asked()
    record(file, prompt)

    assert prompt.mark not in file.read_text(encoding="utf-8")


def test_a_request_that_was_not_recorded_is_an_error_that_says_which_and_what_to_do(file: Path) -> None:
    record(file, asked())

    with pytest.raises(NotRecorded, match=r"(?s)客户太贵.*COPILOT_CHAT_RECORD") as caught:
        ReplayChatModel(file).complete(asked("客户太贵"))
    assert caught.value.code == "not_recorded"


def test_requests_without_an_answer_are_collected_for_somebody_to_answer(file: Path, tmp_path: Path) -> None:
    file.touch()
    wanted = tmp_path / "wanted.jsonl"
    replay = ReplayChatModel(file, wanted)
    with pytest.raises(NotRecorded):
        replay.complete(asked())
    with pytest.raises(NotRecorded):
        ReplayChatModel(wanted).complete(asked())

    line = json.loads(wanted.read_text(encoding="utf-8"))
    assert "续约提前多久" in line["user"]
    wanted.write_text(json.dumps(line | {"text": "90 天 [1]。", "model": "by hand"}) + "\n", encoding="utf-8")

    assert ReplayChatModel(wanted).complete(asked()) == "90 天 [1]。"


def test_the_last_recording_of_a_request_counts(file: Path) -> None:
    record(file, asked(), "旧的 [1]。")
    record(file, asked(), "新的 [1]。")

    assert ReplayChatModel(file).complete(asked()) == "新的 [1]。"


def test_answers_of_several_models_have_no_one_name(file: Path) -> None:
    record(file, asked())
    RecordingChatModel(ScriptedChatModel("x", name="weak"), file).complete(asked("别的"))

    assert ReplayChatModel(file).name == "replay"


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"text": "no request"}', '{"request": 7}'])
def test_a_file_that_holds_something_else_is_refused_by_its_line(file: Path, line: str) -> None:
    file.write_text(f'\n{{"request": "a", "text": "b"}}\n{line}\n', encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"Line 3 .*answers\.jsonl"):
        ReplayChatModel(file)


def test_a_file_that_cannot_be_read_or_written_is_a_configuration_error(tmp_path: Path, file: Path) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_CHAT_MODEL"):
        ReplayChatModel(file)
    with pytest.raises(ConfigurationError, match="COPILOT_CHAT_RECORD"):
        record(tmp_path, asked())
