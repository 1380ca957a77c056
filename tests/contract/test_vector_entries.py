"""What every `VectorIndex` promises of adding, reading and removing entries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from knowledge.chunk import ChunkId
from knowledge.document import Audience
from knowledge.errors import IndexModelMismatch
from knowledge.index import Field, VectorIndex
from knowledge.reader import CUSTOMERS, access_label
from tests.contract.vectors import FIELDS, MODEL, ONE, OTHER, PRICES, RENEWAL, add, found, vector


def test_adding_an_entry_again_replaces_its_vector(index: VectorIndex) -> None:
    add(index, [RENEWAL])
    (name,) = add(index, [PRICES])
    assert found(index, PRICES) == {name: pytest.approx(1, abs=1e-5)}


def test_adding_an_entry_again_replaces_its_audience(index: VectorIndex) -> None:
    add(index, [RENEWAL], audience=Audience.CUSTOMER)
    add(index, [RENEWAL], audience=Audience.INTERNAL)
    assert index.search("chunk", vector(RENEWAL), 10, CUSTOMERS) == {}


def test_adding_no_entries_changes_nothing(index: VectorIndex) -> None:
    add(index, [RENEWAL])
    add(index, [], field="question")
    assert found(index, RENEWAL, field="question") == {}


def test_more_entries_than_fit_into_one_call_are_all_kept(index: VectorIndex) -> None:
    rows = np.random.default_rng(7).standard_normal((5600, 4)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    names = [ChunkId(f"one.1.{i}") for i in range(len(rows))]
    index.add("chunk", ONE, 1, names, names, rows, access_label(Audience.INTERNAL), replace(MODEL, dimension=4))
    assert index.vectors(names).keys() == set(names)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "changed", [{"model": "another"}, {"normal_form": MODEL.normal_form + 1}, {"dimension": 64}], ids=str
)
def test_vectors_of_another_identity_are_refused(
    index: VectorIndex, field: Field, changed: dict[str, str | int]
) -> None:
    add(index, [RENEWAL])
    with pytest.raises(IndexModelMismatch):
        add(index, [PRICES], document=OTHER, field=field, model=replace(MODEL, **changed))  # type: ignore[arg-type]


def test_a_refused_entry_is_not_found(index: VectorIndex) -> None:
    add(index, [RENEWAL])
    with pytest.raises(IndexModelMismatch):
        add(index, [PRICES], document=OTHER, model=replace(MODEL, model="another"))
    assert set(found(index, PRICES)) == {"one.1.0"}


def test_stored_vectors_come_back_as_they_went_in(index: VectorIndex) -> None:
    names = add(index, [RENEWAL, PRICES])
    stored = index.vectors(names)
    np.testing.assert_allclose(stored[names[1]], vector(PRICES), atol=1e-6)


def test_unknown_ids_have_no_vector(index: VectorIndex) -> None:
    (name,) = add(index, [RENEWAL])
    assert set(index.vectors([ChunkId("unknown"), name])) == {name}


def test_no_ids_have_no_vectors(index: VectorIndex) -> None:
    add(index, [RENEWAL])
    assert index.vectors([]) == {}


def test_an_id_named_twice_has_one_vector(index: VectorIndex) -> None:
    (name,) = add(index, [RENEWAL])
    assert set(index.vectors([name, name])) == {name}


def test_questions_have_no_chunk_vector(index: VectorIndex) -> None:
    add(index, [RENEWAL], field="question")
    assert index.vectors([ChunkId("one.1.0"), ChunkId("one.1.0.q0")]) == {}


@pytest.mark.parametrize("field", FIELDS)
def test_a_removed_version_is_found_no_more(index: VectorIndex, field: Field) -> None:
    add(index, [RENEWAL], field=field)
    index.remove(ONE, 1)
    assert found(index, RENEWAL, field=field) == {}


def test_removing_a_version_keeps_the_others_of_its_document(index: VectorIndex) -> None:
    add(index, [RENEWAL], version=1)
    add(index, [RENEWAL], version=2)
    index.remove(ONE, 1)
    assert set(found(index, RENEWAL)) == {"one.2.0"}


def test_removing_a_version_keeps_other_documents_of_that_version(index: VectorIndex) -> None:
    add(index, [RENEWAL], document=ONE)
    add(index, [RENEWAL], document=OTHER)
    index.remove(ONE, 1)
    assert set(found(index, RENEWAL)) == {"other.1.0"}


def test_removing_what_was_never_there_changes_nothing(index: VectorIndex) -> None:
    add(index, [RENEWAL])
    index.remove(OTHER, 1)
    assert set(found(index, RENEWAL)) == {"one.1.0"}


def test_an_empty_index_lets_a_version_be_removed(index: VectorIndex) -> None:
    index.remove(ONE, 1)
    assert found(index, RENEWAL) == {}


@pytest.mark.parametrize("audience", list(Audience))
def test_a_discarded_question_leads_nowhere_and_the_others_stay(index: VectorIndex, audience: Audience) -> None:
    add(index, [RENEWAL, PRICES], field="question", audience=audience)
    index.discard("question", ["one.1.0.q0", "unknown"])
    assert set(found(index, RENEWAL, field="question")) == {"one.1.1"}


def test_discarding_questions_keeps_chunks(index: VectorIndex) -> None:
    (name,) = add(index, [RENEWAL])
    index.discard("question", [name])
    index.discard("question", [])
    assert set(found(index, RENEWAL)) == {name}
