"""The shapes around owners, verification and the review queue."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from copilot.interfaces.contract import Body, VerificationBody


class VerificationChange(Body):
    """What a person says of a document as it is now."""

    verified: bool = Field(True, description="False takes it back.")
    review_by: date | None = Field(None, description="The last day it counts as verified; null: in 180 days.")
    owner: str | None = Field(None, max_length=200, description="Who answers for it; null: as before, empty: nobody.")
    deputy: str | None = Field(None, max_length=200, description="Who does when the owner is away.")
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The version that was read; 409 `stale_change` when there is another."
    )


class DocumentVerification(VerificationBody):
    """What is in force for a document now."""

    id: str
    source: str
    version: int


class ReviewLine(VerificationBody):
    """A document that somebody should look at."""

    id: str
    source: str
    title: str
    reason: Literal["stale", "due_soon", "unverified"]
    reason_zh: str
    reason_en: str
    cited: int = Field(description="Answers of the last 90 days that cite it.")


class ReviewList(Body):
    """What is to be reviewed, the most cited first."""

    documents: list[ReviewLine]
