"""What must hold when a delivery is asked for, and again at the moment it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from copilot.approval.approved import ApprovedRevision
from copilot.delivery.channel import Channel
from copilot.delivery.delivery import ChannelName, Delivery
from copilot.delivery.destination import DestinationRules
from copilot.delivery.visibility import CurrentDocuments, check_visibility, readers_of
from copilot.drafting.customer_copy import for_our_own
from copilot.drafting.draft import DraftId
from copilot.errors import AudienceMismatch, ChannelNotConfigured
from copilot.transaction import Transaction
from knowledge.document import Audience
from knowledge.reader import Reader


class Approvals(Protocol):
    """The part of the approval service that delivery asks."""

    def approved(self, transaction: Transaction, draft_id: DraftId, revision: int) -> ApprovedRevision:
        """Return the revision if it is approved now.

        Raises:
            ApprovalRequired: it is not, or the approval has expired.
            StaleRevision: it is not the latest.
        """
        ...


class DeliveryChecks:
    """Asks the approvals, the channel, the allow-lists and the documents."""

    def __init__(
        self,
        *,
        approvals: Approvals,
        channels: Mapping[ChannelName, Channel],
        rules: DestinationRules,
        documents: CurrentDocuments,
    ) -> None:
        self._approvals = approvals
        self._channels = channels
        self._rules = rules
        self._documents = documents

    def approved(self, transaction: Transaction, draft: DraftId, revision: int) -> ApprovedRevision:
        """Return the revision if a person has approved it. Always the first check.

        Raises:
            ApprovalRequired: nobody has, or that has expired.
            StaleRevision: there is a newer one.
        """
        return self._approvals.approved(transaction, draft, revision)

    @property
    def channels(self) -> tuple[ChannelName, ...]:
        """Return the ways out that are set up."""
        return tuple(name for name in ChannelName if name in self._channels)

    def channel(self, name: ChannelName) -> Channel:
        """Return a way out.

        Raises:
            ChannelNotConfigured: its settings are missing.
        """
        if name not in self._channels:
            raise ChannelNotConfigured(
                f"Nothing can be sent by {name.value!r}: it is not set up here. The README says which settings each "
                f"way out needs; ready are {', '.join(sorted(self._channels)) or 'none'}."
            )
        return self._channels[name]

    def destination(self, name: ChannelName, given: str) -> str:
        """Return a destination in its one spelling.

        Raises:
            ChannelNotConfigured: the channel's settings are missing.
            InvalidDestination: it has the wrong form, or nobody has allowed it.
        """
        destination = self.channel(name).check(given)
        self._rules.check(name, destination)
        return destination

    def audience(self, name: ChannelName, destination: str) -> Audience:
        """Return who reads what arrives at a destination in its one spelling."""
        return self._rules.audience(name, destination)

    def look(self, name: ChannelName, given: str) -> None:
        """Find out who reads at a destination now; to be done before the transaction that checks it.

        Raises:
            CopilotError: the destination is none, or nobody says who reads there.
        """
        if name in self._channels:
            self._rules.look(name, self._channels[name].check(given) if name is ChannelName.SLACK else given)

    def visible(
        self, approved: ApprovedRevision, name: ChannelName, destination: str, told: Reader | None = None
    ) -> None:
        """See that everybody at the destination may see every document the revision cites, now, and the rest of it.

        Raises:
            AudienceMismatch: they may not.
        """
        audience = self._rules.audience(name, destination)
        if audience is Audience.CUSTOMER and for_our_own(approved.draft.kind, approved.revision.content):
            raise AudienceMismatch(
                "This draft is, or still holds, what is for our own people alone. Take out what stands below the line "
                "for ourselves, or write a kind for customers, and have it approved again."
            )
        readers = readers_of(audience)
        check_visibility(approved.revision, readers, self._documents, told)

    def still_hold(self, transaction: Transaction, delivery: Delivery, told: Reader | None = None) -> ApprovedRevision:
        """Check a delivery anew, in the order in which it was checked when it was asked for.

        Raises:
            CopilotError: what stands against it now.
        """
        approved = self.approved(transaction, delivery.draft_id, delivery.revision)
        self.destination(delivery.channel, delivery.destination)
        self.visible(approved, delivery.channel, delivery.destination, told)
        return approved
