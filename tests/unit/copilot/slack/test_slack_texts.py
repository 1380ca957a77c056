"""Everything that people read is there in both languages, with the same blanks to fill."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping
from importlib import import_module

import pytest

from copilot.interfaces import slack
from copilot.interfaces.slack.texts import moment, stage_name
from tests.doubles.slack_samples import NOW


def texts_of(node: object, at: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield every pair of texts in the tables of a module."""
    if isinstance(node, Mapping):
        if set(node) & {"zh", "en"}:
            yield at, node
        else:
            for key, value in node.items():
                yield from texts_of(value, f"{at}.{key}")
    elif isinstance(node, tuple):
        for number, value in enumerate(node):
            yield from texts_of(value, f"{at}.{number}")


ALL = [
    found
    for module in pkgutil.iter_modules(slack.__path__)
    for name, value in vars(import_module(f"{slack.__name__}.{module.name}")).items()
    if name.isupper()
    for found in texts_of(value, f"{module.name}.{name}")
]


@pytest.mark.parametrize(("at", "texts"), ALL, ids=[at for at, _ in ALL])
def test_both_languages_say_it_with_the_same_blanks(at: str, texts: Mapping[str, str]) -> None:
    assert set(texts) == {"zh", "en"}
    if isinstance(texts["zh"], str):
        assert texts["zh"].strip()
        assert texts["en"].strip()
        assert set(re.findall(r"\{\w+\}", texts["zh"])) == set(re.findall(r"\{\w+\}", texts["en"]))


def test_there_are_texts() -> None:
    assert len(ALL) > 100


def test_a_moment_is_shown_in_the_time_of_the_reader() -> None:
    assert moment(NOW) == "<!date^1795674600^{date_num} {time}|2026-11-26 06:30 UTC>"


def test_a_stage_that_nobody_knows_stays_as_it_is() -> None:
    assert stage_name("renewal", "en") == "Renewal"
    assert stage_name("elsewhere", "zh") == "elsewhere"
