"""What every index promises a reader who wants only what is verified: as many hits as if there was nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.document import Audience, DocumentId, Metadata
from knowledge.index import Field, ReplaceableIndex
from knowledge.reader import STAFF, Reader
from knowledge.verification import Check, Keepers
from tests.contract.material import Knowledge, chunk_of, identity, indexed
from tests.contract.vectors import FIELDS, ONE, OTHER, PRICES, RENEWAL, add, vector

TODAY = date(2026, 11, 26)
ASKED = Reader(verified_on=TODAY)


@pytest.mark.parametrize("field", FIELDS)
def test_nearer_entries_of_other_documents_take_no_place(index: ReplaceableIndex, field: Field) -> None:
    for n in range(30):
        add(index, [RENEWAL, f"{RENEWAL} {n}"], field=field, document=DocumentId(f"no{n}"))
    add(index, [PRICES, f"{PRICES} again"], field=field, document=ONE)
    add(index, [PRICES], field=field, document=OTHER, audience=Audience.CUSTOMER)
    add(index, [PRICES], field=field, document=DocumentId("secret"), groups=["财务"])
    among = {ONE, OTHER, DocumentId("secret"), DocumentId("gone")}
    found = index.search(field, vector(RENEWAL), 2, STAFF, among)
    assert len(found) == 2
    assert set(index.search(field, vector(RENEWAL), 9, STAFF, among)) == {"one.1.0", "one.1.1", "other.1.0"}
    assert index.search(field, vector(RENEWAL), 9, STAFF, []) == {}
    assert found == pytest.approx(
        {name: float(vector(RENEWAL) @ vector(PRICES)) for name in found if name != "one.1.1"}
        | {name: float(vector(RENEWAL) @ vector(f"{PRICES} again")) for name in found if name == "one.1.1"},
        abs=1e-5,
    )


@pytest.mark.parametrize("field", FIELDS)
def test_words_of_other_documents_take_no_place(knowledge: Knowledge, field: Field) -> None:
    dates = {
        "verified.md": (date(2026, 1, 1), TODAY),
        "open.md": (date(2026, 1, 1), None),
        "stale.md": (date(2026, 1, 1), date(2026, 11, 25)),
        "unverified.md": (None, date(2027, 1, 1)),
    }
    for source, (on, until) in dates.items():
        metadata = Metadata(verified_on=on, review_by=until)
        knowledge.store.save(indexed(source, "refund rules", questions=["refund?"], metadata=metadata))
    assert len(knowledge.found("refund", field=field)) == 4
    wanted = {chunk_of("verified.md"), chunk_of("open.md")}
    assert set(knowledge.found("refund", field=field, reader=ASKED)) == wanted
    assert set(knowledge.found("refund", field=field, reader=ASKED, limit=2)) == wanted
    tomorrow = Reader(verified_on=date(2026, 11, 27))
    assert set(knowledge.found("refund", field=field, reader=tomorrow)) == {chunk_of("open.md")}
    knowledge.store.set_verification(identity("stale.md"), Keepers(), Check(verified_on=TODAY))
    assert len(knowledge.found("refund", field=field, reader=ASKED)) == 3
