"""From replies to gaps: every miss once, the same question together, and nothing lost or held up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.curating.gap import GapStatus, Observation, ObservationKind
from copilot.curating.opinion import Opinion
from copilot.people.person import Role
from copilot.transaction import Transaction
from tests.unit.copilot.gap_standins import GapBench


@pytest.fixture
def bench() -> GapBench:
    return GapBench()


def test_the_same_asked_by_two_in_other_words_is_one_gap(bench: GapBench) -> None:
    bench.meanings.mean("能部署在我们机房吗", "支持私有化部署吗")
    bench.ask("能部署在我们机房吗", "mei")
    bench.ask("支持私有化部署吗", "lin")
    gap = bench.gap()
    assert (gap.observations, gap.askers, gap.kinds) == (2, 2, [ObservationKind.ABSTAINED])


def test_questions_that_only_sound_alike_stay_apart(bench: GapBench) -> None:
    bench.meanings.mean("金牌版多少钱", "银牌版多少钱")
    bench.ask("金牌版多少钱")
    bench.ask("银牌版多少钱")
    assert len(bench.gaps()) == 2


def test_both_languages_meet(bench: GapBench) -> None:
    bench.meanings.mean("支持私有化部署吗", "Do we deploy on premise?")
    bench.ask("支持私有化部署吗")
    bench.ask("Do we deploy on premise?", "lin", language="en")
    assert bench.gap().askers == 2


def test_a_thousand_of_the_same_are_one_gap_and_embedded_in_few_calls(bench: GapBench) -> None:
    for n in range(1_000):
        bench.ask("登录不了怎么办" + "!" * (n % 3), f"p{n % 40}")
    while bench.collector.step():
        pass
    gap = bench.gap()
    assert (gap.observations, gap.askers) == (1_000, 40)
    assert len(bench.database.wordings) == 1


def test_a_troll_counts_as_one(bench: GapBench) -> None:
    for n in range(50):
        bench.answered(f"第{n}号问题怎么处理", "troll", helpful=False)
    bench.meanings.mean("能部署在我们机房吗", "支持私有化部署吗")
    bench.ask("能部署在我们机房吗", "mei")
    bench.ask("支持私有化部署吗", "lin")
    assert [gap.askers for gap in bench.gaps()][:2] == [2, 1]


def test_collecting_again_and_elsewhere_changes_nothing(bench: GapBench) -> None:
    reply = bench.ask("金牌版多少钱")
    bench.collector.step()
    bench.queue.put(reply)
    bench.another_collector().step()
    assert bench.gap().observations == 1
    bench.ask("金牌版多少钱?", "lin")
    bench.another_collector().step()
    assert bench.gap().askers == 2


def test_another_process_finds_by_meaning_what_this_one_kept(bench: GapBench) -> None:
    other = bench.another_collector()
    bench.meanings.mean("能部署在我们机房吗", "支持私有化部署吗")
    bench.ask("能部署在我们机房吗")
    bench.collector.step()
    bench.ask("支持私有化部署吗", "lin")
    other.step()
    assert bench.gap().askers == 2


def test_asked_again_in_one_conversation_counts_once(bench: GapBench) -> None:
    first = bench.ask("金牌版多少钱")
    bench.ask("金牌版 多少钱??", conversation_id=first.conversation_id)
    assert bench.gap().observations == 1


def test_a_vote_taken_back_leaves_the_counts(bench: GapBench) -> None:
    reply = bench.answered("怎么续约", helpful=False)
    assert bench.gap().kinds == [ObservationKind.DOWNVOTED]
    bench.queue.put(replace(reply, opinion=Opinion(helpful=True)))
    assert bench.gaps() == []
    bench.queue.put(replace(reply, opinion=Opinion(helpful=False, comment="还是不对")))
    assert bench.store.observations(bench.gap().id, 1)[0].comment == "还是不对"


def test_what_was_answered_and_is_missed_again_opens_with_a_note(bench: GapBench) -> None:
    bench.ask("金牌版多少钱")
    gap = bench.gap()
    bench.ask("金牌版多少钱", "early")  # asked before, collected after
    with bench.transactions.begin() as transaction:
        bench.store.change(transaction, gap.id, status=GapStatus.ANSWERED, published_id="p1")
    assert bench.gap().status is GapStatus.ANSWERED
    bench.ask("金牌版多少钱", "lin")
    again = bench.gap()
    assert (again.id, again.status, again.askers) == (gap.id, GapStatus.OPEN, 3)
    assert again.reopened_at is not None
    assert bench.audit.actions[-1] == "gap.reopened"


def test_what_was_dismissed_stays_dismissed(bench: GapBench) -> None:
    bench.ask("金牌版多少钱")
    id = bench.gap().id
    with bench.transactions.begin() as transaction:
        bench.store.change(transaction, id, status=GapStatus.DISMISSED, reason="不卖了")
    bench.ask("金牌版多少钱", "lin")
    assert (bench.gap().status, bench.gap().askers) == (GapStatus.DISMISSED, 2)


def test_the_question_is_the_wording_most_like_the_others(bench: GapBench) -> None:
    bench.meanings.mean("私有化部署支持吗", "支持私有化部署吗", "能部署在客户机房吗")
    for question in ("能部署在客户机房吗", "私有化部署支持吗", "支持私有化部署吗"):
        bench.ask(question)
    assert bench.gap().question in ("私有化部署支持吗", "支持私有化部署吗")


def test_stage_and_owner_come_from_account_and_document(bench: GapBench) -> None:
    bench.person("wang")
    document = bench.document(owner="gone", deputy="wang", stages=("renewal",))
    bench.ask("金牌版多少钱", document_id=document, version=1)
    account = Account(
        id=AccountId("acme"),
        type=RecordType.ACCOUNT,
        facts={"lifecycle_stage": "onboarding"},
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    bench.accounts[account.id] = account
    bench.ask("金牌版多少钱", "lin", account_id="acme")
    assert (bench.gap().owner, sorted(bench.gap().stages)) == ("wang", ["onboarding", "renewal"])


def test_the_only_curator_owns_what_nobody_answers_for(bench: GapBench) -> None:
    document = bench.document()
    bench.person("cu", Role.CURATOR)
    bench.ask("金牌版多少钱", document_id=document)
    assert bench.gap().owner == "cu"
    bench.person("ra", Role.CURATOR)
    bench.ask("退款找谁", document_id=document)
    assert [gap.owner for gap in bench.gaps() if gap.question == "退款找谁"] == [None]


def test_one_that_breaks_holds_up_no_other(bench: GapBench, caplog: pytest.LogCaptureFixture) -> None:
    broken = bench.ask("金牌版多少钱")
    bench.ask("退款找谁")
    add = bench.store.add

    def fail(transaction: Transaction, observation: Observation, gap: object) -> bool:
        if observation.answer_id == broken.answer_id:
            raise RuntimeError("disk full")
        return add(transaction, observation, gap)  # type: ignore[arg-type]  # passed through

    bench.store.add = fail  # type: ignore[method-assign]  # one failure, once
    assert bench.gap().question == "退款找谁"
    assert "disk full" in caplog.text
    bench.store.add = add  # type: ignore[method-assign]
    bench.another_collector().step()  # the next start
    assert len(bench.gaps()) == 2


def test_a_changed_model_does_not_tear_gaps_apart(bench: GapBench) -> None:
    bench.meanings.mean("能部署在我们机房吗", "支持私有化部署吗")
    bench.ask("能部署在我们机房吗")
    bench.collector.step()
    bench.meanings.identity = replace(bench.meanings.identity, model="another")
    bench.ask("支持私有化部署吗", "lin")
    bench.another_collector().step()
    assert bench.gap().askers == 2
