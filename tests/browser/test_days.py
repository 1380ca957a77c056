"""A salesperson's day and a customer success manager's day, through the pages they use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import Look
from tests.browser.site import Site

Shot = Callable[[Page, str], None]
TODAY = date.today()
OPPORTUNITY = {
    "id": "heyuan",
    "name": "禾源生鲜",
    "type": "opportunity",
    "industry": "生鲜零售",
    "city": "宁波",
    "stage": "opportunity",
    "budget_cny": 120_000,
    "stores": 18,
    "kp": [{"name": "顾总", "title": "创始人", "relationship": "嫌贵,在比价"}],
    "last_contact_days": 6,
    "owner": "lin",
    "notes": "顾总说太贵了,想先便宜点试半年。",
}
RENEWAL = {
    "id": "yunqi",
    "name": "云起家居",
    "industry": "家居零售",
    "city": "苏州",
    "annual_fee_cny": 420_000,
    "lifecycle_stage": "renewal",
    "days_since_signing": 320,
    "contract_end_in_days": 45,
    "seats_bought": 100,
    "seats_active": 58,
    "usage_trend": "falling",
    "first_value_delivered": True,
    "results": ["复购率从 18% 到 24%"],
    "last_contact_days": 21,
    "owner": "zhou",
    "notes": "新来的运营总监问续约价格,店长说最近用得少了。",
}


@pytest.fixture(scope="module", autouse=True)
def _accounts(site: Site) -> None:
    for record in (OPPORTUNITY, RENEWAL):
        site.application.copilot.accounts.put(None, record)


def ask(page: Page, question: str) -> Locator:
    """Ask in the chat and return the newest reply, finished."""
    chat = page.locator("copilot-chat")
    chat.get_by_role("textbox").last.fill(question)
    chat.get_by_role("button", name="发送").click()
    # Not sooner than that: the first question waits for what is measured once.
    expect(chat.get_by_role("button", name="发送")).to_be_visible(timeout=60_000)
    expect(chat.get_by_role("button", name=re.compile("^有帮助")).last).to_be_visible()
    return chat


def done(page: Page, words: str) -> None:
    """See that a form did its work."""
    expect(page.get_by_role("status").first).to_contain_text(words)


def test_a_salespersons_day(site: Site, open_page: OpenPage, shot: Shot) -> None:
    page = open_page(site=site, person="lin")

    # Before the first call: the objection everybody meets, and where the answer comes from.
    page.goto("/app")
    chat = ask(page, "客户说太贵了 第一反应该是啥")
    chat.get_by_role("button", name=re.compile("^出处 1")).first.click()
    chat.get_by_role("link", name="在知识库中打开").click()
    expect(page.locator("mark").first).to_be_visible()
    page.go_back()

    # The deal at hand: who needs somebody, what to do, what to leave.
    page.goto("/app/accounts?whose=mine")
    expect(page.get_by_role("link", name="云起家居")).to_have_count(0)
    page.get_by_role("link", name="禾源生鲜").click()
    expect(page.get_by_role("heading", name="先不要做")).to_be_visible()
    first = page.locator(".actions > li").first
    first.get_by_text("不采纳").first.click()
    first.get_by_label("为什么不采纳").fill("昨天已经做过了")
    first.get_by_role("button", name="不采纳").click()
    done(page, "已记下原因")
    page.locator(".actions > li").nth(1).get_by_role("button", name=re.compile("^采纳")).click()
    done(page, "已采纳")

    # What was just said on the phone.
    page.get_by_text("记录一件事").click()
    page.get_by_label("说明").fill("顾总同意周四看一次同行门店的数据。")
    page.get_by_role("button", name="记录", exact=True).click()
    expect(page.locator(".timeline")).to_contain_text("顾总同意周四看一次同行门店的数据")

    # A question beside the account.
    page.get_by_role("link", name="就这个客户提问").click()
    expect(page.locator("copilot-chat").get_by_text("禾源生鲜").first).to_be_visible()
    ask(page, "试用应该给多久")

    # A message to the customer: drafted, put into own words, approved, and on its way.
    page.goto("/app/drafts/new?kind=customer_message&account=heyuan")
    page.get_by_role("button", name="起草").click()
    done(page, "已起草")
    draft = page.url.partition("?")[0]
    page.get_by_role("link", name="修改").click()
    text = page.get_by_label("正文")
    text.fill(f"{text.input_value()}\n\n周四下午三点,我带同行门店的数据来。")
    page.get_by_role("button", name="保存为新的一版").click()
    done(page, "已保存")
    page.get_by_role("link", name="批准").click()
    page.get_by_role("button", name="批准第 2 版").click()
    done(page, "已批准")
    page.get_by_role("link", name="发送").click()
    page.get_by_role("button", name="看谁会看到").click()
    page.get_by_role("button", name="确认发送").click()
    done(page, "已排队发送")
    id = draft.rpartition("/")[2]
    sent = site.application.copilot.deliveries.of(id).deliveries[0]
    assert site.application.copilot.deliveries.wait(sent.id, 10).status == "sent"
    page.goto("/app/accounts/heyuan")
    expect(page.locator(".timeline")).to_contain_text("批准")
    shot(page, "days.sales")


def test_a_customer_success_managers_day(site: Site, open_page: OpenPage, shot: Shot) -> None:
    page = open_page(site=site, person="zhou")

    # Who needs somebody today, and what the numbers say.
    page.goto("/app/accounts?whose=mine")
    page.get_by_role("link", name="云起家居").click()
    expect(page.get_by_role("heading", name="健康度")).to_be_visible()
    expect(page.get_by_text("45").first).to_be_visible()
    page.locator(".actions > li").first.get_by_role("button", name=re.compile("^以后再说")).click()
    done(page, "已放到以后")

    # A plan for the renewal, moved by a week in words, looked at side by side.
    page.goto("/app/drafts/new?kind=success_plan&account=yunqi")
    page.get_by_role("button", name="起草").click()
    done(page, "已起草")
    plan = page.url.partition("?")[0]
    page.get_by_role("link", name="修改").click()
    text = page.get_by_label("正文")
    day = TODAY + timedelta(days=7)
    text.fill(f"{text.input_value()}\n\n- {day:%Y-%m-%d} 和新来的运营总监对齐目标")
    page.get_by_role("button", name="保存为新的一版").click()
    done(page, "已保存")
    page.goto(f"{plan}/changes")
    expect(page.locator("tr.new", has_text="运营总监对齐目标")).to_be_visible()

    # The manager sends it back with a reason; it is mended and approved.
    manager = open_page(site=site, person="gao")
    manager.goto(plan)
    manager.get_by_text("驳回").first.click()
    manager.get_by_label("为什么驳回").fill("缺一个看得见的业务结果")
    manager.get_by_role("button", name="驳回第 2 版").click()
    done(manager, "已驳回")
    page.goto(plan)
    expect(page.get_by_text("缺一个看得见的业务结果").first).to_be_visible()
    page.get_by_role("link", name="修改").click()
    text.fill(f"{text.input_value()}\n\n- 目标:复购率守住 24%")
    page.get_by_role("button", name="保存为新的一版").click()
    done(page, "已保存")
    manager.goto(plan)
    manager.get_by_role("link", name="批准").click()
    manager.get_by_role("button", name="批准第 3 版").click()
    done(manager, "已批准")

    # On paper for the visit.
    page.goto(plan)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_text("复购率守住 24%").first).to_be_visible()
    page.emulate_media(media="screen")

    # What the evening asks of the phone.
    phone = open_page(Look(width=320), site=site, person="zhou")
    phone.goto("/app")
    ask(phone, "续费应该由谁负责")
    shot(phone, "days.phone")
    decided = site.application.copilot.drafts.show(plan.rpartition("/")[2]).decisions
    assert [(one.person, one.decision, one.revision) for one in decided] == [
        ("gao", "reject", 2),
        ("gao", "approve", 3),
    ]
