"""A parser may hang, crash or eat all memory: the file at hand is reported and the next one is read."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ingest.errors import DamagedFile, IngestError, ParseCrashed, ParseOutOfMemory, ParseTimeout
from ingest.limits import Limits
from ingest.parsers.formats import parsers
from ingest.parsers.isolated import FORMATS, IsolatedParser
from ingest.source import Item

EVIL = "tests.doubles.evil_parsers:parsers"


def item(media: str) -> Item:
    return Item(source=f"file{media}", fingerprint="", media=media)


@pytest.fixture(scope="module")
def isolated() -> Iterator[IsolatedParser]:
    parser = IsolatedParser(Limits(seconds=1.0, memory=400 << 20), parsers=EVIL)
    yield parser
    parser.close()


def process_of(parser: IsolatedParser) -> str:
    """The id of the process that reads now."""
    return parser.parse(item(".good"), b"x").title


@pytest.mark.parametrize(
    ("media", "error", "code"),
    [
        (".hang", ParseTimeout, "parse_timeout"),
        (".spin", ParseTimeout, "parse_timeout"),
        (".killed", ParseCrashed, "parse_crashed"),
        (".crash", ParseCrashed, "parse_crashed"),
        (".quit", ParseCrashed, "parse_crashed"),
        (".memory", ParseOutOfMemory, "parse_out_of_memory"),
    ],
)
def test_what_kills_the_process_is_reported_and_the_next_file_is_read(
    isolated: IsolatedParser, media: str, error: type[IngestError], code: str
) -> None:
    with pytest.raises(error, match=f"file{media}") as raised:
        isolated.parse(item(media), b"x")
    assert raised.value.code == code
    assert isolated.parse(item(".good"), "续约".encode()).text == "续约"


def test_the_process_is_used_again(isolated: IsolatedParser) -> None:
    assert process_of(isolated) == process_of(isolated) != str(os.getpid())


@pytest.mark.parametrize("media", [".refuse", ".deep"])
def test_a_refusal_comes_back_as_the_error_it_was(isolated: IsolatedParser, media: str) -> None:
    before = process_of(isolated)
    with pytest.raises(DamagedFile):
        isolated.parse(item(media), b"x")
    assert process_of(isolated) == before


def test_a_mistake_in_a_parser_comes_back_with_its_cause(isolated: IsolatedParser) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        isolated.parse(item(".bug"), b"x")


def test_what_a_library_prints_does_not_get_between_the_messages(isolated: IsolatedParser) -> None:
    assert isolated.parse(item(".noise"), b"text").text == "text"


def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_API_KEY", "a-key-of-sixteen-characters")
    parser = IsolatedParser(Limits(), parsers=EVIL)
    try:
        with pytest.raises(RuntimeError, match="KeyError: 'COPILOT_API_KEY'"):
            parser.parse(item(".secret"), b"x")
    finally:
        parser.close()


def test_a_process_that_does_not_start_is_reported() -> None:
    parser = IsolatedParser(Limits(), parsers="tests.doubles.evil_parsers:missing")
    with pytest.raises(ParseCrashed, match="does not start"):
        parser.parse(item(".good"), b"x")


def test_closing_twice_and_going_on_is_allowed(isolated: IsolatedParser) -> None:
    before = process_of(isolated)
    isolated.close()
    isolated.close()
    assert process_of(isolated) != before


def test_the_formats_known_outside_are_those_that_are_read_inside() -> None:
    assert set(FORMATS) == set(parsers(Limits()))
