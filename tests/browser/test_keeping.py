"""Those who keep the knowledge: an upload is verified, a gap is answered, the change gate stops an edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from copilot.settings import Settings
from tests.browser.conftest import OpenPage
from tests.browser.looks import LOOKS, Look, assert_usable
from tests.browser.site import Site, served

Shot = Callable[[Page, str], None]
RENEWAL = """---
title: 续费手册
stages: [renewal]
questions: [谁负责续费, 续费什么时候开始准备]
---
# 续费手册

## 什么时候开始

客户合同到期前 90 天开始准备续费。

## 谁负责续费

服续一体的团队由客户成功经理负责续费。
"""
ASKED, OTHER = "续费时发票的税率是多少", "客户退款要走什么审批"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A workbench with one document and two gaps: a check of a change takes a second there."""
    root = tmp_path_factory.mktemp("keeping")
    (root / "docs").mkdir()
    (root / "docs" / "renewal.md").write_text(RENEWAL, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COPILOT_HOME", raising=False)
        with served(root / "home", Settings(home=root / "home")) as opened:
            opened.application.indexing.ingest([str(root / "docs")], corpus=False)
            for who, question in (("lin", ASKED), ("zhou", ASKED), ("lin", OTHER)):
                opened.application.copilot.gaps.raise_question(question, language="zh", caller=opened.caller(who))
            yield opened


def test_a_file_is_uploaded_opened_and_verified(site: Site, open_page: OpenPage, shot: Shot) -> None:
    page = open_page(site=site, person="shen")
    page.goto("/app/knowledge")
    page.get_by_role("link", name="上传").click()
    file = {"name": "发票政策.md", "mimeType": "text/markdown", "buffer": "# 发票政策\n\n普票三天寄出。\n".encode()}
    unread = {"name": "旧表.wps", "mimeType": "x/y", "buffer": b"x"}
    page.get_by_label("选择文件").set_input_files([file, unread])
    expect(page.get_by_text("这些文件的格式读不了")).to_be_visible()
    shot(page, "keeping.upload.chosen")
    page.get_by_role("button", name="上传并收录").click()
    expect(page.get_by_text("新增 1 · 更新 0 · 未变 0 · 删除 0 · 失败 1")).to_be_visible()
    page.get_by_role("link", name="发票政策.md").click()
    page.get_by_role("link", name="发票政策").click()
    expect(page.get_by_text("普票三天寄出。")).to_be_visible()
    page.get_by_text("核实或更换负责人").click()
    page.get_by_role("button", name="我读过,内容正确").click()
    expect(page.get_by_role("status")).to_have_text("已核实。")


def test_two_gaps_are_merged_answered_and_told(site: Site, open_page: OpenPage, shot: Shot) -> None:
    page = open_page(site=site, person="shen")
    page.goto("/app/gaps")
    page.get_by_role("link", name=OTHER).click()
    page.locator("summary", has_text="合并").click()
    page.get_by_label("与它其实是同一个问题").select_option(index=1)
    page.get_by_role("button", name="合并").click()
    expect(page.get_by_role("status")).to_have_text("已合并。")
    page.get_by_label("答案", exact=True).fill("续费发票的税率是 6%,由财务在后台选专用发票开具,3 个工作日内寄出。")
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_role("status")).to_contain_text("已存为草稿")
    shot(page, "keeping.gap.drafted")
    draft = page.get_by_role("link", name="打开草稿").get_attribute("href")
    assert draft is not None
    decided = page.request.post(
        f"/v1/drafts/{draft.rpartition('/')[2]}/decisions", data={"revision": 1, "decision": "approve"}
    )
    assert decided.ok
    while site.application.worker.step():
        pass
    page.reload()
    expect(page.get_by_text("已收录")).to_be_visible()
    asker = open_page(site=site, person="lin")
    asker.goto("/app/gaps/notices")
    asker.get_by_role("button", name="知道了").click()
    expect(asker.get_by_role("status")).to_have_text("已标为看过。")


@pytest.mark.console("409")
def test_the_change_gate_stops_what_loses_an_answer(site: Site, open_page: OpenPage, shot: Shot) -> None:
    page = open_page(site=site, person="shen")
    page.goto(f"/app/knowledge/{site.application.copilot.document('renewal.md').id}")
    page.get_by_role("link", name="修改正文").click()
    text = page.get_by_label("正文")
    text.fill(text.input_value().split("## 谁负责续费")[0])
    page.get_by_role("button", name="检查这次改动").click()
    expect(page.get_by_text("会丢答案")).to_be_visible()
    assert_usable(page)
    shot(page, "keeping.change.breaks")
    page.get_by_label("为什么可以失去这些答案").evaluate("field => { field.required = false; }")
    page.get_by_role("button", name="仍然发布").click()
    expect(page.get_by_role("alert")).to_contain_text("请先写明理由")
    page.get_by_label("为什么可以失去这些答案").fill("已有新的手册")
    page.get_by_role("button", name="仍然发布").click()
    expect(page.get_by_role("status")).to_have_text("已发布,立即生效。")


PAGES = {
    "map": ("du", "/app/map?stage=renewal&topic=O"),
    "list": ("shen", "/app/knowledge?freshness=review"),
    "document": ("shen", "/app/knowledge/renewal.md?quote=0-12"),
    "upload": ("shen", "/app/knowledge/upload"),
    "failures": ("shen", "/app/knowledge/failures"),
    "change": ("shen", "/app/knowledge/changes/new?document=renewal.md"),
    "changes": ("shen", "/app/knowledge/changes"),
    "gaps": ("shen", "/app/gaps?view=all"),
    "approved": ("shen", "/app/gaps/knowledge"),
    "proposals": ("shen", "/app/gaps/proposals"),
    "evaluations": ("shen", "/app/evaluations"),
    "insight": ("gao", "/app/insight"),
    "schedules": ("gao", "/app/schedules"),
    "audit": ("gao", "/app/audit?check=true"),
}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_everybody_can_use_every_page(site: Site, open_page: OpenPage, look: Look, shot: Shot) -> None:
    people = {who: open_page(look, site=site, person=who) for who in {who for who, _ in PAGES.values()}}
    for name, (who, address) in PAGES.items():
        people[who].goto(address)
        assert_usable(people[who])
        shot(people[who], f"keeping.{name}.{look}")


def test_the_pages_work_without_scripts(site: Site, open_page: OpenPage) -> None:
    page = open_page(site=site, person="shen")
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/app/knowledge/upload")
    page.get_by_label("选择文件").set_input_files(
        [{"name": "无脚本.md", "mimeType": "text/markdown", "buffer": "# 无脚本\n\n也能收录。\n".encode()}]
    )
    page.get_by_role("button", name="上传并收录").click()
    page.wait_for_url("**/app/knowledge/ingestions/*")
    for _ in range(100):
        if page.get_by_text("已完成").count():
            break
        page.reload()
    expect(page.get_by_text("新增 1")).to_be_visible()
    page.goto("/app/map")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
