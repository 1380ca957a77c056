"""What writing questions costs: estimated before, counted after."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.chat_model import Prompt, Usage

#: A written question with its line break; the longest languages and models need about this many tokens.
_TOKENS_PER_QUESTION = 25
#: Roles and separators around the two messages of a request.
_TOKENS_AROUND = 12


@dataclass(frozen=True, kw_only=True)
class Price:
    """Per million tokens, in whatever currency the settings mean."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """Return what this usage costs."""
        return (usage.tokens_in * self.input + usage.tokens_out * self.output) / 1_000_000


def estimate(prompt: Prompt, questions: int) -> Usage:
    """Estimate one request: a token per character beyond ASCII, one for four characters of ASCII; rather too many."""
    text = prompt.system + prompt.user
    ascii_characters = sum(character.isascii() for character in text)
    return Usage(
        tokens_in=len(text) - ascii_characters + ascii_characters // 4 + _TOKENS_AROUND,
        tokens_out=questions * _TOKENS_PER_QUESTION,
    )
