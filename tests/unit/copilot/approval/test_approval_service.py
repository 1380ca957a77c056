"""Decisions: who, once, on what, until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.approval.decision import Verdict
from copilot.approval.policy import Mode, Policy, Rule
from copilot.audit.surface import Surface
from copilot.audit.verification import verified
from copilot.drafting.draft import DraftStatus
from copilot.errors import (
    AlreadyDecided,
    ApprovalRequired,
    DraftExpired,
    IdempotencyKeyReused,
    InvalidRequest,
    NotPermitted,
    ReasonRequired,
    StaleRevision,
    UnknownDraft,
    UnknownPerson,
)
from copilot.people.person import Person, Role
from tests.unit.copilot.drafting_standins import CHEN, GUEST, LI, PEOPLE, WANG, ZHAO, Desk

TWO = Policy(default=Rule(approvals=2))


def approved(desk: Desk, id: str, revision: int = 1) -> object:
    with desk.transactions.begin() as transaction:
        return desk.approvals.approved(transaction, desk.writing.get(id).id, revision)


def test_an_approved_revision_may_leave() -> None:
    desk = Desk()
    id = desk.create().draft.id
    with pytest.raises(ApprovalRequired, match="is open, with 0 of 1"):
        approved(desk, id)
    decided = desk.decide(id)
    assert (decided.draft.status, decided.outcome, decided.missing) == (DraftStatus.APPROVED, "decided", 0)
    with desk.transactions.begin() as transaction:
        leaving = desk.approvals.approved(transaction, desk.writing.get(id).id, 1)
    assert (leaving.revision.number, leaving.decisions) == (1, (decided.decision,))


def test_a_decision_keeps_what_was_shown() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.revise(id, "我们保证见效")
    decision = desk.decide(id, revision=2).decision
    assert decision.findings == ("over_promise", "no_customer_source")
    assert (decision.person, decision.surface, decision.at) == ("chen", Surface.HTTP, desk.now)


def test_a_rejected_revision_may_not_leave() -> None:
    desk = Desk()
    id = desk.create().draft.id
    decided = desk.decide(id, Verdict.REJECT, reason="太硬")
    assert (decided.draft.status, decided.decision.reason) == (DraftStatus.REJECTED, "太硬")
    with pytest.raises(ApprovalRequired, match="is rejected"):
        approved(desk, id)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_says_why(reason: str) -> None:
    desk = Desk()
    id = desk.create().draft.id
    with pytest.raises(ReasonRequired):
        desk.decide(id, Verdict.REJECT, reason=reason)


def test_an_approval_does_not_cover_the_next_revision() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.decide(id)
    desk.revise(id, "改了")
    with pytest.raises(StaleRevision):
        approved(desk, id, 1)
    with pytest.raises(ApprovalRequired):
        approved(desk, id, 2)


def test_deciding_on_a_replaced_revision_is_told_what_has_changed() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.revise(id, "改了")
    with pytest.raises(StaleRevision) as caught:
        desk.decide(id)
    assert "+改了" in (caught.value.diff or "")
    assert desk.approvals.decisions(desk.writing.get(id).id) == []


def test_the_same_key_with_the_same_decision_returns_the_first() -> None:
    desk = Desk()
    id = desk.create().draft.id
    first = desk.decide(id, key="k")
    desk.wait(hours=1)
    again = desk.decide(id, key="k")
    assert (again.outcome, again.decision) == ("repeated", first.decision)
    assert desk.actions() == ["draft.created", "draft.approved"]


def test_the_same_key_still_returns_the_first_when_the_draft_has_moved_on() -> None:
    desk = Desk()
    id = desk.create().draft.id
    first = desk.decide(id, key="k")
    desk.revise(id, "改了")
    again = desk.decide(id, key="k")
    assert (again.decision, again.draft.status) == (first.decision, DraftStatus.OPEN)


def test_the_same_key_with_another_decision_is_refused() -> None:
    desk = Desk()
    id, other = desk.create().draft.id, desk.create().draft.id
    desk.decide(id, key="k")
    with pytest.raises(IdempotencyKeyReused):
        desk.decide(id, Verdict.REJECT, key="k")
    with pytest.raises(IdempotencyKeyReused):
        desk.decide(other, key="k")
    assert desk.decide(other, person=ZHAO, key="k").outcome == "decided"


def test_deciding_the_same_again_changes_nothing_and_says_so() -> None:
    desk = Desk()
    id = desk.create().draft.id
    first = desk.decide(id)
    again = desk.decide(id, person=ZHAO)
    assert (again.outcome, again.decision) == ("already_decided", first.decision)


def test_deciding_otherwise_afterwards_is_refused() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.decide(id, Verdict.REJECT)
    with pytest.raises(AlreadyDecided, match="by 'chen'"):
        desk.decide(id)
    assert desk.writing.get(id).status is DraftStatus.REJECTED


def test_a_frontline_person_approves_their_own_and_nobody_elses() -> None:
    desk = Desk()
    id = desk.create(WANG).draft.id
    for person in (LI, GUEST, Person(id="admin", name="a", roles=frozenset({Role.ADMIN})), PEOPLE["gone"]):
        with pytest.raises(NotPermitted, match=r"Rule: approvers = \[manager\]"):
            desk.decide(id, person=person)
    assert desk.decide(id, person=WANG).draft.status is DraftStatus.APPROVED


def test_with_four_eyes_an_author_approves_nothing_of_their_own_but_may_withdraw_it() -> None:
    desk = Desk(policy=Policy(default=Rule(own=False)))
    id = desk.create(CHEN).draft.id
    with pytest.raises(NotPermitted, match="own = false"):
        desk.decide(id, person=CHEN)
    assert desk.decide(id, Verdict.REJECT, CHEN).draft.status is DraftStatus.REJECTED


def test_two_people_are_two_people() -> None:
    desk = Desk(policy=TWO)
    id = desk.create(WANG).draft.id
    first = desk.decide(id, person=CHEN)
    assert (first.draft.status, first.missing) == (DraftStatus.OPEN, 1)
    again = desk.decide(id, person=CHEN)
    assert (again.outcome, again.missing) == ("already_decided", 1)
    with pytest.raises(ApprovalRequired, match="1 of 2"):
        approved(desk, id)
    assert desk.decide(id, person=ZHAO).draft.status is DraftStatus.APPROVED
    approved(desk, id)


def test_one_of_two_may_still_reject() -> None:
    desk = Desk(policy=TWO)
    id = desk.create(WANG).draft.id
    desk.decide(id, person=CHEN)
    assert desk.decide(id, Verdict.REJECT, CHEN).draft.status is DraftStatus.REJECTED


def test_a_delegate_is_no_second_person() -> None:
    desk = Desk(policy=TWO)
    id = desk.create(WANG).draft.id
    desk.approvals.delegate(CHEN, "li", desk.now + timedelta(days=1), Surface.HTTP)
    desk.decide(id, person=CHEN)
    assert desk.decide(id, person=LI, on_behalf_of="chen").draft.status is DraftStatus.OPEN


def test_a_delegate_decides_for_the_giver_until_the_time() -> None:
    desk = Desk()
    id, later = desk.create(WANG).draft.id, desk.create(WANG).draft.id
    with pytest.raises(NotPermitted, match="has not delegated"):
        desk.decide(id, person=LI, on_behalf_of="chen")
    desk.approvals.delegate(CHEN, "li", desk.now + timedelta(days=1), Surface.HTTP)
    decided = desk.decide(id, person=LI, on_behalf_of="chen")
    assert (decided.decision.person, decided.decision.on_behalf_of) == ("li", "chen")
    desk.wait(days=1)
    with pytest.raises(NotPermitted, match="no longer does"):
        desk.decide(later, person=LI, on_behalf_of="chen")


def test_a_delegation_gives_no_more_than_the_giver_has() -> None:
    desk = Desk()
    id = desk.create(WANG).draft.id
    desk.approvals.delegate(GUEST, "li", desk.now + timedelta(days=1), Surface.HTTP)
    with pytest.raises(NotPermitted, match="'guest' is neither"):
        desk.decide(id, person=LI, on_behalf_of="guest")


def test_delegations_that_make_no_sense_are_refused() -> None:
    desk = Desk()
    with pytest.raises(UnknownPerson):
        desk.approvals.delegate(CHEN, "nobody", desk.now + timedelta(days=1), Surface.HTTP)
    for taker, days in (("chen", 1), ("li", 0), ("li", -1)):
        with pytest.raises(InvalidRequest):
            desk.approvals.delegate(CHEN, taker, desk.now + timedelta(days=days), Surface.HTTP)


def test_what_nobody_decided_in_time_is_dead_and_a_new_revision_lives() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.wait(days=30, seconds=1)
    with pytest.raises(DraftExpired, match="30 days"):
        desk.decide(id)
    assert desk.writing.get(id).status is DraftStatus.EXPIRED
    assert desk.actions()[-1] == "draft.expired"
    desk.wait(days=-300)  # a clock that jumps back brings nothing to life
    with pytest.raises(DraftExpired):
        desk.decide(id)
    desk.wait(days=300)
    desk.revise(id, "改了")
    assert desk.decide(id, revision=2).outcome == "decided"


def test_an_approval_that_is_too_old_lets_nothing_leave() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.decide(id)
    desk.wait(days=14)
    approved(desk, id)
    desk.wait(seconds=1)
    with pytest.raises(ApprovalRequired, match="holds 14 days"):
        approved(desk, id)
    assert desk.approvals.status(desk.writing.get(id), desk.writing.revision(desk.writing.get(id), 1, WANG)) is (
        DraftStatus.EXPIRED
    )


def test_expiring_is_noted_once() -> None:
    desk = Desk()
    ids = [desk.create().draft.id for _ in range(3)]
    desk.decide(ids[0])
    desk.wait(days=31)
    assert desk.approvals.expire() == 3
    assert desk.approvals.expire() == 0
    assert {desk.writing.get(id).status for id in ids} == {DraftStatus.EXPIRED}
    assert desk.actions().count("draft.expired") == 3


def test_a_policy_that_became_stricter_holds_at_once() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.decide(id)
    stricter = Desk(policy=TWO, database=desk.database)
    with pytest.raises(ApprovalRequired, match="1 of 2"):
        approved(stricter, id)


@pytest.mark.parametrize(("content", "approves"), [("您好 [1]", True), ("您好 [9]", False)])
def test_in_auto_mode_an_own_edit_without_errors_is_approved_by_making_it(content: str, approves: bool) -> None:
    desk = Desk(policy=Policy(default=Rule(mode=Mode.AUTO)))
    made = desk.create()
    assert desk.approvals.auto_approve(made.draft, made.revision, WANG, Surface.CLI) is None
    edited = desk.revise(made.draft.id, content)
    decided = desk.approvals.auto_approve(edited.draft, edited.revision, WANG, Surface.CLI)
    assert (decided is not None and decided.draft.status is DraftStatus.APPROVED) == approves
    assert desk.approvals.auto_approve(edited.draft, edited.revision, CHEN, Surface.CLI) is None


def test_in_ask_mode_an_edit_approves_nothing() -> None:
    desk = Desk()
    edited = desk.revise(desk.create().draft.id, "您好 [1]")
    assert desk.approvals.auto_approve(edited.draft, edited.revision, WANG, Surface.CLI) is None


@pytest.mark.parametrize("key", ["", "k" * 201, "a\nb"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    desk = Desk()
    id = desk.create().draft.id
    with pytest.raises(InvalidRequest, match="idempotency key"):
        desk.approvals.decide(id, 1, Verdict.APPROVE, CHEN, Surface.HTTP, key=key)


def test_an_unknown_draft_or_revision_is_told() -> None:
    desk = Desk()
    with pytest.raises(UnknownDraft):
        desk.decide("nothing")
    id = desk.create().draft.id
    with pytest.raises(InvalidRequest, match="no revision 7"):
        desk.decide(id, revision=7)
    with pytest.raises(ApprovalRequired, match="no revision 7"):
        approved(desk, id, 7)


def test_the_log_is_whole_after_all_that() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.decide(id)
    desk.revise(id, "改了")
    desk.decide(id, Verdict.REJECT, revision=2)
    assert verified(desk.audit).faults == ()
    assert desk.actions() == ["draft.created", "draft.approved", "draft.revised", "draft.rejected"]
