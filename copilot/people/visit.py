"""What is known of a visitor of a chat on somebody's page, in the words of the page's own back end."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.document import Audience

#: Before the id of a visitor; no id of a person holds a colon.
OF_VISITORS = "visitor:"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a visitor's token says; nothing a page sends changes it."""

    audience: Audience = Audience.CUSTOMER  #: the most that they are shown, whatever is asked for
    origin: str | None = None  #: the page they may come from; None: any that is allowed
    role: str | None = None
    stage: str | None = None
    language: str | None = None
