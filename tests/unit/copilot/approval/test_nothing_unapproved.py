"""No sequence of calls makes a revision leave that is not the latest, approved, and not expired.

The model keeps its own books in the simplest words there are, and never asks the service what it thinks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from copilot.approval.decision import Verdict
from copilot.approval.policy import Mode, Policy, Rule
from copilot.audit.surface import Surface
from copilot.audit.verification import verified
from copilot.errors import CopilotError, DraftExpired
from copilot.people.person import Person
from tests.unit.copilot.drafting_standins import PEOPLE, Desk

PERSON = st.sampled_from([PEOPLE[name] for name in ("wang", "li", "chen", "zhao", "guest", "gone")])


@dataclass
class Book:
    """What was seen to happen to one draft."""

    id: str
    latest: int = 1
    approvals: dict[int, list[tuple[set[str], datetime]]] = field(default_factory=dict)
    rejected: set[int] = field(default_factory=set)
    dead: set[int] = field(default_factory=set)
    made: dict[int, datetime] = field(default_factory=dict)


class Drafting(RuleBasedStateMachine):
    """Creates, edits, decides, delegates, lets time pass in both directions."""

    books = Bundle("books")

    @initialize(approvals=st.integers(1, 2), own=st.booleans(), mode=st.sampled_from(Mode))
    def open_desk(self, approvals: int, own: bool, mode: Mode) -> None:
        self.rule = Rule(approvals=approvals, own=own, mode=mode)
        self.desk = Desk(policy=Policy(default=self.rule))
        self.all: list[Book] = []

    @precondition(lambda self: len(self.all) < 3)
    @rule(target=books, person=PERSON)
    def create(self, person: Person) -> Book:
        try:
            made = self.desk.create(person)
        except CopilotError:
            made = self.desk.create()
        book = Book(id=made.draft.id, made={1: self.desk.now})
        self.all.append(book)
        return book

    @rule(
        book=books,
        person=PERSON,
        text=st.sampled_from(["改一", "改二", "改三 [1]", "坏 [9]"]),
        back=st.sampled_from([0, 0, 0, 1]),
    )
    def revise(self, book: Book, person: Person, text: str, back: int) -> None:
        before = self.desk.writing.get(book.id).revision
        try:
            made = self.desk.revise(book.id, text, book.latest - back, person)
        except CopilotError:
            return
        if made.revision.number > before:
            book.latest = made.revision.number
            book.made[book.latest] = self.desk.now
        try:
            decided = self.desk.approvals.auto_approve(made.draft, made.revision, person, Surface.CLI)
        except CopilotError:
            return
        if decided is not None and decided.outcome == "decided":
            assert self.rule.mode is Mode.AUTO
            self._note(book, decided.decision.revision, {decided.decision.person})

    @rule(
        book=books,
        person=PERSON,
        verdict=st.sampled_from(Verdict),
        back=st.sampled_from([0, 0, 0, 1, -1]),
        key=st.sampled_from(["k1", "k2", None, None, None]),
        behalf=st.sampled_from([None, None, "chen", "wang"]),
    )
    def decide(
        self, book: Book, person: Person, verdict: Verdict, back: int, key: str | None, behalf: str | None
    ) -> None:
        self._decide(book, person, verdict, book.latest - back, key, behalf)

    def _decide(
        self, book: Book, person: Person, verdict: Verdict, number: int, key: str | None, behalf: str | None
    ) -> None:
        try:
            decided = self.desk.decide(
                book.id,
                verdict,
                person,
                revision=number,
                key=key,
                on_behalf_of=behalf,
            )
        except DraftExpired:
            book.dead.add(number)
            return
        except CopilotError:
            return
        if decided.outcome != "decided":
            return
        assert number == book.latest
        assert self.desk.now - book.made[number] <= self.rule.undecided
        if verdict is Verdict.REJECT:
            book.rejected.add(number)
        else:
            self._note(book, number, {decided.decision.person, behalf or decided.decision.person})

    @rule(book=books, person=st.sampled_from([PEOPLE["chen"], PEOPLE["zhao"]]))
    def approve_latest(self, book: Book, person: Person) -> None:
        """Most sequences never get here by chance."""
        self._decide(book, person, Verdict.APPROVE, book.latest, None, None)

    @rule(book=books)
    def approve_for_another(self, book: Book) -> None:
        """A manager and their delegate are one voice, in whichever order they speak."""
        self.desk.approvals.delegate(PEOPLE["chen"], "li", self.desk.now + timedelta(days=1), Surface.HTTP)
        self._decide(book, PEOPLE["li"], Verdict.APPROVE, book.latest, None, "chen")

    @rule(giver=PERSON, taker=st.sampled_from(["li", "guest", "zhao"]), days=st.integers(-1, 20))
    def delegate(self, giver: Person, taker: str, days: int) -> None:
        try:
            self.desk.approvals.delegate(giver, taker, self.desk.now + timedelta(days=days), Surface.HTTP)
        except CopilotError:
            return

    @rule(hours=st.sampled_from([1, 24 * 13, 24 * 15, 24 * 15, 24 * 31, -24 * 40]))
    def wait(self, hours: int) -> None:
        self.desk.wait(hours=hours)

    @rule()
    def expire(self) -> None:
        self.desk.approvals.expire()
        for book in self.all:
            self._note_dead(book)

    @invariant()
    def only_what_may_leave_leaves(self) -> None:
        for book in self.all:
            for number in range(book.latest + 2):
                try:
                    with self.desk.transactions.begin() as transaction:
                        leaving = self.desk.approvals.approved(transaction, self.desk.writing.get(book.id).id, number)
                except CopilotError:
                    continue
                assert leaving.revision.number == number == book.latest
                assert number not in book.rejected
                assert number not in book.dead
                at = self._approved_at(book, number)
                assert at is not None
                assert self.desk.now - at <= self.rule.approved

    @invariant()
    def the_log_is_whole(self) -> None:
        assert verified(self.desk.audit).faults == ()

    def _note(self, book: Book, number: int, involved: set[str]) -> None:
        book.approvals.setdefault(number, []).append((involved, self.desk.now))

    def _approved_at(self, book: Book, number: int) -> datetime | None:
        """Count people who stand for themselves or others, none twice; return when the last that was needed spoke."""
        seen: set[str] = set()
        times = []
        for involved, at in sorted(book.approvals.get(number, []), key=lambda one: one[1]):
            if not involved & seen:
                seen |= involved
                times.append(at)
        return times[self.rule.approvals - 1] if len(times) >= self.rule.approvals else None

    def _note_dead(self, book: Book) -> None:
        number = book.latest
        at = self._approved_at(book, number)
        since, life = (book.made[number], self.rule.undecided) if at is None else (at, self.rule.approved)
        if number not in book.rejected and self.desk.now - since > life:
            book.dead.add(number)


TestDrafting = Drafting.TestCase
TestDrafting.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
