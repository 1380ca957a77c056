"""No sequence of calls makes a revision leave that is not the latest, approved, and not expired.

The model keeps its own books in the simplest words there are, and never asks the service what it thinks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from copilot.approval.decision import Verdict
from copilot.approval.policy import Mode, Policy, Rule
from copilot.audit.surface import Surface
from copilot.audit.verification import verified
from copilot.errors import CopilotError
from tests.unit.copilot.drafting_standins import PEOPLE, Desk

PERSON = st.sampled_from([PEOPLE[name] for name in ("wang", "li", "chen", "zhao", "guest", "gone")])


@dataclass
class Book:
    """What was seen to happen to one draft."""

    id: str
    latest: int = 1
    approvals: dict[int, list[tuple[set[str], datetime]]] = field(default_factory=dict)
    rejected: set[int] = field(default_factory=set)
    made: dict[int, datetime] = field(default_factory=dict)


class Drafting(RuleBasedStateMachine):
    """Creates, edits, decides, delegates, lets time pass in both directions."""

    books = Bundle("books")

    @initialize(approvals=st.integers(1, 2), own=st.booleans(), mode=st.sampled_from(Mode))
    def open_desk(self, approvals: int, own: bool, mode: Mode) -> None:
        self.rule = Rule(approvals=approvals, own=own, mode=mode)
        self.desk = Desk(policy=Policy(default=self.rule))
        self.all: list[Book] = []

    @rule(target=books, person=PERSON)
    def create(self, person: object) -> Book:
        try:
            made = self.desk.create(person)  # type: ignore[arg-type]
        except CopilotError:
            made = self.desk.create()
        book = Book(id=made.draft.id, made={1: self.desk.now})
        self.all.append(book)
        return book

    @rule(
        book=books, person=PERSON, text=st.sampled_from(["改一", "改二", "改三 [1]", "坏 [9]"]), back=st.integers(0, 1)
    )
    def revise(self, book: Book, person: object, text: str, back: int) -> None:
        before = self.desk.writing.get(book.id).revision
        try:
            made = self.desk.revise(book.id, text, book.latest - back, person)  # type: ignore[arg-type]
            decided = self.desk.approvals.auto_approve(made.draft, made.revision, person, Surface.CLI)  # type: ignore[arg-type]
        except CopilotError:
            return
        if made.revision.number > before:
            book.latest = made.revision.number
            book.made[book.latest] = self.desk.now
        if decided is not None and decided.outcome == "decided":
            assert self.rule.mode is Mode.AUTO
            self._note(book, decided.decision.revision, {decided.decision.person})

    @rule(
        book=books,
        person=PERSON,
        verdict=st.sampled_from(Verdict),
        back=st.integers(-1, 1),
        key=st.sampled_from(["k1", "k2", None, None, None]),
        behalf=st.sampled_from([None, None, "chen", "wang"]),
    )
    def decide(
        self, book: Book, person: object, verdict: Verdict, back: int, key: str | None, behalf: str | None
    ) -> None:
        number = book.latest - back
        try:
            decided = self.desk.decide(
                book.id,
                verdict,
                person,
                revision=number,
                key=key,
                on_behalf_of=behalf,  # type: ignore[arg-type]
            )
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

    @rule(giver=PERSON, taker=st.sampled_from(["li", "guest", "zhao"]), days=st.integers(-1, 20))
    def delegate(self, giver: object, taker: str, days: int) -> None:
        try:
            self.desk.approvals.delegate(giver, taker, self.desk.now + timedelta(days=days), Surface.HTTP)  # type: ignore[arg-type]
        except CopilotError:
            return

    @rule(hours=st.sampled_from([1, 24 * 13, 24 * 15, 24 * 31, -24 * 40]))
    def wait(self, hours: int) -> None:
        self.desk.wait(hours=hours)

    @rule()
    def expire(self) -> None:
        self.desk.approvals.expire()

    @invariant()
    def only_what_may_leave_leaves(self) -> None:
        for book in getattr(self, "all", []):
            for number in range(book.latest + 2):
                try:
                    with self.desk.transactions.begin() as transaction:
                        leaving = self.desk.approvals.approved(transaction, self.desk.writing.get(book.id).id, number)
                except CopilotError:
                    continue
                assert leaving.revision.number == number == book.latest
                assert number not in book.rejected
                assert self._voices(book, number) >= self.rule.approvals

    @invariant()
    def the_log_is_whole(self) -> None:
        if hasattr(self, "desk"):
            assert verified(self.desk.audit).faults == ()

    def _note(self, book: Book, number: int, involved: set[str]) -> None:
        book.approvals.setdefault(number, []).append((involved, self.desk.now))

    def _voices(self, book: Book, number: int) -> int:
        """Count people who stand for themselves or others, none twice, whose word is not too old."""
        seen: set[str] = set()
        voices = 0
        times = [at for _, at in book.approvals.get(number, [])]
        if not times or self.desk.now - max(times) > self.rule.approved:
            return 0
        for involved, _ in sorted(book.approvals[number], key=lambda one: one[1]):
            if not involved & seen:
                seen |= involved
                voices += 1
        return voices


TestDrafting = Drafting.TestCase
TestDrafting.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
