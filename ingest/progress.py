"""How far a run is, stage by stage: counts, rate and time left, by what the last half minute did."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: A rate over the whole run would take loading the model and skipping what is unchanged for work.
_WINDOW_S = 30.0
_BETWEEN_SAMPLES_S = 0.5


@dataclass(frozen=True, kw_only=True)
class StageProgress:
    """One stage, now."""

    name: str
    done: int  #: items of the sources that have left this stage
    total: int
    characters: int  #: that have left it
    rate: float = 0.0  #: characters per second, lately
    eta_s: float | None = None  #: seconds left at the pace of late; None before there is a pace


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Sent whenever an item has left a stage; an item counts as done when it has left the last one."""

    done: int
    total: int
    source: str = ""  #: of the item that was done last
    stages: tuple[StageProgress, ...] = ()


ProgressListener = Callable[[Progress], None]


class Meter:
    """Counts what leaves each stage, from whichever thread, and tells a listener."""

    def __init__(
        self,
        stages: Sequence[str],
        total: int,
        listen: ProgressListener | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` returns seconds on a clock that never goes back."""
        self._lanes = {name: _Lane(name, total, now) for name in stages}
        self._total = total
        self._listen = listen
        self._lock = threading.Lock()
        self._source = ""

    def count(self, stage: str, source: str, characters: int, *, whole: bool) -> None:
        """Count an item that has left a stage; only `whole` ones, those that are no part of another, add to `done`."""
        with self._lock:
            self._lanes[stage].count(characters, int(whole))
            lanes = list(self._lanes.values())
            if whole and self._lanes[stage] is lanes[-1]:
                self._source = source
            if self._listen:
                stages = tuple(lane.progress() for lane in lanes)
                self._listen(Progress(done=stages[-1].done, total=self._total, source=self._source, stages=stages))


class _Lane:
    """One stage: sums, and what they were at moments of the last half minute."""

    def __init__(self, name: str, total: int, now: Callable[[], float]) -> None:
        self._name = name
        self._total = total
        self._now = now
        self._done = self._characters = 0
        self._samples: deque[tuple[float, int, int]] = deque([(now(), 0, 0)])

    def count(self, characters: int, whole: int) -> None:
        self._done += whole
        self._characters += characters
        now = self._now()
        if now - self._samples[-1][0] >= _BETWEEN_SAMPLES_S:
            self._samples.append((now, self._done, self._characters))
        while len(self._samples) > 1 and now - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()

    def progress(self) -> StageProgress:
        since, done, characters = self._samples[0]
        seconds, lately, left = self._now() - since, self._done - done, self._total - self._done
        paced = seconds > 0 and lately > 0
        return StageProgress(
            name=self._name,
            done=self._done,
            total=self._total,
            characters=self._characters,
            rate=round((self._characters - characters) / seconds, 1) if seconds > 0 else 0.0,
            eta_s=0.0 if not left else round(left * seconds / lately, 1) if paced else None,
        )
