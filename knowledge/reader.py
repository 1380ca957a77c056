"""Who reads: decides which documents may be found, quoted and published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from knowledge.document import Audience, Metadata
from knowledge.verification import VerificationState, verification_state

#: The group of names that could not be read; nobody can be put into it, for its name is no `group_name`.
NOBODY = " "
#: How the text of a label with groups begins; no audience begins so.
_GROUPS = "groups:"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody to whom text may be shown.

    A document without groups is for all of its audience (F7: open sharing inside); one with groups is for their
    members alone, whatever its audience says. Customers are in no group.
    """

    audience: Audience = Audience.INTERNAL
    groups: frozenset[str] = field(default_factory=frozenset)
    everything: bool = False  #: reads documents of every group; never set for customers
    verified_on: date | None = None  #: wants only what is verified on this day; None: whatever there is

    def may_read(self, metadata: Metadata) -> bool:
        """Tell whether a document with this metadata may be shown, and is verified if only such are wanted."""
        if (
            self.verified_on is not None
            and verification_state(metadata, self.verified_on) is not VerificationState.VERIFIED
        ):
            return False
        return self.may_read_label(access_label(metadata.audience, metadata.groups))

    def may_read_label(self, label: AccessLabel) -> bool:
        """Tell whether a document with this label may be shown, verified or not."""
        if label.groups:
            return self.audience is Audience.INTERNAL and (self.everything or bool(self.groups & set(label.groups)))
        return self.audience is Audience.INTERNAL or label.audience is Audience.CUSTOMER


@dataclass(frozen=True, kw_only=True, order=True)
class AccessLabel:
    """All documents with one label have the same readers; an index keeps them apart by it."""

    audience: Audience
    groups: tuple[str, ...] = ()  #: sorted, distinct

    def __str__(self) -> str:
        """Return a stable text: `internal`, `customer`, or `groups:` and the names, separated by tabs."""
        return _GROUPS + "\t".join(self.groups) if self.groups else self.audience.value

    @classmethod
    def read(cls, text: str) -> AccessLabel:
        """Return the label whose text this is."""
        if text.startswith(_GROUPS):
            return access_label(Audience.INTERNAL, text.removeprefix(_GROUPS).split("\t"))
        return access_label(Audience(text))


def access_label(audience: Audience, groups: Iterable[str] = ()) -> AccessLabel:
    """Return the label; where there are groups, the audience says nothing more."""
    named = tuple(sorted(set(groups)))
    return AccessLabel(audience=Audience.INTERNAL if named else audience, groups=named)


def wider(before: AccessLabel, after: AccessLabel) -> bool:
    """Tell whether somebody may read with the second label who may not with the first."""
    if after.groups:
        return bool(before.groups) and not set(after.groups) <= set(before.groups)
    return bool(before.groups) or (before.audience, after.audience) == (Audience.INTERNAL, Audience.CUSTOMER)


def group_name(text: str) -> str:
    """Return a name as it is compared and stored: single spaces, nothing invisible around it; may be empty."""
    return " ".join(text.split())


#: All staff outside every group, staff who read everything, and customers.
STAFF = Reader()
EVERYTHING = Reader(everything=True)
CUSTOMERS = Reader(audience=Audience.CUSTOMER)
