"""Insight: what the tables of this home tell in sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from copilot.adapters.sql.decided_drafts import DecidedDrafts
from copilot.adapters.sql.gap_counts import SqlGapCounts
from copilot.adapters.sql.insight_counts import SqlInsightCounts
from copilot.adapters.sql.portfolio import SqlPortfolio
from copilot.bootstrap.outlook import judge_of
from copilot.insight.service import Documents, InsightService, Sources
from copilot.insight.work import Assumption
from copilot.people.person import Person
from copilot.settings import Settings


def insight_of(
    settings: Settings, engine: Engine, documents: Documents, people: Callable[[], Sequence[Person]]
) -> InsightService:
    """Wire the service; `people` returns everybody, the owner too.

    Raises:
        ConfigurationError: the health of the settings cannot be used.
    """
    sources = Sources(
        counts=SqlInsightCounts(engine),
        drafts=DecidedDrafts(engine),
        portfolio=SqlPortfolio(engine),
        documents=documents,
        people=people,
        gaps=SqlGapCounts(engine),
    )
    assumed = Assumption(per_answer=settings.insight_minutes_per_answer, per_draft=settings.insight_minutes_per_draft)
    return InsightService(sources, judge=judge_of(settings), assumed=assumed)
