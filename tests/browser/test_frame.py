"""The frame around every page: navigation, language, theme, errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import LOOKS, Look, assert_usable
from tests.browser.site import Site


@pytest.mark.console("404")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_that_is_not_there_says_so_and_leads_on(
    site: Site, open_page: OpenPage, look: Look, shot: Callable[[Page, str], None]
) -> None:
    page = open_page(look, site=site, person="lin")
    page.goto("/app/nothing")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "没有这一页" if look.language == "zh-CN" else "There is no such page"
    )
    assert_usable(page)
    shot(page, f"frame.{look}")


def test_strangers_are_led_to_sign_in_and_back(site: Site, open_page: OpenPage) -> None:
    page = open_page(site=site)
    page.goto("/app/accounts?page=2")
    assert page.url == f"{site.address}/login?next=%2Fapp%2Faccounts%3Fpage%3D2"


@pytest.mark.console("404")
def test_language_and_theme_are_kept(site: Site, open_page: OpenPage) -> None:
    page = open_page(site=site, person="lin")
    page.goto("/app/nothing")
    page.get_by_text("林晓").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.get_by_text("林晓").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 30)"
    assert page.url == f"{site.address}/app/nothing"


@pytest.mark.console("404")
def test_only_what_one_may_open_stands_in_the_navigation(site: Site, open_page: OpenPage) -> None:
    page = open_page(site=site, person="du")
    page.goto("/app/nothing")
    names = page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert "提问" in names
    assert "客户" not in names
    assert "成员" not in names
