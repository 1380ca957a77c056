"""The use cases around owners, verification and reviews, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Protocol

from copilot.curating.verifying import Review, ReviewReason, VerificationService
from copilot.interfaces.presentation import verification_body
from copilot.interfaces.verification_contract import DocumentVerification, ReviewLine, ReviewList, VerificationChange
from copilot.people.caller import Caller

_REASONS = {
    ReviewReason.STALE: ("复核日期 {date} 已过", "its review date, {date}, has passed"),
    ReviewReason.DUE_SOON: ("须在 {date} 之前复核", "to be reviewed by {date}"),
    ReviewReason.UNVERIFIED: ("现在的文字还没有人核实", "nobody has verified the text as it is now"),
}


class Verifying(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def change(self, source_or_id: str, body: VerificationChange) -> DocumentVerification:
        """Say that a document is right as it is now, or take it back."""
        ...

    def review(self) -> ReviewList:
        """Return what should be looked at, the most cited first."""
        ...


class LocalVerifying:
    """Implements `Verifying` for whoever calls; without a caller, for the operator."""

    def __init__(
        self,
        service: VerificationService,
        operator: Caller,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._service = service
        self._operator = operator
        self._today = today

    def change(
        self, source_or_id: str, body: VerificationChange, *, caller: Caller | None = None
    ) -> DocumentVerification:
        """Say that a document is right as it is now, or take it back."""
        caller = caller or self._operator
        if body.verified:
            stored = self._service.verify(
                caller,
                source_or_id,
                review_by=body.review_by,
                owner=body.owner,
                deputy=body.deputy,
                version=body.version,
            )
        else:
            stored = self._service.unverify(caller, source_or_id, owner=body.owner, deputy=body.deputy)
        return DocumentVerification(
            **verification_body(stored.document.metadata, self._today()).model_dump(),
            id=stored.id,
            source=stored.document.source,
            version=stored.version,
        )

    def may_change(self, source_or_id: str, *, caller: Caller | None = None) -> bool:
        """Tell whether the caller may say that a document is right."""
        return self._service.may_verify(caller or self._operator, source_or_id)

    def cited(self) -> Mapping[str, int]:
        """Return in how many answers of the last 90 days documents were cited, by id."""
        return {str(id): count for id, count in self._service.cited().items()}

    def review(self, *, caller: Caller | None = None) -> ReviewList:
        """Return what should be looked at, the most cited first."""
        found = self._service.review(caller or self._operator)
        return ReviewList(documents=[self._line(review) for review in found])

    def _line(self, review: Review) -> ReviewLine:
        summary = review.document
        zh, en = (text.format(date=summary.metadata.review_by) for text in _REASONS[review.reason])
        return ReviewLine(
            **verification_body(summary.metadata, self._today()).model_dump(),
            id=summary.id,
            source=summary.source,
            title=summary.title,
            reason=review.reason.value,
            reason_zh=zh,
            reason_en=en,
            cited=review.cited,
        )
