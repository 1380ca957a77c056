"""Figures, schedules and the audit log as pages: whose one may see, what a form keeps, what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.integration.keeping_desk import Desk, dangers, opened_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("desk")
    (root / "docs").mkdir()
    (root / "docs" / "a.md").write_text("# <img src=x onerror=alert(1)>\n\n试用一般给 7 天。\n")
    with opened_desk(root / "home", root / "docs") as opened:
        for _ in range(12):
            opened.post("lin", "/v1/ask", json={"question": "试用给几天", "clarify": False})
        yield opened


def test_figures_stand_in_the_frame_with_their_pictures_and_tables(desk: Desk) -> None:
    reply = desk.get("gao", "/app/insight")
    assert reply.text.count('<svg xmlns="http://www.w3.org/2000/svg"') >= 2
    assert "style=" not in reply.text
    assert dangers(reply.text.replace("<svg", "<i")) == []
    assert "图中数据" in reply.text
    link = re.search(r'href="(/v1/insights\.csv\?[^"]+)"', reply.text)
    assert link is not None
    assert desk.get("gao", link[1].replace("&amp;", "&")).headers["content-type"].startswith("text/csv")


def test_everybody_sees_their_own_and_managers_those_of_others(desk: Desk) -> None:
    assert "所有人" in desk.page("gao", "/app/insight")
    mine = desk.page("lin", "/app/insight")
    assert "看谁的" in mine
    assert "所有人" not in mine.split("<form", 1)[1].split("</form>")[0]
    assert desk.get("lin", "/app/insight?scope=all").status_code == 403
    assert desk.get("lin", "/app/insight?person=gao&scope=me").status_code == 403
    assert desk.get("gao", "/app/insight?person=lin&scope=me").status_code == 200


@pytest.mark.parametrize("query", ["since=morgen", "since=2099-01-01", "since=2026-02-01&until=2026-01-01"])
def test_a_time_that_cannot_be_is_said_on_the_page(desk: Desk, query: str) -> None:
    reply = desk.get("gao", f"/app/insight?{query}")
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert "<form" in reply.text


def test_a_digest_is_scheduled_paused_resumed_run_and_removed(desk: Desk) -> None:
    wrong = desk.post("gao", "/app/schedules", data={"zone": "Mond/Meer"})
    assert (wrong.status_code, 'value="Mond/Meer"' in wrong.text) == (422, True)
    assert desk.post("gao", "/app/schedules", data={"weekday": "fri", "at": "17:30"}).status_code == 303
    page = desk.page("gao", "/app/schedules")
    assert "每周五 17:30" in page
    pause = re.search(r'action="(/app/schedules/[^/"]+)/pause"', page)
    assert pause is not None
    assert desk.post("lin", f"{pause[1]}/pause").status_code == 404
    assert "已暂停" in desk.page("gao", desk.post("gao", f"{pause[1]}/pause").headers["location"])
    assert desk.post("gao", f"{pause[1]}/resume").status_code == 303
    assert desk.post("gao", f"{pause[1]}/run").status_code == 303
    assert desk.post("gao", f"{pause[1]}/explode").status_code in (404, 422)
    assert "还没有定时周报" in desk.page("gao", desk.post("gao", f"{pause[1]}/remove").headers["location"])
    assert desk.get("du", "/app/schedules").status_code == 403


def test_the_audit_log_is_narrowed_paged_and_checked(desk: Desk) -> None:
    assert desk.get("shen", "/app/audit").status_code == 403
    page = desk.page("gao", "/app/audit?check=true&action=person.added")
    assert "条记录前后相扣" in page
    assert page.count(">person.added</a>") == 5
    assert "没有符合的记录" in desk.page("gao", "/app/audit?actor=%3Cscript%3E&since=nonsense")
    assert dangers(desk.get("gao", "/app/audit?actor=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text) == []
    entry = desk.page("gao", "/app/audit/1")
    assert "person.added" in entry
    assert "0" * 64 in entry
    for number in ("0", "999999", "99999999999", "x"):
        assert desk.get("gao", f"/app/audit/{number}").status_code in (404, 422)


def test_older_entries_are_a_page_further(desk: Desk) -> None:
    for _ in range(60):
        id = desk.id_of("a.md")
        desk.post("shen", f"/app/knowledge/{id}/verification", data={"version": 1})
    page = desk.page("gao", "/app/audit?action=document.verified")
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older is not None
    assert desk.page("gao", older[1]).count(">document.verified</a>") == 10
