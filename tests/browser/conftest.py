"""A real Chromium on a real server: the shipped corpus, a small team, accounts; no model."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.looks import Look
from tests.browser.site import Site, served

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
#: Where pictures of pages go, to be looked at; without it none are made.
_SHOTS = os.environ.get("COPILOT_TEST_SHOTS")


@pytest.fixture(scope="module")
def site(corpus_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served workbench that the tests of one file share; what they change, they change for each other."""
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(corpus_home, home)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COPILOT_") and "_TEST_" not in name]:
            patch.delenv(name)
        with served(home) as opened:
            yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file: it holds an event loop in this thread, which others must not meet."""
    found = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        reason = "Chromium is not installed (none on PATH)"
        if os.environ.get("COPILOT_TEST_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens pages as a `Look` sees them. A page that complains in its console fails the test.

    `open_page(look, address=None, person=None, site=None)`: with a person and a site, signed in.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def call(look: Look | None = None, *, site: Site | None = None, person: str | None = None) -> Page:
        look = look or Look()
        context = browser.new_context(**look.options, base_url=site.address if site else None)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if site is not None and person is not None:
            site.sign_in(page, person)
        return page

    yield call
    for context in contexts:
        context.close()
    expected = request.node.get_closest_marker("console")
    allowed = [re.compile(pattern) for pattern in expected.args] if expected else []
    assert [text for text in complaints if not any(pattern.search(text) for pattern in allowed)] == []


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page when `COPILOT_TEST_SHOTS` names a folder."""

    def call(page: Page, name: str) -> None:
        if _SHOTS:
            Path(_SHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(_SHOTS) / f"{name}.png"), full_page=True)

    return call
