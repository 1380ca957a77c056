"""Who answers for a document, and whether somebody has checked that it is right (decisions/0024)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from knowledge.document import Metadata

#: A review that is due within this time is announced.
SOON = timedelta(days=30)


class VerificationState(StrEnum):
    """What a reader is told of a document."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    STALE = "stale"  #: its review date has passed


def verification_state(metadata: Metadata, today: date) -> VerificationState:
    """Return the state on a day; the review date itself is the last day on which a document is verified."""
    if metadata.review_by is not None and metadata.review_by < today:
        return VerificationState.STALE
    return VerificationState.UNVERIFIED if metadata.verified_on is None else VerificationState.VERIFIED


@dataclass(frozen=True, kw_only=True)
class Keepers:
    """Who answers for a document: ids or names of people or teams."""

    owner: str | None = None
    deputy: str | None = None  #: who does when the owner is away


@dataclass(frozen=True, kw_only=True)
class Check:
    """That somebody has read a document and found it right; without a day, nobody has."""

    verified_on: date | None = None
    verified_by: str | None = None  #: id of the person; a file does not tell
    review_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class VerificationWord:
    """What was said of a document, by a person or by its file. Each half holds until the file says something else.

    A check is of a text: it holds as long as the wording is the same, and again once it is.
    """

    keepers: Keepers
    check: Check
    wording: str  #: `wording_hash` of the text that was checked
    file_keepers: Keepers  #: what the file said then
    file_check: Check

    @classmethod
    def of_file(cls, metadata: Metadata, wording: str) -> VerificationWord:
        """Return what a file says of itself and its text."""
        keepers, check = _said(metadata)
        return cls(keepers=keepers, check=check, wording=wording, file_keepers=keepers, file_check=check)

    def after(self, metadata: Metadata, wording: str) -> VerificationWord:
        """Return the word after a file was read: where it says something else than before, it has the last word."""
        keepers, check = _said(metadata)
        word = self
        if keepers != self.file_keepers:
            word = replace(word, keepers=keepers, file_keepers=keepers)
        if check != self.file_check:
            word = replace(word, check=check, file_check=check, wording=wording)
        return word

    def over(self, metadata: Metadata, wording: str) -> Metadata:
        """Return what a file with this wording says of itself, with the word in force."""
        check = self.check if wording == self.wording else Check()
        return replace(metadata, **vars(self.keepers), **vars(check))


def _said(metadata: Metadata) -> tuple[Keepers, Check]:
    return (
        Keepers(owner=metadata.owner, deputy=metadata.deputy),
        Check(verified_on=metadata.verified_on, review_by=metadata.review_by),
    )
