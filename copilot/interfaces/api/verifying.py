"""Routes around owners, verification and reviews."""

from __future__ import annotations

from fastapi import FastAPI, Request

from copilot.interfaces.verification_contract import DocumentVerification, ReviewList, VerificationChange
from copilot.interfaces.verifying import LocalVerifying


def add_verifying(app: FastAPI, verifying: LocalVerifying) -> None:
    """Register the routes."""

    @app.get("/v1/documents/review", tags=["knowledge"])
    def list_reviews(request: Request) -> ReviewList:
        """List documents that are stale, due within 30 days or unverified, the most cited first."""
        return verifying.review(caller=request.state.caller)

    @app.post("/v1/documents/{id:path}/verification", tags=["knowledge"])
    def verify_document(id: str, body: VerificationChange, request: Request) -> DocumentVerification:
        """Say that a document is right as it is now, or take it back: a curator, its owner or its deputy."""
        return verifying.change(id, body, caller=request.state.caller)
