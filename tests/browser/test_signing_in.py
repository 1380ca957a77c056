"""Signing in and out, settings, people and invitations, as people do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from copilot.audit.surface import Surface
from copilot.people.caller import the_owner
from copilot.settings import Settings
from tests.browser.conftest import OpenPage
from tests.browser.looks import LOOKS, Look, assert_usable
from tests.browser.site import Site, served
from tests.doubles.oidc_provider import friendly_provider

Shot = Callable[[Page, str], None]
PASSWORD = "三只熊猫 on a blue bicycle"


def invited(site: Site, id: str) -> str:
    """Return the path of a fresh invitation."""
    return site.application.access.invitations.invite(the_owner(Surface.CLI), id, "/").url


def accepted(site: Site, page: Page, id: str, password: str = PASSWORD) -> None:
    page.goto(invited(site, id))
    page.locator("#new-password").fill(password)
    page.locator("#again").fill(password)
    page.locator("main form button").click()
    page.wait_for_url("**/app")


@pytest.mark.console("422")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_door_can_be_used_by_everybody(site: Site, open_page: OpenPage, look: Look, shot: Shot) -> None:
    page = open_page(look, site=site)
    page.goto("/login?problem=unknown&next=/app/settings")
    assert_usable(page)
    shot(page, f"login.{look}")
    page.locator("#email").fill("lin@example.com")
    page.locator("#password").fill("wrong wrong wrong")
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("sign_in_refused")
    expect(page.locator("#email")).to_have_value("lin@example.com")
    assert_usable(page)
    shot(page, f"login-wrong.{look}")


@pytest.mark.console("422", "410")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_an_invitation_can_be_used_by_everybody(site: Site, open_page: OpenPage, look: Look, shot: Shot) -> None:
    page = open_page(look, site=site)
    page.goto(invited(site, "zhou"))
    assert_usable(page)
    shot(page, f"invitation.{look}")
    page.locator("#new-password").fill("password1234")
    page.locator("#again").fill("password1234")
    page.locator("main form button").click()
    expect(page.locator("#new-password-fault")).to_be_visible()
    assert_usable(page)
    shot(page, f"invitation-fault.{look}")
    page.goto("/invitation?code=nothing")
    assert_usable(page)
    shot(page, f"invitation-over.{look}")


def test_the_invited_choose_a_password_sign_out_and_in_again_and_back_shows_nothing(
    site: Site, open_page: OpenPage
) -> None:
    page = open_page(site=site)
    accepted(site, page, "lin")
    page.goto("/app/settings")
    page.get_by_text("林晓").first.click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("status")).to_have_text("已退出登录。")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.goto("/login?next=/app/settings")
    page.get_by_label("邮箱").fill("LIN@example.com")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("密码", exact=True).press("Enter")
    page.wait_for_url("**/app/settings")


@pytest.mark.console("422")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_settings_can_be_used_by_everybody(site: Site, open_page: OpenPage, look: Look, shot: Shot) -> None:
    page = open_page(look, site=site)
    accepted(site, page, "gao")
    site.sign_in(open_page(site=site), "gao")
    page.goto("/app/settings")
    assert_usable(page)
    shot(page, f"settings.{look}")
    page.locator("#label").fill("CRM")
    page.locator("form[action='/app/settings/keys'] button").click()
    expect(page.locator("#new-key")).to_have_value(re.compile("copilot_.{40,}"))
    assert_usable(page)
    shot(page, f"settings-key.{look}")
    page.locator("#present").fill("wrong")
    page.locator("#new-password").fill(PASSWORD + "!")
    page.locator("#again").fill(PASSWORD + "!")
    page.locator("form[action='/app/settings/password'] button").click()
    expect(page.locator("#present-fault")).to_be_visible()
    shot(page, f"settings-wrong.{look}")


@pytest.mark.console("422")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_people_can_be_managed_by_everybody(site: Site, open_page: OpenPage, look: Look, shot: Shot) -> None:
    page = open_page(look, site=site, person="owner")
    page.goto("/app/people")
    assert_usable(page)
    shot(page, f"people.{look}")
    page.goto("/app/people?q=nobodyatall")
    assert_usable(page)
    shot(page, f"people-empty.{look}")
    page.locator("main details summary").click()
    page.locator("#person-id").fill("a b")
    page.locator("#person-name").fill("新人")
    page.locator("#person-email").fill(f"new{look.width}{look.theme}@example.com")
    page.locator("main details button").click()
    expect(page.locator("#person-id-fault")).to_be_visible()
    shot(page, f"people-fault.{look}")
    page.locator("#person-id").fill(f"new-{look.language}-{look.width}")
    page.locator("input[name='roles']").first.check()
    page.locator("main details button").click()
    expect(page.locator("#invitation-link")).to_be_visible()
    assert_usable(page)
    shot(page, f"person.{look}")


@pytest.mark.console("ERR_|Failed to load resource|Content Security Policy")  # the provider's page wants a style sheet
def test_the_page_of_a_provider_leads_in(tmp_path: Path, open_page: OpenPage, shot: Shot) -> None:
    with friendly_provider(lin={"email": "lin@example.com", "email_verified": True}) as issuer:
        settings = Settings(
            home=tmp_path / "home",
            oidc_issuer=issuer,
            oidc_client_id="copilot",
            oidc_client_secret="secret",
            oidc_name="示例登录",
        )
        with served(settings.home, settings) as site:
            page = open_page(site=site)
            page.goto("/app/settings?x=1")
            assert_usable(page)
            shot(page, "login-provider")
            page.get_by_role("link", name="用 示例登录 登录").click()
            page.get_by_role("button", name="lin", exact=True).click()
            page.wait_for_url("**/app/settings?x=1")
            expect(page.get_by_text("已绑定 示例登录 的账号 lin@example.com")).to_be_visible()
            shot(page, "settings-provider")
