"""A day in Slack: hundreds of events, a fifth of them twice, and a Slack that fails at random (REFERENCE §2 #1, #4)."""

from __future__ import annotations

from tests.studies.slack_load import run


def test_every_addressed_message_gets_exactly_one_answer_or_stated_reason() -> None:
    outcome = run(events=500, seed=7, duplicates=0.2, failures=0.1)
    assert outcome.sent >= 500
    assert outcome.addressed > 150
    assert outcome.failed_calls > 20
    assert dict(outcome.answers) == {1: outcome.addressed}
    assert (outcome.strays, outcome.unfinished, outcome.violations) == (0, 0, [])
    assert set(outcome.statuses) == {200}
