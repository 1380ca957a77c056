"""Evaluations are begun from a page, kept, drawn over time and looked into."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from copilot.interfaces.evaluation_contract import EvaluationBody
from tests.integration.keeping_desk import Desk, dangers, opened_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("desk")
    (root / "docs").mkdir()
    (root / "docs" / "a.md").write_text("# 试用\n\n试用一般给 7 天。\n")
    with opened_desk(root / "home", root / "docs") as opened:
        yield opened


def ended(desk: Desk) -> str:
    ends = time.monotonic() + 120
    while (run := desk.get("shen", "/v1/evaluations/run").json())["status"] == "running":
        assert time.monotonic() < ends
        time.sleep(0.05)
    return str(run["status"])


def body(desk: Desk, **changed: object) -> EvaluationBody:
    found = desk.application.copilot.evaluations
    return found.show(found.list().evaluations[-1].id).model_copy(update={"id": "", **changed})


def test_without_kept_questions_the_page_says_what_to_do(desk: Desk) -> None:
    assert "还没有评测" in desk.page("shen", "/app/evaluations")
    assert desk.post("shen", "/app/evaluations", data={"questions": "kept"}).status_code == 303
    assert ended(desk) == "failed"
    page = desk.page("shen", "/app/evaluations")
    assert "上一次评测没有完成" in page
    assert "Answer a gap first" in page


def test_a_run_is_kept_with_its_figures_and_worst_questions(desk: Desk) -> None:
    assert desk.post("shen", "/app/evaluations", data={"questions": "shipped"}).status_code == 303
    if desk.get("shen", "/v1/evaluations/run").json()["status"] == "running":
        assert desk.post("wen", "/app/evaluations", data={"questions": "shipped"}).status_code == 409
    assert ended(desk) == "finished"
    (run,) = desk.get("shen", "/v1/evaluations").json()["evaluations"]
    assert (run["person"], run["questions"], run["errors"]) == ("shen", 100, 0)
    page = desk.page("shen", f"/app/evaluations/{run['id']}")
    assert "有答案却拒答" in page
    assert "<svg" in page
    assert desk.application.copilot.gaps.list(None, mine=False).gaps == []


def test_a_run_is_cancelled_and_nothing_of_it_kept(desk: Desk) -> None:
    before = len(desk.get("shen", "/v1/evaluations").json()["evaluations"])
    desk.post("shen", "/app/evaluations", data={"questions": "shipped"})
    desk.post("shen", "/app/evaluations/cancel")
    assert ended(desk) == "cancelled"
    assert "没有保存结果" in desk.page("shen", "/app/evaluations")
    assert len(desk.get("shen", "/v1/evaluations").json()["evaluations"]) == before


def test_figures_are_drawn_over_time_for_runs_of_the_same_questions(desk: Desk) -> None:
    first = body(desk)
    evil = first.model_copy(update={"sets": ['"><script>alert(1)</script>'], "sample": None})
    kept = desk.post("shen", "/v1/evaluations", json=evil.model_dump(mode="json"))
    assert kept.status_code == 201
    assert "变化" not in desk.page("shen", "/app/evaluations?sets=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    earlier = first.model_copy(update={"at": first.at - timedelta(days=1)})
    assert desk.post("shen", "/v1/evaluations", json=earlier.model_dump(mode="json")).status_code == 201
    for path in ("/app/evaluations", f"/app/evaluations/{kept.json()['id']}"):
        assert dangers(desk.get("shen", path).text.replace("<svg", "<i")) == []
    page = desk.page("shen", "/app/evaluations?sets=answerable, unanswerable (100)")
    assert page.count("图中数据") >= 2


@pytest.mark.parametrize(
    "wrong", [{"figures": {"x": {"value": 7, "low": 0, "high": 1, "n": 1}}}, {"id": "../../x"}, {"sets": ["\x00"]}]
)
def test_what_is_no_evaluation_is_not_kept(desk: Desk, wrong: dict[str, object]) -> None:
    sent = body(desk).model_dump(mode="json") | wrong
    assert desk.post("shen", "/v1/evaluations", json=sent).status_code == 422


def test_only_those_who_keep_the_knowledge_see_them(desk: Desk) -> None:
    for who in ("lin", "gao"):
        assert desk.get(who, "/app/evaluations").status_code == 403
        assert desk.get(who, "/v1/evaluations").status_code == 403
    assert desk.get("shen", "/app/evaluations/none").status_code == 404
