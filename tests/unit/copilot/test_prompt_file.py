"""Prompts as files: found, checked once, named with their version."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from copilot.answering.prompt_file import load_prompt, parse_prompt
from copilot.errors import ConfigurationError

HEAD = "---\nid: answer\nlanguage: zh\nversion: 2\n---\n"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_prompt_that_ships_can_be_used(language: str) -> None:
    prompt = load_prompt("answer", language)  # type: ignore[arg-type]  # both are languages

    assert prompt.name == f"answer.{language}@{prompt.head.version}"
    assert "7f3a" in prompt.with_mark("7f3a")
    assert "$" not in prompt.with_mark("7f3a")


def test_both_languages_are_of_one_version() -> None:
    assert load_prompt("answer", "zh").head.version == load_prompt("answer", "en").head.version


def test_no_file_lies_about_that_nobody_can_load() -> None:
    names = [file.name for file in resources.files("copilot.answering").joinpath("prompts").iterdir()]

    assert sorted(names) == ["answer.en.md", "answer.zh.md"]


def test_a_prompt_is_read_once() -> None:
    assert load_prompt("answer", "zh") is load_prompt("answer", "zh")


def test_a_prompt_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigurationError, match=re.escape("'dance.zh.md'")):
        load_prompt("dance", "zh")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "只有文字 $mark",
        HEAD,
        HEAD + "没有记号",
        HEAD + "$mark $mark 和 $other",
        HEAD + "$mark 一块钱 $ 坏了",
        HEAD.replace("version: 2\n", "") + "$mark",
        HEAD.replace("version: 2", "version: 0") + "$mark",
        HEAD.replace("version: 2", "version: '2'") + "$mark",
        HEAD.replace("language: zh", "language: fr") + "$mark",
        HEAD.replace("version: 2", "version: 2\nauthor: me") + "$mark",
        HEAD.replace("id: answer", "id: [") + "$mark",
        HEAD.replace("id: answer\nlanguage: zh\nversion: 2", "- 1") + "$mark",
    ],
)
def test_a_file_that_is_no_prompt_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape("'answer.zh.md'")):
        parse_prompt("answer.zh.md", text)
