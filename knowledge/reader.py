"""Who reads: decides which documents may be found, quoted and published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.document import Audience, Metadata


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody to whom text may be shown.

    A document without groups is for all of its audience (F7: open sharing inside); one with groups is for their
    members alone, whatever its audience says. Customers are in no group.
    """

    audience: Audience = Audience.INTERNAL
    groups: frozenset[str] = field(default_factory=frozenset)
    everything: bool = False  #: reads documents of every group; never set for customers

    def may_read(self, metadata: Metadata) -> bool:
        """Tell whether a document with this metadata may be shown."""
        return self.may_read_label(access_label(metadata.audience, metadata.groups))

    def may_read_label(self, label: AccessLabel) -> bool:
        """Tell the same from the access label of a document."""
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
        return "groups:" + "\t".join(self.groups) if self.groups else self.audience.value


def access_label(audience: Audience, groups: Iterable[str] = ()) -> AccessLabel:
    """Return the label; where there are groups, the audience says nothing more."""
    named = tuple(sorted(set(groups)))
    return AccessLabel(audience=Audience.INTERNAL if named else audience, groups=named)


#: All staff outside every group, and customers.
STAFF = Reader()
CUSTOMERS = Reader(audience=Audience.CUSTOMER)
