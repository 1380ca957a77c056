"""Failures of a run into the store of failures, and out of it what succeeded or is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ingest.bundles import ancestors
from ingest.report import ItemReport, Status
from knowledge.failures import FailureStore


class DeadLetters:
    """For the length of a run; a row that a killed run left behind goes with the next one."""

    def __init__(self, failures: FailureStore, now: Callable[[], datetime]) -> None:
        self._failures = failures
        self._now = now
        self._known = {(failure.origin, failure.source): failure.id for failure in failures.failures()}

    def note(self, origin: str, line: ItemReport) -> None:
        """Record an item that failed, forget one that did not."""
        if line.status is Status.FAILED:
            self._failures.record(
                origin=_storable(origin),
                source=_storable(line.source),
                stage=line.stage or "parse",
                code=line.code or "ingest_failed",
                reason=_storable(line.reason or ""),
                at=self._now(),
            )
        elif known := self._known.get((origin, line.source)):
            self._failures.forget([known])

    def forget_vanished(self, origin: str, done: Mapping[str, Status]) -> None:
        """Forget what its source does not have any more; `done` are the items that it has."""
        gone = [
            id
            for (one, source), id in self._known.items()
            if one == origin
            and done.get(source, Status.DELETED) is Status.DELETED
            and not any(_hides(done.get(above)) for above in ancestors(source))
        ]
        self._failures.forget(gone)


def _hides(status: Status | None) -> bool:
    """Tell whether nothing is known of what lies inside an item with this status."""
    return status in (Status.FAILED, Status.UNCHANGED)


def _storable(text: str) -> str:
    """Escape halves of characters, which may be what made an item fail."""
    return text.encode("utf-8", "backslashreplace").decode()
