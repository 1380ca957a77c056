"""Questions in Slack: the real app over real HTTP with signed requests against a loopback Slack."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from copilot.audit.surface import Surface
from copilot.bootstrap import open_application
from copilot.interfaces.contract import AccessBody
from copilot.interfaces.people_contract import NewPersonBody
from copilot.people.caller import the_owner
from copilot.people.person import Role
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.slack_server import buttons, slack_server
from tests.integration.conftest import FAQ, PLAYBOOK
from tests.slack_stage import Stage, a_workspace, slack_settings, stage_of, wait_for

SECRET_PLAN = """---
id: playbook-floor
kind: playbook
title: 价格底线
audience: internal
groups: [deal-desk]
questions:
  - 大客户折扣底线是多少 #底线
---
## 底线

大客户折扣的底线是八五折,再低要总监批准。
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One app for all tests."""
    knowledge_folder, home = tmp_path_factory.mktemp("knowledge"), tmp_path_factory.mktemp("home")
    (knowledge_folder / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    (knowledge_folder / "trial.md").write_text(FAQ, encoding="utf-8")
    (knowledge_folder / "floor.md").write_text(SECRET_PLAN, encoding="utf-8")
    with (
        slack_server(a_workspace()) as server,
        open_application(slack_settings(home, server.api_url), embedder=HashingEmbedder()) as application,
    ):
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        application.copilot.people.of(the_owner(Surface.CLI)).add(
            NewPersonBody(id="li", name="Li", email="li@ours.example", roles=[Role.FRONTLINE], groups=["deal-desk"])
        )
        application.copilot.set_access("floor.md", AccessBody(groups=["deal-desk"]), caller=the_owner(Surface.CLI))
        with stage_of(application, server) as made:
            yield made


@pytest.fixture
def stage(whole: Stage) -> Iterator[Stage]:
    """Empty channels, and at the end nothing that broke a limit."""
    world = whole.server.world
    for sent in (world.messages, world.responses, world.ephemerals):
        sent.clear()
    yield whole
    assert world.violations == []


def shown(message: dict[str, object]) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


def test_a_mention_is_answered_once_in_its_thread_and_a_follow_up_needs_none(stage: Stage) -> None:
    question = stage.ask("C0SALES", "U0WANG", "续费应该谁负责")
    answer = stage.answer_to(question)
    assert "客户成功经理" in shown(answer)
    assert [chunk["status"] for chunk in answer["chunks"]][-1] == "complete"
    assert {"show_why", "feedback"} <= set(buttons(answer["blocks"]))

    follow_up, envelope = stage.sender.message("C0SALES", "U0LI", "试用一般给多久", thread=question["ts"])
    assert stage.sender.event(envelope)[0] == 200
    assert "1 周" in shown(stage.answer_to(follow_up))
    assert len(stage.server.world.ours("C0SALES")) == 2


def test_twins_retries_and_what_comes_late_are_one_message(stage: Stage) -> None:
    message, envelope = stage.sender.mention("C0SALES", "U0WANG", "续费应该谁负责")
    twin = stage.sender.envelope(message | {"channel_type": "channel"})
    for body, retry in ((twin, 0), (envelope, 0), (envelope, 1), (twin, 2)):
        assert stage.sender.event(body, retry=retry)[0] == 200
    stage.answer_to(message)
    assert stage.sender.event(envelope, retry=3)[0] == 200
    time.sleep(0.3)
    assert len(stage.server.world.ours("C0SALES")) == 1


def test_a_channel_is_answered_from_what_all_its_members_may_see(stage: Stage) -> None:
    question = stage.ask("C0SALES", "U0LI", "大客户折扣底线是多少")
    answer = stage.answer_to(question)
    assert "八五折" not in shown(answer)
    assert "find_private" in buttons(answer["blocks"])  # Li may see more than the channel

    stage.sender.click("U0LI", buttons(answer["blocks"])["find_private"], answer)
    preview = stage.response()
    assert preview["response_type"] == "ephemeral"
    assert "八五折" in shown(preview)

    stage.sender.click("U0LI", buttons(preview["blocks"])["share"], answer, ephemeral=True)
    refused = stage.response(1)
    assert "不能分享" in refused["text"]
    assert len(stage.server.world.ours("C0SALES")) == 1

    alone = stage.ask("C0DESK", "U0LI", "大客户折扣底线是多少")
    assert "八五折" in shown(stage.answer_to(alone))  # everybody there is of the deal desk


def test_a_guest_among_the_members_makes_it_what_customers_may_read(stage: Stage) -> None:
    question = stage.ask("C0MIXED", "U0LI", "续费应该谁负责")
    assert "客户成功经理" not in shown(stage.answer_to(question))


def test_a_direct_message_is_answered_with_the_rights_of_its_writer(stage: Stage) -> None:
    question = stage.ask("D0LI", "U0LI", "大客户折扣底线是多少")
    assert "八五折" in shown(stage.answer_to(question))
    question = stage.ask("D0WANG", "U0WANG", "大客户折扣底线是多少")
    assert "八五折" not in shown(stage.answer_to(question))


def test_guests_are_refused_with_a_reason_and_shared_channels_stay_silent(stage: Stage) -> None:
    silent, envelope = stage.sender.mention("C0SHARED", "U0LI", "续费应该谁负责")
    assert stage.sender.event(envelope)[0] == 200
    refused = stage.ask("D0GUEST", "U0GUEST", "续费应该谁负责")
    assert "full members" in stage.answer_to(refused)["text"]
    wait_for(lambda: True if _settled(stage, f"message:C0SHARED:{silent['ts']}") == "ignored" else None)
    assert stage.server.world.ours("C0SHARED") == []


def _settled(stage: Stage, key: str) -> str:
    from copilot.adapters.sql.slack_store import SqlSlackStore
    from copilot.adapters.sql.transactions import SqlTransactions

    engine = stage.application.audit._engine
    claim = SqlSlackStore(engine, SqlTransactions(engine)).claimed(key)
    return claim.status.value if claim else "unknown"


@pytest.mark.parametrize(
    ("text", "files", "said"),
    [
        (":+1: 👍", 0, "I see no question"),
        ("", 1, "cannot read files"),
        ("x" * 40_000, 0, "characters"),
    ],
)
def test_what_cannot_be_answered_is_told(stage: Stage, text: str, files: int, said: str) -> None:
    more = {"files": [{"id": "F1", "filetype": "xyz"}], "subtype": "file_share"} if files else {}
    message, envelope = stage.sender.message("D0WANG", "U0WANG", text, **more)
    assert stage.sender.event(envelope)[0] == 200
    assert said in shown(stage.answer_to(message))


def test_strangers_to_the_secret_and_old_requests_are_refused(stage: Stage) -> None:
    message, envelope = stage.sender.mention("C0SALES", "U0WANG", "续费应该谁负责")
    assert stage.sender.event(envelope, signature="v0=" + "0" * 64)[0] == 401
    assert stage.sender.event(envelope, at=time.time() - 600)[0] == 401
    assert stage.sender.post(b"{}", "application/json", signature="nonsense")[0] == 401
    assert stage.server.world.ours() == []
    assert _settled(stage, f"message:C0SALES:{message['ts']}") == "unknown"


def test_a_private_preview_is_shared_once(stage: Stage) -> None:
    assert stage.sender.command("C0SALES", "U0WANG", "ask 续费应该谁负责")[0] == 200
    preview = stage.response()
    assert "客户成功经理" in shown(preview)
    assert stage.server.world.ours("C0SALES") == []
    place = {"channel": "C0SALES", "ts": "1.0"}
    for _ in range(2):
        stage.sender.click("U0WANG", buttons(preview["blocks"])["share"], place, ephemeral=True)
    stage.response(2)
    (public,) = stage.server.world.ours("C0SALES")
    assert "shared by <@U0WANG>" in shown(public)
    assert "share" not in buttons(public["blocks"])


def test_what_is_asked_privately_about_a_message_opens_no_conversation_below_it_until_it_is_shared(
    stage: Stage,
) -> None:
    talk = stage.server.world.said("C0SALES", "U0LI", "试用一般给多久")
    assert stage.sender.shortcut("U0WANG", "ask_about_message", talk)[0] == 200
    preview = stage.response()
    reply, envelope = stage.sender.message("C0SALES", "U0LI", "续费应该谁负责", thread=talk["ts"])
    assert stage.sender.event(envelope)[0] == 200
    assert _settled(stage, f"message:C0SALES:{reply['ts']}") == "unknown"  # people talk to each other

    stage.sender.click("U0WANG", buttons(preview["blocks"])["share"], talk, ephemeral=True)
    stage.response(1)
    follow_up, envelope = stage.sender.message("C0SALES", "U0LI", "续费应该谁负责", thread=talk["ts"])
    assert stage.sender.event(envelope)[0] == 200
    assert "客户成功经理" in shown(stage.answer_to(follow_up))
