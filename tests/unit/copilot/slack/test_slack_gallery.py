"""Every message and view, compared with a file that people review, and checked against Slack's limits.

`COPILOT_TEST_REWRITE=1 pytest tests/unit/copilot/slack/test_slack_gallery.py` writes the files anew; review the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from copilot.interfaces.slack.limits import checked
from tests.doubles.slack_gallery import gallery

GOLDEN = Path(__file__).parent / "golden"
GALLERIES = {"zh": gallery("zh"), "en": gallery("en")}
CASES = [(language, name) for language in GALLERIES for name in GALLERIES[language]]


@pytest.mark.parametrize(("language", "name"), CASES)
def test_blocks_are_as_in_their_file(language: str, name: str) -> None:
    payload = GALLERIES[language][name]
    written = json.dumps(payload, ensure_ascii=False, indent=1) + "\n"
    path = GOLDEN / f"{name}.{language}.json"
    if os.environ.get("COPILOT_TEST_REWRITE"):
        path.write_text(written, encoding="utf-8")
    assert written == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "name"), CASES)
def test_slack_would_take_them(language: str, name: str) -> None:
    payload = GALLERIES[language][name]
    assert checked(payload if isinstance(payload, dict) else list(payload)) == []


def test_no_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.glob("*.json")} == {f"{name}.{language}.json" for language, name in CASES}
