"""The pages of the knowledge: what is shown to whom, what a form does, and what it refuses."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.keeping_desk import Desk, dangers, opened_desk

PRICE = "# 报价\n\n标准版一年 6800 元,底价八折。\n\n## 折扣\n\n渠道客户最多九折,要经理同意。\n"
EVIL = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("desk")
    folder = root / "docs"
    folder.mkdir()
    (folder / "price.md").write_text(PRICE)
    (folder / "secret.md").write_text("---\ngroups: [board]\n---\n# 董事会纪要\n\n并购价格是一亿元。\n")
    (folder / "evil.md").write_text(f"# {EVIL}\n\n正文 {EVIL} 结束。\n")
    (folder / "onboarding.md").write_text(
        "---\nkind: playbook\nstages: [onboarding]\nrequirements: [C1]\nowner: du\nverified_on: 2020-01-01\n"
        "review_by: 2020-06-01\n---\n# 上手打法\n\n第一周完成三件事。\n"
    )
    with opened_desk(root / "home", folder) as opened:
        yield opened


def test_a_quote_is_marked_by_code_points_of_the_stored_text(desk: Desk) -> None:
    text = desk.application.copilot.document("price.md").text
    start = text.index("底价八折")
    page = desk.page("du", f"/app/knowledge/{desk.id_of('price.md')}?version=1&quote={start}-{start + 4}")
    assert '<mark id="quote">底价八折</mark>' in page


@pytest.mark.parametrize("quote", ["9000-9004", "x", "4-1"])
def test_a_quote_that_is_not_there_says_so(desk: Desk, quote: str) -> None:
    page = desk.page("du", f"/app/knowledge/{desk.id_of('price.md')}?quote={quote}")
    assert "引文位置不在这个版本的正文里" in page
    assert "<mark" not in page


def test_what_one_may_not_read_is_not_there(desk: Desk) -> None:
    id = desk.id_of("secret.md")
    assert desk.get("du", f"/app/knowledge/{id}").status_code == 404
    assert "董事会" not in desk.page("du", "/app/knowledge")
    for action in ("access", "deletion", "verification"):
        reply = desk.post(
            "shen", f"/app/knowledge/{id}/{action}", data={"version": 1, "audience": "customer", "sure": "y"}
        )
        assert reply.status_code == 404
    assert desk.application.copilot.document("secret.md").metadata["groups"] == ("board",)


def test_markup_in_titles_and_texts_is_shown_and_not_run(desk: Desk) -> None:
    for path in (f"/app/knowledge/{desk.id_of('evil.md')}", "/app/knowledge", "/app/knowledge?q=%3Cscript%3E"):
        page = desk.get("shen", path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ＰＲＩＣＥ", {"price.md"}),
        ("q=打法+上手", {"onboarding.md"}),
        ("kind=playbook", {"onboarding.md"}),
        ("stage=onboarding&topic=C", {"onboarding.md"}),
        ("owner=du", {"onboarding.md"}),
        ("freshness=stale", {"onboarding.md"}),
        ("freshness=review", {"onboarding.md", "price.md", "evil.md"}),
        ("freshness=verified", set()),
        ("kind=nonsense&stage=nonsense", {"onboarding.md", "price.md", "evil.md"}),
        ("group=board", set()),
        ("q=%00", {"onboarding.md", "price.md", "evil.md"}),
    ],
)
def test_the_list_is_narrowed(desk: Desk, query: str, found: set[str]) -> None:
    page = desk.page("du", f"/app/knowledge?{query}")
    assert set(re.findall(r'<p class="soft">(\S+\.md) ·', page)) == found


def test_a_page_beyond_the_last_leads_to_the_last(desk: Desk) -> None:
    reply = desk.get("du", "/app/knowledge?kind=playbook&page=9")
    assert reply.headers["location"] == "/app/knowledge?kind=playbook&page=1"


def test_owners_verify_what_they_read(desk: Desk) -> None:
    id = desk.id_of("onboarding.md")
    assert "核实或更换负责人" in desk.page("du", f"/app/knowledge/{id}")
    assert "核实或更换负责人" not in desk.page("lin", f"/app/knowledge/{id}")
    reply = desk.post("du", f"/app/knowledge/{id}/verification", data={"version": 1, "owner": "du"})
    assert reply.headers["location"] == f"/app/knowledge/{id}?done=verified"
    assert "已核实。" in desk.page("du", reply.headers["location"])
    assert desk.application.copilot.document(id).verification.verified_by == "du"
    assert desk.post("lin", f"/app/knowledge/{id}/verification", data={"version": 1}).status_code == 403


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"version": 1, "review_by": "morgen"}, 422, "日期要写成"),
        ({"version": 1, "review_by": "2001-01-01"}, 422, "has passed"),
        ({"version": 1, "owner": "x" * 150}, 422, "填写的内容不能用"),
        ({"version": 7}, 409, "别人刚刚更新了这份文档"),
    ],
)
def test_a_verification_that_cannot_be_is_said_beside_it_with_what_was_typed(
    desk: Desk, form: dict[str, object], status: int, said: str
) -> None:
    reply = desk.post("shen", f"/app/knowledge/{desk.id_of('price.md')}/verification", data=form)
    assert reply.status_code == status
    assert said in reply.text
    assert f'value="{form.get("owner", "")}"' in reply.text
    assert desk.application.copilot.document("price.md").verification.state == "unverified"


def test_access_is_changed_with_groups_separated_in_either_way(desk: Desk) -> None:
    id = desk.id_of("evil.md")
    form = {"audience": "internal", "groups": "sales，board, sales"}
    assert desk.post("lin", f"/app/knowledge/{id}/access", data=form).status_code == 403
    assert desk.post("shen", f"/app/knowledge/{id}/access", data=form).status_code == 303
    assert set(desk.application.copilot.document(id).metadata["groups"]) == {"sales", "board"}  # type: ignore[call-overload]
    assert desk.get("du", f"/app/knowledge/{id}").status_code == 404
    bad = desk.post("shen", f"/app/knowledge/{desk.id_of('price.md')}/access", data={"audience": "all"})
    assert bad.status_code == 422
    desk.post("owner", f"/app/knowledge/{id}/access", data={"audience": "internal", "groups": ""})


def wait_for(desk: Desk, address: str) -> str:
    """Follow an ingestion to its end as the page does."""
    id = address.rpartition("/")[2]
    for _ in range(600):
        state = desk.get("shen", f"/v1/ingestions/{id}").json()
        if state["status"] != "running":
            return desk.page("shen", address)
        time.sleep(0.05)
    raise AssertionError(state)


def test_files_are_uploaded_read_compared_and_deleted(desk: Desk) -> None:
    files = [
        ("file", ("新政策.md", "# 新政策\n\n年付九折。\n".encode())),
        ("file", ("../../<img src=x>.md", "# 夹带\n\n没有。\n".encode())),
        ("file", ("图.zzz", b"x")),
    ]
    reply = desk.post("shen", "/app/knowledge/upload", files=files)
    page = wait_for(desk, reply.headers["location"])
    assert "新增 2 · 更新 0 · 未变 0 · 删除 0 · 失败 1" in page
    assert "格式读不了,请转换后再传" in page
    assert "<img" not in desk.get("shen", reply.headers["location"]).text.replace('<img src="/pages', "")
    assert "图.zzz" in desk.page("shen", "/app/knowledge/failures")
    again = [("file", ("新政策.md", "# 新政策\n\n年付八五折。\n".encode()))]
    wait_for(desk, desk.post("shen", "/app/knowledge/upload", files=again).headers["location"])
    id = desk.id_of("新政策.md")
    compared = desk.page("shen", f"/app/knowledge/{id}?version=2&against=1")
    assert re.search(r"<del>.*年付九折。</del>", compared)
    assert re.search(r"<ins>.*年付八五折。</ins>", compared)
    assert "不是当前版本" in desk.page("du", f"/app/knowledge/{id}?version=1")
    assert desk.post("shen", f"/app/knowledge/{id}/deletion", data={"version": 2}).status_code == 422
    assert desk.post("shen", f"/app/knowledge/{id}/deletion", data={"version": 1, "sure": "yes"}).status_code == 409
    gone = desk.post("shen", f"/app/knowledge/{id}/deletion", data={"version": 2, "sure": "yes"})
    assert gone.headers["location"] == "/app/knowledge?done=deleted"
    assert "已经删除" in desk.page("du", f"/app/knowledge/{id}?version=2")
    assert desk.get("du", f"/app/knowledge/{id}").status_code == 404


def test_what_cannot_be_sent_is_said_on_the_form(desk: Desk) -> None:
    nothing = desk.post("shen", "/app/knowledge/upload", files=[("file", ("", b""))])
    assert (nothing.status_code, "请先选择文件" in nothing.text) == (422, True)
    twice = [("file", ("a.md", b"x")), ("file", ("a.md", b"y"))]
    assert "Two files are called" in desk.post("shen", "/app/knowledge/upload", files=twice).text
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\ncut off'
    cut = desk.post(
        "shen", "/app/knowledge/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert (cut.status_code, "is cut off" in cut.text) == (422, True)
    large = desk.post(
        "shen",
        "/app/knowledge/upload",
        content=b"",
        headers={"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(10**12)},
    )
    assert (large.status_code, "请分批上传" in large.text) == (413, True)
    assert desk.post("lin", "/app/knowledge/upload", files=twice).status_code == 403


@pytest.mark.parametrize("address", ["/etc/passwd", "file:///etc/passwd", "", "javascript:alert(1)", "https://a\x00b"])
def test_only_addresses_of_the_web_are_fetched(desk: Desk, address: str) -> None:
    reply = desk.post("shen", "/app/knowledge/address", data={"address": address})
    assert reply.status_code == 422
    assert "开头的网址" in reply.text


def test_an_address_inside_is_refused_with_its_reason(desk: Desk) -> None:
    reply = desk.post("shen", "/app/knowledge/address", data={"address": "http://127.0.0.1:1/x"})
    page = wait_for(desk, reply.headers["location"])
    assert "address_forbidden" in page
    assert "这个地址不允许访问" in page


def test_an_ingestion_nobody_knows_says_why(desk: Desk) -> None:
    reply = desk.get("shen", "/app/knowledge/ingestions/0123")
    assert reply.status_code == 404
    assert "服务重启后" in reply.text


def test_failures_are_tried_again(desk: Desk) -> None:
    reply = desk.post("shen", "/app/knowledge/failures/retry")
    assert "格式读不了" in wait_for(desk, reply.headers["location"])


def test_the_map_shows_tiles_and_their_documents(desk: Desk) -> None:
    page = desk.page("du", "/app/map?stage=onboarding&topic=C")
    assert 'href="/app/map?stage=onboarding&topic=C#documents" aria-current="true"' in page
    assert f'href="/app/knowledge/{desk.id_of("onboarding.md")}">上手打法' in page
    assert "Success plans and onboarding" in desk.page("du", "/app/map?stage=x&topic=y", "en")


def test_nothing_of_the_attack_lists_runs_in_any_place(desk: Desk, shared: Path, tmp_path: Path) -> None:
    lines = (shared / "data" / "attacks" / "xss.jsonl").read_text(encoding="utf-8").splitlines()[::3]
    texts = [json.loads(line)["text"] for line in lines]
    records = tmp_path / "attacks.jsonl"
    made = ({"id": f"a{n}", "title": text[:200], "text": f"{text}\n\n正文。"} for n, text in enumerate(texts))
    records.write_text("".join(json.dumps(one) + "\n" for one in made), encoding="utf-8")
    desk.application.indexing.ingest([str(records)], corpus=False)
    pages = [f"/app/knowledge?page={n}" for n in range(1, 5)]
    pages += [f"/app/knowledge/{desk.id_of(f'a{n}')}?quote=0-{len(texts[n])}" for n in range(0, len(texts), 3)]
    for path in pages:
        assert dangers(desk.get("shen", path).text) == []
    assert len(texts) > 50
