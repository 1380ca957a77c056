"""Gaps in numbers; no observation is read for them."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from copilot.adapters.sql.moment import utc
from copilot.adapters.sql.tables import gaps
from copilot.curating.gap import GapStatus
from copilot.insight.counts import Gaps, OpenGap, Window

#: A draft is no answer yet.
_OPEN = (GapStatus.OPEN.value, GapStatus.DRAFTED.value)
_MOST = 10


class SqlGapCounts:
    """Implements `GapCounts`: of everybody's gaps, whoever is asked about; those that nobody asks any more are none."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def gaps(self, window: Window) -> Gaps:
        """Return what stands open now, and what came up and was answered in the time."""
        since, until = utc(window.since), utc(window.until)
        asked = gaps.c.askers > 0
        still = asked & gaps.c.status.in_(_OPEN)
        begun = asked & (gaps.c.first_at >= since) & (gaps.c.first_at < until)
        ended = (gaps.c.status == GapStatus.ANSWERED.value) & (gaps.c.changed_at >= since) & (gaps.c.changed_at < until)
        numbers = select(
            func.count().filter(still).label("open"),
            func.count().filter(still & gaps.c.owner.is_(None)).label("without_owner"),
            func.count().filter(begun).label("opened"),
            func.count().filter(ended).label("answered"),
        ).select_from(gaps)
        first = (
            select(gaps.c.id, gaps.c.question, gaps.c.askers, gaps.c.observations, gaps.c.owner)
            .where(still)
            .order_by(gaps.c.askers.desc(), gaps.c.observations.desc(), gaps.c.last_at.desc(), gaps.c.id)
            .limit(_MOST)
        )
        with self._engine.connect() as connection:
            row = connection.execute(numbers).one()
            return Gaps(**row._mapping, first=[OpenGap(**one._mapping) for one in connection.execute(first)])
