"""Prompts are files with versions: reviewed like code, named in every answer they led to."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from string import Template

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.answering.question import Language
from copilot.errors import ConfigurationError

_BLOCK = re.compile(r"\A---\n(.*?)\n---\n(.+)\Z", re.DOTALL)
#: What a prompt may leave open; everything else from outside stands in the data beside it, never inside.
_OPEN = ["mark"]


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    language: Language
    version: int = Field(ge=1)


class PromptFile(BaseModel):
    """The instructions of one task in one language."""

    model_config = ConfigDict(frozen=True)

    head: _Head
    text: str = Field(min_length=1)

    @property
    def name(self) -> str:
        """How answers record it, for example `answer.zh@2`."""
        return f"{self.head.id}.{self.head.language}@{self.head.version}"

    def with_mark(self, mark: str) -> str:
        """Return the instructions for one request, whose frame carries this mark."""
        return Template(self.text).substitute(mark=mark)


@cache
def load_prompt(id: str, language: Language) -> PromptFile:
    """Read a prompt once.

    Raises:
        ConfigurationError: there is no such prompt, or its file is not one.
    """
    file = f"{id}.{language}.md"
    try:
        text = resources.files("copilot.answering").joinpath("prompts", file).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(f"There is no prompt {file!r}. Install the package again.") from error
    prompt = parse_prompt(file, text)
    if (prompt.head.id, prompt.head.language) != (id, language):
        raise ConfigurationError(f"Prompt {file!r} says it is {prompt.name!r}. Correct its id or language.")
    return prompt


def parse_prompt(file: str, text: str) -> PromptFile:
    """Read front matter and instructions.

    Raises:
        ConfigurationError: names the file and what is wrong with it.
    """
    match = _BLOCK.match(text)
    try:
        if match is None:
            raise ValueError("it must begin with front matter between two lines of ---, and go on with instructions")
        prompt = PromptFile(head=_Head.model_validate(yaml.safe_load(match.group(1))), text=match.group(2).strip())
        template = Template(prompt.text)
        if not template.is_valid() or template.get_identifiers() != _OPEN:
            raise ValueError("it must hold $mark, and no other $name")
    except (ValueError, ValidationError, yaml.YAMLError) as error:
        raise ConfigurationError(f"Prompt {file!r} cannot be used: {error}. Correct the file.") from error
    return prompt
