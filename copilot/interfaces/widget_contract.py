"""The shapes of tokens for visitors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from copilot.interfaces.contract import Body, Storable
from knowledge.document import Audience

_Short = Annotated[Storable, Field(max_length=40)]


class VisitorBody(Body):
    """Whom a token is for."""

    visitor: Storable | None = Field(
        None, description="Your own id of the visitor, not their name; null: a new one, to be sent again next time."
    )
    audience: Audience = Field(
        Audience.CUSTOMER, description="internal: for pages of your own people; COPILOT_WIDGET_INTERNAL must allow it."
    )
    origin: Annotated[Storable, Field(max_length=300)] | None = Field(
        None, description="The one page it is for, one of COPILOT_WIDGET_ORIGINS; null: any of them."
    )
    role: _Short | None = Field(None, description="Which choices are shown first: frontline, manager, curator.")
    stage: _Short | None = Field(None, description="Where they are with you: onboarding, renewal …")
    language: Literal["zh", "en"] | None = None


class VisitorTokenBody(Body):
    """A token and until when it holds."""

    token: str
    expires_at: datetime
    visitor: str
