"""How near an industry or a city is to another, by the table in neighbours.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from pathlib import Path

from knowledge.text import fold

_TABLE = Path(__file__).with_name("neighbours.toml")


class Nearness(IntEnum):
    """How near; the higher the nearer."""

    FAR = 0
    UNSAID = 1  #: the case names none, so it may be anything
    NEIGHBOUR = 2
    SAME = 3


def industry_nearness(wanted: str, named: Iterable[str]) -> tuple[Nearness, str | None]:
    """Return how near the nearest industry of a case is, and its name."""
    return _nearest(wanted, named, "industries")


def city_nearness(wanted: str, named: Iterable[str]) -> tuple[Nearness, str | None]:
    """Return how near the nearest city of a case is, and its name; cities of one region are neighbours."""
    return _nearest(wanted, named, "regions")


def _nearest(wanted: str, named: Iterable[str], table: str) -> tuple[Nearness, str | None]:
    names = [name for name in named if name.strip()]
    if not names:
        return Nearness.UNSAID, None
    near, name = max(((_pair(wanted, name, table), name) for name in names), key=lambda pair: pair[0])
    return near, name


def _pair(one: str, other: str, table: str) -> Nearness:
    first, second = _plain(one), _plain(other)
    if _same(first, second):
        return Nearness.SAME
    groups = _groups(table)
    shared = _of(first, groups) & _of(second, groups)
    return Nearness.NEIGHBOUR if shared else Nearness.FAR


def _of(name: str, groups: dict[str, frozenset[str]]) -> set[str]:
    return {group for group, members in groups.items() if any(_same(name, member) for member in members)}


def _same(one: str, other: str) -> bool:
    """A name within a name counts: 家居零售 is 零售."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 2 and not short.isascii() and long.endswith(short))


def _plain(name: str) -> str:
    folded = fold(name).strip()
    folded = _english().get(folded, folded)
    return folded[:-1] if len(folded) > 2 and folded.endswith("市") else folded


@cache
def _tables() -> dict[str, dict[str, list[str] | str]]:
    return tomllib.loads(_TABLE.read_text("utf-8"))


@cache
def _groups(table: str) -> dict[str, frozenset[str]]:
    return {fold(name): frozenset(map(fold, members)) for name, members in _tables()[table].items()}


@cache
def _english() -> dict[str, str]:
    return {word: fold(str(name)) for word, name in _tables()["english"].items()}
