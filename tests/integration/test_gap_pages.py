"""The loop from a gap to its answer, and back, on pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from copilot.curating.gap import GapStatus
from tests.integration.gap_office import ALSO, ANSWER, ASKED
from tests.integration.keeping_desk import Desk, dangers, opened_desk

OTHER = "退款的手续费由谁承担"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "renewal.md").write_text("# 续费手册\n\n客户合同到期前 90 天开始准备续费。\n")
    with opened_desk(tmp_path / "home", folder) as opened:
        for who, question in (("du", ASKED), ("lin", ALSO), ("lin", OTHER)):
            opened.post(who, "/v1/ask", json={"question": question, "clarify": False})
            opened.post(who, "/v1/ask", json={"question": question, "clarify": False})
        yield opened


def gap_of(desk: Desk, *questions: str) -> str:
    found = desk.application.copilot.gaps.list(None, mine=False).gaps
    return next(one.id for one in found if one.question in questions)


def raised(desk: Desk, who: str, question: str) -> str:
    caller = desk.application.access.caller_of_session(desk.sessions[who])
    return desk.application.copilot.gaps.raise_question(question, language="zh", caller=caller).id


def test_what_people_asked_is_listed_for_those_who_may_see_it(desk: Desk) -> None:
    page = desk.page("shen", "/app/gaps")
    assert "2 人问过" in page
    assert ASKED in page or ALSO in page
    assert ASKED in desk.page("du", "/app/gaps?view=mine")
    assert "这里没有缺口" in desk.page("du", "/app/gaps?view=dismissed")
    assert desk.get("shen", "/app/gaps?page=7").headers["location"] == "/app/gaps?view=open&page=1"


def test_a_gap_is_given_dismissed_and_opened_again(desk: Desk) -> None:
    address = f"/app/gaps/{gap_of(desk, ASKED, ALSO)}"
    nobody = desk.post("shen", f"{address}/assignment", data={"owner": "nobody-here"})
    assert (nobody.status_code, 'value="nobody-here"' in nobody.text) == (404, True)
    given = desk.post("shen", f"{address}/assignment", data={"owner": "lin"})
    assert "已指派" in desk.page("shen", given.headers["location"])
    silent = desk.post("shen", f"{address}/dismissal", data={"reason": " "})
    assert (silent.status_code, "请写明原因" in silent.text) == (422, True)
    desk.post("lin", f"{address}/dismissal", data={"reason": "<b>不需要</b>"})
    page = desk.get("du", address).text
    assert "&lt;b&gt;不需要&lt;/b&gt;" in page
    assert "写答案" not in page
    assert desk.post("du", f"{address}/reopening").status_code == 403
    assert desk.post("shen", f"{address}/reopening").headers["location"] == f"{address}?done=reopened"


def test_an_answer_is_drafted_approved_published_told_and_withdrawn(desk: Desk) -> None:
    address = f"/app/gaps/{gap_of(desk, ASKED, ALSO)}"
    refused = desk.post("lin", f"{address}/draft", data={"answer": "打 13800138000 找小王", "key": "k1"})
    assert (refused.status_code, "个人信息" in refused.text) == (422, True)
    assert "打 13800138000 找小王</textarea>" in refused.text
    form = {"answer": ANSWER, "title": "续费发票的税率", "pin": "yes", "key": "k2"}
    first, again = (desk.post("lin", f"{address}/draft", data=form) for _ in range(2))
    assert first.headers["location"] == again.headers["location"] == f"{address}?done=drafted"
    page = desk.page("shen", address)
    draft = re.search(r'href="/app/drafts/([^"]+)"', page)
    assert draft is not None
    decision = {"revision": 1, "decision": "approve"}
    assert desk.post("shen", f"/v1/drafts/{draft[1]}/decisions", json=decision).status_code == 200
    while desk.application.worker.step():
        pass
    published = desk.page("du", address)
    assert "现在由它回答" in published
    notices = desk.page("du", "/app/gaps/notices")
    assert f"你问过:{ASKED}" in notices
    seen = re.search(r'action="(/app/gaps/notices/[^"]+/seen)"', notices)
    assert seen is not None
    assert desk.post("lin", seen[1]).status_code == 404
    assert desk.post("du", seen[1]).status_code == 303
    assert "知道了" not in desk.page("du", "/app/gaps/notices")
    approved = desk.page("shen", "/app/gaps/knowledge")
    assert "置顶的答案" in approved
    knowledge = re.search(r"/app/gaps/knowledge/(\w+)/unpin", approved)
    assert knowledge is not None
    base = f"/app/gaps/knowledge/{knowledge[1]}"
    assert "没有置顶的答案" not in desk.page("shen", desk.post("shen", f"{base}/unpin").headers["location"])
    assert desk.post("shen", f"{base}/pin", data={"valid_until": "gestern"}).status_code == 422
    assert desk.post("shen", f"{base}/pin", data={"valid_until": ""}).status_code == 303
    assert desk.post("shen", f"{base}/withdrawal").status_code == 422
    assert desk.post("du", f"{base}/withdrawal", data={"sure": "yes"}).status_code == 403
    assert desk.post("shen", f"{base}/withdrawal", data={"sure": "yes"}).status_code == 303
    assert desk.application.copilot.gaps.show(address.rpartition("/")[2]).status is GapStatus.OPEN


def test_two_gaps_are_merged_and_the_old_address_leads_to_the_one_that_stays(desk: Desk) -> None:
    desk.page("lin", "/app/gaps")
    goes, stays = raised(desk, "lin", "开票要几天"), gap_of(desk, ASKED, ALSO)
    assert "请选择" in desk.page("shen", f"/app/gaps/{goes}")
    forged = desk.post("shen", f"/app/gaps/{goes}/merge", data={"into": "0" * 12})
    assert forged.status_code == 404
    done = desk.post("shen", f"/app/gaps/{goes}/merge", data={"into": stays})
    assert done.headers["location"] == f"/app/gaps/{stays}?done=merged"
    page = desk.page("shen", f"/app/gaps/{goes}")
    assert "已经合并" in page
    assert "开票要几天" in page
    assert "gap.merged" in {entry.event.action for entry in desk.application.audit.entries()}
    reply = desk.post("shen", f"/v1/gaps/{goes}/merge", json={"into": stays})
    assert (reply.status_code, reply.json()["id"]) == (200, stays)


def test_a_question_that_helped_is_accepted_by_its_owner(desk: Desk) -> None:
    answer = desk.post("lin", "/v1/ask", json={"question": "合同到期前多久准备续费", "clarify": False}).json()
    assert answer["status"] == "answered"
    desk.post("lin", f"/v1/answers/{answer['answer_id']}/feedback", json={"helpful": True})
    page = desk.page("shen", "/app/gaps/proposals")
    forms = re.findall(r'action="(/app/gaps/proposals/[^"]+)"', page)
    if not forms:  # the wording leads there already
        assert "没有待决定的提议" in page
        return
    assert desk.post("shen", forms[0], data={"decision": "perhaps"}).status_code == 422
    assert desk.post("lin", forms[0], data={"decision": "accept"}).status_code == 403
    assert desk.post("shen", forms[0], data={"decision": "accept"}).status_code == 303


def test_markup_in_questions_and_comments_is_only_shown(desk: Desk) -> None:
    address = f"/app/gaps/{gap_of(desk, ASKED, ALSO)}"
    evil = '"><img src=x onerror=alert(1)>'
    for form, field in (("draft", "answer"), ("assignment", "owner"), ("dismissal", "reason")):
        reply = desk.post("shen", f"{address}/{form}", data={field: evil * (10 if field == "owner" else 80)})
        assert reply.status_code in (404, 422)
        assert evil in unescape(reply.text)
        assert dangers(reply.text) == []
