"""Accounts and drafts: from an imported file to what has left, by a salesperson and their manager."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from copilot.drafting.draft import DraftKind
from copilot.interfaces.draft_contract import DraftBody, RevisionBody
from tests.browser.conftest import OpenPage
from tests.browser.looks import LOOKS, Look, assert_usable
from tests.browser.site import Site

Shot = Callable[[Page, str], None]
ACCOUNTS = [
    {
        "id": "qinghe",
        "name": "青禾烘焙",
        "industry": "餐饮零售",
        "city": "杭州",
        "annual_fee_cny": 180_000,
        "lifecycle_stage": "onboarding",
        "days_since_signing": 36,
        "contract_end_in_days": 329,
        "seats_bought": 60,
        "seats_active": 14,
        "usage_trend": "falling",
        "first_value_delivered": False,
        "promises": ["两周内上线会员储值"],
        "kp": [{"name": "裴总", "title": "运营总监", "relationship": "着急要结果"}],
        "last_contact_days": 16,
        "owner": "lin",
        "notes": "老板问什么时候能看到会员储值的效果。店长嫌录入麻烦。",
    },
    {
        "id": "yunqi",
        "name": "云起家居",
        "industry": "家居零售",
        "city": "苏州",
        "annual_fee_cny": 420_000,
        "lifecycle_stage": "renewal",
        "days_since_signing": 320,
        "contract_end_in_days": 45,
        "seats_bought": 100,
        "seats_active": 92,
        "usage_trend": "rising",
        "first_value_delivered": True,
        "results": ["复购率从 18% 到 24%"],
        "last_contact_days": 4,
        "owner": "zhou",
        "notes": "客户想知道续约价格。",
    },
    {"id": "blank", "name": "一家什么都不知道的公司", "心情": "好"},
]


def test_a_site_without_accounts_says_how_to_begin(site: Site, open_page: OpenPage, shot: Shot) -> None:
    page = open_page(site=site, person="lin")
    page.goto("/app/accounts")
    expect(page.get_by_text("还没有客户记录")).to_be_visible()
    assert_usable(page)
    shot(page, "work.no_accounts")
    page.get_by_role("link", name="导入客户").first.click()
    expect(page.get_by_label("文件")).to_be_visible()


@pytest.fixture(scope="module")
def filled(site: Site) -> Site:
    """A site with accounts, and a plan of which there are two revisions."""
    for record in ACCOUNTS:
        site.application.copilot.accounts.put(None, record)
    lin = site.caller("lin")
    drafts = site.application.copilot.drafts.as_caller("lin", lin.surface)
    plan = drafts.create(DraftBody(kind=DraftKind.SUCCESS_PLAN, account_id="qinghe"))
    drafts.revise(plan.id, RevisionBody(content=plan.content.replace("青禾", "青禾(总部)", 1), based_on=1))
    return site


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_can_be_used_in_every_look(filled: Site, open_page: OpenPage, look: Look, shot: Shot) -> None:
    page = open_page(look, site=filled, person="gao")
    drafts = filled.application.copilot.drafts.as_caller("gao", filled.caller("gao").surface)
    plan = drafts.list(account="qinghe", kind=DraftKind.SUCCESS_PLAN).drafts[-1].id
    for name, address in {
        "accounts": "/app/accounts",
        "account": "/app/accounts/qinghe",
        "account_blank": "/app/accounts/blank",
        "import": "/app/account-import",
        "drafts": "/app/drafts",
        "drafts_empty": "/app/drafts?box=delivered",
        "draft": f"/app/drafts/{plan}",
        "edit": f"/app/drafts/{plan}/edit",
        "changes": f"/app/drafts/{plan}/changes",
        "approve": f"/app/drafts/{plan}/approve",
        "deliver": f"/app/drafts/{plan}/deliver",
        "new": "/app/drafts/new",
        "new_kind": "/app/drafts/new?kind=proposal&account=qinghe",
    }.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_usable(page)
        shot(page, f"work.{name}.{look}")


def test_from_a_file_to_what_has_left(site: Site, open_page: OpenPage, tmp_path: Path, shot: Shot) -> None:
    file = tmp_path / "客户.jsonl"
    records = [*ACCOUNTS, {"id": "", "name": "没有编号"}]
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in records), encoding="utf-8")
    page = open_page(site=site, person="lin")

    page.goto("/app/account-import")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_role("status")).to_contain_text("导入 3 条,失败 1 行")
    shot(page, "work.imported")

    page.goto("/app/accounts?whose=mine")
    page.get_by_role("link", name="青禾烘焙").click()
    first = page.locator(".actions > li").first
    first.get_by_text("看到的情况").click()
    first.get_by_role("link", name="看原文").first.click()
    expect(page.locator("mark").first).to_be_visible()
    page.go_back()
    first.get_by_role("button", name="采纳").click()
    expect(page.get_by_role("status")).to_contain_text("已采纳")
    expect(page.locator(".actions > li").first).to_contain_text("林晓 已采纳")

    page.get_by_role("link", name="新建草稿").click()
    page.get_by_role("link", name=re.compile("^客户消息")).click()
    page.get_by_role("button", name="起草").click()
    expect(page.get_by_role("status")).to_contain_text("已起草")
    draft = page.url.partition("?")[0]

    page.get_by_role("link", name="修改").click()
    field = page.get_by_label("正文")
    text = field.input_value()
    field.fill(f"{text}\n\n周五下午三点我打给您。")
    expect(page.locator("#preview")).to_contain_text("周五下午三点")
    page.get_by_role("button", name="保存为新的一版").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")

    page.goto(f"{draft}/changes")
    expect(page.locator("tr.new", has_text="周五下午三点")).to_be_visible()

    manager = open_page(site=site, person="gao")
    manager.goto("/app/drafts")
    manager.get_by_role("link", name="客户消息").first.click()
    manager.get_by_role("link", name="批准").click()
    manager.get_by_role("button", name="批准第 2 版").dblclick()
    expect(manager.get_by_role("status")).to_contain_text("已批准")
    manager.go_back()
    expect(manager.get_by_text("这一版已经有决定")).to_be_visible()
    id = draft.rpartition("/")[2]
    decided = site.application.copilot.drafts.show(id).decisions
    assert [(one.person, one.revision) for one in decided] == [("gao", 2)]

    page.goto(draft)
    page.get_by_role("link", name="发送").click()
    page.get_by_role("button", name="看谁会看到").click()
    expect(page.get_by_text("收到的是公司内部的人")).to_be_visible()
    shot(page, "work.foreseen")
    page.get_by_role("button", name="确认发送").click()
    expect(page.get_by_role("status")).to_contain_text("已排队发送")
    sent = site.application.copilot.deliveries.of(id).deliveries[0]
    assert site.application.copilot.deliveries.wait(sent.id, 10).status == "sent"
    page.reload()
    expect(page.get_by_text("已送达").first).to_be_visible()

    with page.expect_download() as saved:
        page.get_by_role("link", name="Word").click()
    assert saved.value.path().read_bytes()[:2] == b"PK"


@pytest.mark.console("409")
def test_of_two_who_edit_nobody_loses_what_they_wrote(filled: Site, open_page: OpenPage, shot: Shot) -> None:
    made = filled.application.copilot.drafts.as_caller("lin", filled.caller("lin").surface).create(
        DraftBody(kind=DraftKind.CUSTOMER_MESSAGE, account_id="qinghe")
    )
    first, second = open_page(site=filled, person="lin"), open_page(site=filled, person="gao")
    for page, said in ((first, "林晓写的一句。"), (second, "高岚写的一句。")):
        page.goto(f"/app/drafts/{made.id}/edit")
        page.get_by_label("正文").fill(f"{made.content}\n{said}")
    first.get_by_role("button", name="保存").click()
    expect(first.get_by_role("status")).to_contain_text("已保存")
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_role("alert")).to_contain_text("林晓 保存了第 2 版")
    expect(second.get_by_label("你写的")).to_have_value(f"{made.content}\n高岚写的一句。")
    assert_usable(second)
    shot(second, "work.stale")
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_role("status")).to_contain_text("已保存")
    assert "高岚写的一句" in filled.application.copilot.drafts.show(made.id).content


def test_a_plan_prints_as_a_document(filled: Site, open_page: OpenPage, shot: Shot) -> None:
    drafts = filled.application.copilot.drafts.as_caller("gao", filled.caller("gao").surface)
    plan = drafts.list(account="qinghe", kind=DraftKind.SUCCESS_PLAN).drafts[-1].id
    page = open_page(Look(width=800), site=filled, person="gao")
    page.goto(f"/app/drafts/{plan}")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.locator("article.markup")).to_be_visible()
    expect(page.locator(".sources")).to_be_visible()
    shot(page, "work.print")
