"""What every `AuditLog` promises, and how the one on SQL shows that it was changed from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from copilot.audit.entry import BEGINNING, Event
from copilot.audit.log import AuditLog, Wanted
from copilot.audit.surface import Surface
from copilot.audit.verification import FaultKind, verified
from copilot.errors import AuditLogBroken
from tests.contract.material import START, after
from tests.contract.records import Records, on_sql


def event(n: int = 0) -> Event:
    return Event(
        action="draft.approved",
        actor="王敏",
        subject=f"d{n}",
        surface=Surface.SLACK,
        at=after(n) + timedelta(microseconds=7),
        details={"revision": n, "reason": "好", "on_behalf_of": None, "first": True},
    )


def filled(records: Records, count: int = 5) -> AuditLog:
    for n in range(count):
        with records.transactions.begin() as transaction:
            records.audit.append(transaction, event(n))
    return records.audit


def found(log: AuditLog) -> list[tuple[FaultKind, int, int]]:
    return [(fault.kind, fault.first, fault.last) for fault in verified(log).faults]


def test_a_new_log_is_empty_and_whole(records: Records) -> None:
    assert records.audit.head() == (0, BEGINNING)
    assert found(records.audit) == []


def test_entries_come_back_as_they_went_in(records: Records) -> None:
    entries = list(filled(records).entries())
    assert [entry.event for entry in entries] == [event(n) for n in range(5)]
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert records.audit.head() == (5, entries[-1].hash)


def test_entries_are_read_from_a_number_on(records: Records) -> None:
    assert [entry.number for entry in filled(records).entries(3)] == [4, 5]


def test_more_entries_than_one_portion_come_in_order(engine: Engine) -> None:
    records = on_sql(engine)
    with records.transactions.begin() as transaction:
        for n in range(1203):
            records.audit.append(transaction, event(n % 50))
    assert [entry.number for entry in records.audit.entries()] == list(range(1, 1204))
    assert found(records.audit) == []


def test_a_whole_log_has_no_faults_in_any_time_zone(records: Records) -> None:
    moved = Event(
        action="a.b", actor="x", subject="s", surface=Surface.CLI, at=START.astimezone(timezone(timedelta(hours=8)))
    )
    with records.transactions.begin() as transaction:
        records.audit.append(transaction, moved)
    assert found(records.audit) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE audit_log SET actor = 'x' WHERE number = 3", [(FaultKind.CHANGED, 3, 3)]),
        ("UPDATE audit_log SET details = '{\"revision\": 9}' WHERE number = 2", [(FaultKind.CHANGED, 2, 2)]),
        ("UPDATE audit_log SET details = '[1]' WHERE number = 2", [(FaultKind.CHANGED, 2, 2)]),
        ("UPDATE audit_log SET at = 'yesterday' WHERE number = 5", [(FaultKind.CHANGED, 5, 5)]),
        ("UPDATE audit_log SET surface = 'moon' WHERE number = 1", [(FaultKind.CHANGED, 1, 1)]),
        ("DELETE FROM audit_log WHERE number = 3", [(FaultKind.REMOVED, 3, 3)]),
        ("DELETE FROM audit_log WHERE number = 1", [(FaultKind.REMOVED, 1, 1)]),
        ("DELETE FROM audit_log WHERE number IN (2, 3)", [(FaultKind.REMOVED, 2, 3)]),
        ("DELETE FROM audit_log WHERE number = 5", [(FaultKind.CUT, 5, 5)]),
        ("DELETE FROM audit_log", [(FaultKind.CUT, 1, 5)]),
        ("DELETE FROM audit_head", [(FaultKind.HEAD_MISSING, 5, 5)]),
        ("UPDATE audit_head SET number = 3", [(FaultKind.HEAD_WRONG, 3, 5)]),
    ],
)
def test_a_change_from_outside_is_found(
    engine: Engine, statement: str, expected: list[tuple[FaultKind, int, int]]
) -> None:
    log = filled(on_sql(engine))
    with engine.begin() as connection:
        connection.execute(text(statement.replace(":", r"\:")))
    assert found(log) == expected


def test_details_that_are_no_json_are_refused_by_the_database_or_found(engine: Engine) -> None:
    log = filled(on_sql(engine))
    change = text("UPDATE audit_log SET details = 'no json' WHERE number = 2")
    if engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(change)
        assert found(log) == []
        return
    with engine.begin() as connection:
        connection.execute(change)
    assert found(log) == [(FaultKind.CHANGED, 2, 2)]


def test_an_entry_that_was_removed_stays_found_when_the_log_goes_on(engine: Engine) -> None:
    records = on_sql(engine)
    filled(records)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_log WHERE number = 5"))
    filled(records, 1)
    assert found(records.audit) == [(FaultKind.REMOVED, 5, 5)]


@pytest.mark.parametrize("statement", ["DELETE FROM audit_head", "UPDATE audit_head SET number = 3"])
def test_nothing_is_added_to_a_log_whose_end_was_changed(engine: Engine, statement: str) -> None:
    records = on_sql(engine)
    filled(records)
    with engine.begin() as connection:
        connection.execute(text(statement))
    with pytest.raises(AuditLogBroken, match="doctor audit"):
        filled(records, 1)
    assert len(list(records.audit.entries())) == 5


def test_a_log_that_was_written_anew_is_found_by_a_head_noted_elsewhere(engine: Engine) -> None:
    records = on_sql(engine)
    noted = filled(records).head()
    assert verified(records.audit, noted).faults == ()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_log"))
        connection.execute(text("DELETE FROM audit_head"))
    for n in range(5, 11):
        with records.transactions.begin() as transaction:
            records.audit.append(transaction, event(n))
    assert verified(records.audit).faults == ()
    assert [fault.kind for fault in verified(records.audit, noted).faults] == [FaultKind.REWRITTEN]


def test_entries_are_found_by_what_is_said_of_them_the_newest_first(records: Records) -> None:
    log = filled(records)
    with records.transactions.begin() as transaction:
        records.audit.append(transaction, replace(event(3000), action="draft.rejected", actor="李"))
    assert [entry.number for entry in log.search(Wanted(), None, 3)] == [6, 5, 4]
    assert [entry.number for entry in log.search(Wanted(), 4, 9)] == [3, 2, 1]
    assert [entry.number for entry in log.search(Wanted(action="draft.rejected"), None, 9)] == [6]
    assert [entry.number for entry in log.search(Wanted(actor="王敏", subject="d2"), None, 9)] == [3]
    day, last = START.date(), event(3000).at.date()
    assert [entry.number for entry in log.search(Wanted(since=last, until=last), None, 9)] == [6]
    assert [entry.number for entry in log.search(Wanted(until=day), None, 9)] == [5, 4, 3, 2, 1]
    assert log.known_actions() == ["draft.approved", "draft.rejected"]
