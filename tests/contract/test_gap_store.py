"""What every `GapStore` and `WordingStore` promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from copilot.curating.gap import Gap, GapId, GapStatus, Observation, ObservationKind
from copilot.curating.wording_store import Wording
from tests.contract.material import after
from tests.contract.records import Records

G = GapId("g1")


def seen(
    id: str = "a1:abstained",
    *,
    person: str = "mei",
    minutes: int = 0,
    question: str = "金牌版多少钱",
    kind: ObservationKind = ObservationKind.ABSTAINED,
    stage: str | None = "renewal",
) -> Observation:
    return Observation(
        id=id,
        kind=kind,
        answer_id=id.split(":")[0],
        question=question,
        language="zh",
        person=person,
        at=after(minutes),
        account_id="acme",
        stage=stage,
        reason="incorrect" if kind is ObservationKind.DOWNVOTED else None,
        document_id="d1",
        version=2,
        conversation_id="c1",
    )


def add(records: Records, *observations: Observation, gap: GapId = G) -> Gap:
    with records.transactions.begin() as transaction:
        for one in observations:
            records.gaps.add(transaction, one, gap)
    found = records.gaps.get(gap)
    assert found is not None
    return found


def test_a_gap_begins_with_its_first_observation(records: Records) -> None:
    gap = add(records, seen())
    assert (gap.question, gap.language, gap.status, gap.document_id) == ("金牌版多少钱", "zh", GapStatus.OPEN, "d1")
    assert (gap.observations, gap.askers, gap.stages, gap.kinds) == (1, 1, ["renewal"], [ObservationKind.ABSTAINED])
    assert (gap.first_at, gap.last_at, gap.changed_at) == (after(0), after(0), None)
    assert records.gaps.observations(G, 9) == [seen()]


def test_the_same_miss_is_never_counted_twice(records: Records) -> None:
    add(records, seen())
    with records.transactions.begin() as transaction:
        assert not records.gaps.add(transaction, seen(), G)
        assert records.gaps.find(transaction, seen().id) == G
        assert records.gaps.find(transaction, "another") is None
    gap = records.gaps.get(G)
    assert gap is not None
    assert gap.observations == 1


def test_people_are_counted_once_and_the_most_frequent_comes_first(records: Records) -> None:
    gap = add(
        records,
        seen("a1:abstained", minutes=5, stage="growth"),
        seen("a2:abstained", minutes=1),
        seen("a3:downvoted", person="lin", minutes=9, kind=ObservationKind.DOWNVOTED),
    )
    assert (gap.observations, gap.askers) == (3, 2)
    assert gap.stages == ["renewal", "growth"]
    assert gap.kinds == [ObservationKind.ABSTAINED, ObservationKind.DOWNVOTED]
    assert (gap.first_at, gap.last_at) == (after(1), after(9))
    assert records.gaps.askers(G) == ["mei", "lin"]
    assert [one.id for one in records.gaps.observations(G, 2)] == ["a3:downvoted", "a1:abstained"]


def test_what_is_taken_back_counts_no_more_until_it_is_said_again(records: Records) -> None:
    bad = seen("a2:downvoted", person="lin", minutes=3, kind=ObservationKind.DOWNVOTED)
    add(records, seen(), bad)
    with records.transactions.begin() as transaction:
        records.gaps.withdraw(transaction, bad.id)
        records.gaps.withdraw(transaction, bad.id)
        records.gaps.withdraw(transaction, "unknown")
    gap = records.gaps.get(G)
    assert gap is not None
    assert (gap.observations, gap.askers, gap.last_at, gap.kinds) == (1, 1, after(0), [ObservationKind.ABSTAINED])
    assert records.gaps.askers(G) == ["mei"]
    with records.transactions.begin() as transaction:
        records.gaps.refresh(transaction, replace(bad, reason="other", comment="还是不对"))
    gap = records.gaps.get(G)
    assert gap is not None
    assert (gap.observations, gap.askers) == (2, 2)
    assert records.gaps.observations(G, 1)[0].comment == "还是不对"


def test_what_a_person_asked_last_is_told_by_gap(records: Records) -> None:
    other = GapId("g2")
    add(records, seen("a1:abstained"), seen("a2:abstained", minutes=5, question="金牌版什么价"))
    add(records, seen("a3:abstained", minutes=9, person="li"))
    add(records, seen("a4:abstained"), gap=other)
    told = records.gaps.last_asked("mei", [G, other])
    assert {id: one.question for id, one in told.items()} == {G: "金牌版什么价", other: "金牌版多少钱"}
    assert list(records.gaps.last_asked("li", [G, other])) == [G]
    assert records.gaps.last_asked("li", []) == {}
    with records.transactions.begin() as transaction:
        records.gaps.withdraw(transaction, "a3:abstained")
    assert records.gaps.last_asked("li", [G, other]) == {}


def test_a_gap_without_observations_is_not_listed_and_keeps_its_id(records: Records) -> None:
    add(records, seen())
    with records.transactions.begin() as transaction:
        records.gaps.withdraw(transaction, seen().id)
    assert records.gaps.list(None, 9) == []
    assert records.gaps.get(G) is not None


def test_gaps_are_ordered_by_people_then_times_then_the_newest(records: Records) -> None:
    add(records, *(seen(f"t{n}:downvoted", person="troll", minutes=n) for n in range(9)), gap=GapId("troll"))
    add(records, seen("b1:abstained"), seen("b2:abstained", person="lin"), gap=GapId("two"))
    add(records, seen("e1:abstained", minutes=1), gap=GapId("early"))
    add(records, seen("l1:abstained", minutes=5), gap=GapId("late"))
    assert [gap.id for gap in records.gaps.list(None, 9)] == ["two", "troll", "late", "early"]
    assert [gap.id for gap in records.gaps.list(None, 2)] == ["two", "troll"]
    assert [gap.id for gap in records.gaps.of_person("lin", None, 9)] == ["two"]
    with records.transactions.begin() as transaction:
        records.gaps.change(transaction, GapId("early"), owner="lin", status=GapStatus.DRAFTED, draft_id="x1")
    assert [gap.id for gap in records.gaps.of_person("lin", None, 9)] == ["two", "early"]
    assert [gap.id for gap in records.gaps.list(GapStatus.DRAFTED, 9)] == ["early"]
    found = records.gaps.by_draft("x1")
    assert found is not None
    assert (found.id, records.gaps.by_draft("x2")) == ("early", None)


def test_a_status_that_changes_is_dated_and_reopening_is_noted(records: Records) -> None:
    add(records, seen())
    with records.transactions.begin() as transaction:
        records.gaps.change(transaction, G, status=GapStatus.ANSWERED, published_id="p1", owner="mei", language="en")
    answered = records.gaps.get(G)
    assert answered is not None
    assert answered.changed_at is not None
    assert (answered.published_id, answered.owner, answered.reopened_at, answered.language) == ("p1", "mei", None, "en")
    with records.transactions.begin() as transaction:
        records.gaps.change(transaction, G, owner="", former_owner="mei", status=GapStatus.OPEN)
        locked = records.gaps.lock(transaction, G)
        assert records.gaps.lock(transaction, GapId("none")) is None
    assert locked is not None
    assert (locked.owner, locked.former_owner, locked.status) == (None, "mei", GapStatus.OPEN)
    assert locked.reopened_at is not None


def test_the_same_again_in_one_conversation_is_told(records: Records) -> None:
    add(records, seen())
    again = seen("a2:abstained", question="金牌版 多少钱?")
    with records.transactions.begin() as transaction:
        assert records.gaps.repeated(transaction, again)
        assert not records.gaps.repeated(transaction, seen())
        assert not records.gaps.repeated(transaction, replace(again, conversation_id="c2"))
        assert not records.gaps.repeated(transaction, replace(again, kind=ObservationKind.DOWNVOTED))
        assert not records.gaps.repeated(transaction, replace(again, question="银牌版多少钱"))


def test_wordings_come_back_by_number_with_the_vectors_of_their_model(records: Records) -> None:
    add(records, seen())
    vector = np.array([0.6, 0.8], dtype=np.float32)
    with records.transactions.begin() as transaction:
        for n, model in enumerate(("m1", "m2", "m1")):
            kept = Wording(number=0, key=f"k{n}", gap=G, text=f"问题{n}", model=model, vector=vector)
            records.wordings.keep(transaction, kept)
        found = records.wordings.after(transaction, 0, "m1")
        assert [one.text for one in found] == ["问题0", "问题2"]
        assert found[0].vector.tolist() == vector.tolist()
        assert (records.wordings.gap(transaction, "k1"), records.wordings.gap(transaction, "k9")) == (G, None)
    (old,) = records.wordings.of_other_models("m1", 9)
    with records.transactions.begin() as transaction:
        records.wordings.renew(transaction, [replace(old, model="m1", vector=vector[::-1])])
        (new,) = records.wordings.after(transaction, found[-1].number, "m1")
    assert (new.key, new.vector.tolist()) == ("k1", vector[::-1].tolist())
    assert records.wordings.of_other_models("m1", 9) == []


def test_a_merged_gap_is_the_one_it_was_merged_into(records: Records) -> None:
    one, two, three = GapId("one"), GapId("two"), GapId("three")
    add(records, seen("a1:abstained", minutes=9), seen("a2:abstained", person="li", minutes=1), gap=one)
    add(records, seen("b1:abstained", minutes=4, stage="growth"), seen("b2:downvoted", person="xu"), gap=two)
    add(records, seen("c1:abstained", person="hu"), gap=three)
    with records.transactions.begin() as transaction:
        records.gaps.withdraw(transaction, "b2:downvoted")
        records.gaps.change(transaction, two, draft_id="x1")
        records.gaps.merge(transaction, two, one)
        records.gaps.merge(transaction, one, three)
        locked = records.gaps.lock(transaction, two)
        assert records.gaps.find(transaction, "b1:abstained") == three
    for found in (locked, records.gaps.get(one), records.gaps.get(two), records.gaps.by_draft("x1")):
        assert found is not None
        assert (found.id, found.observations, found.askers) == (three, 4, 3)
        assert (found.first_at, found.last_at, found.stages[0]) == (after(0), after(9), "renewal")
    assert [gap.id for gap in records.gaps.list(None, 9)] == [three]
    assert [gap.id for gap in records.gaps.of_person("mei", None, 9)] == [three]
    with records.transactions.begin() as transaction:
        records.gaps.refresh(transaction, seen("b2:downvoted", person="xu"))
    again = records.gaps.get(three)
    assert again is not None
    assert (again.observations, again.askers) == (5, 4)
