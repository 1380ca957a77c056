"""The one file of the chat: small, complete, and without what strict pages refuse."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from copilot.interfaces.web import widget
from copilot.interfaces.web.widget import PARTS, widget_script

FOLDER = Path(widget.__file__).parent
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js")}
#: Bytes, zipped; what a page may be asked to load for a chat.
_MOST = 40 * 1024
_NAME = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


def test_it_is_small() -> None:
    assert len(widget_script().zipped) <= _MOST


def test_every_part_is_in_it_and_nothing_else() -> None:
    assert set(PARTS) == set(SOURCES)


def test_nothing_is_left_to_be_loaded() -> None:
    text = widget_script().text
    assert not re.search(r"^\s*(?:import|export)\b", text, re.MULTILINE)
    assert not re.search(r"\bimport\(|url\(|@import", text)
    assert gzip.decompress(widget_script().zipped).decode() == text


def test_parts_need_only_those_before_them_and_names_never_meet() -> None:
    seen: set[str] = set()
    for at, part in enumerate(PARTS):
        needed = re.findall(r'from "\./(\w+\.js)";', SOURCES[part])
        assert set(needed) <= set(PARTS[:at]), part
        names = [name for name in _NAME.findall(SOURCES[part]) if not name.startswith("_")]
        assert not seen & set(names), part
        seen |= set(names)


@pytest.mark.parametrize(
    "forbidden",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser"],
)
def test_text_never_becomes_markup(forbidden: str) -> None:
    assert forbidden not in widget_script().text


def test_every_word_is_there_in_all_three_forms() -> None:
    blocks = re.findall(r'^  "?(zh-Hans|zh-Hant|en)"?: \{\n(.*?)^  \},', SOURCES["words.js"], re.MULTILINE | re.DOTALL)
    words = {form: dict(re.findall(r'^    (\w+): (".*"),$', body, re.MULTILINE)) for form, body in blocks}
    assert set(words) == {"zh-Hans", "zh-Hant", "en"}
    assert words["zh-Hans"].keys() == words["zh-Hant"].keys() == words["en"].keys()
    for key in words["en"]:
        values = [re.findall(r"\{\w+\}", json.loads(said[key])) for said in words.values()]
        assert values[0] == values[1] == values[2], key


def test_every_word_that_is_said_is_there() -> None:
    said = set(re.findall(r'\bsay\("(\w+)"', "".join(SOURCES.values())))
    known = set(re.findall(r"^    (\w+): ", SOURCES["words.js"], re.MULTILINE))
    assert said <= known
