"""Days as people type them, or their browser's calendar does."""

from __future__ import annotations

from datetime import date

from copilot.errors import InvalidRequest


class NoDate(InvalidRequest):
    """A field that takes a day holds something else."""

    code = "date"


def day_of(text: str) -> date | None:
    """Read a day that was typed; None where nothing was.

    Raises:
        NoDate: it is none.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise NoDate(f"{text[:40]!r} is no date. Write it as 2027-05-31.") from error
