"""Asking for a delivery: it is checked, kept and logged in one transaction, and leaves after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from copilot.accounts.account import AccountId
from copilot.approval.approved import ApprovedRevision
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.delivery.checks import DeliveryChecks
from copilot.delivery.crm_place import whole_place
from copilot.delivery.delivery import ChannelName, Delivery, DeliveryStatus
from copilot.delivery.destination import file_destination, shown
from copilot.delivery.outbox import Outbox
from copilot.drafting.draft import DraftId
from copilot.drafting.store import DraftStore
from copilot.errors import AudienceMismatch, UnknownDelivery, UnknownDraft
from copilot.people.person import Person
from copilot.transaction import Transaction, Transactions
from knowledge.document import Audience
from knowledge.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What would come of a delivery that has not been asked for yet."""

    revision: int
    destination: str  #: in its one spelling
    audience: Audience  #: who reads it there
    against: str | None  #: what they may not see, so that it would be refused


class DeliveryService:
    """Asks for deliveries and for another try; a worker sends them."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        drafts: DraftStore,
        checks: DeliveryChecks,
        outbox: Outbox,
        audit: AuditLog,
        reader_of: Callable[[Person], Reader],
        facts_of: Callable[[AccountId | None], Mapping[str, Any] | None] = lambda _: None,
        wake: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        """Wire.

        `reader_of` tells what a person may read; `facts_of` returns an account's record, which may name its record in a
        CRM; `wake` is called after the commit, so that a worker need not find out
        by itself.
        """
        self._transactions = transactions
        self._drafts = drafts
        self._checks = checks
        self._outbox = outbox
        self._audit = audit
        self._reader_of = reader_of
        self._facts_of = facts_of
        self._wake = wake
        self._now = now
        self._new_id = new_id

    def request(
        self,
        draft_id: DraftId,
        channel: ChannelName,
        destination: str,
        person: Person,
        surface: Surface,
        *,
        revision: int | None = None,
    ) -> Delivery:
        """Have a revision sent to a destination; asking again returns the delivery there is.

        Args:
            draft_id: the draft.
            channel: by which way.
            destination: in the form of the channel; blank for a file whose name is made up.
            person: who asks.
            surface: where they ask.
            revision: what the person has in front of them; None: the latest.

        Raises:
            UnknownDraft: there is none.
            ApprovalRequired: it is not approved; checked before anything is looked at.
            StaleRevision: there is a newer one.
            ChannelNotConfigured: the channel's settings are missing.
            InvalidDestination: it has the wrong form, or nobody has allowed it.
            AudienceMismatch: those who read it there may not see a document it cites.
        """
        self._look(draft_id, channel, destination, revision)
        with self._transactions.begin() as transaction:
            approved, destination = self._addressed(transaction, draft_id, channel, destination, revision)
            self._checks.visible(approved, channel, destination, self._reader_of(person))
            now = self._now()
            new = Delivery(
                id=self._new_id(),
                draft_id=draft_id,
                revision=approved.revision.number,
                channel=channel,
                destination=destination,
                status=DeliveryStatus.QUEUED,
                due_at=now,
                requested_by=person.id,
                created_at=now,
            )
            kept = self._outbox.put(transaction, new)
            if kept.id == new.id:
                self._audit.append(transaction, delivery_event("requested", kept, person.id, surface, now))
        self._wake()
        return kept

    def foresee(
        self,
        draft_id: DraftId,
        channel: ChannelName,
        destination: str,
        person: Person,
        *,
        revision: int | None = None,
    ) -> Foreseen:
        """Tell where a delivery would go, who reads it there and what they may not see; nothing is sent.

        Raises:
            CopilotError: what `request` raises, but for what the readers may not see, which is told.
        """
        self._look(draft_id, channel, destination, revision)
        with self._transactions.begin() as transaction:
            approved, destination = self._addressed(transaction, draft_id, channel, destination, revision)
            audience, against = self._checks.audience(channel, destination), None
            try:
                self._checks.visible(approved, channel, destination, self._reader_of(person))
            except AudienceMismatch as error:
                against = error.message
        return Foreseen(revision=approved.revision.number, destination=destination, audience=audience, against=against)

    @property
    def channels(self) -> Sequence[ChannelName]:
        """Return the ways out that are set up."""
        return self._checks.channels

    def _look(self, draft_id: DraftId, channel: ChannelName, destination: str, revision: int | None) -> None:
        """Ask who reads in a channel of Slack: before rows are locked, and after the approval."""
        if channel is ChannelName.SLACK:
            with self._transactions.begin() as transaction:
                self._checks.approved(transaction, draft_id, self._wanted(transaction, draft_id, revision))
            self._checks.look(channel, destination)

    def _addressed(
        self, transaction: Transaction, draft_id: DraftId, channel: ChannelName, destination: str, revision: int | None
    ) -> tuple[ApprovedRevision, str]:
        """Return what is approved, and the destination in its one spelling."""
        wanted = self._wanted(transaction, draft_id, revision)
        approved = self._checks.approved(transaction, draft_id, wanted)
        if channel is ChannelName.FILE:
            destination = file_destination(destination, approved.draft)
        if channel is ChannelName.CRM:
            self._checks.channel(channel)  # before the account is blamed for what our settings lack
            destination = whole_place(destination, self._facts_of(approved.draft.account_id))
        return approved, self._checks.destination(channel, destination)

    def _wanted(self, transaction: Transaction, id: DraftId, revision: int | None) -> int:
        draft = self._drafts.lock(transaction, id)
        if draft is None:
            raise UnknownDraft(f"There is no draft {id!r}. `copilot drafts list` shows what there is.")
        return draft.revision if revision is None else revision

    def retry(self, id: str, person: Person, surface: Surface) -> Delivery:
        """Send a delivery that was given up, blocked or waits as soon as possible, under the same key.

        Raises:
            UnknownDelivery: there is none.
            CopilotError: what blocks it still does.
        """
        found = self.get(id)
        self._checks.look(found.channel, found.destination)
        with self._transactions.begin() as transaction:
            self._drafts.lock(transaction, found.draft_id)  # before the delivery, as everywhere
            kept = self._outbox.lock(transaction, id) or found
            if kept.status in (DeliveryStatus.SENT, DeliveryStatus.SENDING):
                return kept
            self._checks.still_hold(transaction, kept, self._reader_of(person))
            now = self._now()
            again = replace(kept, status=DeliveryStatus.QUEUED, attempts=0, due_at=now, leased_until=None)
            self._outbox.update(transaction, again)
            self._audit.append(transaction, delivery_event("retried", again, person.id, surface, now))
        self._wake()
        return again

    def get(self, id: str) -> Delivery:
        """Return a delivery.

        Raises:
            UnknownDelivery: there is none.
        """
        kept = self._outbox.get(id)
        if kept is None:
            raise UnknownDelivery(f"There is no delivery {id!r}. `copilot deliveries list` shows what there is.")
        return kept

    def of(self, draft_id: DraftId) -> Sequence[Delivery]:
        """Return the deliveries of a draft, oldest first.

        Raises:
            UnknownDraft: there is none.
        """
        if self._drafts.get(draft_id) is None:
            raise UnknownDraft(f"There is no draft {draft_id!r}. `copilot drafts list` shows what there is.")
        return self._outbox.of(draft_id)

    def list(self, status: DeliveryStatus | None, limit: int) -> Sequence[Delivery]:
        """Return deliveries, the newest first; None: in any state."""
        return self._outbox.list(status, limit)


def delivery_event(verb: str, delivery: Delivery, actor: str, surface: Surface, at: datetime) -> Event:
    """Return what the audit log keeps of a step of a delivery."""
    return Event(
        action=f"delivery.{verb}",
        actor=actor,
        subject=delivery.id,
        surface=surface,
        at=at,
        details={
            "draft": delivery.draft_id,
            "revision": delivery.revision,
            "channel": delivery.channel.value,
            "destination": shown(delivery.channel, delivery.destination),
            "attempts": delivery.attempts,
            "code": delivery.code if verb in ("blocked", "dead") else None,
        },
    )
