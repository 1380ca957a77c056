"""What is kept of a person is known for every column there is, is given to them, and goes when they are erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    select,
)

from copilot.adapters.sql import tables as own
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.personal_records import SqlPersonalRecords
from copilot.adapters.sql.personal_rules import Rule
from copilot.adapters.sql.personal_rules import rules as rules_of
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.surface import Surface
from copilot.audit.verification import verified
from copilot.errors import InvalidRequest, UnknownPerson
from copilot.people.caller import the_owner
from copilot.people.erasure import ErasureService
from knowledge.adapters.sql import tables as knowledge

NOW = datetime(2026, 11, 27, tzinfo=UTC)
TABLES = {**own.metadata.tables, **knowledge.metadata.tables}
RULES = rules_of(knowledge.metadata)
OF = {rule.table.name: rule for rule in RULES}
#: In every text of a person; none of it may be left in what they wrote.
WORDS = "王敏 13800138000 wang.min"
#: Rows of these are a person's by way of an answer or a wording, or by a user of Slack.
INDIRECT = {"answers", "gap_queue", "gap_wordings", "slack_events", "slack_messages"}


def test_every_column_is_declared_once() -> None:
    """A new column fails here until somebody says whether it has to do with a person."""
    assert {name: set(table.columns.keys()) for name, table in TABLES.items()} == {
        rule.table.name: rule.columns for rule in RULES
    }
    assert len(RULES) == len(TABLES)
    for rule in RULES:
        told = " ".join((rule.people, rule.cleaned, rule.named, rule.sealed, rule.plain)).split()
        assert len(told) + len(rule.cleared) == len(rule.columns), rule.table.name


def test_what_has_to_do_with_people_says_why_it_goes_or_stays() -> None:
    for rule in RULES:
        concerned = bool(rule.people or rule.named or rule.where)
        assert [bool(why) for why in rule.why] == [concerned] * 2, rule.table.name


def filled(table: Table, person: str, number: int) -> dict[str, Any]:
    """Return a row in which every text speaks of the person; ids are the same in all tables, so that rows belong."""
    rule = OF[table.name]
    return {column.name: _value(column, rule, person, number) for column in table.columns}


def _value(column: Column[Any], rule: Rule, person: str, number: int) -> Any:
    kind = column.type
    if column.name in f"{rule.people} {rule.named}".split() or (
        column.name == "person" and rule.table.name in INDIRECT
    ):
        return person
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Float):
        return 0.5
    if isinstance(kind, DateTime):
        return NOW
    if isinstance(kind, Date):
        return date(2026, 11, 27)
    if isinstance(kind, LargeBinary):
        return b"\0\0\0\0"
    if isinstance(kind, JSON):
        return {"owner": person, "said": f"{person} {WORDS}"}
    belongs = column.primary_key or column.foreign_keys or column.unique or column.name.endswith("_id")
    if belongs or column.name in ("key", "subject", "status"):
        return f"{person[:2]}{number}"
    text = WORDS if person == "wang.min" else "李立"
    return text[: kind.length] if isinstance(kind, String) and kind.length else text


def fill(engine: Engine) -> None:
    """Give two people a row in every table but the audit log, which has its own way."""
    with engine.begin() as connection:
        for metadata in (knowledge.metadata, own.metadata):
            for table in metadata.sorted_tables:
                if table.name in ("audit_log", "audit_head", "live_vectors", "index_changes"):
                    continue
                for number, person in ((101, "wang.min"), (202, "li.li")):
                    connection.execute(insert(table).values(filled(table, person, number)))


def rows(engine: Engine, table: Table) -> list[Mapping[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def service(engine: Engine) -> ErasureService:
    numbers = count(1)
    return ErasureService(
        records=SqlPersonalRecords(engine, knowledge.metadata),
        person=SqlPeopleStore(engine).person,
        slack_users=lambda id: [],
        transactions=SqlTransactions(engine),
        audit=SqlAuditLog(engine),
        now=lambda: NOW,
        new_pseudonym=lambda: f"erased-{next(numbers)}",
    )


BOSS = the_owner(Surface.CLI)


def test_everything_that_is_kept_of_a_person_is_exported_and_nothing_of_others(engine: Engine) -> None:
    fill(engine)

    found = service(engine).export(BOSS, "wang.min")

    concerned = {rule.table.name for rule in RULES if rule.people or rule.named or rule.where} - {"audit_log"}
    assert set(found) == concerned
    assert all(len(of_table) == 1 for of_table in found.values())
    assert "li.li" not in str(found)
    for rule in RULES:
        for name in rule.sealed.split():
            assert name not in found.get(rule.table.name, [{}])[0]


def test_an_erased_person_is_named_only_where_the_rules_say_so(engine: Engine) -> None:
    fill(engine)
    others = {name: [row for row in rows(engine, table) if "li.li" in str(row)] for name, table in TABLES.items()}

    made = service(engine).erase(BOSS, "wang.min")

    done = {one.table: one.done for one in made.outcomes}
    for name, table in TABLES.items():
        rule, left = OF[name], rows(engine, table)
        theirs = [row for row in left if 101 in row.values() or "wa101" in map(str, row.values())]
        if rule.deleted:
            assert (theirs, done[name]) == ([], "deleted")
        for row in theirs:
            for column in rule.people.split():
                assert row[column].startswith("erased-"), (name, column)
            for column in rule.cleaned.split():
                assert not any(word in row[column] for word in WORDS.split()), (name, column)
            for column, value in rule.cleared.items():
                assert row[column] == value, (name, column)
        assert [row for row in left if "li.li" in str(row)] == others[name] or name == "audit_log"
    person = SqlPeopleStore(engine).person("wang.min")
    assert person is not None
    assert (person.name, person.email, person.active) == ("(erased)", None, False)


def test_the_audit_log_stays_whole_and_tells_that_somebody_was_erased(engine: Engine) -> None:
    fill(engine)
    erasing, log = service(engine), SqlAuditLog(engine)
    erasing.export(BOSS, "wang.min")
    erasing.erase(BOSS, "wang.min")
    assert verified(log).faults == ()
    told = [(entry.event.action, entry.event.actor, entry.event.subject) for entry in log.entries()]
    assert told == [("person.exported", "owner", "wang.min"), ("person.erased", "owner", "wang.min")]
    assert "erased-" not in str([entry.event.details for entry in log.entries()])


def test_erasing_again_finds_only_what_has_to_stay(engine: Engine) -> None:
    fill(engine)
    erasing = service(engine)
    erasing.erase(BOSS, "wang.min")
    assert {one.table for one in erasing.erase(BOSS, "wang.min").outcomes} == {"people", "audit_log"}


def test_the_owner_and_nobody_are_not_erased(engine: Engine) -> None:
    with pytest.raises(InvalidRequest, match="owner"):
        service(engine).erase(BOSS, "owner")
    with pytest.raises(UnknownPerson):
        service(engine).erase(BOSS, "nobody")
    with pytest.raises(UnknownPerson):
        service(engine).export(BOSS, "nobody")
    assert list(SqlAuditLog(engine).entries()) == []
