"""Times in SQL: SQLite forgets the zone, so everything is written and read as UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(at: datetime) -> datetime:
    """Return a time as it is written."""
    return at.astimezone(UTC)


def aware(at: datetime) -> datetime:
    """Return a time as it was meant."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
