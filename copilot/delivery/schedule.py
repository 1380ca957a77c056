"""When a delivery is tried again, how long one attempt may take, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

#: A worker that has not told in this time how its attempt went is taken for dead. An attempt takes a minute at most.
LEASE = timedelta(minutes=5)
#: After the first failure; each further one doubles it.
FIRST_WAIT = timedelta(seconds=10)
#: Receivers are down for minutes or for a night: trying twice in an hour is enough then, and never so rare that a
#: person would rather send it by hand.
LONGEST_WAIT = timedelta(hours=2)
#: About a day with these waits: 10 minutes to the seventh attempt, 22 to 29 hours to the last.
MOST_ATTEMPTS = 24
#: Waits are shortened by up to this share, so that what failed together does not come back together.
JITTER = 0.25


def wait_after(attempts: int, chance: float, asked_s: float | None = None) -> timedelta:
    """Return how long to wait after so many attempts.

    Args:
        attempts: made so far, from 1.
        chance: random, 0-1.
        asked_s: seconds the receiver asked for, any number; waited for, but never longer than the longest wait.
    """
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    wait = min(doubled, LONGEST_WAIT) * (1 - JITTER * chance)
    asked_s = asked_s if asked_s is not None and asked_s > 0 else 0.0  # no number at all counts as none
    return max(wait, timedelta(seconds=min(asked_s, LONGEST_WAIT.total_seconds())))
