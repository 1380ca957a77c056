"""Guessing is slowed down: after some failures, everybody who tries the same waits, longer each time.

Counted in the database, so that it holds whichever process is asked. Links and keys are 256 random bits; nobody guesses
them, so they are never made to wait and open the door when it is closed for passwords.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many failures are forgiven, and how long the pauses after that are.

    NIST SP 800-63B-4 §3.2.2 allows 100 failures in a row at most; with these pauses a day has that many for an account.
    """

    free: int
    within: timedelta  #: after it, counting begins anew
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)

    def pause(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures."""
        over = failures - self.free
        return timedelta(0) if over < 0 else min(self.longest, self.first * 2 ** min(over, 20))


OF_ACCOUNT = Pace(free=5, within=timedelta(days=1))
#: Whole offices have one address.
OF_ADDRESS = Pace(free=50, within=timedelta(minutes=15))


@dataclass(frozen=True, kw_only=True)
class Strikes:
    """Failures, the one being counted included."""

    count: int
    blocked_until: datetime | None


class StrikeStore(Protocol):
    """Port: failures by what was tried. Keys tell nothing of it."""

    def strike(self, transaction: Transaction, key: str, at: datetime, since: datetime) -> Strikes:
        """Count a failure, from 1 if the first was before `since`; others who count the same wait for the commit."""
        ...

    def block(self, transaction: Transaction, key: str, until: datetime) -> None:
        """Let nobody try before this moment."""
        ...

    def forgive(self, transaction: Transaction, key: str) -> None:
        """Take one failure back, and the pause."""
        ...

    def clear(self, transaction: Transaction, key: str) -> None:
        """Forget all failures."""
        ...

    def sweep(self, transaction: Transaction, first_before: datetime) -> None:
        """Forget what began before this moment."""
        ...


def account_key(name: str) -> str:
    """Return the key of an account by the name that was typed, whether there is one or not."""
    return "account:" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def network_key(address: str) -> str:
    """Return the key of an address; of IPv6 the first 64 bits, since one household has all that share them."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "address:" + hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
    return f"address:{ipaddress.ip_network(f'{ip}/64', strict=False) if ip.version == 6 else ip}"
