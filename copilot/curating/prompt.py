"""What a chat model is asked for a passage, and how its lines are read. The passage is data in a marked frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import Literal

from copilot.chat_model import Prompt
from copilot.errors import ConfigurationError
from copilot.framing import framed, neutral, new_mark
from knowledge.front_matter import read_block
from knowledge.text import is_chinese

Language = Literal["zh", "en"]

_BULLET = re.compile(r"^\s*(?:[-*•·]+|(?:Q|问题|question)?\s*\d{1,2}\s*[.、:：)）](?!\d)|[qQ问]\s*[:：])\s*")
_QUOTES = "\"'“”‘’「」『』`"
#: A model that never stops is read this far, in lines per question asked for.
_PATIENCE = 3


@dataclass(frozen=True, kw_only=True)
class PassageText:
    """What the model sees: where a chunk stands, then what it says."""

    place: str
    text: str

    @property
    def language(self) -> Language:
        """The language of the passage: most of its questions are asked in it."""
        return "zh" if is_chinese(self.text) else "en"


@dataclass(frozen=True, kw_only=True)
class QuestionPrompt:
    """The instructions for a number of questions per passage; `version` names everything that a reply depends on."""

    count: int

    @property
    def version(self) -> str:
        """How outcomes are kept apart, for example `questions@1x5`."""
        zh, en = _load("zh")[0], _load("en")[0]
        return f"questions@{zh if zh == en else f'{zh}.{en}'}x{self.count}"

    def frame(self, passage: PassageText, made: Callable[[], str] = new_mark) -> Prompt:
        """Put the passage beside the instructions, between tags that it cannot close."""
        mark = made()
        system = Template(_load(passage.language)[1]).substitute(mark=mark, same=self.count - 1, other=1)
        body = neutral(f"{passage.place}\n{passage.text}")
        return Prompt(system=system, user=framed("passage", body, mark), name=self.version, mark=mark)

    def read(self, reply: str) -> tuple[str, ...]:
        """Return the lines of a reply that may be questions, without bullets and quotation marks; NONE is none."""
        lines = [_BULLET.sub("", line).strip().strip(_QUOTES).strip() for line in reply.splitlines()]
        kept = [line for line in lines if line and not line.startswith("```") and line.rstrip(".。").upper() != "NONE"]
        return tuple(dict.fromkeys(kept))[: _PATIENCE * self.count]


def instructions() -> tuple[str, ...]:
    """Return our own words, so that a reply that repeats them can be told."""
    return tuple(_load(language)[1] for language in ("zh", "en"))


@cache
def _load(language: Language) -> tuple[int, str]:
    """Read version and text of a prompt file.

    Raises:
        ConfigurationError: the file is missing or is no prompt.
    """
    name = f"questions.{language}.md"
    try:
        text = resources.files("copilot.curating").joinpath("prompts", name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(f"There is no prompt {name!r}. Install the package again.") from error
    block = read_block(text)
    if block is None or not str(block[0].get("version", "")).isdigit():
        raise ConfigurationError(f"Prompt {name!r} has no version in its front matter. Correct the file.")
    values, first_line = block
    return int(values["version"]), "\n".join(text.splitlines()[first_line - 1 :]).strip()
