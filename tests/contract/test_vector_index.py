"""What every `VectorIndex` promises of searching."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.document import Audience
from knowledge.index import Field, VectorIndex
from knowledge.reader import CUSTOMERS, STAFF
from tests.contract.vectors import FIELDS, MODEL, ONBOARDING, ONE, OTHER, PRICES, RENEWAL, add, found, vector


@pytest.mark.parametrize("field", FIELDS)
def test_an_empty_index_finds_nothing(index: VectorIndex, field: Field) -> None:
    assert found(index, RENEWAL, field=field) == {}


def test_an_empty_index_has_no_identity(index: VectorIndex) -> None:
    assert index.identity() is None


def test_the_identity_is_that_of_the_vectors_added(index: VectorIndex) -> None:
    add(index, [RENEWAL])
    assert index.identity() == MODEL


def test_an_index_emptied_again_has_no_identity(index: VectorIndex) -> None:
    add(index, [RENEWAL])
    index.remove(ONE, 1)
    assert index.identity() is None


@pytest.mark.parametrize("field", FIELDS)
def test_an_added_entry_is_found_with_its_cosine(index: VectorIndex, field: Field) -> None:
    names = add(index, [RENEWAL, PRICES], field=field)
    near = found(index, "续约 复盘", field=field)
    assert near == pytest.approx(
        {
            names[0]: float(vector(RENEWAL) @ vector("续约 复盘")),
            names[1]: float(vector(PRICES) @ vector("续约 复盘")),
        },
        abs=1e-5,
    )


def test_the_opposite_direction_is_minus_one(index: VectorIndex) -> None:
    (name,) = add(index, [RENEWAL])
    assert index.search("chunk", -vector(RENEWAL), 1, STAFF)[name] == pytest.approx(-1, abs=1e-5)


def test_the_limit_keeps_the_nearest(index: VectorIndex) -> None:
    names = add(index, [PRICES, RENEWAL, ONBOARDING])
    assert set(found(index, RENEWAL, limit=1)) == {names[1]}


def test_fields_are_searched_apart(index: VectorIndex) -> None:
    add(index, [RENEWAL], field="question")
    assert found(index, RENEWAL, field="chunk") == {}


def test_questions_of_one_chunk_give_its_best_cosine_only(index: VectorIndex) -> None:
    add(index, [PRICES, RENEWAL], field="question", chunks=["c", "c"])
    assert found(index, RENEWAL, field="question") == {"c": pytest.approx(1, abs=1e-5)}


def test_the_limit_counts_entries_not_chunks(index: VectorIndex) -> None:
    add(index, [RENEWAL, f"{RENEWAL}会", PRICES], field="question", chunks=["c", "c", "far"])
    assert set(found(index, RENEWAL, field="question", limit=2)) == {"c"}


@pytest.mark.parametrize("field", FIELDS)
def test_customers_find_no_internal_entry(index: VectorIndex, field: Field) -> None:
    add(index, [RENEWAL], field=field, document=ONE, audience=Audience.INTERNAL)
    (name,) = add(index, [PRICES], field=field, document=OTHER, audience=Audience.CUSTOMER)
    assert set(index.search(field, vector(RENEWAL), 10, CUSTOMERS)) == {name}


def test_staff_find_entries_of_both_audiences(index: VectorIndex) -> None:
    add(index, [RENEWAL], document=ONE, audience=Audience.INTERNAL)
    add(index, [RENEWAL], document=OTHER, audience=Audience.CUSTOMER)
    assert set(found(index, RENEWAL)) == {"one.1.0", "other.1.0"}


def test_one_customer_entry_is_found_among_many_nearer_internal_ones(index: VectorIndex) -> None:
    add(index, [f"{RENEWAL} {i}" for i in range(300)], document=ONE, audience=Audience.INTERNAL)
    (name,) = add(index, [PRICES], document=OTHER, audience=Audience.CUSTOMER)
    assert set(index.search("chunk", vector(RENEWAL), 5, CUSTOMERS)) == {name}


@pytest.mark.parametrize("field", FIELDS)
def test_the_best_cosines_of_many_are_those_of_each_alone(index: VectorIndex, field: Field) -> None:
    asked = np.stack([vector(RENEWAL), vector("续约 复盘"), -vector(PRICES)])
    assert list(index.nearest(field, asked, STAFF)) == [None, None, None]
    assert list(index.nearest(field, asked[:0], STAFF)) == []
    add(index, [RENEWAL, PRICES], field=field)
    for among in (None, {ONE}, {OTHER}):
        alone = [max(index.search(field, one, 1, STAFF, among).values(), default=None) for one in asked]
        together = index.nearest(field, asked, STAFF, among)
        assert [one is None for one in together] == [one is None for one in alone]
        assert [one for one in together if one is not None] == pytest.approx([one for one in alone if one is not None])
