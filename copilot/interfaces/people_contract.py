"""The shapes around people, keys and sign-in links."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from copilot.interfaces.contract import Body, Storable
from copilot.people.person import Role
from copilot.people.scope import Scope


class PersonBody(Body):
    """Somebody who can hold keys and sessions."""

    id: str
    name: str
    email: str | None = None
    roles: list[Role]
    groups: list[str] = Field([])
    active: bool = True


class PersonList(Body):
    """Everybody, the owner first."""

    people: list[PersonBody]


class NewPersonBody(Body):
    """Somebody to be taken in."""

    id: str = Field(description="Short and stable: Latin letters, digits, dots, hyphens and underscores.")
    name: str
    email: str | None = None
    roles: list[Role] = Field([Role.READER])
    groups: list[str] = Field([])


class PersonChange(Body):
    """What is to change of a person; what is left out stays."""

    name: str | None = None
    email: str | None = Field(None, description="Empty: none any more.")
    roles: list[Role] | None = None
    groups: list[str] | None = None
    active: bool | None = Field(None, description="False ends their sessions and keys at once.")


class KeyBody(Body):
    """What is known of a key; not the key itself."""

    id: str
    person: str
    label: str
    scopes: list[Scope] | None = Field(None, description="null: all that the person may do.")
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = Field(None, description="To the minute.")
    revoked_at: datetime | None = None


class KeyList(Body):
    """Keys, oldest first."""

    keys: list[KeyBody]


class NewKeyBody(Body):
    """A key to be made."""

    person: Storable | None = Field(None, description="Whose; default: the caller's own.")
    label: str = ""
    scopes: list[Scope] | None = None
    expires_in_days: float | None = Field(None, gt=0, le=3650)


class MadeKeyBody(KeyBody):
    """A new key, shown this once."""

    key: str


class RotationBody(Body):
    """How long a rotated key goes on beside the new one."""

    grace_hours: float = Field(24, ge=0, le=24 * 90)


class NewLinkBody(Body):
    """Whose sign-in link."""

    person: Storable | None = Field(None, description="Default: the caller's own; for others an admin is needed.")


class LoginLink(Body):
    """A link that signs its reader in, once, within the hour."""

    url: str


class InvitationBody(Body):
    """A link by which somebody chooses their password and is signed in, shown this once."""

    person: str
    url: str
    expires_at: datetime
    mailed: bool = Field(description="Whether it was sent to their e-mail address; if not, pass it on yourself.")


class RevokedInvitation(Body):
    """Whose invitation is over; `revoked` is false when there was none."""

    person: str
    revoked: bool


class PersonExport(Body):
    """Everything that is kept of somebody, by table; what opens a door is left out."""

    person: str
    made_at: datetime
    tables: dict[str, list[dict[str, Any]]]


class ErasureOrder(Body):
    """That it is meant: erasing cannot be undone."""

    confirm: str = Field(description="The id of the person, once more.")


class ErasedTable(Body):
    """What became of the rows of one table; `why` and `why_zh`: the reason."""

    table: str
    done: Literal["deleted", "emptied", "renamed", "kept"]
    rows: int
    why: str
    why_zh: str


class ErasureBody(Body):
    """What was done. `documents` name the person and stay as they are: change or delete their files."""

    person: str
    tables: list[ErasedTable]
    documents: list[str]
