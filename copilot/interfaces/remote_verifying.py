"""The use cases around verification, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.interfaces.verification_contract import DocumentVerification, ReviewList, VerificationChange

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot


class RemoteVerifying:
    """Implements `Verifying`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def change(self, source_or_id: str, body: VerificationChange) -> DocumentVerification:
        """Say that a document is right as it is now, or take it back."""
        path = f"/v1/documents/{quote(source_or_id, safe='')}/verification"
        return self._copilot.call(DocumentVerification, "POST", path, json=body.model_dump(mode="json"))

    def review(self) -> ReviewList:
        """Return what should be looked at."""
        return self._copilot.call(ReviewList, "GET", "/v1/documents/review")
