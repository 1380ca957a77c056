"""Who sees which gaps, and what they may do with them."""

from __future__ import annotations

import pytest

from copilot.curating.gap import GapId, GapStatus
from copilot.errors import GapClosed, InvalidRequest, NotPermitted, ReasonRequired, UnknownGap, UnknownPerson
from copilot.interfaces.gaps import gap_body
from copilot.people.person import Role
from tests.unit.copilot.gap_standins import OWNER_CALLS, GapBench


@pytest.fixture
def bench() -> GapBench:
    return GapBench()


def test_curators_managers_and_admins_see_all_others_what_they_asked(bench: GapBench) -> None:
    mei = bench.person("mei")
    bench.ask("金牌版多少钱", "mei")
    bench.ask("退款找谁", "lin")
    assert [gap.question for gap in bench.service.list(mei).gaps] == ["金牌版多少钱"]
    for role in (Role.CURATOR, Role.MANAGER, Role.ADMIN):
        caller = bench.person(role.value, role)
        assert len(bench.service.list(caller).gaps) == 2
        assert bench.service.list(caller, mine=True).gaps == []


def test_somebody_elses_gap_is_as_unknown_as_none(bench: GapBench) -> None:
    bench.ask("退款找谁", "lin")
    other = bench.gap().id
    mei = bench.person("mei")
    for id in (other, "none"):
        with pytest.raises(UnknownGap, match=id):
            bench.service.show(mei, id)
        with pytest.raises(UnknownGap):
            bench.service.dismiss(mei, id, "算了")


def test_who_asked_sees_their_own_observations_and_decides_nothing(bench: GapBench) -> None:
    mei = bench.person("mei")
    bench.ask("退款找谁", "mei")
    bench.ask("退款找谁", "lin")
    id = bench.gap().id
    shown = bench.service.show(mei, id)
    assert ([one.person for one in shown.observations], shown.gap.askers) == (["mei"], 2)
    with pytest.raises(NotPermitted):
        bench.service.assign(mei, id, "mei")


def test_an_owner_sees_who_asked_and_may_hand_it_on(bench: GapBench) -> None:
    wang, _ = bench.person("wang"), bench.person("li")
    bench.ask("退款找谁", "lin")
    id = bench.gap().id
    assert bench.service.assign(OWNER_CALLS, id, "wang").owner == "wang"
    assert [gap.id for gap in bench.service.list(wang, mine=True).gaps] == [id]
    assert [one.person for one in bench.service.show(wang, id).observations] == ["lin"]
    with pytest.raises(UnknownPerson, match="nobody-here"):
        bench.service.assign(wang, id, "nobody-here")
    bench.service.assign(OWNER_CALLS, id, "")
    assert bench.gap().owner is None
    assert bench.audit.actions == ["gap.assigned", "gap.assigned"]


def test_dismissing_needs_a_reason_and_is_told_once(bench: GapBench) -> None:
    bench.ask("退款找谁")
    id = bench.gap().id
    with pytest.raises(ReasonRequired):
        bench.service.dismiss(OWNER_CALLS, id, "  ")
    with pytest.raises(InvalidRequest, match="2001"):
        bench.service.dismiss(OWNER_CALLS, id, "x" * 2_001)
    gap = bench.service.dismiss(OWNER_CALLS, id, "不退款")
    assert (gap.status, gap.reason) == (GapStatus.DISMISSED, "不退款")
    reopened = bench.service.reopen(OWNER_CALLS, id)
    assert reopened.status is GapStatus.OPEN
    assert "重新打开" in gap_body(reopened).note_zh
    bench.service.reopen(OWNER_CALLS, id)
    assert bench.audit.actions == ["gap.dismissed", "gap.reopened"]


def test_what_is_answered_is_not_dismissed(bench: GapBench) -> None:
    bench.ask("退款找谁")
    id = bench.gap().id
    with bench.transactions.begin() as transaction:
        bench.store.change(transaction, id, status=GapStatus.ANSWERED)
    with pytest.raises(InvalidRequest, match="answered"):
        bench.service.dismiss(OWNER_CALLS, id, "不退款")


def test_a_gap_of_somebody_who_left_passes_to_the_deputy_and_says_so(bench: GapBench) -> None:
    bench.person("wang")
    bench.person("zhao")
    document = bench.document(owner="wang", deputy="zhao")
    bench.ask("退款找谁", document_id=document)
    assert bench.gap().owner == "wang"
    bench.leave("wang")
    gap = bench.gap()
    assert (gap.owner, gap.former_owner) == ("zhao", "wang")
    assert "zhao" in gap_body(gap).note_en
    bench.leave("zhao")
    assert gap_body(bench.gap()).note_en == "its owner zhao has left; nobody owns it now"
    assert bench.gap().former_owner == "zhao"
    bench.person("li")
    assert bench.service.assign(OWNER_CALLS, gap.id, "li").former_owner is None


def test_numbers_of_people_are_masked_for_who_need_not_see_them(bench: GapBench) -> None:
    mei, manager, curator = bench.person("mei"), bench.person("m", Role.MANAGER), bench.person("c", Role.CURATOR)
    bench.ask("客户 13800138000 的退款找谁", "mei")
    for caller, seen in ((mei, True), (manager, False), (curator, True), (OWNER_CALLS, True)):
        (gap,) = bench.service.list(caller).gaps
        assert ("13800138000" in gap.question) is seen
        (observation,) = bench.service.show(caller, gap.id).observations
        assert ("13800138000" in observation.question) is seen


def test_who_only_asked_reads_a_gap_in_their_own_words(bench: GapBench) -> None:
    mei, li = bench.person("mei"), bench.person("li")
    bench.meanings.mean("裁员补偿怎么算", "王总那边裁员补偿怎么算的呀")
    bench.ask("王总那边裁员补偿怎么算的呀", "mei", document_id=bench.document(owner="zhao"))
    bench.ask("裁员补偿怎么算", "li")
    gap = bench.gap()
    assert gap.askers == 2
    for caller, words in ((mei, "王总那边裁员补偿怎么算的呀"), (li, "裁员补偿怎么算")):
        (listed,) = bench.service.list(caller).gaps
        shown = bench.service.show(caller, gap.id)
        assert listed.question == shown.gap.question == words
        assert [one.question for one in shown.observations] == [words]
    assert bench.service.list(li).gaps[0].document_id is None


def test_what_is_no_gap_is_counted_apart_for_those_who_see_all(bench: GapBench) -> None:
    bench.queue.refused = {"retrieval_failed": 3}
    assert bench.service.list(OWNER_CALLS).not_gaps == {"retrieval_failed": 3, "no_permission": 0, "out_of_scope": 0}
    assert bench.service.list(bench.person("mei")).not_gaps == {}


def two_gaps(bench: GapBench) -> tuple[str, str]:
    """Return the ids of a gap that mei asked and of another that lin asked."""
    bench.ask("退款找谁", "mei")
    bench.ask("钱怎么退回来", "lin")
    ids = {gap.question: gap.id for gap in bench.service.list(OWNER_CALLS).gaps}
    return ids["退款找谁"], ids["钱怎么退回来"]


def test_two_gaps_become_one_and_what_is_asked_again_joins_it(bench: GapBench) -> None:
    stays, goes = two_gaps(bench)
    bench.person("wang")
    bench.service.assign(OWNER_CALLS, goes, "wang")
    merged = bench.service.merge(OWNER_CALLS, goes, stays)
    assert (merged.id, merged.askers, merged.observations, merged.owner) == (stays, 2, 2, "wang")
    assert bench.service.merge(OWNER_CALLS, goes, stays).id == stays
    assert bench.audit.actions == ["gap.assigned", "gap.merged"]
    bench.ask("钱怎么退回来", "hu")
    (gap,) = bench.service.list(OWNER_CALLS).gaps
    assert (gap.id, gap.askers) == (stays, 3)
    assert bench.service.show(bench.person("lin"), goes).gap.question == "钱怎么退回来"


def test_a_draft_of_a_gap_answers_the_one_it_is_merged_into(bench: GapBench) -> None:
    stays, goes = two_gaps(bench)
    with bench.transactions.begin() as transaction:
        bench.store.change(transaction, GapId(goes), status=GapStatus.DRAFTED, draft_id="x1")
    merged = bench.service.merge(OWNER_CALLS, goes, stays)
    assert (merged.status, merged.draft_id) == (GapStatus.DRAFTED, "x1")
    found = bench.store.by_draft("x1")
    assert found is not None
    assert found.id == stays


def test_only_open_gaps_are_merged_by_those_who_may_decide_about_both(bench: GapBench) -> None:
    stays, goes = two_gaps(bench)
    wang = bench.person("wang")
    bench.service.assign(OWNER_CALLS, stays, "wang")
    with pytest.raises(UnknownGap):
        bench.service.merge(wang, goes, stays)
    bench.ask("钱怎么退回来", "wang")
    bench.service.list(wang)
    with pytest.raises(NotPermitted):
        bench.service.merge(wang, goes, stays)
    with pytest.raises(InvalidRequest):
        bench.service.merge(OWNER_CALLS, stays, stays)
    bench.service.dismiss(OWNER_CALLS, goes, "不退款")
    with pytest.raises(GapClosed):
        bench.service.merge(OWNER_CALLS, goes, stays)
    assert len(bench.service.list(OWNER_CALLS).gaps) == 2
