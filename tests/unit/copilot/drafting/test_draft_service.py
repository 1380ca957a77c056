"""Composing, revising and showing drafts."""

from __future__ import annotations

import pytest

from copilot.audit.surface import Surface
from copilot.drafting.composer import Composed, Order
from copilot.drafting.content import MOST_CHARACTERS
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.errors import (
    IdempotencyKeyReused,
    InvalidDraft,
    InvalidRequest,
    NotPermitted,
    StaleRevision,
    UnknownAccount,
    UnknownDraft,
)
from copilot.people.person import Person, Role
from knowledge.document import Audience
from tests.contract.material import identity
from tests.unit.copilot.drafting_standins import CHEN, GUEST, LI, SOURCE, WANG, Desk, SaysOneThing


def test_a_draft_begins_open_with_one_revision_and_an_audit_entry() -> None:
    desk = Desk()
    made = desk.create()
    assert (made.draft.status, made.draft.revision, made.draft.language) == (DraftStatus.OPEN, 1, "zh")
    assert made.revision.findings == ()
    assert desk.writing.get(made.draft.id) == made.draft
    assert desk.actions() == ["draft.created"]


def test_inputs_and_language_reach_the_composer() -> None:
    desk = Desk()
    desk.writing.create(DraftKind.CUSTOMER_MESSAGE, "a1", WANG, Surface.CLI, inputs={"to": "裴总"}, language="en")
    order = desk.composer.orders[0]
    assert (order.inputs, order.language, order.person) == ({"to": "裴总"}, "en", WANG)


def test_the_same_key_again_returns_the_draft_it_made() -> None:
    desk = Desk()
    once, again = (desk.create_with("k1") for _ in range(2))
    assert once == again
    desk.revise(once.draft.id, "改了")
    assert desk.create_with("k1").revision.content == "改了"
    assert desk.create_with("k1", LI).draft.id != once.draft.id
    assert desk.create_with("k2").draft.id != once.draft.id
    assert desk.actions().count("draft.created") == 3
    with pytest.raises(IdempotencyKeyReused, match="customer_message"):
        desk.create_with("k1", kind=DraftKind.SUCCESS_PLAN)
    for odd in ("", "k" * 201, "k\n"):
        with pytest.raises(InvalidRequest, match="idempotency key"):
            desk.create_with(odd)


def test_of_two_requests_with_one_key_at_once_the_faster_one_makes_the_draft() -> None:
    desk = Desk()
    composer = desk.composer

    class Slow(SaysOneThing):
        def compose(self, order: Order) -> Composed:
            desk.writing._composers[DraftKind.CUSTOMER_MESSAGE] = composer
            desk.create_with("k1")
            return super().compose(order)

    desk.writing._composers[DraftKind.CUSTOMER_MESSAGE] = Slow()
    made = desk.create_with("k1")
    assert desk.writing.get(made.draft.id) == made.draft
    assert desk.actions() == ["draft.created"]


def test_an_unknown_account_makes_no_draft() -> None:
    desk = Desk()
    with pytest.raises(UnknownAccount):
        desk.writing.create(DraftKind.CUSTOMER_MESSAGE, "a9", WANG, Surface.CLI)
    assert desk.actions() == []


def test_who_only_reads_writes_no_draft() -> None:
    desk = Desk()
    id = desk.create().draft.id
    with pytest.raises(NotPermitted, match="frontline or manager"):
        desk.create(GUEST)
    with pytest.raises(NotPermitted):
        desk.revise(id, "x", person=GUEST)


def test_an_edit_is_a_further_revision_with_its_findings() -> None:
    desk = Desk()
    id = desk.create().draft.id
    edited = desk.revise(id, f"我们保证见效,像晴川文具那样。\r\n{SOURCE} [1]", person=LI)
    assert edited.draft.revision == 2
    assert edited.revision.content == f"我们保证见效,像晴川文具那样。\n{SOURCE} [1]"
    assert [one.code for one in edited.revision.findings] == ["over_promise", "other_customer"]
    assert (edited.revision.author, edited.revision.based_on) == ("li", 1)
    assert desk.actions() == ["draft.created", "draft.revised"]


def test_an_edit_of_a_replaced_revision_is_told_what_has_changed() -> None:
    desk = Desk()
    id = desk.create().draft.id
    desk.revise(id, "李强改的", person=LI)
    with pytest.raises(StaleRevision) as caught:
        desk.revise(id, "王敏改的")
    assert caught.value.diff is not None
    assert "+李强改的" in caught.value.diff
    assert "-柚子家居,您好!" in caught.value.diff
    assert desk.writing.get(id).revision == 2


def test_the_same_edit_sent_again_changes_nothing() -> None:
    desk = Desk()
    id = desk.create().draft.id
    assert desk.revise(id, "改了").revision == desk.revise(id, "改了").revision
    assert desk.writing.get(id).revision == 2


def test_the_same_text_opens_a_rejected_draft_again_and_leaves_an_approved_one() -> None:
    from copilot.approval.decision import Verdict

    desk = Desk()
    made = desk.create()
    desk.decide(made.draft.id)
    assert desk.revise(made.draft.id, made.revision.content).draft.status is DraftStatus.APPROVED
    other = desk.create()
    desk.decide(other.draft.id, Verdict.REJECT)
    assert desk.revise(other.draft.id, other.revision.content).draft.status is DraftStatus.OPEN


@pytest.mark.parametrize("content", ["", " \n\t", "a\0", "\ud800", "长" * (MOST_CHARACTERS + 1)])
def test_what_is_no_text_is_refused(content: str) -> None:
    desk = Desk()
    id = desk.create().draft.id
    with pytest.raises(InvalidDraft):
        desk.revise(id, content)
    assert desk.writing.get(id).revision == 1


@pytest.mark.parametrize("based_on", [2, 99])
def test_a_revision_that_never_was_is_no_basis(based_on: int) -> None:
    desk = Desk()
    id = desk.create().draft.id
    with pytest.raises(InvalidRequest, match="the latest is 1"):
        desk.revise(id, "x", based_on=based_on)


def test_an_unknown_draft_is_told() -> None:
    with pytest.raises(UnknownDraft, match="drafts list"):
        Desk().revise("nothing", "x")


def test_a_quote_counts_while_its_words_stand_there_without_their_marker() -> None:
    desk = Desk()
    id = desk.create().draft.id
    assert len(desk.revise(id, f"您好,{SOURCE}").revision.quotes) == 1
    assert desk.revise(id, "您好", based_on=2).revision.quotes == ()
    assert len(desk.revise(id, "您好 [1]", based_on=3).revision.quotes) == 1


def test_a_source_that_is_no_longer_for_customers_is_told_at_once() -> None:
    desk = Desk()
    made = desk.create()
    desk.publish(Audience.INTERNAL)
    seen = desk.writing.revision(made.draft, 1, WANG)
    assert [one.code for one in seen.findings] == ["source_not_for_customers"]
    assert SOURCE in seen.content


def test_what_a_person_may_no_longer_read_is_withheld_in_text_quotes_history_and_diffs() -> None:
    desk = Desk()
    made = desk.create()
    desk.publish(Audience.INTERNAL, "board")
    desk.revise(made.draft.id, f"第二版\n{SOURCE}", person=LI)
    for seen in desk.writing.revisions(made.draft, WANG):
        assert SOURCE not in seen.content
        assert seen.quotes == ()
        assert not any("renewal.md" in one.message for one in seen.findings)
    with pytest.raises(StaleRevision) as caught:
        desk.revise(made.draft.id, "王敏改的")
    assert SOURCE not in (caught.value.diff or "")
    member = Person(id="m", name="m", roles=frozenset({Role.FRONTLINE}), groups=frozenset({"board"}))
    assert SOURCE in desk.writing.revision(made.draft, 1, member).content


def test_a_finding_does_not_repeat_the_words_of_a_line_that_is_withheld() -> None:
    desk = Desk()
    made = desk.create()
    desk.revise(made.draft.id, "提前 777 天开始准备续费。[1]", person=LI)
    before = desk.writing.revision(made.draft, 2, WANG).findings
    assert any("777" in one.message for one in before)
    desk.publish(Audience.INTERNAL, "board")
    after = desk.writing.revision(made.draft, 2, WANG).findings
    assert not any("777" in one.message for one in after)
    assert {(one.code, one.place) for one in before} <= {(one.code, one.place) for one in after}


def test_a_deleted_document_counts_as_it_last_was() -> None:
    desk = Desk()
    made = desk.create()
    desk.knowledge.delete(identity("renewal.md"))
    assert SOURCE in desk.writing.revision(made.draft, 1, CHEN).content
