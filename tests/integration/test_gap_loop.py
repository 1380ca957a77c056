"""The loop from a question that nothing answers to the notice of whoever asked it: over HTTP, on real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from copilot.cli.evaluate import Options, kept_cases
from copilot.cli.knowledge import add_gap_answer, add_knowledge_commands, add_notices, hint_at_notices
from copilot.curating.gap import GapStatus
from copilot.errors import InvalidRequest
from copilot.evaluation.case import Case, read_cases
from copilot.interfaces.local import LocalCopilot
from copilot.people.person import Role
from knowledge.document import Audience
from knowledge.errors import IndexUnavailable
from tests.databases import AddressOf
from tests.integration.gap_office import ALSO, ANSWER, ASKED, Office, opened_office


@pytest.fixture
def office(home: Path, database: AddressOf, knowledge_folder: Path) -> Iterator[Office]:
    with opened_office(home, knowledge_folder) as opened:
        yield opened


@pytest.mark.databases
def test_from_an_abstained_question_to_the_notice_of_everybody_who_asked(office: Office) -> None:
    refused = office.draft(answer=f"{ANSWER}不清楚就打小陈手机 138-0013-8000。")
    assert (refused["http"], refused["code"]) == (422, "answer_personal_data")
    assert "138****8000" in refused["detail"]
    assert office.call("curator", "GET", "/v1/drafts")["drafts"] == []
    draft = office.draft()
    assert (draft["http"], draft["kind"], draft["status"], draft["findings"]) == (201, "knowledge", "open", [])
    assert ALSO in draft["content"]
    gap = office.gaps.get(office.gap)
    assert gap is not None
    assert (gap.status, gap.draft_id) == (GapStatus.DRAFTED, draft["id"])
    assert office.decide(draft["id"], "expert")["code"] == "not_permitted"
    assert office.notices("wang") == []
    decided = office.decide(draft["id"])
    assert (decided["http"], decided["status"]) == (200, "delivered")
    answered = office.ask("wang")
    assert answered["status"] == "answered"
    (citation,) = answered["citations"][:1]
    assert citation["quote"] in ANSWER
    assert (citation["kind"], citation["version"], citation["stale"]) == ("faq", 1, False)
    shown = office.call("wang", "GET", f"/v1/documents/{citation['document_id']}")
    assert (shown["verification"]["state"], shown["verification"]["owner"]) == ("verified", "expert")
    assert shown["verification"]["verified_by"] == "curator"
    for who, question in (("wang", ASKED), ("li", ALSO)):
        (notice,) = office.notices(who)
        assert (notice["question"], notice["document_id"]) == (question, citation["document_id"])
        assert question in notice["text"]
        assert "续费发票的税率是 6%" in notice["text"]
        assert office.call(who, "POST", f"/v1/notices/{notice['id']}/seen")["http"] == 200
        assert office.notices(who) == []
        assert len(office.notices(who, unseen=False)) == 1
    assert office.notices("expert") == []
    (kept,) = office.call("curator", "GET", "/v1/knowledge/questions")["questions"]
    assert (kept["question"], kept["documents"]) == (ASKED, [citation["document_id"]])
    assert kept["gold"][0]["quote"] in ANSWER
    answered_gap = office.gaps.get(office.gap)
    assert answered_gap is not None
    assert (answered_gap.status, answered_gap.published_id) == (GapStatus.ANSWERED, citation["document_id"])
    actions = [entry.event.action for entry in office.application.audit.entries()]
    assert [one for one in actions if one.startswith(("draft.", "knowledge."))] == [
        "draft.created",
        "draft.approved",
        "knowledge.published",
    ]


def test_killed_between_approval_and_indexing_it_is_done_later_and_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> None:
        raise IndexUnavailable("The index is down.")

    draft = office.draft()
    with monkeypatch.context() as broken:
        broken.setattr(office.application.indexing, "sync_approved", down)
        assert office.decide(draft["id"])["status"] == "approved"
    (waiting,) = office.call("curator", "GET", "/v1/knowledge")["publications"]
    assert (waiting["status"], waiting["attempts"], waiting["code"]) == ("queued", 1, "index_unavailable")
    assert office.notices("wang") == []
    assert office.decide(draft["id"])["outcome"] in ("repeated", "already_decided")  # too early for the next try
    publishing = office.application.publishing
    publishing._now = lambda: datetime(2099, 1, 1, tzinfo=UTC)
    assert publishing.step()
    assert not publishing.step()
    assert [len(office.notices(who)) for who in ("wang", "li")] == [1, 1]
    assert len([one for one in office.application.store.summaries() if one.origin == "approved"]) == 1


def test_drafting_and_approving_twice_and_by_two_curators_publishes_once(office: Office) -> None:
    office.join("second", Role.CURATOR)
    assert office.call("expert", "POST", "/v1/gaps/none/draft", json={"answer": ANSWER})["code"] == "unknown_gap"
    keyed = office.keys["expert"] | {"Idempotency-Key": "k-1"}
    draft, again = (
        office.client.post(f"/v1/gaps/{office.gap}/draft", json={"answer": ANSWER}, headers=keyed).json()
        for _ in range(2)
    )
    assert draft["id"] == again["id"]
    first = office.decide(draft["id"])
    assert first["outcome"] == "decided"
    assert office.decide(draft["id"])["outcome"] == "repeated"
    assert office.decide(draft["id"], "second")["outcome"] == "already_decided"
    assert len(office.notices("wang")) == 1
    (published,) = office.call("curator", "GET", "/v1/knowledge")["publications"]
    assert (published["status"], published["version"]) == ("published", 1)


def test_who_lost_access_is_not_told_and_sees_nothing(office: Office) -> None:
    office.join("zhao", Role.READER, groups=("财务",))
    office.miss("zhao", ASKED)
    draft = office.draft(groups=["财务"])
    assert office.call("li", "GET", f"/v1/drafts/{draft['id']}")["code"] == "unknown_draft"
    assert office.decide(draft["id"])["status"] == "delivered"
    assert office.notices("wang") == []
    assert len(office.notices("zhao")) == 1
    office.call("owner", "PATCH", "/v1/people/zhao", json={"groups": []})
    assert office.notices("zhao") == []


def test_a_curator_sees_no_drafts_about_accounts(office: Office) -> None:
    office.call("li", "PUT", "/v1/accounts/k1", json={"type": "account", "name": "北辰连锁", "kp": [{"name": "张三"}]})
    made = office.call("li", "POST", "/v1/drafts", json={"kind": "customer_message", "account_id": "k1"})
    assert made["http"] == 201
    assert office.call("curator", "GET", "/v1/drafts")["drafts"] == []
    assert office.call("curator", "GET", f"/v1/drafts/{made['id']}")["code"] == "unknown_draft"
    office.decide(made["id"], "li")
    sent = office.call("li", "POST", f"/v1/drafts/{made['id']}/deliveries", json={"channel": "file", "destination": ""})
    assert sent["http"] < 300, sent
    for path in ("/v1/deliveries", f"/v1/drafts/{made['id']}/deliveries"):
        assert office.call("curator", "GET", path)["deliveries"] == []
        assert len(office.call("li", "GET", path)["deliveries"]) == 1
    assert office.call("curator", "GET", f"/v1/deliveries/{sent['id']}")["code"] == "unknown_delivery"
    refused = office.call("curator", "POST", "/v1/drafts", json={"kind": "customer_message", "account_id": "k1"})
    assert refused["code"] == "not_permitted"
    named = office.draft(answer="张三的合同单独给 7 折,其他家不行。")
    assert named["code"] == "answer_account_specific"
    assert office.draft(answer="把 11010519491231002X 填到备注里就行")["code"] == "answer_personal_data"


def test_an_edited_revision_is_checked_and_replaces_what_was_published(office: Office) -> None:
    draft = office.draft()
    bad = draft["content"].replace("3 个工作日", "找 13800138000 问,3 个工作日")
    path = f"/v1/drafts/{draft['id']}/revisions"
    edited = office.call("expert", "POST", path, json={"content": bad, "based_on": 1})
    assert [one["code"] for one in edited["findings"]] == ["answer_personal_data"]
    assert office.decide(draft["id"], revision=2)["code"] == "answer_personal_data"
    good = draft["content"].replace("3 个工作日", "5 个工作日")
    office.call("expert", "POST", path, json={"content": good, "based_on": 2})
    assert office.decide(draft["id"], revision=3)["status"] == "delivered"
    better = good.replace("5 个工作日", "2 个工作日")
    office.call("expert", "POST", path, json={"content": better, "based_on": 3})
    assert office.decide(draft["id"], revision=4)["status"] == "delivered"
    answered = office.ask("wang")
    assert "2 个工作日" in answered["answer"]
    (kept,) = office.call("curator", "GET", "/v1/knowledge/questions")["questions"]
    assert "2 个工作日" in kept["gold"][0]["quote"]
    assert answered["citations"][0]["version"] == 2
    assert len(office.notices("wang")) == 1
    shown = office.call("wang", "GET", f"/v1/documents/{answered['citations'][0]['document_id']}")
    assert shown["verification"]["state"] == "verified"  # on the same day, with other words


def test_a_rejected_draft_publishes_nothing_and_opens_the_gap(office: Office) -> None:
    older = office.draft()
    newer = office.draft(answer=f"{ANSWER}逾期按次月处理。")
    assert office.decide(older["id"])["code"] == "gap_closed"
    assert office.decide(newer["id"], decision="reject")["status"] == "rejected"
    gap = office.gaps.get(office.gap)
    assert gap is not None
    assert gap.status is GapStatus.OPEN
    assert office.ask("wang")["status"] == "abstained"


def test_a_pinned_answer_comes_back_as_it_stands_until_its_document_changes(office: Office) -> None:
    draft = office.draft(pin=True, valid_until="2099-01-01")
    office.decide(draft["id"])
    answered = office.ask("wang", "续费时,发票的税率是多少?")
    assert (answered["status"], answered["composer"]) == ("answered", "curated")
    assert answered["answer"] == f"{ANSWER} [1]"
    assert answered["citations"][0]["quote"] == ANSWER
    assert "curator" in answered["explanation"]
    assert office.ask("wang", "续费时发票的税率不是多少")["composer"] != "curated"
    (pin, *_) = office.call("curator", "GET", "/v1/knowledge")["pins"]
    assert pin["state"] == "holds"
    path = f"/v1/drafts/{draft['id']}/revisions"
    edited = draft["content"].replace("3 个", "4 个")
    office.call("expert", "POST", path, json={"content": edited, "based_on": 1})
    inputs_pin_again = office.decide(draft["id"], revision=2)
    assert inputs_pin_again["status"] == "delivered"
    assert office.ask("wang")["composer"] == "curated"  # the approval of the new text has looked at it
    document = pin["document_id"]
    office.call("expert", "DELETE", f"/v1/knowledge/{document}/pin")
    assert office.ask("wang")["composer"] == "extractive"
    assert office.call("wang", "PUT", f"/v1/knowledge/{document}/pin", json={})["code"] == "not_permitted"
    assert office.call("expert", "PUT", f"/v1/knowledge/{document}/pin", json={})["questions"][0] == ASKED
    assert office.ask("wang")["composer"] == "curated"


def test_a_second_answer_joins_a_document_that_was_approved_here(office: Office) -> None:
    voided = "续费发票开错了怎么作废"
    other = office.observe("wang", voided)
    first = office.draft(pin=True)
    office.decide(first["id"])
    document = office.ask("wang")["citations"][0]["document_id"]
    body = {"answer": "当月内在后台点作废重开,跨月的由财务红冲后再开一张。", "document_id": document}
    second = office.call("expert", "POST", f"/v1/gaps/{other}/draft", json=body)
    assert office.decide(second["id"], "expert")["status"] == "delivered"  # the owner of the document it joins
    narrower = office.call("expert", "POST", f"/v1/gaps/{other}/draft", json=body | {"groups": ["财务"]})
    assert narrower["code"] == "invalid_request"
    answered = office.ask("wang", voided)
    assert (answered["citations"][0]["document_id"], answered["citations"][0]["version"]) == (document, 2)
    assert "红冲" in answered["answer"]
    assert ANSWER in office.call("wang", "GET", f"/v1/documents/{document}")["text"]
    assert office.ask("wang")["composer"] == "extractive"  # nobody has looked at the pinned part of version 2
    assert {one["state"] for one in office.call("curator", "GET", "/v1/knowledge")["pins"]} == {"new_version"}


def test_a_withdrawn_document_is_gone_and_its_gap_open(office: Office) -> None:
    draft = office.draft(pin=True)
    office.decide(draft["id"])
    document = office.ask("wang")["citations"][0]["document_id"]
    gone = office.call("curator", "DELETE", f"/v1/knowledge/{document}")
    assert (gone["status"], gone["gaps"]) == ("withdrawn", [office.gap])
    assert office.ask("wang")["status"] == "abstained"
    assert office.notices("wang", unseen=False) == []
    gap = office.gaps.get(office.gap)
    assert gap is not None
    assert gap.status is GapStatus.OPEN
    assert office.call("curator", "GET", "/v1/knowledge")["publications"][0]["status"] == "withdrawn"
    assert office.call("wang", "GET", "/v1/knowledge")["publications"] == []
    again = office.draft()
    office.decide(again["id"])
    assert len(office.notices("wang")) == 1  # the answer they were told of is gone, this is another
    assert office.call("curator", "GET", "/v1/knowledge/questions")["questions"] != []


def test_the_loop_on_the_command_line(office: Office, tmp_path: Path) -> None:
    @contextmanager
    def opened() -> Iterator[LocalCopilot]:
        yield office.application.copilot

    app, gaps, knowledge = typer.Typer(), typer.Typer(), typer.Typer()
    add_gap_answer(gaps, opened)
    add_knowledge_commands(knowledge, opened)
    add_notices(app, opened)
    app.add_typer(gaps, name="gaps")
    app.add_typer(knowledge, name="knowledge")

    def run(*arguments: str, input: str | None = None) -> str:
        done = CliRunner().invoke(app, list(arguments), input=input, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    office.miss("owner", ASKED)
    gap = office.gap
    file = f"faq-{gap}.md"
    draft = json.loads(run("gaps", "answer", gap, "--text", "-", "--pin", "--json", input=ANSWER))
    assert office.decide(draft["id"])["status"] == "delivered"
    hint_at_notices(office.application.copilot)
    assert ASKED in run("notices", "--keep")
    assert file in run("notices")
    assert "No news" in run("notices")
    kept = tmp_path / "kept.jsonl"
    run("knowledge", "questions", "--out", str(kept))
    (case,) = read_cases(kept.read_bytes(), "kept")
    assert isinstance(case, Case)
    assert (case.question, case.answerable, len(case.quotes)) == (ASKED, True, 1)
    options = Options(
        k=10, search_only=True, audience=Audience.INTERNAL, sample=None, seed=0, json=True, out=None, gate=None
    )
    assert kept_cases(office.application.copilot, options) == [case]
    assert "published" in run("knowledge", "list")
    assert ASKED in run("knowledge", "pin", file, "--valid-until", "2099-01-01")
    assert "unpinned" in run("knowledge", "unpin", file)
    assert gap in run("knowledge", "withdraw", file)
    assert office.application.copilot.knowledge.questions().questions == []
    with pytest.raises(InvalidRequest):
        kept_cases(office.application.copilot, options)
