"""How a page is looked at: language, theme, width; and whether everybody can use it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: WCAG 2.2 level A and AA, as axe-core names its rules, and its own best practices.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """Of a browser and the person before it."""

    language: Literal["zh-CN", "zh-TW", "en-US"] = "zh-CN"
    theme: Literal["light", "dark"] = "light"
    width: int = 1280
    reduced_motion: bool = True

    @property
    def options(self) -> dict[str, Any]:
        """Return them as Playwright names them."""
        return {
            "locale": self.language,
            "color_scheme": self.theme,
            "viewport": {"width": self.width, "height": 800 if self.width > 600 else 640},
            "reduced_motion": "reduce" if self.reduced_motion else "no-preference",
            "timezone_id": "Asia/Shanghai",
        }

    def __str__(self) -> str:
        return f"{self.language}.{self.theme}.{self.width}"


#: Both languages, both themes, a phone and a desk; the other pairs of them in `make test-long`.
LOOKS = (
    Look(),
    Look(language="en-US", theme="dark", width=320),
    *(
        (Look(language="en-US", theme="dark"), Look(theme="dark", width=320), Look(language="en-US", width=320))
        if os.environ.get("COPILOT_TEST_LONG")
        else ()
    ),
)


def assert_usable(page: Page, within: str | None = None) -> None:
    """Let only a page pass in which axe finds nothing and which needs no scrolling sideways.

    Args:
        page: as it stands now.
        within: a CSS selector, where the rest of the page is not ours.
    """
    options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
    found = _axe().run(page, context=within, options=options).response["violations"]
    told = [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:4]}" for one in found]
    assert told == [], told
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the window"


@lru_cache(maxsize=1)
def _axe() -> Axe:
    return Axe()
