"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "failed"]
Language = Literal["zh", "en"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`fix` is a command, or a setting to correct; `mended` was done just now."""

    name: str  #: stable, for programs
    state: State
    zh: str
    en: str
    fix: str | None = None
    mended: bool = False

    def detail(self, language: Language) -> str:
        """Say it."""
        return self.zh if language == "zh" else self.en


def ok(name: str, zh: str, en: str) -> Finding:
    """Nothing to do."""
    return Finding(name=name, state="ok", zh=zh, en=en)


def mended(name: str, zh: str, en: str) -> Finding:
    """It was wrong and is right now."""
    return Finding(name=name, state="ok", zh=zh, en=en, mended=True)


def warning(name: str, zh: str, en: str, fix: str) -> Finding:
    """It works, and somebody should look."""
    return Finding(name=name, state="warning", zh=zh, en=en, fix=fix)


def failed(name: str, zh: str, en: str, fix: str) -> Finding:
    """It does not work."""
    return Finding(name=name, state="failed", zh=zh, en=en, fix=fix)
