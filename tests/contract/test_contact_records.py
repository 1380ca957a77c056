"""A contact of a customer: every column that may name one is declared, is given, and is erased or kept for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Engine, Table, Text, insert, select

from copilot.accounts.account import AccountId
from copilot.accounts.contact_erasure import ContactErasureService
from copilot.adapters.sql import tables as own
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.contact_records import SqlContactRecords
from copilot.adapters.sql.contact_rules import CONTACT_RULES, NAMELESS, STRUCTURED
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.surface import Surface
from copilot.audit.verification import verified
from copilot.errors import InvalidRequest, UnknownAccount, UnknownContact
from copilot.people.caller import the_owner
from copilot.people.person import Person
from knowledge.adapters.sql import tables as knowledge

NOW = datetime(2026, 11, 27, tzinfo=UTC)
BOSS = the_owner(Surface.CLI)
NAME, PHONE, ALIAS = "裴文静", "13800138000", "erased-1"
TEXT = f"请{NAME}确认,电话 {PHONE}"
FACTS = {
    "name": "甲公司",
    "owner": "李立",
    "kp": [{"name": NAME, "title": "总经理", "phone": PHONE}, {"name": "赵六", "relationship": f"{NAME}的下属"}],
    "contact": NAME,
    "notes": TEXT,
    "crm_extra": {"who": [NAME]},
    "seats_bought": 3,
}


def put(engine: Engine, table: Table, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table).values(**values))


def rows(engine: Engine, table: Table) -> list[Mapping[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def draft(engine: Engine, id: str, status: str, account: str = "a1") -> None:
    common = {"kind": "customer_message", "language": "zh", "created_by": "li", "created_at": NOW, "updated_at": NOW}
    put(engine, own.drafts, id=id, account_id=account, revision=1, status=status, inputs={"ask": TEXT}, **common)
    written = {"author": "li", "surface": "cli", "at": NOW, "quotes": [], "findings": []}
    put(engine, own.draft_revisions, draft_id=id, number=1, content=TEXT, **written)


def fill(engine: Engine, facts: Mapping[str, object] = FACTS) -> None:
    for id in ("a1", "a2"):
        put(engine, own.accounts, id=id, type="account", facts=dict(facts), updated_at=NOW)
    observed = [("kp_changed", NAME), ("contact", NAME), ("notes", TEXT), ("owner", "李立"), ("nps", 9)]
    for number, (name, value) in enumerate(observed):
        seen = {"source": "crm", "at": NOW, "recorded_at": NOW}
        put(engine, own.account_signals, account_id="a1", id=f"s{number}", name=name, value=value, **seen)
    draft(engine, "open", "open")
    draft(engine, "gone", "approved")
    draft(engine, "other", "open", account="a2")
    verdict = {"revision": 1, "verdict": "approve", "person": "li", "surface": "cli", "at": NOW, "findings": []}
    put(engine, own.decisions, id="d1", draft_id="gone", reason=f"{NAME}同意", key="k", **verdict)
    sent = {"revision": 1, "channel": "smtp", "status": "sent", "attempts": 1, "due_at": NOW, "created_at": NOW}
    put(engine, own.deliveries, id="e1", draft_id="gone", destination=f"{NAME} <p@x.com>", requested_by="li", **sent)
    put(engine, own.conversations, id="c1", person="li", created_at=NOW)
    for id, account in (("q1", "a1"), ("q2", "a2")):
        asked = {"conversation_id": "c1", "status": "answered", "created_at": NOW}
        put(engine, own.answers, id=id, account_id=account, question=TEXT, body={"answer": TEXT}, **asked)
    put(engine, own.answer_feedback, answer_id="q1", person="li", at=NOW, comment=f"问{NAME}", edited_text=None)


def service(engine: Engine, *ours: Person) -> ContactErasureService:
    return ContactErasureService(
        records=SqlContactRecords(engine, knowledge.metadata),
        accounts=SqlAccountStore(engine),
        ours=lambda: ours,
        transactions=SqlTransactions(engine),
        audit=SqlAuditLog(engine),
        now=lambda: NOW,
        new_pseudonym=lambda: ALIAS,
    )


def everything(engine: Engine) -> str:
    return str({name: rows(engine, table) for name, table in own.metadata.tables.items() if name != "accounts"}) + str(
        SqlAccountStore(engine).list(10)
    )


def test_every_table_of_an_account_and_every_column_of_it_is_declared_once() -> None:
    """A new table or column of an account fails here until somebody says whether it may name a contact."""
    roots = {name for name, table in own.metadata.tables.items() if "account_id" in table.c}
    children = {
        name
        for name, table in own.metadata.tables.items()
        for key in table.foreign_keys
        if key.column.table.name in ("drafts", "answers", "suggestions", "accounts")
    }
    declared = {rule.table.name for rule in CONTACT_RULES}
    assert roots | children <= declared | NAMELESS | STRUCTURED
    assert not declared & (NAMELESS | STRUCTURED)
    for rule in CONTACT_RULES:
        told = [*rule.told, *rule.plain.split()]
        assert sorted(told) == sorted(rule.table.columns.keys()), rule.table.name
        assert all(isinstance(rule.table.c[name].type, Text | JSON) for name in rule.told), rule.table.name
        assert all(rule.why)
        assert all(rule.why_fixed) or (not (rule.kept and not rule.deleted) and rule.fixed is None)


def test_what_is_kept_is_given_whole_and_nothing_of_others(engine: Engine) -> None:
    fill(engine)
    made = service(engine).export(BOSS, "a1", NAME)
    assert set(made.rows) == {
        *("accounts", "account_signals", "drafts", "draft_revisions", "decisions", "deliveries"),
        *("answers", "answer_feedback"),
    }
    (record,) = made.rows["accounts"]
    assert record["kp"] == [FACTS["kp"][0]]  # type: ignore[index]  # a list, as above
    assert {"contact", "notes", "crm_extra"} <= set(record)
    assert "seats_bought" not in record
    assert [row["id"] for row in made.rows["account_signals"]] == ["s0", "s1", "s2"]
    assert [row["id"] for row in made.rows["answers"]] == ["q1"]
    (entry,) = SqlAuditLog(engine).entries()
    assert (entry.event.action, entry.event.subject) == ("contact.exported", "a1")
    assert NAME not in str(entry)


def test_an_erased_contact_is_left_only_in_what_was_approved_or_sent(engine: Engine) -> None:
    fill(engine)
    made = service(engine).erase(BOSS, "a1", NAME)

    account = SqlAccountStore(engine).get(AccountId("a1"))
    assert account is not None
    assert account.facts == {
        "name": "甲公司",
        "owner": "李立",
        "kp": [{"name": "赵六", "relationship": f"{ALIAS}的下属"}],
        "notes": f"请{ALIAS}确认,电话 •••",
        "crm_extra": {"who": [ALIAS]},
        "seats_bought": 3,
    }
    signals = {row["id"]: row["value"] for row in rows(engine, own.account_signals)}
    assert signals == {"s0": None, "s2": f"请{ALIAS}确认,电话 •••", "s3": "李立", "s4": 9}
    contents = {row["draft_id"]: row["content"] for row in rows(engine, own.draft_revisions)}
    assert contents == {"open": f"请{ALIAS}确认,电话 •••", "gone": TEXT, "other": TEXT}
    answers = {row["id"]: (row["question"], row["body"]) for row in rows(engine, own.answers)}
    assert answers == {"q1": (f"请{ALIAS}确认,电话 •••", {}), "q2": (TEXT, {"answer": TEXT})}
    assert rows(engine, own.answer_feedback)[0]["comment"] == f"问{ALIAS}"

    done = {(one.table, one.done): one.rows for one in made.outcomes}
    assert done == {
        ("accounts", "emptied"): 1,
        ("account_signals", "deleted"): 1,
        ("account_signals", "emptied"): 2,
        ("drafts", "renamed"): 1,
        ("drafts", "kept"): 1,
        ("draft_revisions", "renamed"): 1,
        ("draft_revisions", "kept"): 1,
        ("decisions", "kept"): 1,
        ("deliveries", "kept"): 1,
        ("answers", "emptied"): 1,
        ("answer_feedback", "renamed"): 1,
    }
    assert all(one.why and one.why_zh for one in made.outcomes)
    assert made.mentions.drafts == ("gone", "open")
    assert (made.mentions.answers, made.mentions.conversations) == (("q1",), ("c1",))
    log = SqlAuditLog(engine)
    assert verified(log).faults == ()
    (entry,) = log.entries()
    assert (entry.event.action, entry.event.subject) == ("contact.erased", "a1")
    assert NAME not in str(entry)


def test_a_preview_tells_the_same_and_changes_nothing(engine: Engine) -> None:
    fill(engine)
    before = everything(engine)
    seen = service(engine).erase(BOSS, "a1", NAME, preview=True)
    assert everything(engine) == before
    made = service(engine).erase(BOSS, "a1", NAME)
    assert (seen.preview, made.preview) == (True, False)
    assert (seen.outcomes, seen.mentions) == (made.outcomes, made.mentions)


def test_a_name_of_our_own_people_is_taken_out_of_fields_alone(engine: Engine) -> None:
    fill(engine)
    colleague = Person(id="pei", name=NAME)
    made = service(engine, colleague).erase(BOSS, "a1", NAME)
    assert made.contact.limit is not None
    account = SqlAccountStore(engine).get(AccountId("a1"))
    assert account is not None
    assert account.facts["kp"] == [{"name": "赵六", "relationship": f"{NAME}的下属"}]
    assert "contact" not in account.facts
    assert account.facts["notes"] == f"请{NAME}确认,电话 •••", "their number is theirs alone"
    assert {row["id"]: row["value"] for row in rows(engine, own.account_signals)}["s0"] is None


def test_the_record_of_the_crm_brings_the_contact_back_and_they_can_be_erased_again(engine: Engine) -> None:
    fill(engine)
    erasing, accounts = service(engine), SqlAccountStore(engine)
    before = accounts.get(AccountId("a1"))
    assert before is not None
    erasing.erase(BOSS, "a1", NAME)
    with SqlTransactions(engine).begin() as transaction:
        accounts.put(transaction, before)
    assert ("accounts", "emptied") in {(one.table, one.done) for one in erasing.erase(BOSS, "a1", NAME).outcomes}
    left = erasing.erase(BOSS, "a1", NAME)
    assert {one.done for one in left.outcomes} == {"kept"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "裴\0", "裴\n文", "\ud800"])
def test_what_is_no_name_is_refused(engine: Engine, name: str) -> None:
    fill(engine)
    before = everything(engine)
    with pytest.raises(InvalidRequest, match="name of a contact"):
        service(engine).erase(BOSS, "a1", name)
    with pytest.raises(InvalidRequest, match="name of a contact"):
        service(engine).export(BOSS, "a1", name)
    assert everything(engine) == before


def test_nobody_and_no_account_are_told_and_leave_no_entry(engine: Engine) -> None:
    fill(engine)
    with pytest.raises(UnknownContact):
        service(engine).erase(BOSS, "a1", "钱多多")
    with pytest.raises(UnknownContact):
        service(engine).export(BOSS, "a1", "%")
    with pytest.raises(UnknownAccount):
        service(engine).erase(BOSS, "nowhere", NAME)
    assert list(SqlAuditLog(engine).entries()) == []


@pytest.mark.parametrize("kp", ["裴", [None, 3, "x", {"name": None}, {"title": "x"}], {"name": NAME}])
def test_a_record_whose_people_are_misshapen_is_read_all_the_same(engine: Engine, kp: object) -> None:
    put(engine, own.accounts, id="a1", type="account", facts={"kp": kp, "notes": NAME}, updated_at=NOW)
    service(engine).erase(BOSS, "a1", NAME)
    account = SqlAccountStore(engine).get(AccountId("a1"))
    assert account is not None
    assert NAME not in str(account.facts)
