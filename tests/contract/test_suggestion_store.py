"""What every `SuggestionStore` promises."""

from __future__ import annotations

from copilot.accounts.account import AccountId
from copilot.suggesting.suggestion import Counts, Reaction, Suggestion, SuggestionId, Verdict, suggestion_id
from tests.contract.material import START, after
from tests.contract.records import Records


def suggestion(action: str = "call", *, account: str = "a1", playbook: str = "guide") -> Suggestion:
    id = suggestion_id(account, action, playbook)
    return Suggestion(id=id, account_id=account, action=action, playbook=playbook, shown_at=START)


def show(records: Records, *suggestions: Suggestion) -> None:
    with records.transactions.begin() as transaction:
        records.suggestions.show(transaction, suggestions)


def react(
    records: Records,
    to: Suggestion,
    verdict: Verdict,
    *,
    person: str = "li",
    reason: str | None = None,
    minutes: int = 0,
) -> bool:
    said = Reaction(suggestion_id=to.id, person=person, verdict=verdict, reason=reason, at=after(minutes))
    with records.transactions.begin() as transaction:
        return records.suggestions.react(transaction, said)


def test_a_suggestion_comes_back_as_it_was_shown_first(records: Records) -> None:
    first = suggestion()
    show(records, first)
    show(records, Suggestion(**(vars(first) | {"shown_at": after(90)})), suggestion("visit"))
    assert records.suggestions.get(first.id) == first
    assert records.suggestions.get(SuggestionId("none")) is None


def test_the_same_word_twice_is_one(records: Records) -> None:
    one = suggestion()
    show(records, one)
    assert react(records, one, Verdict.REJECTED, reason="客户关店了")
    assert not react(records, one, Verdict.REJECTED, reason="客户关店了", minutes=5)
    assert len(records.suggestions.reactions(one.id)) == 1


def test_the_last_word_counts_and_all_are_kept(records: Records) -> None:
    one = suggestion()
    show(records, one)
    react(records, one, Verdict.REJECTED, reason="太早")
    react(records, one, Verdict.ACCEPTED, minutes=1)
    react(records, one, Verdict.LATER, person="wang", minutes=2)
    assert records.suggestions.counts() == {"guide": Counts(accepted=1, later=1)}
    assert [one.verdict for one in records.suggestions.reactions(one.id)] == [
        Verdict.REJECTED,
        Verdict.ACCEPTED,
        Verdict.LATER,
    ]
    assert records.suggestions.rejections(10) == []


def test_rejections_that_stand_come_newest_first(records: Records) -> None:
    one, other = suggestion(), suggestion("visit", playbook="other")
    show(records, one, other)
    react(records, one, Verdict.REJECTED, reason="太早")
    react(records, other, Verdict.REJECTED, reason="没预算", minutes=1)
    react(records, one, Verdict.REJECTED, person="wang", reason="不合适", minutes=2)
    found = records.suggestions.rejections(10)
    assert [(each.suggestion.action, each.reaction.reason) for each in found] == [
        ("call", "不合适"),
        ("visit", "没预算"),
        ("call", "太早"),
    ]
    assert len(records.suggestions.rejections(2)) == 2
    assert records.suggestions.counts() == {"guide": Counts(rejected=2), "other": Counts(rejected=1)}


def test_nothing_is_kept_of_a_transaction_that_fails(records: Records) -> None:
    one = suggestion()
    try:
        with records.transactions.begin() as transaction:
            records.suggestions.show(transaction, [one])
            raise RuntimeError
    except RuntimeError:
        pass
    assert records.suggestions.get(one.id) is None


def test_what_was_accepted_last_for_an_account_is_what_was_done(records: Records) -> None:
    call, visit, other = suggestion(), suggestion("visit", playbook="visits"), suggestion(account="a2", playbook="x")
    show(records, call, visit, other)
    react(records, call, Verdict.ACCEPTED, minutes=1)
    react(records, visit, Verdict.ACCEPTED, minutes=2)
    react(records, other, Verdict.ACCEPTED, minutes=3)
    assert records.suggestions.accepted(AccountId("a1"), START) == "visits"
    react(records, visit, Verdict.LATER, minutes=4)
    assert records.suggestions.accepted(AccountId("a1"), START) == "guide"
    assert records.suggestions.accepted(AccountId("a1"), after(2)) is None


def test_when_something_was_last_accepted_is_told_for_each_account(records: Records) -> None:
    call, visit, other = suggestion(), suggestion("visit"), suggestion(account="a2")
    show(records, call, visit, other)
    react(records, call, Verdict.ACCEPTED, minutes=1)
    react(records, visit, Verdict.ACCEPTED, minutes=2)
    react(records, other, Verdict.LATER, minutes=3)
    assert records.suggestions.last_accepted(START) == {"a1": after(2)}
    react(records, visit, Verdict.REJECTED, reason="太早", minutes=4)
    assert records.suggestions.last_accepted(START) == {"a1": after(1)}
    assert records.suggestions.last_accepted(after(2)) == {}


def test_what_people_last_said_is_told_for_each_suggestion_of_an_account(records: Records) -> None:
    call, visit, other = suggestion(), suggestion("visit"), suggestion(account="a2")
    show(records, call, visit, other)
    react(records, call, Verdict.ACCEPTED, minutes=1)
    react(records, call, Verdict.REJECTED, person="wang", reason="太早", minutes=2)
    react(records, call, Verdict.LATER, minutes=3)
    react(records, other, Verdict.ACCEPTED, minutes=4)
    found = records.suggestions.of_account(AccountId("a1"))
    assert {id: [(one.person, one.verdict) for one in said] for id, said in found.items()} == {
        call.id: [("li", Verdict.LATER), ("wang", Verdict.REJECTED)]
    }
