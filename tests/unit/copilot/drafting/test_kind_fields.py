"""What the validator names in a draft that people have edited."""

from __future__ import annotations

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.drafting.draft import DraftKind, Finding
from copilot.drafting.findings import findings
from copilot.drafting.kind_fields import field_findings, judgement_findings
from copilot.drafting.kinds import KINDS
from tests.unit.copilot.drafting.test_kinds import KINDS_OF_PARTS, written
from tests.unit.copilot.drafting.test_success_plan import KEY
from tests.unit.copilot.drafting_standins import START

NOTED = Account(id=AccountId("a1"), facts={"notes": "预算明年要砍一半。他想换人"}, updated_at=START)


def missing(kind: DraftKind, content: str) -> list[Finding]:
    return list(field_findings(kind, content))


def without(content: str, title: str, *, letter: bool) -> str:
    """Take a part out with its heading."""
    kept, skip = [], False
    for line in content.split("\n"):
        head = line.rstrip(":") if letter else line.removeprefix("## ")
        if (line.endswith(":") and letter) or line.startswith("## "):
            skip = head == title
        if not skip:
            kept.append(line)
    return "\n".join(kept)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_every_required_part_is_missed(kind: DraftKind, language: str) -> None:
    spec = KINDS[kind]
    content = written(kind, KEY, "zh" if language == "zh" else "en").content
    for part in spec.parts:
        title = part.title["zh" if language == "zh" else "en"]
        found = missing(kind, without(content, title, letter=spec.letter))
        named = [one for one in found if one.code == "field_missing" and one.place == part.key]
        assert bool(named) == part.required
        assert all(title in one.message for one in named)


def test_a_part_with_a_heading_and_nothing_under_it_is_missing() -> None:
    content = "# 按灯单\n\n## 发生了什么\n\n-\n\n## 影响\n\n- 停了收银"
    assert "problem" in {one.place for one in missing(DraftKind.ANDON, content)}
    assert "impact" not in {one.place for one in missing(DraftKind.ANDON, content)}


def test_an_owner_and_a_day_are_missed_at_the_line_of_their_part() -> None:
    content = "# 通话提纲\n\n## 下一步\n\n- 约下一次"
    found = [one for one in missing(DraftKind.CALL_SCRIPT, content) if one.place == "line 3"]
    assert [one.message for one in found] == [
        "「下一步」没有责任人。写上“责任人:姓名”。",
        "「下一步」没有日期。写上是哪一天。",
    ]
    named = content + "。责任人:小王,12月3日"
    assert not [one for one in missing(DraftKind.CALL_SCRIPT, named) if one.place == "line 3"]


def test_an_owner_may_stand_in_a_column() -> None:
    table = "## 到期前的步骤\n\n| 最晚 | 做什么 | 责任人 |\n| --- | --- | --- |\n| 2026-12-01 | 对价值 | {} |"
    assert not [one for one in missing(DraftKind.RENEWAL_BRIEF, table.format("王敏")) if one.place == "line 1"]
    assert [one for one in missing(DraftKind.RENEWAL_BRIEF, table.format("")) if one.place == "line 1"]


def test_a_number_without_meaning_or_action_is_named() -> None:
    content = (
        "## 数字、说明与行动\n\n| 数字 | 说明 | 行动 | 责任人 | 日期 |\n| --- | --- | --- | --- | --- |\n"
        "| 7 个工单 | 积压 |  | 王敏 | 2026-12-01 |\n| 130 个在用 |  | 选一组人 | 王敏 | 2026-12-01 |"
    )
    found = {one.place: one.message for one in missing(DraftKind.QBR, content) if one.place in ("line 5", "line 6")}
    assert "没有行动" in found["line 5"]
    assert "没有说明" in found["line 6"]


@pytest.mark.parametrize("said", ["您的 NPS 是 61", "健康度偏低", "your churn risk is high", "预算明年要砍一半"])
def test_judgement_in_a_text_for_customers_is_an_error(said: str) -> None:
    found = findings(DraftKind.VALUE_UPDATE, f"苏经理,您好!\n{said}", (), account=NOTED)
    assert ("internal_judgement", "error", "line 2") in [(one.code, one.severity, one.place) for one in found]


def test_judgement_is_no_fault_among_ourselves_and_short_notes_are_everyday_words() -> None:
    inside = findings(DraftKind.RENEWAL_BRIEF, "NPS 61,预算明年要砍一半", (), account=NOTED)
    assert "internal_judgement" not in [one.code for one in inside]
    assert not list(judgement_findings("他想换人", NOTED))
