"""What insight counts, on every kind of database (J1): sums that agree with the rows they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Table, insert

from copilot.accounts.account import AccountId
from copilot.adapters.sql import tables as t
from copilot.adapters.sql.decided_drafts import DecidedDrafts
from copilot.adapters.sql.gap_counts import SqlGapCounts
from copilot.adapters.sql.insight_counts import SqlInsightCounts
from copilot.adapters.sql.portfolio import SqlPortfolio
from copilot.insight.counts import BandMove, DeliveryCount, DocumentUse, Outcome, Taken, Votes, Window
from knowledge.document import DocumentId

DAY = datetime(2026, 11, 20, tzinfo=UTC)
WEEK = Window(since=DAY, until=DAY + timedelta(days=7))
LI = Window(since=WEEK.since, until=WEEK.until, persons=frozenset({"li"}))
NOTHING = Window(since=DAY - timedelta(days=9), until=DAY - timedelta(days=8))
ODD = '=HYPERLINK("x")\'; DROP TABLE answers; --'


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def put(engine: Engine, table: Table, *rows: Mapping[str, Any]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table), [dict(row) for row in rows])


def asked(engine: Engine, id: str, person: str, hours: float, status: str = "answered", **more: Any) -> None:
    cited = more.pop("cited", ())
    put(engine, t.conversations, {"id": f"c{id}", "person": person, "created_at": at(0)})
    answer = {
        "id": id,
        "conversation_id": f"c{id}",
        "question": "q",
        "status": status,
        "body": {},
        "created_at": at(hours),
    }
    put(engine, t.answers, answer | {"surface": "app", "intent": "question"} | more)
    for document in cited:
        put(engine, t.answer_citations, {"answer_id": id, "document_id": document, "version": 1})


def decided(
    engine: Engine, id: str, verdict: str, hours: float, *, revision: int = 1, by: str = "li", **more: Any
) -> None:
    quotes = [{"document_id": document} for document in more.pop("quotes", ())]
    draft = {"id": id, "kind": more.pop("kind", "qbr"), "language": "zh", "created_by": by, "created_at": at(0)}
    put(engine, t.drafts, draft | {"revision": revision, "status": "open", "updated_at": at(0), "inputs": {}})
    for number in range(1, revision + 1):
        content = {"draft_id": id, "number": number, "content": "x", "quotes": quotes, "findings": []}
        put(engine, t.draft_revisions, content | {"author": by, "surface": "app", "at": at(0)})
    again(engine, id, verdict, hours, revision=revision, **more)


def again(engine: Engine, id: str, verdict: str, hours: float, *, revision: int = 1, reason: str | None = None) -> None:
    decision = {"id": f"{id}-{hours}", "draft_id": id, "revision": revision, "verdict": verdict, "person": "boss"}
    decision |= {"reason": reason, "surface": "app", "at": at(hours), "key": f"{id}-{hours}", "findings": []}
    put(engine, t.decisions, decision)


def test_answers_are_summed_by_the_day_of_utc_and_greetings_left_out(engine: Engine) -> None:
    asked(engine, "1", "li", 0)
    asked(engine, "2", "li", 23.99, "abstained", reason="not_in_knowledge", surface="slack")
    asked(engine, "3", "wang", 24, intent=None)
    asked(engine, "4", "wang", 30, intent="smalltalk")
    asked(engine, "5", "wang", -0.01)
    asked(engine, "6", "wang", 7 * 24)
    counts = SqlInsightCounts(engine)
    told = {(one.day.day, one.status, one.reason, one.surface): one.times for one in counts.answers(WEEK)}
    assert told == {
        (20, "answered", None, "app"): 1,
        (20, "abstained", "not_in_knowledge", "slack"): 1,
        (21, "answered", None, "app"): 1,
    }
    assert sum(one.times for one in counts.answers(LI)) == 2
    assert (counts.askers(WEEK), counts.askers(LI), counts.askers(NOTHING)) == (2, 1, 0)
    assert counts.answers(NOTHING) == []


def test_documents_are_counted_once_an_answer_with_the_votes_on_it(engine: Engine) -> None:
    asked(engine, "1", "li", 1, cited=("a", "b"))
    asked(engine, "2", "wang", 2, cited=("a",))
    asked(engine, "3", "wang", -2, cited=("c",))
    for answer, person, helpful in (("1", "li", True), ("1", "wang", False), ("2", "wang", False)):
        put(engine, t.answer_feedback, {"answer_id": answer, "person": person, "helpful": helpful, "at": at(3)})
    counts = SqlInsightCounts(engine)
    assert counts.documents(WEEK) == {
        DocumentId("a"): DocumentUse(cited=2, votes=Votes(helpful=1, unhelpful=2)),
        DocumentId("b"): DocumentUse(cited=1, votes=Votes(helpful=1, unhelpful=1)),
    }
    assert set(counts.documents(LI)) == {"a", "b"}
    assert counts.documents(NOTHING) == {}
    assert (counts.votes(WEEK), counts.votes(LI)) == (Votes(helpful=1, unhelpful=2), Votes(helpful=1))


def test_the_last_decision_of_the_time_counts_once_a_draft(engine: Engine) -> None:
    decided(engine, "1", "reject", 1, reason="太长", quotes=("a", "a", "b"))
    again(engine, "1", "approve", 2)
    decided(engine, "2", "approve", 1, revision=2, quotes=("a",), by="wang")
    decided(engine, "3", "reject", 1, reason=ODD, by="wang")
    decided(engine, "4", "reject", 1, reason=ODD, kind="andon")
    decided(engine, "5", "approve", -1)
    drafts = DecidedDrafts(engine)
    assert drafts.by_kind(WEEK) == {
        "qbr": Outcome(decided=3, accepted=2, accepted_after_edit=1, rejected=1, reasons=[(ODD, 1)]),
        "andon": Outcome(decided=1, accepted=0, accepted_after_edit=0, rejected=1, reasons=[(ODD, 1)]),
    }
    assert drafts.by_document(WEEK) == {
        DocumentId("a"): Outcome(decided=2, accepted=2, accepted_after_edit=1, rejected=0),
        DocumentId("b"): Outcome(decided=1, accepted=1, accepted_after_edit=0, rejected=0),
    }
    assert drafts.by_kind(LI)["qbr"] == Outcome(decided=1, accepted=1, accepted_after_edit=0, rejected=0)
    assert drafts.by_kind(NOTHING) == drafts.by_document(NOTHING) == {}


def test_a_draft_is_edited_when_other_words_were_accepted(engine: Engine) -> None:
    for id, share in (("1", 0.0), ("2", 0.2), ("3", 0.4), ("4", None)):
        decided(engine, id, "approve", 1, revision=2, quotes=("a",))
        row = {"draft_id": id, "revision": 2, "kind": "qbr", "person": "boss", "verdict": "approved", "at": at(1)}
        put(engine, t.draft_outcomes, row | {"edit_share": share})
    drafts = DecidedDrafts(engine)
    (kind,), (document,) = drafts.by_kind(WEEK).values(), drafts.by_document(WEEK).values()
    for told in (kind, document):
        assert (told.accepted, told.accepted_after_edit, told.mean_edit_share) == (4, 3, pytest.approx(0.3))


def test_gaps_are_counted_as_they_stand_now(engine: Engine) -> None:
    for id, status, askers, owner, first, changed in (
        ("1", "open", 3, None, 1, None),
        ("2", "drafted", 5, "li", -1, 2),
        ("3", "answered", 2, "li", 1, 3),
        ("4", "answered", 2, None, -9, -1),
        ("5", "open", 0, None, 1, None),  # its one down-vote was taken back
        ("6", "dismissed", 9, None, 1, 1),
    ):
        row = {"id": id, "question": f"q{id}", "language": "zh", "status": status, "observations": askers}
        row |= {"askers": askers, "first_at": at(first), "last_at": at(first), "owner": owner}
        put(engine, t.gaps, row | {"changed_at": None if changed is None else at(changed)})
    told = SqlGapCounts(engine).gaps(WEEK)
    assert (told.open, told.without_owner, told.opened, told.answered) == (2, 1, 3, 1)
    assert [(one.id, one.askers) for one in told.first] == [("2", 5), ("1", 3)]


def test_a_person_has_one_word_on_a_suggestion(engine: Engine) -> None:
    shown = {"id": "s", "account_id": "x", "action": "call", "playbook": "p", "shown_at": at(0)}
    put(engine, t.suggestions, shown)
    said = (("li", "rejected", 1), ("li", "accepted", 2), ("wang", "later", 3), ("wang", "rejected", 9 * 24))
    for person, verdict, hours in said:
        row = {"suggestion_id": "s", "person": person, "verdict": verdict, "at": at(hours)}
        put(engine, t.suggestion_reactions, row)
    counts = SqlInsightCounts(engine)
    assert counts.reactions(WEEK) == {"p": Taken(accepted=1, later=1)}
    assert counts.reactions(LI) == {"p": Taken(accepted=1)}
    assert counts.reactions(NOTHING) == {}


def test_deliveries_and_moves(engine: Engine) -> None:
    decided(engine, "1", "approve", 1)
    for n, (status, hours) in enumerate((("sent", 1), ("sent", 2), ("dead", 3), ("sent", -1))):
        row = {"id": str(n), "draft_id": "1", "revision": 1, "channel": "file", "destination": str(n)}
        row |= {"status": status, "attempts": 1, "due_at": at(hours), "requested_by": "li", "created_at": at(hours)}
        put(engine, t.deliveries, row)
    for n, (after, ended, hours) in enumerate(
        (("risk", None, 1), ("watch", None, 2), (None, "churned", 3), ("risk", None, -1))
    ):
        row = {"id": str(n), "account_id": "x", "from_stage": "growth", "from_band": "watch", "to_band": after}
        row |= {"to_stage": "growth" if after else None, "ended": ended, "at": at(hours), "source": "record"}
        put(engine, t.account_transitions, row)
    counts = SqlInsightCounts(engine)
    assert sorted(counts.deliveries(WEEK), key=lambda one: one.status) == [
        DeliveryCount(channel="file", status="dead", times=1),
        DeliveryCount(channel="file", status="sent", times=2),
    ]
    assert counts.deliveries(Window(since=WEEK.since, until=WEEK.until, persons=frozenset())) == []
    assert counts.moves(WEEK) == [
        BandMove(account_id=AccountId("x"), before="watch", after="risk"),
        BandMove(account_id=AccountId("x"), before="watch", after=None, ended="churned"),
    ]


def test_accounts_are_read_as_of_today_by_their_owner(engine: Engine) -> None:
    for id, kind, owner in (("1", "account", "Li Na"), ("2", "account", None), ("3", "lead", "li na")):
        facts = {"owner": owner, "last_contact_days": 3, "contract_end": "2026-12-01"}
        put(engine, t.accounts, {"id": id, "type": kind, "facts": facts, "updated_at": at(0)})
    signal = {"account_id": "1", "id": "s", "name": "seats_active", "value": 7, "source": "crm", "at": at(24)}
    put(engine, t.account_signals, signal | {"recorded_at": at(24)})
    portfolio = SqlPortfolio(engine, now=lambda: at(48))
    (one,) = portfolio.accounts(frozenset({"li na", "li"}))
    assert (one.id, one.facts["last_contact_days"], one.facts["contract_end_in_days"]) == ("1", 5, 9)
    assert one.facts["seats_active"] == 7
    assert [account.id for account in portfolio.accounts(None)] == ["1", "2"]
    assert portfolio.accounts(frozenset()) == []


@pytest.mark.parametrize("persons", [None, frozenset({"nobody"})])
def test_an_empty_database_counts_nothing(engine: Engine, persons: frozenset[str] | None) -> None:
    window = Window(since=WEEK.since, until=WEEK.until, persons=persons)
    counts, drafts = SqlInsightCounts(engine), DecidedDrafts(engine)
    assert (counts.answers(window), counts.askers(window), counts.votes(window)) == ([], 0, Votes())
    assert not counts.documents(window)
    assert not counts.reactions(window)
    assert not drafts.by_kind(window)
    assert not drafts.by_document(window)
    assert SqlPortfolio(engine).accounts(None) == []
