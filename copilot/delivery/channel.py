"""Port: one way out."""

from __future__ import annotations

from typing import Protocol

from copilot.approval.approved import ApprovedRevision
from copilot.delivery.delivery import ChannelName


class Channel(Protocol):
    """Sends to destinations of one form. Sending again with the same key must not look like a second message."""

    @property
    def name(self) -> ChannelName:
        """Which way out this is."""
        ...

    def check(self, destination: str) -> str:
        """Return the destination in its one spelling.

        Raises:
            InvalidDestination: it has the wrong form, or is not allowed.
        """
        ...

    def send(self, approved: ApprovedRevision, destination: str, key: str) -> str:
        """Send and return the receiver's receipt.

        Raises:
            DeliveryRefused: the receiver will not take it, now or later.
            ChannelUnavailable: try again later.
        """
        ...
