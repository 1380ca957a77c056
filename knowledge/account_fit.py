"""How well a document fits the account somebody asks about: whether it was written for accounts like this one."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.document import Metadata
from knowledge.text import fold


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """What is known of the account in context; None: not known. Values as in its record, in any script or case."""

    industry: str | None = None
    city: str | None = None
    segment: str | None = None
    stage: str | None = None


def account_fit(facts: AccountFacts, metadata: Metadata) -> int:
    """Return how many facts a document is made for (0-4); one that names nothing is for everybody and gets 0.

    A name within a name fits: 连锁零售 is 零售, 上海市 is 上海. A document for others is not pushed down: cases of
    another industry are read too.
    """
    pairs = (
        (facts.industry, metadata.industries),
        (facts.city, metadata.cities),
        (facts.segment, metadata.segments),
        (facts.stage, metadata.stages),
    )
    return sum(_among(fact, values) for fact, values in pairs)


def _among(fact: str | None, values: tuple[str, ...]) -> bool:
    known = fold(fact or "").strip()
    return bool(known) and any(_same(known, fold(value).strip()) for value in values)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 2 or short.isascii():  # lead is no part of leadership
        return False
    return long.endswith(short) or long == f"{short}市"
