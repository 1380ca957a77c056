"""Knowledge: a document with its quote, versions, access and verification."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import LOOKS, Look, assert_usable
from tests.browser.site import Site

Shot = Callable[[Page, str], None]
TAGS = "playbooks/playbook-account-tags-content-matching.md"


def _quote(site: Site, words: str) -> str:
    body = site.application.copilot.document(TAGS)
    start = body.text.index(words)
    return f"/app/knowledge/{body.id}?quote={start}-{start + len(words)}&version={body.version}"


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_quote_is_marked_in_its_document(site: Site, open_page: OpenPage, look: Look, shot: Shot) -> None:
    text = site.application.copilot.document(TAGS).text
    words = max(text.split("\n"), key=len)[:40]
    page = open_page(look, site=site, person="shen")
    page.goto(_quote(site, words))
    expect(page.locator("mark").first).to_be_in_viewport()
    assert_usable(page)
    shot(page, f"keeping.document.{look}")
