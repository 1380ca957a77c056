"""The rows of an account that name a contact, on SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, and_, delete, literal, select, update

from copilot.accounts.account import AccountId
from copilot.accounts.contact import Contact, facts_without, people_of, value_without
from copilot.accounts.contact_erasure import Mentions
from copilot.adapters.sql.contact_rules import CONTACT_RULES, ContactRule
from copilot.adapters.sql.personal_records import SqlPersonalRecords
from copilot.adapters.sql.tables import account_signals, accounts
from copilot.adapters.sql.transactions import connection_of
from copilot.people.erasure import Done, Outcome, Subject
from copilot.transaction import Transaction

_RECORD = ("客户记录:此人的条目删除,其他文字里换成代号", "the record: their entry goes, other texts get a pseudonym")
_OBSERVED = (
    "观察留下,不再写明是谁;只说联系人是谁的那条删除",
    "what was observed stays without who it was; an observation that only says who the contact is goes",
)
Row = Mapping[str, Any]


class SqlContactRecords:
    """Implements `ContactRecords`."""

    def __init__(self, engine: Engine, knowledge: MetaData) -> None:
        """`knowledge`: the tables of the documents."""
        self._engine = engine
        self._documents = SqlPersonalRecords(engine, knowledge)

    def export(self, account: AccountId, contact: Contact) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return what names them, by table; of the record only their entry and the fields that name them."""
        found: dict[str, Sequence[Mapping[str, object]]] = {}
        with self._engine.connect() as connection:
            facts = _facts(connection, account)
            theirs = _of_the_record(facts, contact)
            if theirs:
                found["accounts"] = [{"id": account, **theirs}]
            if observed := [dict(row) for row in _signals(connection, account) if _is_observed(row, contact)]:
                found["account_signals"] = observed
            for rule in CONTACT_RULES:
                if rows := [_shown(rule, row) for row, _ in _naming(connection, rule, account, contact)]:
                    found[rule.table.name] = rows
        return {
            table: [{name: _plain(value) for name, value in row.items()} for row in found[table]] for table in found
        }

    def mentions(self, transaction: Transaction, account: AccountId, contact: Contact) -> Mentions:
        """Return what names them."""
        connection = connection_of(transaction)
        drafts: set[str] = set()
        answers: set[str] = set()
        conversations: set[str] = set()
        for rule in CONTACT_RULES:
            for row, _ in _naming(connection, rule, account, contact):
                if rule.table.name in ("drafts", "draft_revisions", "decisions", "deliveries"):
                    drafts.add(row["id"] if rule.table.name == "drafts" else row["draft_id"])
                if rule.table.name == "answers":
                    answers.add(row["id"])
                if rule.table.name in ("answers", "handovers"):
                    conversations.add(row["conversation_id"])
        return Mentions(
            drafts=tuple(sorted(drafts)),
            answers=tuple(sorted(answers)),
            conversations=tuple(sorted(conversations)),
            documents=tuple(self.documents(contact)),
        )

    def documents(self, contact: Contact) -> Sequence[str]:
        """Return the sources of documents that name them; none where the name would find others."""
        if contact.limit is not None:
            return []
        return self._documents.documents(Subject(id=contact.name, words=(contact.name,)))

    def erase(
        self, transaction: Transaction, account: AccountId, contact: Contact, pseudonym: str
    ) -> Sequence[Outcome]:
        """Delete, empty and rename; rows are told by the account they belong to, so their order does not matter."""
        connection = connection_of(transaction)
        outcomes = [
            *_record_erased(connection, account, contact, pseudonym),
            *_signals_erased(connection, account, contact, pseudonym),
        ]
        # All are found before any is changed: one table tells which rows of another are the account's.
        found = [(rule, list(_naming(connection, rule, account, contact))) for rule in CONTACT_RULES]
        for rule, rows in found:
            outcomes += _rows_erased(connection, rule, rows, contact, pseudonym)
        return outcomes


def _facts(connection: Connection, account: AccountId) -> dict[str, object]:
    facts = connection.execute(select(accounts.c.facts).where(accounts.c.id == account)).scalar()
    return dict(facts or {})


def _of_the_record(facts: dict[str, object], contact: Contact) -> dict[str, object]:
    theirs: dict[str, object] = {}
    if entries := people_of(facts, contact):
        theirs["kp"] = [dict(one) for one in entries]
    for field, value in facts.items():
        if (field == "contact" and contact.is_named(value)) or (
            field not in ("kp", "owner", "sponsor") and contact.is_in({field: value})
        ):
            theirs[field] = value
    return theirs


def _signals(connection: Connection, account: AccountId) -> list[Row]:
    query = select(account_signals).where(account_signals.c.account_id == account).order_by(account_signals.c.at)
    return [dict(row) for row in connection.execute(query).mappings()]


def _is_observed(row: Row, contact: Contact) -> bool:
    """Tell whether a signal is about them; the source that is our own person of the same name is not."""
    return _says_who(row, contact) or value_without(row["name"], row["value"], contact, "") != row["value"]


def _says_who(row: Row, contact: Contact) -> bool:
    return row["name"] == "contact" and contact.is_named(row["value"])


def _record_erased(connection: Connection, account: AccountId, contact: Contact, pseudonym: str) -> Iterator[Outcome]:
    facts = _facts(connection, account)
    left = facts_without(facts, contact, pseudonym)
    if left != facts:
        connection.execute(update(accounts).where(accounts.c.id == account).values(facts=dict(left)))
        yield _outcome("accounts", "emptied", 1, _RECORD)


def _signals_erased(connection: Connection, account: AccountId, contact: Contact, pseudonym: str) -> Iterator[Outcome]:
    gone = changed = 0
    for row in _signals(connection, account):
        same = and_(account_signals.c.account_id == account, account_signals.c.id == row["id"])
        if _says_who(row, contact):
            connection.execute(delete(account_signals).where(same))
            gone += 1
        elif (value := value_without(row["name"], row["value"], contact, pseudonym)) != row["value"]:
            connection.execute(update(account_signals).where(same).values(value=value))
            changed += 1
    for done, rows in (("deleted", gone), ("emptied", changed)):
        if rows:
            yield _outcome("account_signals", "deleted" if done == "deleted" else "emptied", rows, _OBSERVED)


def _naming(
    connection: Connection, rule: ContactRule, account: AccountId, contact: Contact
) -> Iterator[tuple[Row, bool]]:
    """Yield rows that name them, and whether a row is one that may not change."""
    fixed = rule.fixed(account) if rule.fixed else literal(False)  # SQL's false
    query = select(rule.table, fixed.label("is_fixed")).where(rule.of(account)).order_by(*rule.table.primary_key)
    for found in connection.execute(query).mappings().all():
        row = dict(found)
        if contact.is_in([row[name] for name in rule.told]):
            yield row, bool(row.pop("is_fixed"))


def _rows_erased(
    connection: Connection, rule: ContactRule, rows: Sequence[tuple[Row, bool]], contact: Contact, pseudonym: str
) -> Iterator[Outcome]:
    counts: dict[Done, int] = {}
    for row, fixed in rows:
        same = and_(*(column == row[column.name] for column in rule.table.primary_key))
        if rule.deleted:
            connection.execute(delete(rule.table).where(same))
            counts["deleted"] = counts.get("deleted", 0) + 1
            continue
        values = {} if fixed else _changed(rule, row, contact, pseudonym)
        if values:
            connection.execute(update(rule.table).where(same).values(values))
            done: Done = "emptied" if any(name in rule.cleared for name in values) else "renamed"
            counts[done] = counts.get(done, 0) + 1
        if fixed or any(contact.is_in(row[name]) for name in rule.kept.split()):
            counts["kept"] = counts.get("kept", 0) + 1
    for done, number in counts.items():
        yield _outcome(rule.table.name, done, number, rule.why_fixed if done == "kept" else rule.why)


def _changed(rule: ContactRule, row: Row, contact: Contact, pseudonym: str) -> dict[str, object]:
    changed: dict[str, object] = {name: to for name, to in rule.cleared.items() if contact.is_in(row[name])}
    for name in rule.replaced.split():
        if contact.is_in(row[name]):
            changed[name] = contact.replaced(row[name], pseudonym)
    return changed


def _shown(rule: ContactRule, row: Row) -> Row:
    """Return a row without what only machines read."""
    return {name: value for name, value in row.items() if name != "vector" and name in rule.table.c}


def _outcome(table: str, done: Done, rows: int, why: tuple[str, str]) -> Outcome:
    return Outcome(table=table, done=done, rows=rows, why=why[1], why_zh=why[0])


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else json.loads(json.dumps(value))
