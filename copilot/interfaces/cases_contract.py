"""The shapes of matched cases and of a ledger."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from copilot.interfaces.contract import Body
from knowledge.document import Audience


class FigureBody(Body):
    """A sentence of a case that states figures: `quote == text of that version [start:end]`."""

    document_id: str
    source: str
    version: int
    heading_path: list[str]
    quote: str
    start: int
    end: int


class LevelsBody(Body):
    """How near: 3 same, 2 near, 1 the case does not say, 0 different; null: not known of the customer."""

    industry: int | None
    city: int | None
    size: int | None
    situation: float | None = Field(description="Best cosine, 0 to 1.")


class MatchBody(Body):
    """One case and how it fits."""

    document_id: str
    source: str
    title: str
    title_en: str | None
    summary: str | None
    summary_en: str | None
    audience: Audience
    industries: list[str]
    cities: list[str]
    segments: list[str]
    fits: bool
    score: float = Field(description="64·industry + 16·city + 4·size + 3·situation: lexicographic in that order.")
    levels: LevelsBody
    alike_zh: list[str]
    alike_en: list[str]
    unlike_zh: list[str]
    unlike_en: list[str]
    section: list[str] = Field(description="Headings of the section nearest to the situation.")
    figures: list[FigureBody]


class ProfileBody(Body):
    """What was matched by."""

    industry: str | None
    city: str | None
    annual_fee_cny: float | None
    size: str | None
    situation: str | None


class EffectBody(Body):
    """A result of a fitting case that the ledger counts."""

    kind: Literal["gain", "saving"]
    ratio: float
    figure: FigureBody


class EstimateBody(Body):
    """One kind of value a year, in yuan."""

    name_zh: str
    name_en: str
    low: float
    mid: float
    high: float
    worked: str


class CostBody(Body):
    """One line of the first year's budget, in yuan; null: not known."""

    name_zh: str
    name_en: str
    amount: float | None


class LedgerBody(Body):
    """What peers' figures allow to expect, what it costs, on which assumptions; nothing is made up."""

    status: Literal["estimated", "facts_missing", "no_figures"]
    summary_zh: str
    summary_en: str
    values: list[EstimateBody]
    costs: list[CostBody]
    budget: float | None
    returns: list[float] | None = Field(description="Value by budget: low, mid, high.")
    effects: list[EffectBody]
    assumptions_zh: list[str]
    assumptions_en: list[str]
    ask_zh: list[str]
    ask_en: list[str]


class CaseMatchesBody(Body):
    """The best cases, best first, and the ledger they allow; where none fits, the nearest, and it is told."""

    account_id: str | None
    profile: ProfileBody
    fits: bool
    told_zh: str
    told_en: str
    matches: list[MatchBody]
    ledger: LedgerBody


class CaseQuery(Body):
    """Whom cases are looked for: an account, what is known of it, or both (what is said here comes first)."""

    account_id: str | None = Field(None, max_length=200)
    industry: str | None = Field(None, max_length=200)
    city: str | None = Field(None, max_length=200)
    annual_fee_cny: float | None = Field(None, ge=0, le=1e12)
    situation: str | None = Field(None, max_length=1000)
    audience: Audience = Audience.INTERNAL
    limit: int = Field(5, ge=1, le=50)


class LedgerQuery(CaseQuery):
    """The same, with figures of the customer for the ledger."""

    inputs: dict[str, Any] = Field({}, max_length=50)
