"""Pages of accounts and drafts as people open them: rights, bad input, many rows, things done twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from copilot.audit.surface import Surface
from copilot.bootstrap import Application, open_application
from copilot.drafting.draft import DraftKind
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.draft_contract import DraftBody, DraftReply, RevisionBody
from copilot.interfaces.people_contract import NewPersonBody
from copilot.people.caller import the_owner
from copilot.people.person import Role
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import AddressOf
from tests.integration.conftest import FAQ, PLAYBOOK

TEAM = {"lin": Role.FRONTLINE, "zhou": Role.FRONTLINE, "gao": Role.MANAGER, "shen": Role.CURATOR, "du": Role.READER}
ACCOUNT = {
    "id": "a1",
    "name": "柚子家居",
    "annual_fee_cny": 180_000,
    "lifecycle_stage": "onboarding",
    "days_since_signing": 40,
    "seats_bought": 120,
    "seats_active": 20,
    "usage_trend": "falling",
    "first_value_delivered": False,
    "kp": [{"name": "裴总"}],
    "last_contact_days": 30,
    "owner": "lin",
}
#: Kinds of attack, each in a form that runs where it is not escaped.
XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "{{7*7}}{%raw%}",
    "</title><script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>',
)


class Read(HTMLParser):
    """Collects what could run on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handlers += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") or name == "style"]
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))
        if tag in ("iframe", "object", "embed", "style", "base", "img") and dict(attrs).get("src") != "/pages/icon.svg":
            self.handlers.append(tag)


def assert_inert(reply: Response) -> None:
    """Nothing on the page runs that is not ours."""
    read = Read(reply.text)
    assert all(src is not None and src.startswith("/pages/") for src in read.scripts)
    assert read.handlers == []
    assert [
        one for one in read.addresses if one.strip().lower().startswith(("javascript:", "data:", "vbscript:"))
    ] == []
    assert "unsafe-inline" not in reply.headers["content-security-policy"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, address_of: AddressOf) -> Iterator[Application]:
    """One application for all tests, which keep to accounts and drafts of their own."""
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    (folder / "trial.md").write_text(FAQ, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=address_of(home))
    with open_application(settings, embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(folder)], corpus=False)
        for id, role in TEAM.items():
            application.copilot.people.add(NewPersonBody(id=id, name=id.title(), roles=[role]))
        application.copilot.accounts.put(None, ACCOUNT)
        yield application


As = Callable[[str], TestClient]


@pytest.fixture
def signed_in(opened: Application) -> Iterator[As]:
    """Signs a member of the team in."""
    app = create_app(copilot=opened.copilot, access=opened.access, ready=lambda: ReadyBody(status="ready"), version="0")
    clients: list[TestClient] = []

    def call(person: str) -> TestClient:
        client = TestClient(app, raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        client.get(f"/app?login={opened.access.new_link_code(the_owner(Surface.CLI), person)}")
        return client

    yield call
    for client in clients:
        client.__exit__(None, None, None)


def drafted(opened: Application, person: str = "lin", kind: DraftKind = DraftKind.CUSTOMER_MESSAGE) -> DraftReply:
    return opened.copilot.drafts.as_caller(person, Surface.APP).create(DraftBody(kind=kind, account_id="a1"))


def decision(draft: DraftReply, key: str, said: str = "approve", reason: str = "") -> dict[str, str]:
    return {"decision": said, "revision": str(draft.latest), "key": key, "reason": reason}


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("du", "/app/accounts", 403),
        ("du", "/app/drafts", 403),
        ("shen", "/app/accounts", 403),
        ("shen", "/app/drafts", 200),
        ("lin", "/app/accounts", 200),
        ("lin", "/app/accounts/none", 404),
        ("lin", "/app/drafts/none", 404),
        ("lin", "/app/drafts/none/edit", 404),
        ("lin", "/app/drafts/none/approve", 404),
        ("lin", "/app/drafts/none/deliver", 404),
        ("lin", "/app/drafts/none/changes", 404),
        ("lin", "/app/drafts/none/export", 404),
        ("lin", "/app/accounts?stage=nothing&band=x&page=999", 200),
        ("lin", "/app/drafts?box=nothing&kind=x&page=999", 200),
        ("lin", "/app/drafts/new?kind=nothing&account=%3Cscript%3E", 200),
        ("lin", "/app/drafts/new?kind=knowledge", 200),
        ("lin", "/app/drafts?box=failed", 200),
    ],
)
def test_pages_are_open_to_those_who_may(signed_in: As, person: str, path: str, status: int) -> None:
    reply = signed_in(person).get(path)
    assert reply.status_code == status
    assert_inert(reply)


def test_a_draft_that_is_not_for_somebody_is_as_unknown_as_none(opened: Application, signed_in: As) -> None:
    draft = drafted(opened)
    client = signed_in("shen")
    for path in ("", "/edit", "/approve", "/changes", "/export"):
        assert client.get(f"/app/drafts/{draft.id}{path}").status_code == 404
    assert client.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "k")).status_code == 404
    assert draft.id not in client.get("/app/drafts?box=all").text


def test_the_list_tells_reason_and_next_step_and_finds_by_words(signed_in: As) -> None:
    client = signed_in("lin")
    text = client.get("/app/accounts").text
    assert "柚子家居" in text
    assert "有风险" in text
    assert "签约超过 30 天" in client.get("/app/accounts/a1").text
    assert "没有符合条件的客户" in client.get("/app/accounts?q=没有这个").text
    assert "No account fits" in client.get("/app/accounts?q=x1", headers={"accept-language": "en"}).text


def test_an_account_that_says_nothing_has_a_page(opened: Application, signed_in: As) -> None:
    opened.copilot.accounts.put(None, {"id": "silent"})
    reply = signed_in("lin").get("/app/accounts/silent")
    assert reply.status_code == 200
    assert "没有可以打分的事实" in reply.text


@pytest.mark.parametrize("attack", XSS)
def test_nothing_that_people_write_runs(opened: Application, signed_in: As, attack: str) -> None:
    record = {"id": "x1", "name": attack, "city": attack, "notes": attack, "owner": attack, attack[:40]: attack}
    opened.copilot.accounts.put(None, record | {"kp": [{"name": attack}], "promises": [attack]})
    client = signed_in("gao")
    draft = opened.copilot.drafts.as_caller("gao", Surface.APP).create(
        DraftBody(kind=DraftKind.CUSTOMER_MESSAGE, account_id="x1", inputs={"point": attack})
    )
    client.post("/app/accounts/x1/records", data={"what": "note", "text": attack})
    client.post("/app/accounts/x1/records", data={"what": "complaint", "text": attack})
    client.post(f"/app/drafts/{draft.id}/revisions", data={"content": f"# {attack}\n\n{attack}", "based_on": "1"})
    pages = [
        client.get("/app/accounts", params={"whose": "all", "q": attack}),
        client.get("/app/accounts?whose=all"),
        client.get("/app/accounts/x1"),
        client.get(f"/app/drafts/{draft.id}"),
        client.get(f"/app/drafts/{draft.id}/edit"),
        client.get(f"/app/drafts/{draft.id}/changes"),
        client.get(f"/app/drafts/{draft.id}/approve"),
        client.get(f"/app/drafts/{draft.id}/deliver", params={"channel": "file", "destination": attack}),
        client.get("/app/drafts", params={"box": "all", "account": attack}),
        client.get("/app/drafts/new", params={"kind": "proposal", "account": attack}),
        client.post("/app/drafts/preview", data={"content": attack}),
        client.post(f"/app/drafts/{draft.id}/revisions", data={"content": attack, "based_on": "1"}),
        client.post(f"/app/drafts/{draft.id}/instructions", data={"instruction": attack, "based_on": "2"}),
        client.post("/app/drafts", data={"kind": "proposal", "account": attack, "input.focus": attack}),
        client.post("/app/accounts/x1/records", data={"what": attack, "text": attack, "on": attack}),
        client.post("/app/account-import", files={"file": (f"{attack}.csv", f'编号,名称\n,"{attack}"\n')}),
        client.post(
            f"/app/drafts/{draft.id}/decisions", data={"decision": "reject", "revision": "2", "reason": attack}
        ),
        client.get(f"/app/drafts/{draft.id}"),
    ]
    for reply in pages:
        assert reply.status_code in (200, 409, 422), reply.request.url
        assert_inert(reply)


def test_the_list_of_attacks_runs_nowhere(opened: Application, signed_in: As, shared: Path) -> None:
    lines = (shared / "data" / "attacks" / "xss.jsonl").read_text(encoding="utf-8").splitlines()[::150]
    attacks = "\n\n".join(json.loads(line)["text"].replace("\x00", "") for line in lines)[:30_000]
    opened.copilot.accounts.put(None, {"id": "listed", "name": attacks[:15_000], "notes": attacks[:20_000]})
    client = signed_in("gao")
    draft = drafted(opened, "gao")
    saved = client.post(f"/app/drafts/{draft.id}/revisions", data={"content": attacks, "based_on": "1"})
    assert saved.status_code == 200
    for path in (
        "/app/accounts?whose=all",
        "/app/accounts/listed",
        f"/app/drafts/{draft.id}",
        f"/app/drafts/{draft.id}/edit",
    ):
        assert_inert(client.get(path))


def test_a_suggestion_is_taken_on_and_a_rejection_wants_a_reason(opened: Application, signed_in: As) -> None:
    client = signed_in("lin")
    suggestion = opened.copilot.advices.advice("a1", "zh").actions[0].id
    missing = client.post("/app/accounts/a1/reactions", data={"suggestion": suggestion, "reaction": "rejected"})
    assert missing.status_code == 422
    assert "请写一句原因" in missing.text
    taken = client.post("/app/accounts/a1/reactions", data={"suggestion": suggestion, "reaction": "accepted"})
    assert "Lin 已采纳" in taken.text
    assert (
        client.post("/app/accounts/a1/reactions", data={"suggestion": "none", "reaction": "later"}).status_code == 404
    )


def test_what_happened_stands_in_the_timeline_of_who_may_know(opened: Application, signed_in: As) -> None:
    lin, zhou = signed_in("lin"), signed_in("zhou")
    lin.post("/v1/ask", json={"question": "续费应该谁负责", "account_id": "a1"})
    drafted(opened)
    noted = lin.post("/app/accounts/a1/records", data={"what": "note", "text": "老板下周来访"})
    assert "老板下周来访" in noted.text
    assert "续费应该谁负责" in lin.get("/app/accounts/a1").text
    assert "续费应该谁负责" in signed_in("gao").get("/app/accounts/a1").text
    assert "续费应该谁负责" not in zhou.get("/app/accounts/a1").text
    wrong = lin.post("/app/accounts/a1/records", data={"what": "milestone_reached", "text": ""})
    assert wrong.status_code == 422


def test_the_timeline_goes_back_page_by_page(opened: Application, signed_in: As) -> None:
    opened.copilot.accounts.put(None, {"id": "busy", "name": "忙"})
    observations = [{"name": "complaint", "value": f"第{n}次", "at": f"2026-01-{n:02}T00:00:00Z"} for n in range(1, 31)]
    opened.copilot.accounts.add_signals("busy", observations)
    client = signed_in("lin")
    first = client.get("/app/accounts/busy").text
    assert ("第30次" in first, "第1次" in first) == (True, False)
    older = next(one for one in Read(first).addresses if "before=" in one)
    assert "第1次" in client.get(older.partition("#")[0]).text


def test_a_decision_is_taken_once_however_often_it_is_sent(opened: Application, signed_in: As) -> None:
    draft = drafted(opened)
    client = signed_in("gao")
    with ThreadPoolExecutor(4) as threads:
        keys = ["same"] * 4 + [f"window-{n}" for n in range(6)]
        replies = list(
            threads.map(lambda key: client.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, key)), keys)
        )
    assert {one.status_code for one in replies} == {200}
    assert len(opened.copilot.drafts.show(draft.id).decisions) == 1
    opposite = client.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "other", "reject", "不行"))
    assert opposite.status_code == 409
    assert "相反的决定" in opposite.text


def test_a_decision_on_a_revision_that_has_moved_on_is_not_taken(opened: Application, signed_in: As) -> None:
    draft = drafted(opened)
    opened.copilot.drafts.as_caller("lin", Surface.APP).revise(
        draft.id, RevisionBody(content=f"{draft.content}\n再见。", based_on=1)
    )
    reply = signed_in("gao").post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "k"))
    assert reply.status_code == 409
    assert "第 2 版" in reply.text
    assert opened.copilot.drafts.show(draft.id).decisions == []


def test_a_rejection_wants_a_reason_and_others_drafts_wait_for_the_manager(opened: Application, signed_in: As) -> None:
    draft = drafted(opened, "zhou")
    lin, gao = signed_in("lin"), signed_in("gao")
    assert draft.id in gao.get("/app/drafts?box=waiting").text
    assert draft.id not in lin.get("/app/drafts?box=waiting").text
    assert "不由你批准" in lin.get(f"/app/drafts/{draft.id}/approve").text
    assert lin.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "k")).status_code == 403
    missing = gao.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "k", "reject"))
    assert (missing.status_code, "请写一句原因" in missing.text) == (422, True)
    done = gao.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "k", "reject", "语气太急"))
    assert "语气太急" in done.text
    assert draft.id in gao.get("/app/drafts?box=rejected").text


def test_of_two_texts_the_later_one_is_kept_beside_the_first(opened: Application, signed_in: As) -> None:
    draft = drafted(opened)
    client = signed_in("lin")
    client.post(f"/app/drafts/{draft.id}/revisions", data={"content": "第一个。", "based_on": "1"})
    stale = client.post(f"/app/drafts/{draft.id}/revisions", data={"content": "第二个\r\n。", "based_on": "1"})
    assert stale.status_code == 409
    assert "第二个\n。</textarea>" in stale.text
    assert 'name="based_on" value="2"' in stale.text
    kept = client.post(f"/app/drafts/{draft.id}/revisions", data={"content": "第二个\r\n。", "based_on": "2"})
    assert kept.status_code == 200
    assert opened.copilot.drafts.show(draft.id).content == "第二个\n。"
    again = client.post(f"/app/drafts/{draft.id}/revisions", data={"content": "第二个\r\n。", "based_on": "3"})
    assert "没有新的一版" in again.text
    assert client.post(f"/app/drafts/{draft.id}/revisions", data={"content": "x", "based_on": "-1"}).status_code == 422


@pytest.mark.parametrize("size", [66_000, 700_000])
def test_a_text_that_is_too_long_is_refused_and_not_lost(opened: Application, signed_in: As, size: int) -> None:
    draft = drafted(opened)
    client = signed_in("lin")
    reply = client.post(f"/app/drafts/{draft.id}/revisions", data={"content": "长" * size, "based_on": "1"})
    assert reply.status_code == (422 if size == 66_000 else 413)
    assert ("长" * size in reply.text) is (size == 66_000)
    assert opened.copilot.drafts.show(draft.id).latest == 1


def test_an_instruction_changes_the_draft_or_says_what_else_was_meant(opened: Application, signed_in: As) -> None:
    draft = drafted(opened, kind=DraftKind.SUCCESS_PLAN)
    client = signed_in("lin")
    changed = client.post(
        f"/app/drafts/{draft.id}/instructions", data={"instruction": "里程碑一推迟一周", "based_on": "1"}
    )
    assert changed.status_code == 200
    assert "改了什么" in changed.text
    assert opened.copilot.drafts.show(draft.id).latest == 2
    unclear = client.post(f"/app/drafts/{draft.id}/instructions", data={"instruction": "嗯嗯", "based_on": "2"})
    assert (unclear.status_code, "嗯嗯</textarea>" in unclear.text) == (422, True)


def test_a_new_draft_is_made_once_by_one_form(opened: Application, signed_in: As) -> None:
    client = signed_in("lin")
    fields = {"kind": "call_script", "account": "a1", "key": "form-1", "input.goal": "约演示", "language": "zh"}
    first, second = client.post("/app/drafts", data=fields), client.post("/app/drafts", data=fields)
    assert first.url == second.url
    assert "约演示" in first.text
    wrong = client.post("/app/drafts", data=fields | {"account": "none", "key": "form-2"})
    assert wrong.status_code == 422
    assert "没有编号为「none」的客户" in wrong.text
    assert 'value="约演示"' in wrong.text
    assert client.post("/app/drafts", data={"kind": "knowledge", "account": "a1"}).status_code == 422


def test_what_is_not_approved_is_not_sent_and_who_reads_is_told_first(opened: Application, signed_in: As) -> None:
    draft = drafted(opened, kind=DraftKind.SUCCESS_PLAN)
    client = signed_in("lin")
    assert "还没有批准" in client.get(f"/app/drafts/{draft.id}/deliver").text
    fields = {"channel": "file", "destination": "", "revision": "1"}
    assert client.post(f"/app/drafts/{draft.id}/deliveries", data=fields).status_code == 409
    client.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "k"))
    wrong = client.get(f"/app/drafts/{draft.id}/deliver", params={"channel": "file", "destination": "../../x.md"})
    assert (wrong.status_code, "收件处的写法不对" in wrong.text) == (422, True)
    told = client.get(f"/app/drafts/{draft.id}/deliver", params={"channel": "file", "destination": "plans/a1.md"})
    assert "收到的是公司内部的人" in told.text
    fields["destination"] = "plans/a1.md"
    for _ in range(2):
        assert client.post(f"/app/drafts/{draft.id}/deliveries", data=fields).status_code == 200
    assert len(opened.copilot.deliveries.of(draft.id).deliveries) == 1
    assert draft.id in client.get("/app/drafts?box=approved").text


@pytest.mark.parametrize("format", ["md", "docx"])
def test_a_draft_is_saved_as_a_file(opened: Application, signed_in: As, format: str) -> None:
    draft = drafted(opened)
    reply = signed_in("lin").get(f"/app/drafts/{draft.id}/export?format={format}")
    assert reply.status_code == 200
    assert f"draft.{format}" in reply.headers["content-disposition"]


def test_a_file_of_accounts_is_told_line_by_line(opened: Application, signed_in: As) -> None:
    client = signed_in("lin")
    table = "编号,名称,购买席位,活跃席位\nf1,甲,10,12\nf2,乙,十,1\nf3,丙,5,5\n"
    reply = client.post("/app/account-import", files={"file": ("a.csv", table.encode("gb18030"))})
    assert "导入 2 条,失败 1 行" in reply.text
    assert "f2" in reply.text
    assert opened.copilot.accounts.get("f1").model_dump()["name"] == "甲"
    for sent in ({}, {"file": ("", b"")}, {"file": ("a.csv", b"\xff\xfe\x00\x81\xff" * 9)}):
        assert client.post("/app/account-import", files=sent or None).status_code == 422


def test_many_accounts_are_paged_and_the_pager_keeps_the_filter(opened: Application, signed_in: As) -> None:
    for n in range(60):
        opened.copilot.accounts.put(
            None, {"id": f"many-{n:03}", "name": f"连锁{n}", "city": "苏州", "last_contact_days": 90}
        )
    client = signed_in("lin")
    first = client.get("/app/accounts", params={"whose": "all", "q": "苏州"})
    assert "60 个客户" in first.text
    following = next(one for one in Read(first.text).addresses if one.endswith("page=2"))
    assert "q=%E8%8B%8F%E5%B7%9E" in following
    second = client.get(following).text
    assert (second.count("连锁"), "第 2 / 3 页" in second) == (25, True)


def test_a_form_of_a_stranger_leads_to_signing_in(opened: Application) -> None:
    app = create_app(copilot=opened.copilot, access=opened.access, ready=lambda: ReadyBody(status="ready"), version="0")
    with TestClient(app, follow_redirects=False) as client:
        reply = client.post("/app/drafts/x/decisions", data={"decision": "approve"})
        assert (reply.status_code, reply.headers["location"]) == (303, "/login")


def test_a_delivery_that_was_stopped_is_listed_with_its_reason_and_tried_again(
    opened: Application, signed_in: As
) -> None:
    draft = drafted(opened, "gao")
    client = signed_in("gao")
    client.post(f"/app/drafts/{draft.id}/decisions", data=decision(draft, "stopped"))
    fields = {"channel": "file", "destination": "stopped.md", "revision": "1"}
    client.post(f"/app/drafts/{draft.id}/deliveries", data=fields)
    opened.copilot.drafts.as_caller("gao", Surface.APP).revise(
        draft.id, RevisionBody(content=f"{draft.content}\n再见。", based_on=1)
    )
    (sent,) = opened.copilot.deliveries.of(draft.id).deliveries
    assert opened.copilot.deliveries.wait(sent.id, 10).status == "blocked"
    listed = client.get("/app/drafts?box=failed").text
    assert ("stopped.md" in listed, "被拦下" in listed, "再试一次" in listed) == (True, True, True)
    again = client.post(f"/app/deliveries/{sent.id}/retry")
    assert (again.status_code, "已经有更新的一版" in again.text) == (409, True)
    assert client.post("/app/deliveries/none/retry").status_code == 404
    assert "stopped.md" not in signed_in("shen").get("/app/drafts?box=failed").text


@pytest.mark.parametrize(("person", "box"), [("lin", "mine"), ("gao", "waiting"), ("lin", "all")])
def test_drafts_stand_where_they_belong_and_are_filtered_by_kind(
    opened: Application, signed_in: As, person: str, box: str
) -> None:
    draft = drafted(opened, kind=DraftKind.HANDOFF)
    client = signed_in(person)
    assert draft.id in client.get(f"/app/drafts?box={box}&kind=handoff&account=a1").text
    assert draft.id not in client.get(f"/app/drafts?box={box}&kind=andon").text
    assert draft.id not in client.get(f"/app/drafts?box={box}&account=none").text
    assert draft.id not in signed_in("zhou").get("/app/drafts?box=mine").text
