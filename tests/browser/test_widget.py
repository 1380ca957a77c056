"""The chat in a real Chromium: on a page of another origin under a strict policy, and in the workbench."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from copilot.settings import Settings
from tests.browser.conftest import OpenPage
from tests.browser.looks import LOOKS, Look, assert_usable
from tests.browser.site import Site, served
from tests.doubles.cutting_proxy import cutting_proxy
from tests.doubles.openai_server import OpenAIServer, openai_server, says, waits
from tests.doubles.widget_host import WidgetHost, widget_host

TRIAL = """---
kind: faq
title: 试用多久
audience: customer
language: zh
questions:
  - 试用一般给多久? #简答
  - How long is a trial? #简答
  - 试用期可以延长吗 #简答
---
## 简答

试用一般给 1 周,需要时再申请 1 周。

## 延长

1. 提前 3 天提出申请。
2. 说明还差哪一步没有验证。
3. 每个客户最多延长 1 次。
"""
RENEWAL = """---
id: playbook-renewal
kind: playbook
title: 续费应该谁负责
audience: internal
questions:
  - 续费应该谁负责 #怎么做
---
## 怎么做

续费应该由谁负责:服续一体时由客户成功经理负责续费,底价是八折。新签和续费分开时,另设续费团队。
"""
QUESTION = "试用一般给多久?"
FIRST, SECOND = "试用一般给 1 周。", "需要时再申请 1 周。"
SAID = json.dumps(
    {"answers_question": True, "sentences": [{"text": text, "passages": [1]} for text in (FIRST, SECOND)]},
    ensure_ascii=False,
)
MIDDLE = SAID.index(SECOND) - 10
Shot = Callable[[Page, str], None]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Two origins and a model that waits when it is told to."""

    site: Site
    host: WidgetHost
    model: OpenAIServer

    def slow(self) -> None:
        """Let the next answer stop in its middle until `go_on`."""
        self.model.go_on.clear()
        self.model.script(waits(SAID[:MIDDLE], SAID[MIDDLE:]))


@pytest.fixture(scope="module")
def attacks(shared: Path) -> list[str]:
    """Strings that run where they become markup."""
    lines = (shared / "data" / "attacks" / "xss.jsonl").read_text(encoding="utf-8").strip().split("\n")
    return [json.loads(line)["text"] for line in lines]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, attacks: list[str]) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("widget")
    knowledge = folder / "knowledge"
    knowledge.mkdir()
    (knowledge / "trial.md").write_text(TRIAL, encoding="utf-8")
    (knowledge / "renewal.md").write_text(RENEWAL, encoding="utf-8")
    poison = "\n\n".join(f"门店装修报价 {number}: {text}" for number, text in enumerate(attacks[:60]))
    head = "---\nkind: faq\ntitle: 门店装修报价 <img src=x onerror=alert(1)>\naudience: customer\n---\n"
    (knowledge / "poison.md").write_text(f"{head}## 门店装修报价\n\n{poison}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, widget_host() as host, openai_server() as model:
        for name in [name for name in os.environ if name.startswith("COPILOT_") and "_TEST_" not in name]:
            patch.delenv(name)
        settings = Settings(
            home=folder / "home",
            widget_origins=(host.origin,),
            chat_model="openai:scripted",
            chat_base_url=model.base_url,
        )
        with served(folder / "home", settings) as site:
            site.application.indexing.ingest([str(knowledge)], corpus=False)
            host.api, host.key = site.address, site.application.access.run_token
            yield Stage(site=site, host=host, model=model)


@pytest.fixture(autouse=True)
def _fresh(stage: Stage, request: pytest.FixtureRequest) -> None:
    """A visitor of its own for each test, and a model that has said its sentences."""
    stage.host.visitor = request.node.name[:100]
    stage.model.script(says(SAID))
    stage.model.go_on.set()


def visit(page: Page, stage: Stage, query: str = "", path: str = "/") -> Locator:
    page.goto(f"{stage.host.origin}{path}?{query}")
    return page.locator("copilot-chat")


def ask(chat: Locator, question: str = QUESTION) -> None:
    box = chat.get_by_role("textbox").last
    box.fill(question)
    box.press("Enter")


def answered(chat: Locator, count: int = 1) -> Locator:
    """The last answer, once it is whole."""
    expect(chat.locator(".rating")).to_have_count(count, timeout=15_000)
    return chat.locator(".reply").last


# ---- looks


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_launcher_everywhere(stage: Stage, open_page: OpenPage, look: Look, shot: Shot) -> None:
    page = open_page(look)
    chat = visit(page, stage, f"lang={look.language}")
    shot(page, f"launcher.closed.{look}")
    assert_usable(page)
    chat.locator(".launcher").click()
    expect(chat.locator(".chip").first).to_be_visible()
    shot(page, f"launcher.open.{look}")
    assert_usable(page)
    ask(chat)
    answered(chat)
    shot(page, f"launcher.answer.{look}")
    assert_usable(page)
    chat.locator(".cite").first.click()
    expect(chat.locator("mark")).to_be_visible()
    shot(page, f"launcher.quote.{look}")
    assert_usable(page)
    page.keyboard.press("Escape")
    expect(chat.locator("dialog.quote")).to_have_count(0)
    chat.get_by_role("button", name=re.compile("没帮助|Not helpful")).click()
    shot(page, f"launcher.reason.{look}")
    assert_usable(page)
    chat.get_by_role("button", name=re.compile("找真人|Ask a person")).click()
    shot(page, f"launcher.person.{look}")
    assert_usable(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_workbench_everywhere(stage: Stage, open_page: OpenPage, look: Look, shot: Shot) -> None:
    page = open_page(look, site=stage.site, person="lin")
    page.goto("/app")
    chat = page.locator("copilot-chat")
    expect(chat.locator(".chip").first).to_be_visible()
    shot(page, f"chat.empty.{look}")
    assert_usable(page)
    ask(chat, "续费应该谁负责?")
    answered(chat)
    shot(page, f"chat.answer.{look}")
    assert_usable(page)
    chat.get_by_role("button", name=re.compile("历史对话|Earlier")).click()
    expect(chat.locator(".past li").first).to_be_visible()
    shot(page, f"chat.history.{look}")
    assert_usable(page)


def test_traditional_characters_for_those_who_read_them(stage: Stage, open_page: OpenPage, shot: Shot) -> None:
    page = open_page(Look(language="zh-TW"))
    chat = visit(page, stage, "mode=inline&lang=zh-TW")
    expect(chat.get_by_text("有問題直接問")).to_be_visible()
    expect(chat.locator("section.panel")).to_have_attribute("lang", "zh-Hant")
    ask(chat, "試用一般給多久")
    answered(chat)
    shot(page, "inline.zh-Hant")
    assert_usable(page)


def test_colours_and_theme_are_the_pages_to_choose(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(Look(theme="light"))
    chat = visit(page, stage, "mode=inline&theme=dark")
    paper = chat.locator(".panel")
    assert paper.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(18, 23, 30)"
    chat.evaluate("one => one.style.setProperty('--copilot-paper', 'rgb(1, 2, 3)')")
    assert paper.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(1, 2, 3)"


# ---- asking


def test_only_what_customers_may_read_is_answered(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    ask(chat, "续费应该谁负责?底价是多少?")
    expect(answered(chat)).to_have_class(re.compile("abstained"))
    assert "八折" not in chat.locator(".log").inner_text()


def test_choices_come_before_typing(stage: Stage, open_page: OpenPage) -> None:
    chat = visit(open_page(), stage, "mode=inline")
    chat.get_by_role("button", name="试用一般给多久?").click()
    expect(answered(chat)).to_contain_text(FIRST.strip("。"))


def test_the_whole_walk_by_keyboard(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage)
    expect(chat.locator(".launcher")).to_be_visible()
    page.get_by_role("link", name="下一页").focus()
    page.keyboard.press("Tab")
    expect(chat.locator(".launcher")).to_be_focused()
    page.keyboard.press("Enter")
    box = chat.get_by_role("textbox")
    expect(box).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("(新客户)")
    assert box.input_value() == f"{QUESTION}\n(新客户)"
    page.keyboard.press("Enter")
    answered(chat)
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if chat.locator(".cite").first.evaluate("one => one === one.getRootNode().activeElement"):
            break
    expect(chat.locator(".cite").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.locator("dialog.quote mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.locator(".cite").first).to_be_focused()
    expect(chat.locator("dialog.panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.locator("dialog.panel")).to_be_hidden()
    expect(chat.locator(".launcher")).to_be_focused()


def test_enter_belongs_to_the_input_method_while_it_composes(stage: Stage, open_page: OpenPage) -> None:
    chat = visit(open_page(), stage, "mode=inline")
    box = chat.get_by_role("textbox")
    box.fill("shiyong")
    box.evaluate(
        "one => one.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert box.input_value() == "shiyong"
    expect(chat.locator("article")).to_have_count(0)


def test_the_live_region_speaks_once_and_not_with_every_word(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    expect(chat.locator(".chip").first).to_be_visible()
    chat.evaluate(
        """one => {
          const live = one.shadowRoot.querySelector('.chat > .sr');
          window.said = [];
          new MutationObserver(() => window.said.push(live.textContent)).observe(live, {childList: true});
        }"""
    )
    ask(chat)
    answered(chat)
    said = page.evaluate("window.said")
    assert said[0] == "正在检索"
    assert len(said) == 2
    assert FIRST.strip("。") in said[1]


def test_pages_hear_of_what_happens(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage)
    page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ['copilot-open', 'copilot-answer', 'copilot-close'])
            document.addEventListener(name, (event) => window.heard.push([name, event.detail?.answer?.status]));
        }"""
    )
    chat.evaluate("one => one.open()")
    ask(chat)
    answered(chat)
    chat.evaluate("one => one.close()")
    assert page.evaluate("window.heard") == [
        ["copilot-open", None],
        ["copilot-answer", "answered"],
        ["copilot-close", None],
    ]


# ---- connections


@pytest.mark.console("ERR_|Failed to load resource")
def test_an_answer_that_is_cut_goes_on_without_loss_or_repetition(
    stage: Stage, open_page: OpenPage, shot: Shot
) -> None:
    with cutting_proxy(stage.site.address) as proxy:
        page = open_page()
        chat = visit(page, stage, f"mode=inline&api={proxy.address}")
        expect(chat.locator(".chip").first).to_be_visible()
        asked = len(stage.model.requests)
        stage.slow()
        # Before anything, in the middle of an event, in the middle of a character, and behind what is shown already.
        proxy.cuts = [b"event: status", b"event: delta", "1 周".encode()[:-1]]
        ask(chat)
        expect(chat.locator(".text.coming")).to_contain_text("试用一般给 1 周")
        proxy.go_down()
        expect(chat.locator(".status")).to_contain_text("正在接上")
        shot(page, "cut.reconnecting")
        proxy.down = False
        expect(chat.locator(".status")).to_contain_text("正在组织语言")
        stage.model.go_on.set()
        reply = answered(chat)
        text = reply.locator(".text").inner_text()
        assert proxy.cut == 3
        assert (text.count("试用一般给"), text.count("需要时再申请")) == (1, 1)
        assert len(stage.model.requests) == asked + 1, "it was asked once"


@pytest.mark.console("ERR_|Failed to load resource")
def test_without_a_network_it_waits_and_goes_on_by_itself(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    expect(chat.locator(".chip").first).to_be_visible()
    page.context.set_offline(True)
    ask(chat)
    expect(chat.locator(".status")).to_contain_text("现在没有网络")
    page.context.set_offline(False)
    answered(chat)
    expect(chat.locator("article")).to_have_count(1)


def test_an_element_that_is_moved_goes_on_where_it_was(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    stage.slow()
    ask(chat)
    expect(chat.locator(".text.coming")).to_be_visible()
    chat.evaluate("one => document.body.append(one)")
    expect(chat.locator(".text.coming")).to_be_visible()
    stage.model.go_on.set()
    answered(chat)
    chat.evaluate("one => one.setAttribute('lang', 'en')")
    expect(chat.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    expect(chat.locator("article")).to_have_count(1)


def test_stop_stops_for_good(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    stage.slow()
    ask(chat)
    expect(chat.locator(".text.coming")).to_contain_text("试用一般给 1 周")
    with page.expect_response(lambda reply: reply.request.method == "DELETE") as stopped:
        chat.get_by_role("button", name="停止").click()
    assert stopped.value.json()["status"] == "stopped"
    expect(chat.locator(".reply")).to_contain_text("已停止")
    expect(chat.get_by_role("button", name="发送")).to_be_visible()
    stage.model.go_on.set()
    page.reload()
    expect(chat.locator(".chip").first).to_be_visible()
    expect(chat.locator("article")).to_have_count(0)


def test_a_question_under_way_is_picked_up_on_the_next_page(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage)
    chat.locator(".launcher").click()
    ask(chat)
    answered(chat)
    stage.slow()
    ask(chat, "试用期可以延长吗")
    expect(chat.locator(".text.coming")).to_be_visible()
    page.get_by_role("link", name="下一页").click()
    expect(page).to_have_url(re.compile("/next"))
    expect(chat.locator("dialog.panel")).to_be_visible()
    stage.model.go_on.set()
    answered(chat, 2)
    page.go_back()
    expect(chat.locator("dialog.panel")).to_be_visible()
    expect(chat.locator("article")).to_have_count(2)


def test_tabs_hold_conversations_of_their_own(stage: Stage, open_page: OpenPage) -> None:
    first = open_page()
    chats = [visit(first, stage, "mode=inline")]
    for _ in range(2):
        chats.append(visit(first.context.new_page(), stage, "mode=inline"))
    for chat in chats:
        ask(chat)
    for chat in chats:
        answered(chat)
    chats[0].get_by_role("button", name="历史对话").click()
    expect(chats[0].locator(".past li")).to_have_count(3)


@pytest.mark.console("401")
def test_an_expired_token_is_renewed_by_itself(stage: Stage, open_page: OpenPage) -> None:
    visitors = stage.site.application.access.visitors
    assert visitors is not None
    chat = visit(open_page(), stage, "mode=inline")
    expect(chat.locator(".chip").first).to_be_visible()
    before = stage.host.tokens
    old, visitors._tokens = visitors._tokens, _Forgetful(visitors._tokens)
    try:
        ask(chat)
        answered(chat)
    finally:
        visitors._tokens = old
    assert stage.host.tokens == before + 1


class _Forgetful:
    """Signs as ever; says once that the time of a token is over."""

    def __init__(self, tokens: object) -> None:
        self._tokens = tokens
        self._refused = False

    def sign(self, *arguments: object) -> object:
        return self._tokens.sign(*arguments)  # type: ignore[attr-defined]

    def read(self, purpose: str, token: str) -> object:
        from copilot.errors import ExpiredToken

        if not self._refused:
            self._refused = True
            raise ExpiredToken("over")
        return self._tokens.read(purpose, token)  # type: ignore[attr-defined]


@pytest.mark.console("401")
def test_a_forged_token_is_told_plainly(stage: Stage, open_page: OpenPage) -> None:
    stage.host.broken = "aaaa.bbbb.cccc"
    chat = visit(open_page(), stage, "mode=inline&token-url=&token=aaaa.bbbb.cccc")
    expect(chat.get_by_text("登录已过期,请刷新页面。")).to_be_visible()


@pytest.mark.console("CORS|Failed to load|ERR_FAILED")
def test_a_page_that_is_not_listed_gets_nothing(stage: Stage, open_page: OpenPage) -> None:
    with widget_host() as stranger:
        stranger.api, stranger.key = stage.host.api, stage.host.key
        page = open_page()
        page.goto(f"{stranger.origin}/?mode=inline")
        chat = page.locator("copilot-chat")
        expect(chat.get_by_text("连不上服务。请稍后再试。")).to_be_visible()


@pytest.mark.console("ERR_|Failed to load|Failed to fetch")
def test_a_service_that_is_down_is_said_and_can_be_tried_again(stage: Stage, open_page: OpenPage, shot: Shot) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    expect(chat.locator(".chip").first).to_be_visible()
    page.route("**/v1/ask/stream", lambda route: route.fulfill(status=429, json={"code": "too_many_questions"}))
    ask(chat)
    expect(chat.locator(".failed")).to_contain_text("提问太多")
    shot(page, "failed")
    assert_usable(page)
    page.unroute("**/v1/ask/stream")
    chat.get_by_role("button", name="再试一次").click()
    answered(chat)
    expect(chat.locator("article")).to_have_count(1)


# ---- text of others


def test_attacks_in_documents_questions_and_answers_stay_text(
    stage: Stage, open_page: OpenPage, attacks: list[str], shot: Shot
) -> None:
    page = open_page(Look(width=800))
    page.add_init_script("window.ran = []; window.alert = window.confirm = window.prompt = (x) => window.ran.push(x)")
    chat = visit(page, stage, "mode=inline")
    stage.model.script(
        says(json.dumps({"answers_question": True, "sentences": [{"text": attacks[0], "passages": [1]}]}))
    )
    for count, text in enumerate(["门店装修报价 3", "门店装修报价 17", f"门店装修报价 {attacks[1]}"], start=1):
        ask(chat, text)
        answered(chat, count)
    chat.locator(".source").first.click()
    expect(chat.locator("dialog.quote .original")).to_be_visible()
    shot(page, "attacks")
    assert page.evaluate("window.ran") == []
    names = chat.evaluate(
        """one => [...one.shadowRoot.querySelectorAll('.reply *, .original *')].map((each) =>
             [each.localName, ...each.getAttributeNames().filter((name) => /^(on|style|href|src)/.test(name))])"""
    )
    assert {name for name, *_ in names} <= {
        *("p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "table", "thead"),
        *("tbody", "tr", "th", "td", "div", "span", "button", "details", "summary", "q", "svg", "path", "mark"),
    }
    assert all(len(one) == 1 for one in names)


# ---- feedback and people


def test_feedback_with_its_reason_is_stored(stage: Stage, open_page: OpenPage) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    ask(chat)
    answered(chat)
    chat.get_by_role("button", name="没帮助").click()
    chat.get_by_label("过时了").check()
    chat.get_by_label("应该怎么说(选填)").fill("现在是两周")
    with page.expect_response(re.compile("/feedback$")) as reply:
        chat.get_by_role("button", name="提交").click()
    said = reply.value.json()
    assert (said["helpful"], said["reason"], said["comment"]) == (False, "outdated", "现在是两周")
    expect(chat.get_by_role("button", name="没帮助")).to_have_attribute("aria-pressed", "true")
    expect(chat.get_by_role("button", name="没帮助")).to_be_focused()


def test_a_person_is_asked_and_the_copilot_stays_out_until_it_is_asked_on(
    stage: Stage, open_page: OpenPage, shot: Shot
) -> None:
    page = open_page()
    chat = visit(page, stage, "mode=inline")
    ask(chat)
    answered(chat)
    chat.get_by_role("button", name="找真人").click()
    chat.get_by_label("想说的话(选填)").fill("想和人聊聊")
    chat.get_by_role("button", name="提交").click()
    expect(chat.locator(".notice")).to_contain_text("没有留联系方式")
    expect(chat.locator(".composer")).to_be_hidden()
    shot(page, "person.no_contact")
    chat.get_by_role("button", name="补充联系方式").click()
    chat.get_by_label("联系方式(电话、邮箱或微信)").fill("li@example.com")
    chat.get_by_role("button", name="提交").click()
    expect(chat.locator(".notice")).to_contain_text("通过「li@example.com」联系你")
    assert_usable(page)
    page.reload()
    expect(chat.locator(".notice")).to_contain_text("li@example.com")
    chat.get_by_role("button", name="继续问副驾").click()
    ask(chat, "试用期可以延长吗")
    answered(chat, 2)

    staff = open_page(site=stage.site, person="lin")
    staff.goto("/app/handovers")
    staff.get_by_role("link", name=re.compile("看对话")).first.click()
    expect(staff.get_by_text("li@example.com")).to_be_visible()
    staff.get_by_role("button", name="标记为已处理").click()
    expect(staff.get_by_role("status")).to_have_text("已标记为处理完。")
    page.reload()
    expect(chat.locator(".notice")).to_contain_text("同事已处理完")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_list_of_those_who_wait(stage: Stage, open_page: OpenPage, look: Look, shot: Shot) -> None:
    visitor = visit(open_page(), stage, "mode=inline")
    ask(visitor)
    answered(visitor)
    visitor.get_by_role("button", name="找真人").click()
    visitor.get_by_label("联系方式(电话、邮箱或微信)").fill("li@example.com")
    visitor.get_by_role("button", name="提交").click()
    expect(visitor.locator(".notice")).to_be_visible()
    page = open_page(look, site=stage.site, person="gao")
    page.goto("/app/handovers")
    assert_usable(page)
    shot(page, f"handovers.list.{look}")
    page.locator("li.box a.button").last.click()
    expect(page.locator("form .primary")).to_be_visible()
    assert_usable(page)
    shot(page, f"handovers.one.{look}")
    page.goto("/app/handovers?status=done")
    assert_usable(page)


# ---- our own people


def test_our_people_ask_beside_an_account(stage: Stage, open_page: OpenPage, shot: Shot) -> None:
    accounts = stage.site.application.copilot.accounts
    accounts.put("demo", {"name": "青禾烘焙", "annual_fee_cny": 120_000})
    page = open_page(site=stage.site, person="lin")
    page.goto("/app?account=demo")
    chat = page.locator("copilot-chat")
    expect(chat.get_by_text("关于客户:青禾烘焙")).to_be_visible()
    expect(chat.locator(".chip").first).to_have_text("看这个客户的下一步建议")
    shot(page, "chat.account")
    with page.expect_request("**/v1/ask/stream") as sent:
        chat.locator(".chip").first.click()
    assert sent.value.post_data_json["account_id"] == "demo"
    assert sent.value.post_data_json["question"] == "青禾烘焙 这个客户下一步该做什么?"
    answered(chat)
    link = chat.get_by_role("link", name="看这个客户的下一步建议")
    assert link.get_attribute("href") == "/app/accounts/demo"
    draft = chat.evaluate("one => one.pageOf('create_draft', {kind: 'success_plan'})")
    assert draft == "/app/drafts/new?kind=success_plan&account=demo"


def test_our_people_ask_as_a_customer_would_see_it(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(site=stage.site, person="lin")
    page.goto("/app?ask=续费应该谁负责")
    chat = page.locator("copilot-chat")
    box = chat.get_by_role("textbox")
    assert box.input_value() == "续费应该谁负责"
    expect(chat.locator("article")).to_have_count(0)
    box.press("Enter")
    expect(answered(chat)).to_contain_text("客户成功经理")
    chat.locator(".cite").first.click()
    link = chat.get_by_role("link", name="在知识库中打开")
    assert re.search(r"/app/knowledge/[0-9a-f]+\?version=1&quote=\d+-\d+$", link.get_attribute("href") or "")
    page.keyboard.press("Escape")
    chat.get_by_label("按客户可见的内容回答").check()
    ask(chat, "续费应该谁负责")
    expect(answered(chat)).not_to_contain_text("客户成功经理")


@pytest.mark.console("401")
def test_who_is_signed_out_is_led_to_sign_in_and_back(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(site=stage.site, person="lin")
    page.goto("/app")
    chat = page.locator("copilot-chat")
    expect(chat.locator(".chip").first).to_be_visible()
    page.context.clear_cookies()
    ask(chat)
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fapp"))
