"""Port: what a kind of draft that is about no account asks of its text."""

from __future__ import annotations

from typing import Protocol

from copilot.drafting.draft import Draft, Finding
from copilot.people.person import Person


class KindRules(Protocol):
    """Asked for every revision."""

    def findings(self, draft: Draft, content: str) -> tuple[Finding, ...]:
        """Return what a person should see before deciding."""
        ...

    def may_see(self, person: Person, draft: Draft, content: str) -> bool:
        """Tell whether a person may read the text."""
        ...
