"""Commands, buttons, modals and App Home: the real app over real HTTP, one workspace for all tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk.socket_mode.request import SocketModeRequest

from copilot.approval.decision import Verdict
from copilot.audit.surface import Surface
from copilot.bootstrap import open_application
from copilot.interfaces.draft_contract import DraftDecisionBody
from copilot.interfaces.people_contract import NewPersonBody
from copilot.interfaces.slack.claims import Claim, ClaimStatus
from copilot.people.caller import the_owner
from copilot.people.pace import Pacing
from copilot.people.person import Role
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.slack_server import broken, buttons, refuses, slack_server
from tests.doubles.slack_world import Json
from tests.integration.conftest import FAQ, PLAYBOOK
from tests.slack_stage import Stage, a_workspace, slack_settings, stage_of, wait_for

CORPUS = Path(__file__).parents[2] / "knowledge" / "corpus"
PLAYBOOKS = ("success-plan-quick-win", "first-value-after-signing", "show-value-to-kp")
RECORD = {
    "id": "a1",
    "name": "青禾烘焙",
    "annual_fee_cny": 120_000,
    "lifecycle_stage": "onboarding",
    "days_since_signing": 25,
    "first_value_delivered": False,
    "owner": "li",
    "kp": [{"name": "何店长"}],
    "notes": "想一次全上 老板问钱花哪了",
}
PLACE = {"channel": "C0SALES", "ts": "1.0"}


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests share one workspace and two people, who ask more in a minute than anybody does.

    The pace has tests of its own (`test_pace.py`).
    """
    monkeypatch.setattr(Pacing, "take", lambda _self, _person, _work: 0)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "renewal.md").write_text(
        PLAYBOOK.replace("kind: playbook", "kind: playbook\nowner: li"), encoding="utf-8"
    )
    (folder / "trial.md").write_text(FAQ, encoding="utf-8")
    for name in PLAYBOOKS:
        shutil.copy(CORPUS / "playbooks" / f"playbook-{name}.md", folder)
    home = tmp_path_factory.mktemp("home")
    with (
        slack_server(a_workspace()) as server,
        open_application(slack_settings(home, server.api_url), embedder=HashingEmbedder()) as application,
    ):
        application.indexing.ingest([str(folder)], corpus=False)
        owner = the_owner(Surface.CLI)
        application.copilot.people.of(owner).add(
            NewPersonBody(id="li", name="Li", email="li@ours.example", roles=[Role.FRONTLINE])
        )
        application.copilot.accounts.put("a1", RECORD)
        with stage_of(application, server) as made:
            yield made
        assert server.world.violations == []


def shown(message: Json) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


def command(stage: Stage, user: str, text: str, channel: str = "C0SALES") -> Json:
    before = len(stage.server.world.responses)
    assert stage.sender.command(channel, user, text)[0] == 200
    return stage.response(before)


def click(stage: Stage, user: str, action: Json, message: Json | None = None, *, ephemeral: bool = False) -> None:
    assert stage.sender.click(user, action, message, ephemeral=ephemeral)[0] == 200


def opened(stage: Stage, user: str, action: Json, message: Json) -> Json:
    before = len(stage.server.world.views)
    click(stage, user, action, message)
    return stage.view(before)


def feedback_of(stage: Stage, answer_id: str) -> list[Any]:
    assert stage.application.slack is not None
    running = stage.application.slack._running
    assert running is not None
    return list(running.app._desk.kept.about("feedback", answer_id))


def test_help_and_unknown_commands_are_told_privately(stage: Stage) -> None:
    assert "/copilot plan" in shown(command(stage, "U0WANG", ""))
    assert "fly" in shown(command(stage, "U0WANG", "fly"))


def test_a_calculator_computes_and_says_what_it_needs(stage: Stage) -> None:
    assert "ltv" in shown(command(stage, "U0WANG", "calc"))
    assert "2.5" in shown(command(stage, "U0WANG", "calc ue ltv=30000 cac=12000"))
    assert "no NAME=VALUE" in shown(command(stage, "U0WANG", "calc ue ltv"))
    assert "unknown_calculator" in shown(command(stage, "U0WANG", "calc nothing a=1"))


def test_cases_are_matched_and_accounts_need_the_role(stage: Stage) -> None:
    assert "blocks" in command(stage, "U0WANG", "case 制造业 苏州")
    refused = shown(command(stage, "U0WANG", "next a1"))
    assert "not_permitted" in refused
    assert "not_permitted" in shown(command(stage, "U0WANG", "plan a1"))


def test_advice_is_accepted_put_off_and_rejected_with_a_reason(stage: Stage) -> None:
    advice = command(stage, "U0LI", "next 青禾烘焙")
    pressed = buttons(advice["blocks"])
    before = len(stage.server.world.responses)
    click(stage, "U0LI", pressed["suggestion_accept_0"], PLACE, ephemeral=True)
    changed = stage.response(before)
    assert changed["replace_original"] is True
    assert "已采纳 · Li" in shown(changed)

    before = len(stage.server.world.views)
    click(stage, "U0LI", pressed["suggestion_reject_1"], PLACE, ephemeral=True)
    view = stage.view(before)
    status, body = stage.sender.submit("U0LI", view, {})
    assert (status, json.loads(body)["response_action"]) == (200, "errors")
    status, body = stage.sender.submit("U0LI", view, {"reason": "老板刚换了人"})
    assert (status, body) == (200, b"")
    rejected = stage.application.copilot.advices.rejected(None, None, 10).rejections
    assert [one.reason for one in rejected] == ["老板刚换了人"]


def test_a_click_changes_ones_own_advice_and_never_shows_that_of_another(stage: Stage) -> None:
    stage.server.world.user("U0ZHAO", "zhao", email="zhao@ours.example", locale="en-US")
    owner = stage.application.copilot.people.of(the_owner(Surface.CLI))
    owner.add(NewPersonBody(id="zhao", name="Zhao", email="zhao@ours.example", roles=[Role.FRONTLINE]))
    hers = command(stage, "U0LI", "next a1")
    pressed = buttons(hers["blocks"])
    assert "Next best actions" in shown(command(stage, "U0ZHAO", "next a1"))
    before = len(stage.server.world.responses)
    click(stage, "U0LI", pressed["suggestion_later_0"], PLACE, ephemeral=True)
    changed = stage.response(before)
    sections = [[one for one in message["blocks"] if one["type"] == "section"] for message in (hers, changed)]
    assert sections[0] == sections[1]  # in her words and with her sources, though Zhao asked last
    assert "以后再说 · Li" in shown(changed)


def test_a_plan_is_edited_approved_and_delivered_in_the_direct_messages(stage: Stage) -> None:
    assert "私聊" in shown(command(stage, "U0LI", "plan a1"))
    message = wait_for(lambda: next(iter(stage.server.world.ours("D0LI")[-1:]), None))
    assert {"draft_approve", "draft_edit", "draft_reject"} <= set(buttons(message["blocks"]))

    view = opened(stage, "U0LI", buttons(message["blocks"])["draft_edit"], message)
    first = next(block for block in view["blocks"] if block["type"] == "input")
    written = first["element"]["initial_value"] + "\n\n请先看这一行。"
    assert stage.sender.submit("U0LI", view, {first["block_id"]: written}) == (200, b"")
    wait_for(lambda: True if message.get("edits", 0) >= 1 else None)
    assert buttons(message["blocks"])["draft_approve"]["value"].endswith(":2")

    stale = {"action_id": "draft_approve", "value": buttons(message["blocks"])["draft_approve"]["value"][:-1] + "1"}
    before = len(stage.server.world.responses)
    click(stage, "U0LI", stale, message)
    assert "stale_revision" in shown(stage.response(before))

    click(stage, "U0LI", buttons(message["blocks"])["draft_approve"], message)
    wait_for(lambda: True if "已批准" in shown(message) else None)
    view = opened(stage, "U0LI", buttons(message["blocks"])["draft_deliver"], message)
    sent = {"channel": "slack", "destination": "#desk"}
    assert stage.sender.submit("U0LI", view, sent) == (200, b"")
    stage.application.worker.start()
    arrived = wait_for(lambda: next(iter(stage.server.world.ours("C0DESK")), None), 20)
    assert arrived["metadata"]["event_payload"]["key"]
    draft = buttons(message["blocks"])["draft_deliver"]["value"].split(":")[0]
    (delivery,) = stage.application.copilot.deliveries.of(draft).deliveries
    assert (delivery.channel, delivery.destination) == ("slack", "#desk")


def test_a_draft_is_rejected_with_a_reason_and_changed_in_words(stage: Stage) -> None:
    stage.application.copilot.drafts.as_caller("li", Surface.APP)
    command(stage, "U0LI", "plan a1")
    message = stage.server.world.ours("D0LI")[-1]
    changed = stage.ask("D0LI", "U0LI", "里程碑一推迟一周", thread=message["ts"])
    said = stage.answer_to(changed)
    assert said["thread_ts"] == message["ts"]
    view = opened(stage, "U0LI", buttons(message["blocks"])["draft_reject"], message)
    assert stage.sender.submit("U0LI", view, {"reason": "还没和客户谈过"}) == (200, b"")
    wait_for(lambda: True if "还没和客户谈过" in shown(message) else None)


def test_feedback_why_and_choices(stage: Stage) -> None:
    question = stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
    answer = stage.answer_to(question)
    pressed = buttons(answer["blocks"])
    id = pressed["show_why"]["value"]
    view = opened(stage, "U0LI", pressed["show_why"], answer)
    assert view["callback_id"] == "why"

    before = len(stage.server.world.responses)
    click(stage, "U0WANG", pressed["feedback"], answer)
    assert "Thank you" in shown(stage.response(before))
    view = opened(stage, "U0LI", pressed["feedback"] | {"value": f"{id}:down"}, answer)
    assert json.loads(stage.sender.submit("U0LI", view, {})[1])["response_action"] == "errors"
    assert stage.sender.submit("U0LI", view, {"reason": "outdated", "comment": "问新同事"}) == (200, b"")
    assert [one.body["reason"] for one in feedback_of(stage, id)] == ["outdated"]
    view = opened(stage, "U0WANG", pressed["feedback"] | {"value": f"{id}:down"}, answer)
    assert stage.sender.submit("U0WANG", view, {"reason": "incomplete", "comment": "谁来签"}) == (200, b"")
    details = [
        stage.application.copilot.gaps.show(one.id)
        for one in stage.application.copilot.gaps.list(None, mine=False).gaps
    ]
    (said,) = [one for gap in details for one in gap.seen if one.answer_id == id]
    assert (said.kind, said.reason, said.comment) == ("downvoted", "incomplete", "谁来签")

    hello = stage.answer_to(stage.ask("C0SALES", "U0WANG", "你好"))
    chosen = next(one for name, one in buttons(hello["blocks"]).items() if name.startswith("choice_"))
    count = len(stage.server.world.ours("C0SALES"))
    for _ in range(2):
        click(stage, "U0WANG", chosen, hello)
    wait_for(lambda: True if len(stage.server.world.ours("C0SALES")) > count else None)


def test_the_owner_hears_of_a_question_from_direct_messages_and_from_a_channel_without_them(stage: Stage) -> None:
    stage.server.world.channel("C0WANG", ["U0WANG"], name="wang")
    for place in ("D0WANG", "C0WANG"):
        answer = stage.answer_to(stage.ask(place, "U0WANG", "续费团队的差旅额度是多少"))
        before = len(stage.server.world.ours("D0LI"))
        told = len(stage.server.world.responses)
        stage.server.fail("chat.postMessage", broken(done=True))
        click(stage, "U0WANG", buttons(answer["blocks"])["ask_expert"], answer)
        asked = wait_for(lambda: next(iter(stage.server.world.ours("D0LI")[before:]), None))  # noqa: B023
        assert "answer_gap" in buttons(asked["blocks"])
        assert "请教" in shown(stage.response(told)) or "expert" in shown(stage.response(told))
        assert len(stage.server.world.ours("D0LI")) == before + 1
    assert not any("answer_gap" in buttons(one["blocks"]) for one in stage.server.world.ours("D0WANG"))
    assert any("answer_gap" in buttons(one["blocks"]) for one in stage.server.world.ours("C0WANG"))


def test_what_nobody_answers_goes_to_the_owner_and_becomes_knowledge(stage: Stage) -> None:
    question = stage.ask("C0SALES", "U0WANG", "续费团队的提成比例是多少")
    answer = stage.answer_to(question)
    pressed = buttons(answer["blocks"])
    assert "ask_expert" in pressed
    for _ in range(2):
        click(stage, "U0WANG", pressed["ask_expert"], answer)
    asked = wait_for(
        lambda: next(
            (one for one in stage.server.world.ours("C0SALES") if "answer_gap" in buttons(one["blocks"])), None
        )
    )
    assert asked["thread_ts"] == question["ts"]
    view = opened(stage, "U0LI", buttons(asked["blocks"])["answer_gap"], asked)
    assert "提成比例" in shown(view)
    assert stage.sender.submit("U0LI", view, {"answer": "按回款的百分之三。"}) == (200, b"")
    wait_for(lambda: next((one for one in stage.server.world.ours("D0LI") if "知识草稿" in one["text"]), None))
    gap = next(one for one in stage.application.copilot.gaps.list(None, mine=False).gaps if "提成比例" in one.question)
    assert (gap.status, gap.observations, gap.askers) == ("drafted", 1, 1)
    assert gap.draft_id is not None
    assert "百分之三" in stage.application.copilot.drafts.show(gap.draft_id).content
    opening = {"type": "app_home_opened", "user": "U0LI", "tab": "home", "channel": "D0LI"}
    assert stage.sender.event(stage.sender.envelope(opening))[0] == 200
    wait_for(lambda: True if "提成比例" in shown(stage.server.world.homes.get("U0LI") or {"blocks": []}) else None)
    stage.server.world.homes.clear()
    approve = DraftDecisionBody(decision=Verdict.APPROVE, revision=1)
    decided = stage.application.copilot.drafts.as_caller("li", Surface.APP).decide(gap.draft_id, approve)
    assert decided.status == "delivered"
    stage.application.worker.start()
    told = wait_for(
        lambda: next(
            (one for one in stage.server.world.ours("D0WANG") if "提成比例" in one["text"] + shown(one)), None
        ),
        20,
    )
    assert "百分之三" in shown(told)


def test_what_a_message_has_no_room_for_comes_as_a_file(stage: Stage) -> None:
    files = stage.server.world.files
    before = len(files)
    command(stage, "U0LI", "plan a1")
    sent = wait_for(lambda: files[before:] if len(files) >= before + 2 else None)  # the bytes, then where they go
    assert "何店长" in sent[0]["content"]
    assert sent[1]["channel_id"] == "D0LI"


def test_a_decision_made_elsewhere_is_told_in_the_messages_about_the_draft(stage: Stage) -> None:
    command(stage, "U0LI", "plan a1")
    message = stage.server.world.ours("D0LI")[-1]
    draft, _ = buttons(message["blocks"])["draft_reject"]["value"].split(":")
    reject = DraftDecisionBody(decision=Verdict.REJECT, revision=1, reason="换个场景再写")
    stage.application.copilot.drafts.as_caller("li", Surface.APP).decide(draft, reject)
    wait_for(lambda: True if "换个场景再写" in shown(message) else None)
    assert "draft_approve" not in buttons(message["blocks"])


def test_what_was_private_is_tried_again_privately(stage: Stage) -> None:
    slack = stage.application.slack
    assert slack is not None
    assert slack._running is not None
    claims = slack._running.app._desk.claims
    now = datetime.now(UTC)
    failed = Claim(
        key="private:x:U0WANG",
        event_id=None,
        kind="click",
        channel="C0SALES",
        thread="1.0",
        ts="1.0",
        person="U0WANG",
        work={"text": "试用一般给多久", "private": True, "after": ""},
        status=ClaimStatus.REFUSED,
        at=now,
        lease=now,
    )
    assert claims.claim(failed)
    said, before = len(stage.server.world.ours("C0SALES")), len(stage.server.world.responses)
    click(stage, "U0LI", {"action_id": "ask_again", "value": failed.key}, PLACE)
    assert "只有提问的人" in shown(stage.response(before))
    click(stage, "U0WANG", {"action_id": "ask_again", "value": failed.key}, PLACE, ephemeral=True)
    assert "1 周" in shown(stage.response(before + 1))
    assert len(stage.server.world.ours("C0SALES")) == said


def test_shortcuts_ask_about_a_message_and_keep_it(stage: Stage) -> None:
    message = stage.server.world.said("C0SALES", "U0WANG", "试用一般给多久")
    before = len(stage.server.world.responses)
    assert stage.sender.shortcut("U0WANG", "ask_about_message", message)[0] == 200
    assert "1 周" in shown(stage.response(before))
    views = len(stage.server.world.views)
    assert stage.sender.shortcut("U0WANG", "save_as_knowledge", message)[0] == 200
    view = stage.view(views)
    assert "试用一般给多久" in shown(view)
    _, body = stage.sender.submit("U0WANG", view, {"question": "  "})
    assert json.loads(body)["response_action"] == "errors"
    refused = json.loads(stage.sender.submit("U0WANG", view, {"question": "试用多久"})[1])
    assert "frontline" in refused["errors"]["answer"]
    views = len(stage.server.world.views)
    assert stage.sender.shortcut("U0LI", "save_as_knowledge", message)[0] == 200
    view = stage.view(views)
    written = {"question": "新人上手一般要几天", "answer": "新人上手要三天,第一天跟访。"}
    assert stage.sender.submit("U0LI", view, written) == (200, b"")
    gap = next(one for one in stage.application.copilot.gaps.list(None, mine=False).gaps if "新人" in one.question)
    assert (gap.status, gap.kinds) == ("drafted", ["raised"])


def test_app_home_shows_my_accounts_and_the_map(stage: Stage) -> None:
    opening = {"type": "app_home_opened", "user": "U0LI", "tab": "home", "channel": "D0LI"}
    assert stage.sender.event(stage.sender.envelope(opening))[0] == 200
    home = wait_for(lambda: stage.server.world.homes.get("U0LI"))
    assert "青禾烘焙" in shown(home)
    pressed = buttons(home["blocks"])
    stage.server.world.homes.clear()
    click(stage, "U0LI", next(one for name, one in pressed.items() if name.startswith("stage_")))
    wait_for(lambda: stage.server.world.homes.get("U0LI"))
    count = len(stage.server.world.ours("D0LI"))
    click(stage, "U0LI", pressed["account_advice_0"])
    wait_for(lambda: True if len(stage.server.world.ours("D0LI")) > count else None)

    opening |= {"tab": "messages"}
    assert stage.sender.event(stage.sender.envelope(opening))[0] == 200
    offered = wait_for(lambda: next(iter(stage.server.world.prompts), None))
    assert "青禾烘焙" in json.dumps(offered, ensure_ascii=False)  # the account of hers that does worst, at its stage
    stage.server.world.prompts.clear()
    opening |= {"user": "U0WANG", "tab": "messages", "channel": "D0WANG"}
    assert stage.sender.event(stage.sender.envelope(opening))[0] == 200
    assert wait_for(lambda: next(iter(stage.server.world.prompts), None))["channel_id"] == "D0WANG"


def test_guests_press_nothing_and_old_buttons_say_so(stage: Stage) -> None:
    before = len(stage.server.world.responses)
    click(stage, "U0GUEST", {"action_id": "show_why", "value": "x"}, PLACE)
    assert "not_permitted" in shown(stage.response(before))
    assert "guest here" in shown(stage.response(before))
    click(stage, "U0LI", {"action_id": "show_why", "value": "gone"}, PLACE)
    assert "message_too_old" in shown(stage.response(before + 1))


def test_app_home_of_a_guest_says_why_it_is_empty(stage: Stage) -> None:
    opening = {"type": "app_home_opened", "user": "U0GUEST", "tab": "home", "channel": "D0GUEST"}
    assert stage.sender.event(stage.sender.envelope(opening))[0] == 200
    assert "guest here" in shown(wait_for(lambda: stage.server.world.homes.get("U0GUEST")))


def test_a_button_of_somebody_elses_direct_messages_opens_nothing(stage: Stage) -> None:
    answer = stage.answer_to(stage.ask("D0WANG", "U0WANG", "试用一般给多久"))
    why = buttons(answer["blocks"])["show_why"]
    before = len(stage.server.world.responses)
    click(stage, "U0LI", why, PLACE)
    assert "message_too_old" in shown(stage.response(before))
    assert opened(stage, "U0WANG", why, answer)["callback_id"] == "why"


def test_where_we_may_not_write_the_asker_is_told_directly(stage: Stage) -> None:
    stage.server.fail("chat.startStream", refuses("not_in_channel"))
    stage.server.fail("chat.postMessage", refuses("not_in_channel"))
    before = len(stage.server.world.ours("D0WANG"))
    stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
    told = wait_for(lambda: (stage.server.world.ours("D0WANG")[before:] or [None])[0])
    assert "客户成功经理" in shown(told)
    assert "not_in_channel" in shown(told)


def test_socket_mode_needs_no_signature(stage: Stage) -> None:
    slack = stage.application.slack
    assert slack is not None
    assert slack._running is not None
    message, envelope = stage.sender.mention("C0SALES", "U0LI", "试用一般给多久")
    request = SocketModeRequest(type="events_api", envelope_id="1", payload=envelope)
    assert run_bolt_app(slack._running.app.bolt, request).status == 200
    assert "1 周" in shown(stage.answer_to(message))
