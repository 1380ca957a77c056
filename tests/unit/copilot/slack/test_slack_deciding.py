"""The delivery decision table: one test per row, and that no row is without one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from copilot.interfaces.slack.deciding import (
    AT_ONCE,
    LOOKED_UP,
    Form,
    Outcome,
    Seen,
    Situation,
    Via,
    Where,
    Who,
    decide,
    decide_at_once,
)


@dataclass(frozen=True, kw_only=True)
class Expected:
    name: str
    situation: Situation
    outcome: Outcome
    reason: str


PUBLIC_MEMBER = {"where": Where.PUBLIC, "who": Who.MEMBER}
TABLE = [
    Expected(
        name=name,
        situation=situation,
        outcome=outcome,
        reason=reason,
    )
    for name, situation, outcome, reason in [
        ("our own message", Situation(via=Via.OVERHEARD, form=Form.OWN), Outcome.IGNORE, "own_message"),
        ("a bot mentions us", Situation(via=Via.MENTION, form=Form.BOT), Outcome.IGNORE, "bot_message"),
        ("message_changed", Situation(via=Via.DIRECT, form=Form.CHANGED), Outcome.IGNORE, "message_changed"),
        ("a deleted message", Situation(via=Via.DIRECT, form=Form.DELETED), Outcome.IGNORE, "message_deleted"),
        ("somebody joins", Situation(via=Via.OVERHEARD, form=Form.OTHER), Outcome.IGNORE, "no_message"),
        ("Slack sends it again", Situation(via=Via.MENTION, seen=Seen.RETRY), Outcome.IGNORE, "retry"),
        ("app_mention and message", Situation(via=Via.MENTION, seen=Seen.TWIN), Outcome.IGNORE, "twin"),
        ("a thread that is not ours", Situation(via=Via.OVERHEARD), Outcome.IGNORE, "not_addressed"),
        ("an edited follow-up", Situation(via=Via.ENGAGED, edited=True), Outcome.IGNORE, "edited"),
        ("a follow-up to somebody else", Situation(via=Via.ENGAGED, to_others=True), Outcome.IGNORE, "to_others"),
        ("a thumb in our thread", Situation(via=Via.ENGAGED, has_words=False), Outcome.IGNORE, "no_words"),
        (
            "a command in a shared channel",
            Situation(via=Via.SLASH, where=Where.EXTERNAL, who=Who.MEMBER),
            Outcome.REFUSE,
            "external_channel",
        ),
        (
            "a shortcut in a shared channel",
            Situation(via=Via.SHORTCUT, where=Where.EXTERNAL, who=Who.MEMBER),
            Outcome.REFUSE,
            "external_channel",
        ),
        (
            "a mention in a shared channel",
            Situation(via=Via.MENTION, where=Where.EXTERNAL, who=Who.MEMBER),
            Outcome.IGNORE,
            "external_channel",
        ),
        (
            "a stranger in a shared channel",
            Situation(via=Via.MENTION, where=Where.EXTERNAL, who=Who.STRANGER),
            Outcome.IGNORE,
            "external_channel",
        ),
        (
            "a stranger writes",
            Situation(via=Via.DIRECT, where=Where.DIRECT, who=Who.STRANGER),
            Outcome.REFUSE,
            "stranger",
        ),
        ("a guest asks", Situation(via=Via.MENTION, where=Where.PUBLIC, who=Who.GUEST), Outcome.REFUSE, "guest"),
        (
            "somebody who was let go",
            Situation(via=Via.DIRECT, where=Where.DIRECT, who=Who.INACTIVE),
            Outcome.REFUSE,
            "inactive",
        ),
        (
            "only an emoji",
            Situation(via=Via.DIRECT, has_words=False, where=Where.DIRECT, who=Who.MEMBER),
            Outcome.REFUSE,
            "no_words",
        ),
        ("a command", Situation(via=Via.SLASH, **PUBLIC_MEMBER), Outcome.PREVIEW, "private_preview"),
        ("a shortcut", Situation(via=Via.SHORTCUT, **PUBLIC_MEMBER), Outcome.PREVIEW, "private_preview"),
        (
            "a direct message",
            Situation(via=Via.DIRECT, where=Where.DIRECT, who=Who.MEMBER),
            Outcome.DIRECT,
            "direct_message",
        ),
        ("a mention in a public channel", Situation(via=Via.MENTION, **PUBLIC_MEMBER), Outcome.THREAD, "channel"),
        (
            "a mention in a private channel",
            Situation(via=Via.MENTION, where=Where.PRIVATE, who=Who.MEMBER),
            Outcome.THREAD,
            "channel",
        ),
        ("a follow-up in our thread", Situation(via=Via.ENGAGED, **PUBLIC_MEMBER), Outcome.THREAD, "channel"),
        ("a choice that was clicked", Situation(via=Via.CLICK, **PUBLIC_MEMBER), Outcome.THREAD, "channel"),
        (
            "an edited message that mentions us",
            Situation(via=Via.MENTION, edited=True, **PUBLIC_MEMBER),
            Outcome.THREAD,
            "channel",
        ),
    ]
]


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_what_becomes_of_it(row: Expected) -> None:
    decision = decide(row.situation)
    assert (decision.outcome, decision.reason) == (row.outcome, row.reason)


def test_every_row_has_its_test() -> None:
    rows = (*AT_ONCE, *LOOKED_UP)
    first = [next(one for one in rows if one.fits(expected.situation)) for expected in TABLE]
    assert {id(row) for row in rows} == {id(row) for row in first}


@pytest.mark.parametrize("via", [Via.MENTION, Via.DIRECT, Via.ENGAGED, Via.SLASH, Via.SHORTCUT, Via.CLICK])
def test_what_is_addressed_to_us_needs_to_be_looked_up(via: Via) -> None:
    assert decide_at_once(Situation(via=via)) is None


def test_where_nobody_knows_who_it_is_nothing_is_answered() -> None:
    for via in Via:
        for where in (None, Where.EXTERNAL):
            assert decide(Situation(via=via, where=where)).outcome in (Outcome.IGNORE, Outcome.REFUSE, Outcome.PREVIEW)
