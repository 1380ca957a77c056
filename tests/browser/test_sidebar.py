"""The page beside a record, inside a frame of another site."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from copilot.interfaces.draft_contract import RevisionBody
from copilot.interfaces.people_contract import PersonChange
from copilot.people.record_visit import RecordVisit
from copilot.settings import Settings
from tests.browser.conftest import OpenPage
from tests.browser.looks import Look, assert_usable
from tests.browser.site import Site, served
from tests.doubles.framing_page import FramingPage, framing_page
from tests.doubles.wecom_server import AGENT, CORP, SECRET, wecom_loopback

LOOKS = (
    Look(width=400),
    Look(width=320, theme="dark"),
    Look(width=400, language="en-US", theme="dark"),
    Look(width=320, language="en-US"),
)
RECORD = "hubspot:company/123"
ACCOUNT = {
    "name": "柚子家居",
    "industry": "零售",
    "city": "宁波",
    "annual_fee_cny": 80_000,
    "lifecycle_stage": "renewal",
    "seats_bought": 50,
    "seats_active": 12,
    "usage_trend": "falling",
    "contract_end_in_days": 40,
    "owner": "林晓",
    "crm": {"hubspot": "company/123"},
}
HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A served copilot and the page of a CRM that may show it."""

    site: Site
    crm: FramingPage

    def address(self, person: str = "lin", record: str | None = RECORD, **shown: str) -> str:
        """Return an address that opens the page once."""
        visits = self.site.application.copilot.beside.doors.visits
        return (
            f"{self.site.address}/sidebar?token={visits.invite(RecordVisit(person=person, record=record, shown=shown))}"
        )

    def open(self, page: Page, look: Look, address: str) -> FrameLocator:
        """Show it in the CRM."""
        page.goto(self.crm.showing(address, look.width))
        return page.frame_locator("iframe")

    def usable(self, page: Page) -> None:
        """Let axe look into the frame."""
        frame = page.frames[1]
        assert_usable(frame)  # type: ignore[arg-type]  # a frame has all of a page that is asked here


def picture(page: Page, shot: Callable[[Page, str], None], name: str) -> None:
    """Keep a picture of a frame as high as what it shows: a browser paints no more of it than the window."""
    page.set_viewport_size({"width": page.viewport_size["width"], "height": 3200})  # type: ignore[index]  # it has one
    page.evaluate("document.querySelector('iframe').height = 3200")
    page.frames[1].evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    shot(page, name)


@pytest.fixture(scope="module")
def beside(corpus_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    home = tmp_path_factory.mktemp("beside") / "home"
    shutil.copytree(corpus_home, home)
    with framing_page() as crm, served(home, Settings(home=home, sidebar_origins=(crm.origin,))) as site:
        site.application.copilot.accounts.put("youzi", ACCOUNT)
        yield Beside(site=site, crm=crm)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_record_shows_its_account_to_everybody(
    beside: Beside, open_page: OpenPage, look: Look, shot: Callable[[Page, str], None]
) -> None:
    page = open_page(look)
    frame = beside.open(page, look, beside.address())
    expect(frame.get_by_role("heading", level=1)).to_have_text("柚子家居")
    chinese = look.language == "zh-CN"
    for name in ("健康度", "下一步", "先别做", "草稿", "相似案例") if chinese else ("Health", "Next actions", "Drafts"):
        expect(frame.get_by_role("heading", name=name, exact=True)).to_be_visible()
    assert "token=" not in page.frames[1].url
    assert page.frames[1].evaluate("document.querySelector('meta[name=copilot-visit]')") is None
    beside.usable(page)
    picture(page, shot, f"sidebar.account.{look}")


def test_a_step_is_accepted_put_off_and_rejected_with_a_reason(beside: Beside, open_page: OpenPage) -> None:
    look = LOOKS[0]
    frame = beside.open(open_page(look), look, beside.address())
    steps = frame.locator("[data-suggestion]")
    accept = steps.nth(0).get_by_role("button", name="就这么做")
    accept.click()
    expect(accept).to_have_attribute("aria-pressed", "true")
    expect(frame.get_by_role("status")).to_have_text("已采纳")
    steps.nth(0).get_by_role("button", name="以后再说").click()
    expect(accept).to_have_attribute("aria-pressed", "false")
    steps.nth(1).get_by_role("button", name="不合适").click()
    reason = steps.nth(1).get_by_label("为什么不合适")
    expect(reason).to_be_focused()
    reason.fill("老板刚换,先认识人")
    steps.nth(1).get_by_role("button", name="提交原因").click()
    expect(steps.nth(1).get_by_role("button", name="不合适")).to_have_attribute("aria-pressed", "true")
    suggestion = steps.nth(1).get_attribute("data-suggestion") or ""
    found = beside.site.application.copilot.advices.rejected(None, None, 10).rejections
    assert [(one.suggestion_id, one.reason, one.person) for one in found] == [(suggestion, "老板刚换,先认识人", "lin")]
    opened_again = beside.open(open_page(look), look, beside.address())
    same = opened_again.locator(f'[data-suggestion="{suggestion}"]').get_by_role("button", name="不合适")
    expect(same).to_have_attribute("aria-pressed", "true")  # wherever it stands by now


def test_a_plan_and_a_message_are_drafted_edited_and_approved(
    beside: Beside, open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    look = LOOKS[0]
    page = open_page(look)
    frame = beside.open(page, look, beside.address())
    frame.get_by_role("button", name="起草客户消息").click()
    draft = frame.locator("details.draft[open]")
    expect(draft.locator("> summary")).to_contain_text("客户消息")
    expect(draft.locator("> summary")).to_be_focused()
    text = draft.get_by_label("草稿正文")
    save = draft.get_by_role("button", name="保存修改")
    expect(save).to_be_disabled()
    edited = f"{text.input_value()}\n\n{HOSTILE}"
    text.fill(edited)
    save.click()
    expect(draft.locator("> summary")).to_contain_text("第 2 版")
    expect(draft.get_by_label("草稿正文")).to_have_value(edited)
    beside.usable(page)
    picture(page, shot, "sidebar.draft")
    draft.get_by_role("button", name="确认第 2 版").click()
    expect(draft.locator("> summary")).to_contain_text("已确认")
    assert page.title() != "pwned"
    [line] = beside.site.application.copilot.drafts.list(account="youzi").drafts
    kept = beside.site.application.copilot.drafts.show(line.id)
    assert [(one.revision, one.surface) for one in kept.revisions] == [(1, "sidebar"), (2, "sidebar")]
    assert [(one.person, one.revision, one.surface) for one in kept.decisions] == [("lin", 2, "sidebar")]
    frame.get_by_role("button", name="起草成功计划").click()
    plan = frame.locator("details.draft > summary", has_text="客户成功计划")
    expect(plan).to_be_visible(timeout=30_000)  # the first plan of a process is a few seconds of reading


@pytest.mark.console("409")
def test_a_draft_that_was_changed_elsewhere_keeps_what_was_typed(beside: Beside, open_page: OpenPage) -> None:
    look = LOOKS[0]
    frame = beside.open(open_page(look), look, beside.address())
    frame.get_by_role("button", name="起草客户消息").click()
    draft = frame.locator("details.draft[open]")
    text = draft.get_by_label("草稿正文")
    text.fill("我的修改")
    id = draft.get_attribute("data-id") or ""
    beside.site.application.copilot.drafts.revise(id, RevisionBody(content="别处的修改", based_on=1))
    draft.get_by_role("button", name="保存修改").click()
    expect(frame.get_by_role("status")).to_contain_text("别处")
    expect(text).to_have_value("我的修改")


def test_a_question_about_the_account_is_answered_with_quotes(
    beside: Beside, open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    look = LOOKS[1]
    page = open_page(look)
    frame = beside.open(page, look, beside.address())
    frame.get_by_label("问题").fill("客户成功经理和销售怎么交接?")
    frame.get_by_role("button", name="提问").click()
    expect(frame.locator("#answer .quotes li").first).to_be_visible()
    beside.usable(page)
    picture(page, shot, "sidebar.answer")


def test_a_record_that_is_not_known_is_recognised_by_name_and_bound(
    beside: Beside, open_page: OpenPage, shot: Callable[[Page, str], None]
) -> None:
    look = LOOKS[1]
    page = open_page(look)
    frame = beside.open(
        page, look, beside.address(record="salesforce:Account/001xx000003DGWi", name="宁波柚子家居有限公司")
    )
    expect(frame.get_by_role("heading", level=1)).to_have_text("这是哪个客户?")
    beside.usable(page)
    picture(page, shot, "sidebar.choose")
    frame.get_by_role("button", name="就是它: 柚子家居").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("柚子家居")
    again = beside.open(page, look, beside.address(record="salesforce:Account/001xx000003DGWiAAO"))
    expect(again.get_by_role("heading", level=1)).to_have_text("柚子家居")


def test_a_new_account_is_made_of_what_a_person_confirms(beside: Beside, open_page: OpenPage) -> None:
    look = LOOKS[2]
    page = open_page(look)
    frame = beside.open(page, look, beside.address(record="mycrm:client/9", name=HOSTILE, city=HOSTILE))
    expect(frame.get_by_label("Name")).to_have_value(HOSTILE)
    frame.get_by_label("Name").fill("Lakeside Tea")
    frame.get_by_role("button", name="Confirm and create").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Lakeside Tea")
    expect(frame.locator("header.account").get_by_text(HOSTILE)).to_be_visible()
    assert page.frames[1].title() != "pwned"


@pytest.mark.console("401", "403")
@pytest.mark.parametrize("look", LOOKS[:2] + LOOKS[3:], ids=str)
def test_what_opens_nothing_says_why(
    beside: Beside, open_page: OpenPage, look: Look, shot: Callable[[Page, str], None]
) -> None:
    page, used = open_page(look), beside.address()
    expect(beside.open(page, look, used).get_by_role("heading", level=1)).to_have_text("柚子家居")
    frame = beside.open(page, look, used)
    expect(frame.get_by_role("heading", level=1)).to_have_text(
        "链接已用过" if look.language == "zh-CN" else "The link was opened before"
    )
    beside.usable(page)
    picture(page, shot, f"sidebar.used.{look}")
    frame = beside.open(page, look, beside.address(person="du"))
    expect(frame.get_by_role("heading", level=1)).to_have_text(
        "没有权限" if look.language == "zh-CN" else "Not permitted"
    )


@pytest.mark.console("frame-ancestors|Refused to|violates")
def test_another_page_cannot_show_it(beside: Beside, open_page: OpenPage) -> None:
    with framing_page() as elsewhere:
        page = open_page(LOOKS[0])
        with page.expect_response(lambda reply: "/sidebar" in reply.url and reply.url.startswith(beside.site.address)):
            page.goto(elsewhere.showing(beside.address(), 400))
        assert not any(frame.url.startswith(beside.site.address) for frame in page.frames)


@pytest.mark.console("401")
def test_a_page_whose_time_is_over_keeps_what_was_typed(beside: Beside, open_page: OpenPage) -> None:
    look = LOOKS[0]
    frame = beside.open(open_page(look), look, beside.address(person="zhou"))
    frame.get_by_label("问题").fill("还没问完")
    people = beside.site.application.copilot.people
    people.change("zhou", PersonChange(active=False))
    frame.get_by_role("button", name="提问").click()
    expect(frame.get_by_role("status")).to_contain_text("有效期")
    expect(frame.get_by_label("问题")).to_have_value("还没问完")


def test_in_wecom_the_customer_is_recognised_and_a_draft_put_into_the_chat(
    corpus_home: Path,
    tmp_path: Path,
    open_page: OpenPage,
    shot: Callable[[Page, str], None],
) -> None:
    home, people = tmp_path / "home", tmp_path / "people.toml"
    shutil.copytree(corpus_home, home)
    people.write_text('[people]\n"wecom:zhangsan" = "lin"\n', encoding="utf-8")
    with wecom_loopback() as wecom, socket.create_server(("127.0.0.1", 0)) as listener:
        settings = Settings(
            home=home,
            public_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            sidebar_people=people,
            wecom_corp=CORP,
            wecom_agent=AGENT,
            wecom_secret=SECRET,
            wecom_url=wecom.url,
            wecom_login_url=f"{wecom.url}/authorize",
            wecom_sdk=f"{wecom.url}/sdk.js",
            delivery_internal=(f"127.0.0.1:{wecom.port}",),
        )
        wecom.customers["wmCustomer1"] = {"external_contact": {"name": "裴总", "corp_name": "柚子家居"}}
        with served(home, settings, listener=listener) as site:
            site.application.copilot.accounts.put("youzi", ACCOUNT)
            page = open_page(Look(width=320), site=site)
            page.goto("/sidebar/wecom")
            expect(page.get_by_role("heading", level=1)).to_have_text("这是哪个客户?")
            page.get_by_role("button", name="就是它: 柚子家居").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("柚子家居")
            signed = json.loads(page.evaluate("document.documentElement.dataset.signed"))
            ticket = f"jsapi_ticket=ticket-of-the-agent&noncestr={signed['nonceStr']}&timestamp={signed['timestamp']}"
            assert (
                signed["agent"] == hashlib.sha1(f"{ticket}&url={signed['url'].partition('#')[0]}".encode()).hexdigest()
            )
            page.get_by_role("button", name="起草客户消息").click()
            draft = page.locator("details.draft[open]")
            text = draft.get_by_label("草稿正文").input_value(timeout=30_000)
            draft.get_by_role("button", name="放进聊天框").click()
            expect(page.get_by_role("status")).to_contain_text("由你来发送")
            put = json.loads(page.evaluate("document.documentElement.dataset.put"))
            assert put == [{"msgtype": "text", "enterChat": False, "text": {"content": text}}]
            assert_usable(page)
            shot(page, "sidebar.wecom")
