"""Port: how accounts like this one went on, and what suggestions did for them. Where nothing is known, None is told."""

from __future__ import annotations

from typing import Protocol

from copilot.accounts.account import Account
from copilot.suggesting.advice import Outlook


class OutlookModel(Protocol):
    """Learns from what happened; the rules decide, this only orders what they allow (K2)."""

    def outlook(self, account: Account) -> Outlook:
        """Return the chances of how the contract ends; None for each below a stated number of transitions (K3)."""
        ...

    def uplift(self, account: Account, playbook: str) -> float | None:
        """Return by how much a playbook changed the chance of not churning, -1 to 1; None where data is thin."""
        ...

    def acceptance(self, playbook: str) -> float | None:
        """Return the share of this playbook's suggestions that people accepted, 0 to 1; None where data is thin."""
        ...


class NoOutlook:
    """Implements `OutlookModel` where nothing was learnt yet."""

    def outlook(self, account: Account) -> Outlook:
        """Tell no chances."""
        del account
        return Outlook()

    def uplift(self, account: Account, playbook: str) -> float | None:
        """Tell nothing."""
        del account, playbook
        return None

    def acceptance(self, playbook: str) -> float | None:
        """Tell nothing."""
        del playbook
        return None
