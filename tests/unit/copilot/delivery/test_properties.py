"""No sequence of calls sends what is not approved or not for its readers, uses a second key, or loses anything."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from copilot.audit.surface import Surface
from copilot.delivery.delivery import DeliveryStatus
from copilot.delivery.schedule import LEASE, LONGEST_WAIT, MOST_ATTEMPTS
from copilot.drafting.draft import DraftId, DraftStatus
from copilot.errors import ApprovalRequired, ChannelUnavailable, CopilotError, DeliveryRefused
from knowledge.document import Audience, DocumentId, Metadata
from tests.unit.copilot.delivery.standins import OWNER_PERSON, PLAYBOOK, PRICES, Sent, World, quote

DRAFTS = [DraftId("d1"), DraftId("d2")]
DESTINATIONS = ["li@ours.example", "wang@client.example"]
OPEN = Metadata(audience=Audience.CUSTOMER)
SETTLED = {DeliveryStatus.SENT, DeliveryStatus.BLOCKED, DeliveryStatus.DEAD}


class Killed(BaseException):
    """The process ends here."""


class Deliveries(RuleBasedStateMachine):
    """Whatever people, receivers, clocks and crashes do."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.world.write(DRAFTS[1], quotes=[quote(1, PLAYBOOK)])
        self.world.email.result = self.receive
        self.behaviour = "takes"
        self.keys: dict[tuple[str, int, str], set[str]] = {}
        self.asked: set[str] = set()
        self.violations: list[str] = []

    def receive(self, sent: Sent) -> str:
        # Kept and judged outside: the worker would take a failing assertion for a failing channel.
        self.violations += self.wrong_with(sent)
        if self.behaviour == "500":
            raise ChannelUnavailable("500. Later.", retry_after_s=30)
        if self.behaviour == "404":
            raise DeliveryRefused("404. Correct it.")
        self.keys.setdefault((sent.draft, sent.revision, sent.destination), set()).add(sent.key)
        if self.behaviour == "killed after taking":
            raise Killed
        return "taken"

    def wrong_with(self, sent: Sent) -> list[str]:
        """Judge by the state of the world at the moment it would leave, not by our own checks."""
        draft = self.world.drafts.get(DraftId(sent.draft))
        text = self.world.drafts.revision(DraftId(sent.draft), sent.revision)
        if draft is None or text is None:
            return ["unknown"]
        wrong = []
        if draft.status not in (DraftStatus.APPROVED, DraftStatus.DELIVERED) or self.world.approvals.expired:
            wrong.append("not approved")
        if draft.revision != sent.revision:
            wrong.append("stale")
        inside = sent.destination.endswith("ours.example")
        for cited in text.quotes:
            metadata = self.world.documents.metadata[cited.document_id]
            if metadata.groups or not (inside or metadata.audience is Audience.CUSTOMER):
                wrong.append("not for its readers")
        return wrong

    @rule(draft=st.sampled_from(DRAFTS), destination=st.sampled_from(DESTINATIONS))
    def request(self, draft: DraftId, destination: str) -> None:
        before = self.world.drafts.get(draft)
        assert before is not None
        try:
            self.asked.add(self.world.request(destination, draft=draft).id)
        except ApprovalRequired:
            assert before.status not in (DraftStatus.APPROVED, DraftStatus.DELIVERED) or self.world.approvals.expired
        except CopilotError:
            pass

    @rule(behaviour=st.sampled_from(["takes", "500", "404", "killed after taking"]))
    def receiver_changes(self, behaviour: str) -> None:
        self.behaviour = behaviour

    @rule(draft=st.sampled_from(DRAFTS), destination=st.sampled_from(DESTINATIONS))
    def approve_and_request(self, draft: DraftId, destination: str) -> None:
        self.decide(draft, DraftStatus.APPROVED)
        self.request(draft, destination)

    @rule(minutes=st.sampled_from([0, 1, 6, 130]))
    def work(self, minutes: int) -> None:
        self.world.clock.jump(minutes=minutes)
        with contextlib.suppress(Killed):
            while self.world.another_worker().step():
                pass

    @rule()
    def killed_before_sending(self) -> None:
        now = self.world.clock()
        with self.world.transactions.begin() as transaction:
            self.world.outbox.claim(transaction, now, now + LEASE, 1)

    @rule(minutes=st.sampled_from([-100_000, -200, -3, 1, 6, 130, 100_000]))
    def clock_moves(self, minutes: int) -> None:
        self.world.clock.jump(minutes=minutes)

    @rule(
        document=st.sampled_from([PRICES, PLAYBOOK]),
        metadata=st.sampled_from([OPEN, OPEN, Metadata(), Metadata(groups=("finance",))]),
    )
    def audience_changes(self, document: DocumentId, metadata: Metadata) -> None:
        self.world.documents.metadata[document] = metadata

    @rule(draft=st.sampled_from(DRAFTS), cited=st.sampled_from([PRICES, PLAYBOOK]))
    def revise(self, draft: DraftId, cited: DocumentId) -> None:
        self.world.write(draft, quotes=[quote(1, cited)])

    @rule(draft=st.sampled_from(DRAFTS), status=st.sampled_from([DraftStatus.APPROVED, DraftStatus.REJECTED]))
    def decide(self, draft: DraftId, status: DraftStatus) -> None:
        self.world.drafts.set_status(object(), draft, status, self.world.clock())

    @rule(expired=st.sampled_from([False, False, True]))
    def approvals_expire(self, expired: bool) -> None:
        self.world.approvals.expired = expired

    @rule(number=st.integers(1, 6))
    def retry(self, number: int) -> None:
        with contextlib.suppress(CopilotError):
            self.world.service.retry(f"key-{number}", OWNER_PERSON, Surface.CLI)

    @invariant()
    def nothing_leaves_that_may_not(self) -> None:
        assert self.violations == []

    @invariant()
    def never_two_keys_for_one_message(self) -> None:
        assert all(len(keys) == 1 for keys in self.keys.values())

    @invariant()
    def nothing_asked_for_is_gone(self) -> None:
        assert self.asked == set(self.world.outbox.kept)

    @invariant()
    def what_is_told_as_sent_was_taken(self) -> None:
        taken = {key for keys in self.keys.values() for key in keys}
        assert {one.id for one in self.world.outbox.list(DeliveryStatus.SENT, 99)} <= taken

    def teardown(self) -> None:
        """With a receiver that takes everything, all that is asked for ends soon, whatever the clock did before."""
        self.behaviour = "takes"
        for _ in range(3):
            self.world.clock.jump(seconds=(LONGEST_WAIT + LEASE + timedelta(seconds=1)).total_seconds())
            for _ in range(MOST_ATTEMPTS):
                self.world.sending.step()
        assert {one.status for one in self.world.outbox.list(None, 99)} <= SETTLED


Deliveries.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestDeliveries = Deliveries.TestCase
