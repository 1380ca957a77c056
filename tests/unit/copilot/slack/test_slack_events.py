"""What is addressed to us, and what is asked in it."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.interfaces.slack.deciding import Form, Via
from copilot.interfaces.slack.events import Incoming, has_words, question_of, read_message

US = "U0BOT"


def read(engaged: bool = False, **event: Any) -> Incoming:
    told = {"type": "message", "channel": "C1", "ts": "2.0", "user": "U1", "text": "hello", "channel_type": "channel"}
    found = read_message({"event_id": "Ev1", "event": told | event}, US, lambda channel, thread: engaged)
    assert found is not None
    return found


def test_a_mention_comes_as_two_events_about_one_message() -> None:
    mention = read(type="app_mention", text=f"<@{US}> how?")
    twin = read(text=f"<@{US}> how?")
    assert mention.via is twin.via is Via.MENTION
    assert mention.key == twin.key == "message:C1:2.0"
    assert mention.text == "how?"


def test_a_direct_message_needs_no_mention() -> None:
    assert read(channel="D1", channel_type="im").via is Via.DIRECT


def test_a_follow_up_counts_only_where_we_were_asked_before() -> None:
    assert read(thread_ts="1.0").via is Via.OVERHEARD
    assert read(engaged=True, thread_ts="1.0").via is Via.ENGAGED
    assert read(engaged=True).via is Via.OVERHEARD


@pytest.mark.parametrize(
    ("event", "form"),
    [
        ({"user": US}, Form.OWN),
        ({"bot_id": "B1"}, Form.BOT),
        ({"subtype": "bot_message"}, Form.BOT),
        ({"subtype": "message_changed"}, Form.CHANGED),
        ({"subtype": "message_deleted"}, Form.DELETED),
        ({"subtype": "channel_join"}, Form.OTHER),
        ({"subtype": "file_share"}, Form.MESSAGE),
        ({"subtype": "thread_broadcast"}, Form.MESSAGE),
        ({"user": ""}, Form.OTHER),
    ],
)
def test_the_form_of_an_event(event: dict[str, Any], form: Form) -> None:
    assert read(**event).form is form


def test_nothing_engages_us_in_what_is_no_message() -> None:
    assert read(engaged=True, thread_ts="1.0", subtype="message_changed").via is Via.OVERHEARD


def test_files_and_edits_are_told() -> None:
    told = read(files=[{"id": "F1"}, {"id": "F2"}], edited={"user": "U1"}, text="<@U7> look")
    assert (told.files, told.edited, told.to_others) == (2, True, True)


@pytest.mark.parametrize(
    ("body", "why"), [({}, "no event"), ({"event": "x"}, "no object"), ({"event": {"type": "message"}}, "no channel")]
)
def test_what_is_no_message_is_none(body: dict[str, Any], why: str) -> None:
    assert read_message(body, US, lambda *_: False) is None


@pytest.mark.parametrize(
    ("said", "question"),
    [
        (f"<@{US}>  how?", "how?"),
        (f"<@{US}|copilot> how?", "how?"),
        ("<@U7|li> a &lt;b&gt; &amp; c", "@li a <b> & c"),
        ("see <https://x.example/a|the page>", "see the page (https://x.example/a)"),
        ("see <https://x.example|x.example>", "see x.example"),
        ("in <#C1|sales> <!here>", "in #sales @here"),
        ("<!subteam^S1|@team> <!date^1^{date}|today>", "@team today"),
        ("太贵了\u202e怎么回", "太贵了怎么回"),
    ],
)
def test_a_question_is_plain_text(said: str, question: str) -> None:
    assert question_of(said, US) == question


@pytest.mark.parametrize(
    ("text", "words"), [("", False), (":+1: :wave::skin-tone-3:", False), ("👍！？", False), ("好", True), ("ok", True)]
)
def test_emoji_alone_say_nothing(text: str, words: bool) -> None:
    assert has_words(text) is words
