"""Language, words and ways back of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

from copilot.interfaces import web
from copilot.interfaces.web.language import Language, preferred
from copilot.interfaces.web.pages import sliced
from copilot.interfaces.web.preferences import own_path
from copilot.interfaces.web.words import SHARED, Speaker, Words


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr,en;q=0.2", "en"),
        ("zh;q=0,en;q=0.1", "en"),
        ("de", "zh"),
        ("en;q=viel, zh;q=0.1", "zh"),
    ],
)
def test_the_language_is_the_first_of_ours_that_a_browser_prefers(header: str, language: Language) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "javascript:x", "/a\nb"]
)
def test_the_way_back_never_leads_elsewhere(path: str) -> None:
    assert own_path(path) == "/app"


def test_the_way_back_is_a_path_of_ours() -> None:
    assert own_path("/app/accounts?page=2") == "/app/accounts?page=2"


def test_values_are_put_into_words() -> None:
    assert Speaker("en", {"many": ("{n} 个", "{n} of them")})("many", n=3) == "3 of them"


def test_words_that_are_missing_are_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        Speaker("zh")("nothing")


def _areas() -> Iterator[tuple[str, Words]]:
    """Yield the words of every area by module and name; a key has a pair of texts."""
    for one in iter_modules(web.__path__):
        if one.name.endswith("_words"):
            for name, words in vars(import_module(f"copilot.interfaces.web.{one.name}")).items():
                if isinstance(words, dict) and all(isinstance(pair, tuple) for pair in words.values()):
                    yield f"{one.name}.{name}", words


AREAS = dict(_areas())


@pytest.mark.parametrize("words", [SHARED, *AREAS.values()], ids=["shared", *AREAS])
def test_every_word_is_there_in_both_languages_with_the_same_values(words: Words) -> None:
    for key, (zh, en) in words.items():
        assert zh.strip(), key
        assert en.strip(), key
        assert sorted(re.findall(r"{\w+}", zh)) == sorted(re.findall(r"{\w+}", en)), key


@pytest.mark.parametrize("words", AREAS.values(), ids=AREAS)
def test_no_area_changes_a_word_of_the_frame(words: Words) -> None:
    assert [key for key in words.keys() & SHARED.keys() if words[key] != SHARED[key]] == []


def test_every_area_is_looked_at() -> None:
    assert {"people_words.PEOPLE", "insight_words.INSIGHT", "draft_words.DRAFT_WORDS"} <= AREAS.keys()


@pytest.mark.parametrize(("page", "rows"), [(0, [0, 1]), (2, [2, 3]), (3, [4]), (99, [4])])
def test_a_page_beyond_the_last_is_the_last(page: int, rows: list[int]) -> None:
    found = sliced(range(5), page, size=2)
    assert (list(found.rows), found.pages, found.count) == (rows, 3, 5)


def test_an_empty_list_has_one_page() -> None:
    assert sliced([], 1).pages == 1
