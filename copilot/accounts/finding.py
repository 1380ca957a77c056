"""Something about the facts of a record that a person should look at; it refuses nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FactFinding:
    """One field that contradicts another, or something that a stage needs and is missing."""

    field: str  #: of the record
    code: str  #: stable
    message_zh: str
    message_en: str

    def message(self, language: str) -> str:
        """Return the message in a language."""
        return self.message_zh if language == "zh" else self.message_en
