"""A number goes out as a placeholder and comes back as it stood, wherever a stream is cut; nothing else comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.adapters.masking_chat_model import MaskingChatModel, is_hosted, is_masked
from copilot.answering.checked_wording import CheckedWording
from copilot.answering.grounding import GroundingCheck
from copilot.answering.question import Question
from copilot.bootstrap.models import chat_model_of
from copilot.chat_model import Prompt, never
from copilot.privacy.placeholders import Placeholders
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.unit.copilot.privacy.labelled import labelled
from tests.unit.samples import passage

_TEXT = "李娜 138-0013-8000,备用 13800138000,邮箱 li.na@example.com;再打 138-0013-8000。"


def test_the_same_number_has_one_placeholder() -> None:
    placeholders = Placeholders()
    hidden = placeholders.hide(_TEXT)
    assert hidden == "李娜 [PHONE_1],备用 [PHONE_2],邮箱 [MAIL_1];再打 [PHONE_1]。"
    assert placeholders.hide("又是 13800138000") == "又是 [PHONE_2]"
    assert placeholders.restore(hidden) == _TEXT


@pytest.mark.parametrize("text", [text for text, wanted in labelled() if wanted])
def test_what_was_hidden_comes_back_sign_by_sign(text: str) -> None:
    placeholders = Placeholders()
    hidden = placeholders.hide(text)
    assert placeholders.originals
    assert not any(original in hidden for original in placeholders.originals.values())
    assert placeholders.restore(hidden) == text


@pytest.mark.parametrize(
    "said", ["[PHONE_9]", "[PHONE_01]", "[PHONE_1", "PHONE_1]", "[phone_1]", "[CARD_1]", "[PHONE 1]"]
)
def test_what_a_model_invents_or_garbles_stays_as_it_is(said: str) -> None:
    placeholders = Placeholders()
    placeholders.hide(_TEXT)
    assert placeholders.restore(f"打 {said}!") == f"打 {said}!"
    assert "".join(placeholders.restored(f"打 {said}!")) == f"打 {said}!"


def test_a_placeholder_that_a_text_holds_already_is_not_taken_for_ours() -> None:
    placeholders = Placeholders()
    text = "模板写 [PHONE_1],真的是 13800138000"
    hidden = placeholders.hide(text)
    assert hidden == "模板写 [PHONE_1],真的是 [PHONE_2]"
    assert placeholders.restore(hidden) == text


@given(st.lists(st.integers(1, 9), max_size=60), st.sampled_from(["", "[", "[PH", "[PHONE_1", "[1]"]))
def test_a_stream_is_restored_wherever_it_is_cut(cuts: list[int], end: str) -> None:
    placeholders = Placeholders()
    hidden = placeholders.hide(_TEXT) + end

    def pieces() -> Iterator[str]:
        start = 0
        for cut in cuts:
            yield hidden[start : start + cut]
            start += cut
        yield hidden[start:]

    assert "".join(placeholders.restored(pieces())) == _TEXT + end


class Listening:
    """Implements `ChatModel`: repeats what it reads, in pieces of three signs."""

    name = "listening"

    def __init__(self) -> None:
        self.heard: list[Prompt] = []

    def complete(self, prompt: Prompt) -> str:
        self.heard.append(prompt)
        return prompt.user

    def stream(self, prompt: Prompt, cancelled: Any = never) -> Iterator[str]:
        self.heard.append(prompt)
        yield from (prompt.user[n : n + 3] for n in range(0, len(prompt.user), 3))


def test_the_model_is_told_placeholders_and_whoever_asks_reads_the_text() -> None:
    inner = Listening()
    model = MaskingChatModel(inner)
    prompt = Prompt(system="Rules.", user=_TEXT, name="answer.zh@2", schema={"a": 1}, mark="m")
    assert model.complete(prompt) == _TEXT
    assert "".join(model.stream(prompt)) == _TEXT
    for heard in inner.heard:
        assert "8000" not in heard.user
        assert "example.com" not in heard.user
        assert (heard.system, heard.name, heard.schema, heard.mark) == ("Rules.", "answer.zh@2", {"a": 1}, "m")


@pytest.mark.parametrize(
    ("model", "base_url", "hosted"),
    [
        ("openai:gpt-4o-mini", None, True),
        ("openai:x", "https://api.example.com/v1", True),
        ("openai:x", "http://127.0.0.1:8080/v1", False),
        ("openai:x", "http://localhost:11434", False),
        ("openai:x", "http://10.1.2.3/v1", False),
        ("openai:x", "http://192.168.1.5:8000/v1", False),
        ("openai:x", "http://[::1]:8080/v1", False),
        ("openai:x", "http://llama:8080/v1", False),
        ("openai:x", "https://models.corp.internal/v1", False),
        ("openai:x", "https://8.8.8.8/v1", True),
        ("openai:x", "http://134744072/v1", True),
        ("openai:x", "http://127.0.0.1.evil.example/v1", True),
        ("openai:x", "http://localhost.evil.example/v1", True),
        ("openai:x", "http://user@127.0.0.1:80@evil.example/v1", True),
        ("openai:x", "http://0.0.0.0:1/v1", True),
        ("openai:x", "http://[broken", True),
        ("ollama:qwen3", None, False),
    ],
)
def test_a_model_is_hosted_unless_its_address_is_inside(model: str, base_url: str | None, hosted: bool) -> None:
    assert is_hosted(model, base_url) is hosted
    assert is_masked("hosted", model, base_url) is hosted
    assert is_masked("always", model, base_url)
    assert not is_masked("off", model, base_url)


@pytest.mark.parametrize(
    ("base_url", "mask", "masked"),
    [
        ("https://api.example.com/v1", "hosted", True),
        ("http://127.0.0.1:1/v1", "hosted", False),
        ("http://127.0.0.1:1/v1", "always", True),
        ("https://api.example.com/v1", "off", False),
    ],
)
def test_the_settings_decide(base_url: str, mask: str, masked: bool) -> None:
    settings = Settings.model_validate({"chat_model": "openai:m", "chat_base_url": base_url, "chat_mask": mask})
    assert isinstance(chat_model_of(settings), MaskingChatModel) is masked


class Repeating(Listening):
    """Says a number it was told, and one that it made up."""

    def complete(self, prompt: Prompt) -> str:
        assert "13800138000" not in prompt.user
        return "紧急情况打 [PHONE_1] 找王敏 [1]。紧急情况打 [PHONE_7] 找王敏 [1]。"

    def stream(self, prompt: Prompt, cancelled: Any = never) -> Iterator[str]:
        text = self.complete(prompt)
        yield from (text[n : n + 3] for n in range(0, len(text), 3))


class Watching:
    """Implements `Viewer`."""

    def __init__(self) -> None:
        self.text = ""

    def show(self, text: str) -> None:
        self.text += text

    def gone(self) -> bool:
        return False


def test_the_check_of_an_answer_judges_what_people_will_read() -> None:
    """The number stands in the quote, so its sentence stays; the placeholder that nobody gave stands nowhere."""
    wording = CheckedWording(MaskingChatModel(Repeating()), GroundingCheck(HashingEmbedder()).supported)
    question, viewer = Question(text="紧急情况打哪个电话", person="owner"), Watching()
    shown = [passage("紧急情况打 13800138000 找王敏。")]
    for made in (wording.compose(question, shown, []), wording.compose(question, shown, [], viewer)):
        assert made.text == "紧急情况打 13800138000 找王敏。 [1]"
    assert viewer.text == "紧急情况打 13800138000 找王敏。 [1]"
