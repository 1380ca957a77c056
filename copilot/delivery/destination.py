"""Where a delivery may go and who reads it there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from copilot.delivery.delivery import ChannelName
from copilot.drafting.draft import Draft
from copilot.errors import InvalidDestination
from knowledge.document import Audience
from knowledge.web_address import host_of

#: In the list of what is allowed: every e-mail address. Hosts are always named, because our machine calls them.
EVERY_ADDRESS = "*"

#: These ways stay inside whatever the destination is (DESIGN §4).
_INSIDE = frozenset({ChannelName.FILE, ChannelName.CRM})
_ENTRY = re.compile(r"\*|(\*\.)?[^\s@/*]+|[^\s@/*]+@[^\s@/*:]+")


@dataclass(frozen=True)
class DestinationList:
    """Addresses (`li@example.com`), domains and hosts (`example.com`, `*.example.com`, `127.0.0.1:9000`)."""

    entries: frozenset[str]

    @classmethod
    def of(cls, entries: Iterable[str]) -> DestinationList:
        """Read entries as people write them.

        Raises:
            ValueError: one is none of these forms.
        """
        read = frozenset(entry.strip().lower() for entry in entries)
        for entry in sorted(read):
            if not _ENTRY.fullmatch(entry):
                raise ValueError(f"{entry!r} is no address, domain or host")
        return cls(read)

    def names_address(self, address: str) -> bool:
        """Tell whether an e-mail address or its domain is listed."""
        address = address.lower()
        return address in self.entries or self._names(address.rpartition("@")[2])

    def names_host(self, host: str, port: int) -> bool:
        """Tell whether a host is listed: alone for all its ports, or with this one."""
        return self._names(host) or self._listed(host, port)

    def names_exactly(self, host: str, port: int) -> bool:
        """Tell whether a host is listed by its own name and not as one of many."""
        return host in self.entries or self._listed(host, port)

    @property
    def every_address(self) -> bool:
        """Tell whether e-mail may go anywhere."""
        return EVERY_ADDRESS in self.entries

    def _listed(self, host: str, port: int) -> bool:
        return f"{f'[{host}]' if ':' in host else host}:{port}" in self.entries

    def _names(self, domain: str) -> bool:
        parents = domain.split(".")
        return domain in self.entries or any(
            f"*.{'.'.join(parents[number:])}" in self.entries for number in range(1, len(parents))
        )


class Members(Protocol):
    """Port: who reads along at a destination whose readers come and go."""

    def look(self, destination: str) -> None:
        """Find out who reads there now; asks somebody outside, so never while rows are locked.

        Raises:
            CopilotError: nobody says.
        """
        ...

    def audience(self, destination: str) -> Audience:
        """Return what the last look found; customers, where it is too long ago."""
        ...


@dataclass(frozen=True, kw_only=True)
class DestinationRules:
    """What the settings say of destinations; whoever is internal may also receive."""

    internal: DestinationList
    allowed: DestinationList
    slack: Members | None = None  #: of channels of Slack

    def look(self, channel: ChannelName, destination: str) -> None:
        """Find out who reads at a destination, before `audience` is asked inside a transaction.

        Raises:
            CopilotError: nobody says.
        """
        if channel is ChannelName.SLACK and self.slack is not None:
            self.slack.look(destination)

    def audience(self, channel: ChannelName, destination: str) -> Audience:
        """Return who reads what arrives at a destination in its one spelling.

        A channel of Slack is read by its members at this moment: until they are known, it counts as customers.
        """
        if channel in _INSIDE:
            return Audience.INTERNAL
        if channel is ChannelName.SLACK and self.slack is not None:
            return self.slack.audience(destination)
        if channel is ChannelName.EMAIL and self.internal.names_address(destination):
            return Audience.INTERNAL
        if channel is ChannelName.WEBHOOK and self.internal.names_host(*host_of(destination)):
            return Audience.INTERNAL
        return Audience.CUSTOMER

    def check(self, channel: ChannelName, destination: str) -> None:
        """Refuse a destination that nobody has allowed.

        Raises:
            InvalidDestination: it is in neither list.
        """
        if channel is ChannelName.EMAIL:
            fine = self.allowed.every_address or any(
                one.names_address(destination) for one in (self.allowed, self.internal)
            )
        elif channel is ChannelName.WEBHOOK:
            fine = any(one.names_host(*host_of(destination)) for one in (self.allowed, self.internal))
        else:
            fine = True  # these ways look after their destinations themselves
        if not fine:
            raise InvalidDestination(
                f"Nothing may be sent to {shown(channel, destination)!r}. Name the address, domain or host in "
                "COPILOT_DELIVERY_ALLOWED, or in COPILOT_DELIVERY_INTERNAL if our own people read it."
            )

    def may_be_private(self, host: str, port: int) -> bool:
        """Tell whether a host may lie inside our network and be spoken to without TLS.

        Only one that is listed by its own name as internal, or whose very name says it: a name of somebody else's
        could be pointed at our machines at any time.
        """
        if self.internal.names_exactly(host, port):
            return True
        plain = host == "localhost" or ":" in host or host.replace(".", "").isdigit()
        return plain and self.allowed.names_exactly(host, port)


def shown(channel: ChannelName, destination: str) -> str:
    """Return what logs and messages may hold of a destination: paths of URLs often are secrets."""
    if channel is not ChannelName.WEBHOOK:
        return destination
    host, port = host_of(destination)
    return f"{urlsplit(destination).scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def file_destination(given: str, draft: Draft) -> str:
    """Return the destination of a file: a name is made up where none was given, or only a folder."""
    name = f"{draft.kind.value.replace('_', '-')}-{draft.id}-r{draft.revision}.md"
    folder = given.strip()
    return f"{folder}{name}" if not folder or folder.endswith("/") else given
