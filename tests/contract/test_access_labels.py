"""What every index and store promises of groups, of moving entries, and of a person's word on access."""

from __future__ import annotations

import pytest

from knowledge.document import Audience, Metadata
from knowledge.errors import UnknownDocument
from knowledge.index import Field, ReplaceableIndex
from knowledge.reader import CUSTOMERS, EVERYTHING, STAFF, Reader, access_label
from tests.contract.material import Knowledge, chunk_of, identity, indexed
from tests.contract.vectors import FIELDS, ONE, OTHER, PRICES, RENEWAL, add, found, vector

FINANCE, LEGAL = Reader(groups=frozenset({"财务"})), Reader(groups=frozenset({"legal"}))
BOTH = Reader(groups=frozenset({"legal", "财务"}))
INSIDE, OUTSIDE = access_label(Audience.INTERNAL), access_label(Audience.CUSTOMER)


@pytest.mark.parametrize("field", FIELDS)
def test_entries_of_a_group_are_found_by_its_members_alone(index: ReplaceableIndex, field: Field) -> None:
    add(index, [RENEWAL], field=field, document=ONE, groups=["财务"])
    add(index, [PRICES], field=field, document=OTHER)
    both = {"one.1.0", "other.1.0"}
    for reader, names in ((STAFF, {"other.1.0"}), (LEGAL, {"other.1.0"}), (FINANCE, both), (EVERYTHING, both)):
        assert set(found(index, RENEWAL, field=field, reader=reader)) == names
    assert found(index, RENEWAL, field=field, reader=CUSTOMERS) == {}


def test_one_group_of_several_is_enough(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL], groups=["legal", "财务"])
    assert [len(found(index, RENEWAL, reader=one)) for one in (FINANCE, LEGAL, BOTH, STAFF)] == [1, 1, 1, 0]


def test_a_group_is_no_audience_whatever_its_name(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL], audience=Audience.CUSTOMER, groups=["customer"])
    assert [len(found(index, RENEWAL, reader=one)) for one in (CUSTOMERS, STAFF)] == [0, 0]


def test_the_nearest_of_all_labels_count(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL], document=ONE, groups=["财务"])
    add(index, [PRICES, f"{PRICES} again"], document=OTHER)
    assert set(found(index, RENEWAL, limit=1, reader=FINANCE)) == {"one.1.0"}


def test_vectors_of_a_group_are_read_removed_and_discarded(index: ReplaceableIndex) -> None:
    (name,) = add(index, [RENEWAL], groups=["财务"])
    add(index, [RENEWAL], field="question", groups=["财务"])
    assert set(index.vectors([name])) == {name}
    index.discard("question", [f"{name}.q0"])
    assert found(index, RENEWAL, field="question", reader=FINANCE) == {}
    index.remove(ONE, 1)
    assert found(index, RENEWAL, reader=EVERYTHING) == {}
    assert index.identity() is None


@pytest.mark.parametrize(
    ("before", "after"),
    [((), ("财务",)), (("财务",), ()), (("财务",), ("legal",)), (("财务",), ("legal", "财务"))],
    ids=["narrowed", "widened", "another group", "one more group"],
)
def test_moved_entries_are_found_by_their_new_readers_alone(
    index: ReplaceableIndex, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    add(index, [RENEWAL, PRICES], document=ONE, groups=before)
    add(index, [RENEWAL], field="question", document=ONE, groups=before)
    add(index, [RENEWAL], document=ONE, version=2, groups=before)
    label = access_label(Audience.INTERNAL, after)
    for _ in range(2):  # a killed move is repeated
        index.relabel(ONE, 1, label)
    for reader in (STAFF, FINANCE, LEGAL):
        seen = set(found(index, RENEWAL, reader=reader))
        assert ({"one.1.0", "one.1.1"} <= seen) == reader.may_read_label(label)
        assert ("one.2.0" in seen) == reader.may_read_label(access_label(Audience.INTERNAL, before))
        assert bool(found(index, RENEWAL, field="question", reader=reader)) == reader.may_read_label(label)
    assert set(index.vectors(["one.1.0", "one.1.1"])) == {"one.1.0", "one.1.1"}  # type: ignore[list-item]


def test_moving_keeps_vectors_as_they_were(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL], audience=Audience.CUSTOMER)
    index.relabel(ONE, 1, INSIDE)
    assert found(index, RENEWAL, reader=CUSTOMERS) == {}
    assert found(index, RENEWAL) == {"one.1.0": pytest.approx(float(vector(RENEWAL) @ vector(RENEWAL)), abs=1e-5)}


def test_a_shadow_keeps_labels_and_is_dropped_with_its_groups(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL], groups=["财务"])
    index.drop_besides([])
    assert set(found(index, RENEWAL, reader=FINANCE)) == {"one.1.0"}


@pytest.mark.parametrize("field", FIELDS)
def test_words_of_a_group_are_found_by_its_members_alone(knowledge: Knowledge, field: Field) -> None:
    in_group = Metadata(groups=("财务",), audience=Audience.CUSTOMER)
    knowledge.store.save(indexed("a.md", "refund rules", questions=["refund?"], metadata=in_group))
    knowledge.store.save(indexed("b.md", "refund form", questions=["refund?"]))
    both = {chunk_of("a.md"), chunk_of("b.md")}
    for reader, names in ((STAFF, {chunk_of("b.md")}), (LEGAL, {chunk_of("b.md")}), (BOTH, both), (EVERYTHING, both)):
        assert set(knowledge.found("refund", field=field, reader=reader)) == names
    assert knowledge.found("refund", field=field, reader=CUSTOMERS) == {}


def test_a_word_of_a_person_is_in_force_at_once(knowledge: Knowledge) -> None:
    store = knowledge.store
    store.save(indexed("a.md", "refund", audience=Audience.CUSTOMER))
    revision = store.revision()
    assert store.set_access(identity("a.md"), Audience.INTERNAL, ["财务", "财务"])
    label = access_label(Audience.INTERNAL, ["财务"])
    assert (store.labels_of([identity("a.md"), identity("b.md")]), set(store.labels())) == (
        {identity("a.md"): label},
        {label},
    )
    assert knowledge.found("refund") == {}
    assert set(knowledge.found("refund", reader=FINANCE)) == {chunk_of("a.md")}
    assert store.chunks([chunk_of("a.md")])[chunk_of("a.md")].metadata.groups == ("财务",)
    assert store.find("a.md").document.metadata == store.find_version(identity("a.md"), 1).document.metadata
    assert store.revision() != revision
    assert store.moves() == {identity("a.md"): (1, label)}


def test_a_move_is_forgotten_only_when_it_went_where_the_document_is_now(knowledge: Knowledge) -> None:
    store, name = knowledge.store, identity("a.md")
    store.save(indexed("a.md", "refund"))
    store.set_access(name, Audience.CUSTOMER, [])
    store.set_access(name, Audience.INTERNAL, ["财务"])
    store.moved(name, 1, OUTSIDE)
    assert set(store.moves()) == {name}
    store.moved(name, 1, access_label(Audience.INTERNAL, ["财务"]))
    assert store.moves() == {}


def test_a_word_outlives_new_text_and_deletion_until_the_file_says_something_else(knowledge: Knowledge) -> None:
    store, name = knowledge.store, identity("a.md")
    narrow = access_label(Audience.INTERNAL, ["财务"])
    store.save(indexed("a.md", "甲"))
    store.set_access(name, Audience.INTERNAL, ["legal"])
    store.set_access(name, Audience.INTERNAL, ["财务"])
    store.moved(name, 1, narrow)
    assert store.in_force(name, Metadata(owner="x")) == Metadata(owner="x", groups=("财务",))
    store.save(indexed("a.md", "乙", version=2))
    assert (store.labels_of([name]), store.moves()) == ({name: narrow}, {name: (2, narrow)})
    store.delete(name)
    store.save(indexed("a.md", "乙", version=3))
    assert store.labels_of([name]) == {name: narrow}
    store.save(indexed("a.md", "乙", version=4, audience=Audience.CUSTOMER))
    assert store.labels_of([name]) == {name: OUTSIDE}
    store.save(indexed("a.md", "乙", version=5))
    assert store.labels_of([name]) == {name: INSIDE}, "the file took the word back for good"


def test_nobody_speaks_of_a_document_that_is_gone(knowledge: Knowledge) -> None:
    assert not knowledge.store.set_access(identity("a.md"), Audience.INTERNAL, ["财务"])
    assert (knowledge.store.moves(), set(knowledge.store.labels())) == ({}, set())


@pytest.mark.parametrize("name", ["secret.md", "secret", identity("secret.md")])
def test_a_document_that_may_not_be_read_is_as_unknown_as_one_that_is_not_there(
    knowledge: Knowledge, name: str
) -> None:
    knowledge.store.save(indexed("secret.md", "甲", metadata=Metadata(groups=("财务",))))
    knowledge.store.save(indexed("secre.md", "乙", audience=Audience.CUSTOMER))
    with pytest.raises(UnknownDocument) as refused:
        knowledge.store.find(name, STAFF)
    assert "'secret.md'" not in refused.value.message.replace(f"id {name!r}", "")
    assert knowledge.store.find("secret.md", FINANCE).id == identity("secret.md")
