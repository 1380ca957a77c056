"""What a message offers and when, and that the worst input still makes one that Slack takes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.drafting.draft import DraftKind
from copilot.interfaces.advice_contract import AdviceBody
from copilot.interfaces.calculator_contract import CalculationBody
from copilot.interfaces.calculators import calculate
from copilot.interfaces.cases_contract import CaseMatchesBody
from copilot.interfaces.contract import AnswerBody, NavigationBody
from copilot.interfaces.draft_contract import DraftReply
from copilot.interfaces.slack import draft_views, ids
from copilot.interfaces.slack.advice_blocks import Said, advice_message, rejection
from copilot.interfaces.slack.answer_blocks import Setting, answer_message, below_answer, fallback
from copilot.interfaces.slack.calculator_blocks import calculation_message
from copilot.interfaces.slack.case_blocks import case_message
from copilot.interfaces.slack.draft_blocks import DraftSetting, draft_message
from copilot.interfaces.slack.expert_blocks import expert_message, knowledge_view, new_knowledge
from copilot.interfaces.slack.feedback_view import complaint, feedback_view
from copilot.interfaces.slack.help_blocks import COMMANDS, help_message
from copilot.interfaces.slack.home_view import Home, MyAccount, OwnedGap, WaitingDraft, home_view
from copilot.interfaces.slack.limits import (
    LOADING_MESSAGES,
    MESSAGE_TEXT,
    SUGGESTED_PROMPTS,
    Block,
    checked,
    length,
    texts,
)
from copilot.interfaces.slack.progress import Step, loading_messages, status, task_chunk
from copilot.interfaces.slack.prompts import suggested_prompts
from copilot.interfaces.slack.texts import Language, language_of
from copilot.interfaces.slack.why_view import why_view
from copilot.people.person import Role
from copilot.suggesting.suggestion import Verdict
from tests.doubles import slack_samples as samples

WORST = "<!channel> @here &&& <@U024BE7LH> **x** [1](https://evil.example) \u202e长" * 10
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ACTIVE = re.compile(r"<(?!!date\^|https://wiki\.example\.com/)[^>]*>|@(?:here|channel|everyone)\b")
#: Fields of our contracts that hold words closed sets, ids or dates are not touched.
FREE = {
    "question", "standalone_question", "answer", "explanation", "title", "title_en", "quote", "topic", "claim", "text",
    "source", "label", "message", "content", "author", "reason", "why", "summary", "summary_en", "told_zh", "told_en",
    "summary_zh", "name_zh", "name_en", "worked", "verdict_zh", "verdict_en", "formula_zh", "formula_en", "owner",
    "composer", "playbook", "person", "name",
}  # fmt: skip
LISTS = {
    "heading_path", "signals", "not_judged", "alike_zh", "alike_en", "unlike_zh", "unlike_en", "assumptions_zh",
    "assumptions_en", "ask_zh", "ask_en", "change_zh", "change_en", "notes_zh", "notes_en", "found_by", "rules",
}  # fmt: skip


def worst(node: Any, name: str = "", times: int = 13) -> Any:
    """Return the same shape with hostile texts, and much of everything."""
    if isinstance(node, dict):
        closed = node | {"reason": None} if "confidence" in node else node  # there it is a closed set
        return {key: node[key] if closed[key] is None else worst(value, key, times) for key, value in node.items()}
    if isinstance(node, list):
        if name in LISTS:
            return [WORST] * 40
        return [worst(item, "", times) for item in node] * (times if node and isinstance(node[0], dict) else 1)
    if name in FREE and isinstance(node, str):
        return WORST * (4 if name in ("answer", "content") else 1)
    return node


def action_ids(blocks: Any) -> list[str]:
    return [
        element["action_id"]
        for block in blocks
        if block["type"] in ("actions", "context_actions")
        for element in block["elements"]
    ]


def harmless(payload: list[Block] | Block) -> bool:
    assert checked(payload) == []
    return not any(ACTIVE.search(text) for text in _mrkdwn(payload))


def _mrkdwn(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if node.get("type") == "mrkdwn" else []
        return own + [text for value in node.values() for text in _mrkdwn(value)]
    return [text for item in node for text in _mrkdwn(item)] if isinstance(node, list) else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["answered", "partial", "abstained", "clarify"])
def test_the_worst_answer_is_harmless_and_fits(language: Language, kind: str) -> None:
    body = AnswerBody.model_validate(worst(getattr(samples, kind)(language).model_dump(mode="json")))
    message = answer_message(body, Setting(language=language, owner=WORST, preview=True, more_private=True))
    assert harmless(list(message.blocks))
    assert harmless(why_view(body, language, withheld=9))
    assert harmless(feedback_view(body.question, language, "a"))
    assert length(message.text) <= MESSAGE_TEXT
    assert not ACTIVE.search(message.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worst_of_everything_else_is_harmless_and_fits(language: Language) -> None:
    draft = DraftReply.model_validate(worst(samples.decided(language, "reject", "rejected").model_dump(mode="json")))
    advice = AdviceBody.model_validate(worst(samples.advice(language).model_dump(mode="json")))
    found = CaseMatchesBody.model_validate(worst(samples.cases(language).model_dump(mode="json")))
    computed = CalculationBody.model_validate(worst(calculate("ue", {"ltv": 3, "cac": 1}).model_dump(mode="json")))
    said = {"s-1": Said(verdict=Verdict.REJECTED, who="—", reason=WORST)}
    messages = [
        draft_message(draft, DraftSetting(language=language, account=WORST, approvals_missing=2)),
        advice_message(advice, WORST, language),
        advice_message(advice, WORST, language, said=said),
        case_message(found, WORST, language),
        calculation_message(computed, WORST, language),
        expert_message(WORST, "g", None, "—", language),
        help_message(language, unknown=WORST),
    ]
    for message in messages:
        assert harmless(list(message.blocks))
        assert not ACTIVE.search(message.text)
    assert harmless(knowledge_view(language, "m", question=WORST, answer=WORST))
    assert harmless(draft_views.reject_view(draft, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_fits_however_much_there_is_and_says_what_is_left_out(language: Language) -> None:
    view = home_view(
        Home(
            language=language,
            name=WORST,
            navigation=NavigationBody.model_validate(worst(samples.navigation().model_dump(mode="json"), times=5)),
            stage="renewal",
            accounts=[MyAccount(id=str(n), name=WORST, band=Band.RISK, next_action=WORST) for n in range(47)],
            drafts=[
                WaitingDraft(
                    id=str(n), kind=DraftKind.QBR, revision=1, account=WORST, author=WORST, updated_at=samples.NOW
                )
                for n in range(60)
            ],
            gaps=[OwnedGap(id=str(n), question=WORST) for n in range(30)],
        )
    )
    assert harmless(view)
    counted = {"zh": "还有 37 项", "en": "and 37 more"}[language]
    assert counted in list(texts(view["blocks"]))
    assert {"zh": "归我补的知识", "en": "Knowledge that I should add"}[language] in list(texts(view["blocks"]))


def test_an_empty_home_helps() -> None:
    told = " ".join(texts(home_view(Home(language="zh"))["blocks"]))
    for hint in ("copilot accounts import", "/copilot plan", "copilot ingest"):
        assert hint in told


@pytest.mark.parametrize(
    ("reason", "offered"),
    [
        ("not_in_knowledge", ids.ASK_EXPERT),
        ("no_permission", ids.ASK_EXPERT),
        ("retrieval_failed", ids.ASK_AGAIN),
        ("out_of_scope", None),
    ],
)
def test_each_abstention_offers_its_way_on(reason: str, offered: str | None) -> None:
    found = action_ids(answer_message(samples.abstained("zh", reason), Setting(language="zh")).blocks)
    assert [one for one in found if one in (ids.ASK_EXPERT, ids.ASK_AGAIN)] == ([offered] if offered else [])
    assert (ids.FEEDBACK in found) == (reason != "retrieval_failed")


def test_a_greeting_asks_for_nothing() -> None:
    hello = samples.abstained("zh", "out_of_scope").model_copy(update={"intent": "smalltalk"})
    message = answer_message(hello, Setting(language="zh"))
    assert action_ids(message.blocks) == []
    assert len(message.blocks) == 1


def test_a_question_back_has_a_button_for_each_choice_and_no_feedback() -> None:
    found = action_ids(answer_message(samples.clarify("en"), Setting(language="en")).blocks)
    assert found == ["choice_0", "choice_1", "choice_2"]


def test_state_stays_with_us() -> None:
    buttons = [
        element
        for block in answer_message(samples.clarify("en"), Setting(language="en")).blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert [button["value"] for button in buttons] == ["a-1:0", "a-1:1", "a-1:2"]
    assert ids.named("a:b:2") == ("a:b", "2")


def test_long_choices_are_told_above_numbered_buttons() -> None:
    long = "请问您说的是哪一种情况" * 10
    body = samples.clarify("zh").model_copy(deep=True)
    body.choices[1].label = long
    blocks = answer_message(body, Setting(language="zh")).blocks
    assert any("2. 请问" in text for text in texts(blocks))
    assert [element["text"]["text"] for element in blocks[-1]["elements"]] == ["1", "2", "3"]


def test_disagreement_is_shown_once_side_by_side() -> None:
    blocks = answer_message(samples.answered("zh"), Setting(language="zh")).blocks
    told = "\n".join(texts(blocks))
    assert told.count("180 天") == 1
    assert [len(block["fields"]) for block in blocks if "fields" in block] == [2]


def test_disagreement_that_the_text_does_not_hold_is_shown_from_its_sides() -> None:
    body = samples.answered("zh").model_copy(update={"answer": "提前 90 天。[1]"})
    told = "\n".join(texts(answer_message(body, Setting(language="zh")).blocks))
    assert "大型客户提前 180 天启动 [2]" in told


def test_sources_tell_page_and_freshness() -> None:
    told = "\n".join(texts(below_answer(samples.answered("en"), Setting(language="en"))))
    assert "verified until 2027-03-01" in told
    assert "p. 4" in told
    assert "*stale*, review was due 2026-08-01" in told


def test_a_preview_can_be_shared_and_only_a_preview() -> None:
    preview = answer_message(samples.answered("zh"), Setting(language="zh", preview=True))
    assert {ids.SHARE, ids.KEEP_PRIVATE} <= set(action_ids(preview.blocks))
    assert ids.SHARE not in action_ids(answer_message(samples.answered("zh"), Setting(language="zh")).blocks)


def test_the_notification_is_the_answer_without_marks() -> None:
    assert fallback("# 标题\n\n**九十天**。[1]").startswith("*标题*")
    assert fallback("") == "…"


def test_a_decided_draft_tells_who_when_and_which_revision() -> None:
    draft = samples.decided("zh", "reject", "rejected")
    message = draft_message(draft, DraftSetting(language="zh", name_of=lambda _: "<@U024BE7LH>"))
    told = "\n".join(texts(message.blocks))
    assert "<@U024BE7LH>" in told
    assert "驳回第 2 版" in told
    assert "第一价值太晚" in told
    assert action_ids(message.blocks) == [ids.DRAFT_EDIT]


@pytest.mark.parametrize(
    ("changed", "setting", "buttons"),
    [
        ({}, {}, [ids.DRAFT_APPROVE, ids.DRAFT_EDIT, ids.DRAFT_REJECT]),
        ({}, {"may_decide": False}, [ids.DRAFT_EDIT]),
        ({"status": "approved"}, {}, [ids.DRAFT_DELIVER, ids.DRAFT_EDIT]),
        ({"status": "approved"}, {"may_deliver": False, "may_edit": False}, []),
        ({"latest": 3}, {}, [ids.DRAFT_EDIT]),
        ({"status": "expired"}, {}, [ids.DRAFT_EDIT]),
    ],
)
def test_a_draft_offers_what_its_state_and_its_reader_allow(
    changed: dict[str, object], setting: dict[str, bool], buttons: list[str]
) -> None:
    message = draft_message(samples.draft("en", **changed), DraftSetting(language="en", **setting))
    assert action_ids(message.blocks) == buttons


def _state(**fields: str | None) -> dict[str, dict[str, dict[str, object]]]:
    return {name: {"value": {"value": value}} for name, value in fields.items()}


def test_modals_are_read_back() -> None:
    chosen = {"value": {"selected_option": {"value": "outdated"}}}
    said = complaint({"reason": chosen, **_state(comment=None)})
    assert said is not None
    assert (said.reason, said.comment) == ("outdated", None)
    assert complaint({"reason": {"value": {"selected_option": {"value": "made up"}}}}) is None
    assert rejection(_state(reason="刚谈过")).reason == "刚谈过"
    id, decision = draft_views.rejection(_state(reason="太晚"), "d:7:2")
    assert (id, decision.revision, decision.reason) == ("d:7", 2, "太晚")
    channel = {"value": {"selected_option": {"value": "email"}}}
    id, delivered = draft_views.delivery({"channel": channel, **_state(destination=" a@b.c ")}, "d-7:2")
    assert (id, delivered.channel, delivered.destination, delivered.revision) == ("d-7", "email", "a@b.c", 2)
    kept = new_knowledge(_state(question="问?", answer=" 答 "))
    assert kept is not None
    assert (kept.question, kept.answer) == ("问?", "答")
    assert new_knowledge(_state(question="问?", answer="  ")) is None


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-CN", "zh"), ("zh_TW", "zh"), ("zh", "zh"), ("en-US", "en"), ("de-DE", "en"), ("", "en"), (None, "en")],
)
def test_the_language_is_that_of_the_locale(locale: str | None, language: Language) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", [None, *Stage])
@pytest.mark.parametrize("account", [None, "晨光", WORST])
def test_prompts_are_four_at_most_and_about_what_is_open(
    language: Language, stage: Stage | None, account: str | None
) -> None:
    found = suggested_prompts(language, roles=[Role.MANAGER, Role.CURATOR], stage=stage, account=account)
    assert 3 <= len(found.prompts) <= SUGGESTED_PROMPTS
    assert len({prompt["message"] for prompt in found.prompts}) == len(found.prompts)
    assert all(prompt["title"] and prompt["message"] for prompt in found.prompts)
    if account == "晨光":
        assert "晨光" in found.prompts[0]["message"]


def test_progress_is_told_within_limits() -> None:
    assert status("zh", ahead=3) == "前面还有 3 个问题…"
    assert len(loading_messages("en")) <= LOADING_MESSAGES
    assert task_chunk(Step.SEARCH, "complete", "en", count=10) == {
        "type": "task_update",
        "id": "search",
        "title": "Searching the knowledge",
        "status": "complete",
        "output": "10 passages found",
    }
    assert len(task_chunk(Step.READ, "error", "zh", detail=WORST)["details"]) <= 256


def test_every_command_is_in_the_help() -> None:
    told = "\n".join(texts(help_message("zh").blocks))
    assert all(f"/copilot {name}" in told for name in COMMANDS)


def test_due_days_are_told_as_everywhere() -> None:
    told = "\n".join(
        texts(
            home_view(
                Home(language="en", accounts=[MyAccount(id="1", name="A", next_action="x", due=date(2026, 12, 3))])
            )["blocks"]
        )
    )
    assert "by 2026-12-03" in told
