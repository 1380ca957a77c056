"""What a chat model is asked when it polishes lines of a draft, and how its reply is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

from copilot.answering.prompt_file import PromptFile, parse_prompt
from copilot.chat_model import Prompt
from copilot.drafting.composer import Language
from copilot.errors import ConfigurationError
from copilot.framing import framed, neutral, new_mark

REWORD_SCHEMA: Mapping[str, object] = {
    "title": "reword",
    "type": "object",
    "additionalProperties": False,
    "required": ["lines"],
    "properties": {
        "lines": {
            "type": "array",
            "maxItems": 30,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["n", "text"],
                "properties": {"n": {"type": "integer"}, "text": {"type": "string"}},
            },
        }
    },
}
_LAST = {"zh": "润色上面编号的行,只输出 JSON。", "en": "Polish the numbered lines above. Reply with JSON only."}
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
#: Of a reply that never ends, this much is read.
_LONGEST_REPLY = 40_000


def reword_prompt(
    lines: Mapping[int, str],
    *,
    facts: str,
    quotes: str,
    language: Language,
    mark: Callable[[], str] = new_mark,
) -> Prompt:
    """Frame facts, quotes and numbered lines; all of them hold words of others."""
    file, made = _load(language), mark()
    numbered = "\n".join(f"{number}: {neutral(text)}" for number, text in lines.items())
    user = (
        f"{framed('facts', neutral(facts), made)}\n\n"
        f"{framed('sources', neutral(quotes), made)}\n\n"
        f"{framed('lines', numbered, made)}\n\n{_LAST[language]}"
    )
    return Prompt(system=file.with_mark(made), user=user, name=file.name, schema=REWORD_SCHEMA, mark=made)


def read_reply(reply: str) -> dict[int, str] | None:
    """Return the lines of a reply by number, the first of each; None when it is none."""
    match = _OBJECT.search(reply[:_LONGEST_REPLY])
    try:
        said = json.loads(match.group(), strict=False) if match else None
    except (ValueError, RecursionError):
        return None
    lines = said.get("lines") if isinstance(said, dict) else None
    if not isinstance(lines, list):
        return None
    found: dict[int, str] = {}
    for one in lines:
        if isinstance(one, dict) and type(one.get("n")) is int and isinstance(one.get("text"), str):
            found.setdefault(one["n"], one["text"])
    return found


@cache
def _load(language: Language) -> PromptFile:
    """Read the prompt of a language once.

    Raises:
        ConfigurationError: the file is missing or is no prompt.
    """
    file = f"reword.{language}.md"
    try:
        text = resources.files("copilot.drafting").joinpath("prompts", file).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(f"There is no prompt {file!r}. Install the package again.") from error
    return parse_prompt(file, text)
