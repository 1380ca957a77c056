"""Records of CRMs and their accounts, on SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Engine, delete, select

from copilot.accounts.account import AccountId
from copilot.accounts.crm_record import CrmRecord
from copilot.accounts.record_index import Known
from copilot.adapters.sql.moment import utc
from copilot.adapters.sql.tables import account_records, accounts
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.transaction import Transaction

_NOBODY = ""  #: the account says so itself


class SqlRecordIndex:
    """Implements `RecordIndex`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def accounts(self, record: CrmRecord) -> Sequence[AccountId]:
        """Return the account that a person has bound a record to, else all accounts that name it."""
        rows = account_records.c
        query = select(rows.account_id, rows.bound_by).where(rows.record == str(record)).order_by(rows.account_id)
        with self._engine.connect() as connection:
            found = connection.execute(query).all()
        bound = [AccountId(row.account_id) for row in found if row.bound_by != _NOBODY]
        return bound or [AccountId(row.account_id) for row in found]

    def named(self, transaction: Transaction, account: AccountId, records: Collection[CrmRecord]) -> None:
        """Take note of the records that an account names now."""
        connection, rows = connection_of(transaction), account_records.c
        connection.execute(delete(account_records).where(rows.account_id == account, rows.bound_by == _NOBODY))
        for record in sorted(map(str, records)):
            insert_new(connection, account_records, {"record": record, "account_id": account, "bound_by": _NOBODY})

    def bind(
        self, transaction: Transaction, record: CrmRecord, account: AccountId, person: str, at: datetime
    ) -> AccountId | None:
        """Keep what a person says."""
        connection, rows = connection_of(transaction), account_records.c
        mine = (rows.record == str(record), rows.bound_by != _NOBODY)
        before: str | None = connection.execute(select(rows.account_id).where(*mine).with_for_update()).scalar()
        connection.execute(delete(account_records).where(*mine))
        row = {"record": str(record), "account_id": account, "bound_by": person, "at": utc(at)}
        insert_new(connection, account_records, row)
        return None if before is None else AccountId(before)

    def known(self) -> Sequence[Known]:
        """Return what every account is recognised by."""
        facts = accounts.c.facts
        website = {name: facts[name].as_string() for name in ("website", "domain")}
        query = select(
            accounts.c.id,
            facts["name"].as_string().label("name"),
            website["website"].label("website"),
            website["domain"].label("domain"),
        ).order_by(accounts.c.id)
        with self._engine.connect() as connection:
            return [
                Known(id=AccountId(row.id), name=row.name, website=row.website or row.domain)
                for row in connection.execute(query)
            ]
