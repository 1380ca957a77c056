"""An edit is proposed on a page, checked in the background, looked at side by side and published or discarded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.integration.keeping_desk import Desk, dangers, opened_desk

RENEWAL = """---
title: 续费手册
questions: [谁负责续费, 续费什么时候开始准备]
---
# 续费手册

## 什么时候开始

客户合同到期前 90 天开始准备续费。

## 谁负责续费

服续一体的团队由客户成功经理负责续费。
"""
WITHOUT_WHO = RENEWAL[: RENEWAL.index("## 谁负责续费")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "renewal.md").write_text(RENEWAL)
    (folder / "list.csv").write_text("名称,价格\n标准,6800\n")
    with opened_desk(tmp_path / "home", folder) as opened:
        yield opened


def proposed(desk: Desk, who: str = "shen", **fields: str) -> str:
    """Propose an edit as the form sends it, wait for its end, and return the address of its check."""
    parts = {name: (None, value.replace("\n", "\r\n")) for name, value in fields.items()}
    reply = desk.post(who, "/app/knowledge/changes", files=parts)
    assert reply.status_code == 303, unescape(reply.text)
    address = reply.headers["location"]
    ends = time.monotonic() + 60
    while desk.get(who, f"/v1/changes/{address.rpartition('/')[2]}").json()["status"] == "running":
        assert time.monotonic() < ends
        time.sleep(0.02)
    return address


def test_the_form_holds_the_document_as_it_was_written(desk: Desk) -> None:
    page = desk.page("shen", f"/app/knowledge/changes/new?document={desk.id_of('renewal.md')}")
    assert RENEWAL in page
    other = desk.page("shen", f"/app/knowledge/changes/new?document={desk.id_of('list.csv')}")
    assert "请上传改好的文件" in other
    assert "<textarea" not in other


def test_an_edit_that_breaks_an_answer_stops_and_goes_on_only_with_a_reason(desk: Desk) -> None:
    address = proposed(desk, document=desk.id_of("renewal.md"), text=WITHOUT_WHO)
    page = desk.page("shen", address)
    assert "个问题会失去答案" in page
    assert "由客户成功经理负责续费" in page
    assert '<li class="removed">' in page
    stopped = desk.post("shen", f"{address}/publication", data={"reason": " "})
    assert (stopped.status_code, "请先写明理由" in stopped.text) == (409, True)
    assert desk.application.copilot.document("renewal.md").version == 1
    done = desk.post("shen", f"{address}/publication", data={"reason": "另有手册"})
    assert done.headers["location"] == f"{address}?done=published"
    assert "改动已经生效" in desk.page("shen", done.headers["location"])
    assert desk.application.copilot.document("renewal.md").text == WITHOUT_WHO.split("---\n")[2].strip()
    assert desk.post("shen", f"{address}/publication", data={"reason": "x"}).status_code == 404
    assert "change.accepted" in {entry.event.action for entry in desk.application.audit.entries()}


def test_a_new_document_is_checked_and_discarded(desk: Desk) -> None:
    address = proposed(desk, name="发票.md", text="# 发票\n\n税率是 6%。\n")
    assert "可以发布" in desk.page("shen", address)
    gone = desk.post("shen", f"{address}/cancel")
    assert gone.headers["location"] == "/app/knowledge/changes?done=discarded"
    assert "还没有检查过改动" in desk.page("shen", "/app/knowledge/changes")
    assert desk.get("shen", address).status_code == 404


def test_a_check_is_edited_further(desk: Desk) -> None:
    address = proposed(desk, document=desk.id_of("renewal.md"), text=WITHOUT_WHO)
    page = desk.page("shen", f"/app/knowledge/changes/new?check={address.rpartition('/')[2]}")
    assert f">\n{WITHOUT_WHO}</textarea>" in page


def test_two_curators_never_overwrite_each_other(desk: Desk) -> None:
    id = desk.id_of("renewal.md")
    mine = proposed(desk, document=id, text=RENEWAL.replace("90 天", "60 天"))
    theirs = proposed(desk, who="wen", document=id, text=RENEWAL.replace("90 天", "30 天"))
    assert desk.get("wen", mine).status_code == 404
    assert desk.post("wen", f"{theirs}/publication", data={"reason": "新规定"}).status_code == 303
    late = desk.post("shen", f"{mine}/publication", data={"reason": "新规定"})
    assert (late.status_code, "有人改了这份文档" in late.text) == (409, True)
    assert "30 天" in desk.application.copilot.document(id).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "正文"}, "no file name"),
        ({"name": "a.md", "text": " "}, "is empty"),
        ({"name": "renewal\x00.md", "text": "x"}, "It cannot be used"),
        ({"document": "0123456789abcdef", "text": "x"}, "没有这份文档"),
    ],
)
def test_what_cannot_be_checked_is_said_with_what_was_typed(desk: Desk, fields: dict[str, str], said: str) -> None:
    reply = desk.post("shen", "/app/knowledge/changes", files={name: (None, text) for name, text in fields.items()})
    assert reply.status_code == 422
    assert said in unescape(reply.text)
    assert f">\n{fields['text']}</textarea>" in reply.text


def test_nothing_of_a_proposed_text_runs(desk: Desk) -> None:
    evil = RENEWAL.replace("由客户成功经理", "<img src=x onerror=alert(1)>由[谁](javascript:alert(1))")
    address = proposed(desk, document=desk.id_of("renewal.md"), text=evil)
    assert dangers(desk.get("shen", address).text) == []
    assert dangers(desk.get("shen", f"/app/knowledge/changes/new?check={address.rpartition('/')[2]}").text) == []


def test_only_those_who_ingest_propose(desk: Desk) -> None:
    assert desk.get("lin", "/app/knowledge/changes").status_code == 403
    assert desk.post("lin", "/app/knowledge/changes", files={"text": (None, "x")}).status_code == 403
