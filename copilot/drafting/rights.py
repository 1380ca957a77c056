"""Who may write drafts and who may see them; which sources they may quote is in `access.py`."""

from __future__ import annotations

from copilot.drafting.draft import Draft, DraftKind
from copilot.drafting.kinds import WITHOUT_ACCOUNT
from copilot.errors import NotPermitted
from copilot.people.person import Person, Role

#: Who may write drafts about accounts, and see them; those about none are for whoever keeps the knowledge too.
WRITERS = (Role.FRONTLINE, Role.MANAGER)
KEEPERS = (Role.CURATOR, Role.ADMIN)


def may_write(person: Person, kind: DraftKind) -> bool:
    """Tell whether a person writes drafts of this kind."""
    return person.has(*WRITERS, *(KEEPERS if kind in WITHOUT_ACCOUNT else ()))


def check_may_write(person: Person, kind: DraftKind) -> None:
    """Let only those pass who may write drafts of this kind.

    Raises:
        NotPermitted: this person may not.
    """
    if not may_write(person, kind):
        raise NotPermitted(f"{person.id!r} writes no drafts: that takes the role frontline or manager. Ask an admin.")


def sees_digest(draft: Draft, person: Person) -> bool:
    """Tell whether a digest is for this person, by them, or theirs to see as everybody's figures are."""
    return person.has(Role.MANAGER, Role.ADMIN) or person.id in (draft.created_by, draft.inputs.get("person"))


def check_may_see(draft: Draft, person: Person) -> None:
    """Keep a digest to whom it is for, who made it, and those who see everybody's figures.

    Raises:
        NotPermitted: this person is none of them.
    """
    if draft.kind is DraftKind.WEEKLY_DIGEST and not sees_digest(draft, person):
        raise NotPermitted(
            f"Draft {draft.id!r} is the digest of {draft.inputs.get('person')!r}. They and managers may read it."
        )
