"""What every `AccountStore` promises."""

from __future__ import annotations

import pytest

from copilot.accounts.account import Account, AccountId, RecordType
from tests.contract.material import START, after
from tests.contract.records import Records


def account(id: str = "a1", **facts: object) -> Account:
    return Account(id=AccountId(id), type=RecordType.OPPORTUNITY, facts=facts, updated_at=START)


def put(records: Records, *accounts: Account) -> None:
    with records.transactions.begin() as transaction:
        for one in accounts:
            records.accounts.put(transaction, one)


def test_a_record_comes_back_as_it_went_in(records: Records) -> None:
    kept = account(name="柚子家居", seats_bought=12, kp=[{"name": "裴总", "since": None}], 自定义={"甲": [1.5, True]})
    put(records, kept)
    assert records.accounts.get(kept.id) == kept


def test_the_newest_state_takes_the_place_of_the_one_before(records: Records) -> None:
    put(records, account(name="旧", city="宁波"))
    newer = Account(id=AccountId("a1"), facts={"name": "新"}, updated_at=after(5))
    put(records, newer)
    assert records.accounts.get(newer.id) == newer
    assert len(records.accounts.list(10)) == 1


@pytest.mark.parametrize("id", ["a1", "a\0b", "a\ud800b", ""])
def test_an_unknown_record_is_none(records: Records, id: str) -> None:
    assert records.accounts.get(AccountId(id)) is None


def test_records_are_listed_by_id_in_pages(records: Records) -> None:
    put(records, *(account(name) for name in ("c", "a", "b")))
    assert [one.id for one in records.accounts.list(2)] == ["a", "b"]
    assert [one.id for one in records.accounts.list(2, AccountId("b"))] == ["c"]


def test_a_locked_record_is_the_newest_of_its_transaction(records: Records) -> None:
    with records.transactions.begin() as transaction:
        assert records.accounts.lock(transaction, AccountId("a1")) is None
        records.accounts.put(transaction, account(name="甲"))
        assert records.accounts.lock(transaction, AccountId("a1")) == account(name="甲")
