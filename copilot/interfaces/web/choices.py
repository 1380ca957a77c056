"""What somebody chose in a list, as it comes in an address or a form."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


def one_of(choices: type[Choice], value: str) -> Choice | None:
    """Return a choice by its value; None where nothing, or nothing that there is, was chosen."""
    return next((one for one in choices if one.value == value), None)
