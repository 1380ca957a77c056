"""What a rule of the policy approves by itself, and what waits for a person."""

from __future__ import annotations

import pytest

from copilot.approval.policy import AutoRule, Policy, Rule
from copilot.approval.service import Decided
from copilot.audit.surface import Surface
from copilot.drafting.composer import Composed
from copilot.drafting.draft import Draft, DraftKind, DraftStatus, Finding
from copilot.errors import NotPermitted
from tests.unit.copilot.drafting_standins import CHEN, LI, WANG, Desk

INSIDE = AutoRule(name="inside", kind=DraftKind.WEEKLY_DIGEST, channels=frozenset({"file", "email"}))
DOUBT = Finding(code="not_in_source", severity="error", message="…")


def desk_with(*rules: AutoRule, approvals: int = 1) -> Desk:
    return Desk(policy=Policy(default=Rule(approvals=approvals), auto=rules))


def kept(desk: Desk, *, surface: Surface = Surface.WORKER, findings: tuple[Finding, ...] = ()) -> Draft:
    composed = Composed(content="# 每周简报\n\n先处理 **北辰**。", quotes=(), findings=findings)
    inputs = {"person": WANG.id}
    kind = DraftKind.WEEKLY_DIGEST
    return desk.writing.keep(kind, composed, WANG, surface, inputs=inputs, language="zh").draft


def asked(desk: Desk, draft: Draft, channel: str = "file", *, internal: bool = True) -> Decided | None:
    return desk.approvals.approve_by_policy(draft.id, channel, internal=internal)


def test_a_rule_approves_once_in_its_own_name() -> None:
    desk = desk_with(INSIDE)
    draft = kept(desk)
    first, again = asked(desk, draft), asked(desk, draft)
    assert first is not None
    assert again is not None
    assert (first.draft.status, first.decision.person) == (DraftStatus.APPROVED, "policy")
    assert first.decision.reason == "auto_approve 'inside'"
    assert (again.outcome, again.decision) == ("repeated", first.decision)
    assert desk.actions() == ["draft.created", "draft.approved"]


def test_without_a_rule_for_the_way_a_person_decides() -> None:
    none, desk = desk_with(), desk_with(INSIDE)
    assert asked(none, kept(none)) is None
    assert asked(desk, kept(desk), "webhook") is None


def test_where_others_read_a_person_decides() -> None:
    desk = desk_with(INSIDE)
    assert asked(desk, kept(desk), internal=False) is None


def test_what_is_doubtful_or_was_not_made_by_a_schedule_waits_for_a_person() -> None:
    desk = desk_with(INSIDE)
    assert asked(desk, kept(desk, findings=(DOUBT,))) is None
    assert asked(desk, kept(desk, surface=Surface.HTTP)) is None


def test_what_a_person_wrote_waits_for_a_person() -> None:
    desk = desk_with(INSIDE)
    draft = kept(desk)
    desk.writing.revise(draft.id, "# 每周简报\n\n改了", 1, WANG, Surface.HTTP)
    assert asked(desk, draft) is None


def test_of_two_approvals_a_rule_gives_one() -> None:
    desk = desk_with(INSIDE, approvals=2)
    decided = asked(desk, kept(desk))
    assert decided is not None
    assert (decided.draft.status, decided.missing) == (DraftStatus.OPEN, 1)


def test_a_digest_opens_for_whom_it_is_for_and_for_managers() -> None:
    desk = desk_with(INSIDE)
    draft = kept(desk)
    assert desk.writing.revision(draft, 1, WANG).content == desk.writing.revision(draft, 1, CHEN).content
    with pytest.raises(NotPermitted, match="is the digest of 'wang'"):
        desk.writing.revision(draft, 1, LI)
    with pytest.raises(NotPermitted):
        desk.writing.revise(draft.id, "改了", 1, LI, Surface.HTTP)


def test_the_same_id_again_returns_the_draft_there_is() -> None:
    desk = desk_with()
    draft = kept(desk)
    other = Composed(content="# 别的", quotes=())
    again = desk.writing.keep(
        draft.kind, other, WANG, Surface.WORKER, inputs={"person": "wang"}, language="zh", id=draft.id
    )
    assert (again.draft, again.revision.content.startswith("# 每周简报")) == (draft, True)
    assert desk.actions() == ["draft.created"]
