"""What people say of suggestions: reasons are asked for, kept, and brought to who answers for the playbook (K8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest, ReasonRequired, UnknownSuggestion
from copilot.suggesting.advice import Advice
from copilot.suggesting.error_book import UnhelpfulAnswer, error_book
from copilot.suggesting.reactions import ReactionService
from copilot.suggesting.suggestion import Verdict
from knowledge.passage import Passage
from knowledge.reader import EVERYTHING, STAFF, Reader
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.suggestions import InMemorySuggestionStore
from tests.unit.copilot.suggesting.suggesting_standins import NOW, advice, quotes


class World:
    """The service over a database in memory, and an advice that was shown."""

    def __init__(self) -> None:
        database = InMemoryDatabase()
        self.audit = InMemoryAuditLog(database)
        self.store = InMemorySuggestionStore(database)
        self.service = ReactionService(
            store=self.store,
            transactions=InMemoryTransactions(database),
            audit=self.audit,
            playbook=quotes().document,
            now=lambda: NOW,
        )
        self.advice: Advice = advice({"lifecycle_stage": "onboarding", "first_value_delivered": False})
        self.service.shown(self.advice)

    def say(self, verdict: Verdict, reason: str | None = None, *, at: int = 0, person: str = "li") -> None:
        self.service.react(self.advice.actions[at].id, verdict, reason, person=person, surface=Surface.CLI)


@pytest.fixture
def world() -> World:
    return World()


def test_a_rejection_needs_a_reason(world: World) -> None:
    for reason in (None, "  "):
        with pytest.raises(ReasonRequired):
            world.say(Verdict.REJECTED, reason)
    with pytest.raises(InvalidRequest):
        world.say(Verdict.LATER, "长" * 3_000)


def test_only_what_was_shown_can_be_answered(world: World) -> None:
    with pytest.raises(UnknownSuggestion, match="no suggestion"):
        world.service.react("none", Verdict.ACCEPTED, None, person="li", surface=Surface.CLI)


def test_saying_it_twice_is_told_once(world: World) -> None:
    world.say(Verdict.ACCEPTED)
    world.say(Verdict.ACCEPTED)
    assert [entry.event.action for entry in world.audit.entries()] == ["suggestion.accepted"]
    assert world.service.counts()[world.advice.actions[0].playbook].accepted == 1


def test_showing_it_again_changes_nothing(world: World) -> None:
    later = replace(world.store.get(world.advice.actions[0].id), shown_at=NOW + timedelta(days=1))  # type: ignore[arg-type, type-var]
    world.service.shown(world.advice)
    assert world.store.get(world.advice.actions[0].id) != later


def test_rejections_reach_the_owner_of_the_playbook(world: World) -> None:
    world.say(Verdict.REJECTED, "客户月底闭店")
    playbook = world.advice.actions[0].playbook
    document = quotes().document(playbook)
    assert document is not None
    owner = document.metadata.owner
    found = world.service.rejected(owner, None, 10, reader=EVERYTHING)
    assert [(one.rejection.reaction.reason, one.keepers[0]) for one in found] == [("客户月底闭店", owner)]
    assert world.service.rejected("nobody", None, 10, reader=EVERYTHING) == []
    assert world.service.rejected(None, playbook, 10, reader=EVERYTHING) == found
    told = next(iter(world.audit.entries())).event
    assert (told.action, told.details["owner"]) == ("suggestion.rejected", owner)
    assert "闭店" not in str(told.details)  # reasons may tell of customers


def test_a_withdrawn_rejection_is_gone(world: World) -> None:
    world.say(Verdict.REJECTED, "不合适")
    world.say(Verdict.LATER)
    assert world.service.rejected(None, None, 10, reader=EVERYTHING) == []


def test_the_error_book_says_what_to_read(world: World) -> None:
    world.say(Verdict.REJECTED, "不合适")
    passage = world.advice.actions[1].citations[0].passage

    def find(question: str, reader: Reader) -> Passage | None:
        return passage if "试用" in question else None

    answers = [
        UnhelpfulAnswer(id="1", question="试用多久", at=NOW + timedelta(hours=1)),
        UnhelpfulAnswer(id="2", question="天气", at=NOW - timedelta(hours=1)),
    ]
    rejections = world.service.rejected(None, None, 10, reader=STAFF)
    pages = error_book(rejections, answers, find, STAFF, 10)
    assert [(one.kind, one.what, one.playbook) for one in pages] == [
        ("answer", "试用多久", passage.source),
        ("suggestion", world.advice.actions[0].key, world.advice.actions[0].playbook),
        ("answer", "天气", None),
    ]
    assert len(error_book(rejections, answers, find, STAFF, 1)) == 1
