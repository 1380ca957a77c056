"""Where it is told that a person is wanted: real mail, a real webhook, a loopback Slack; and what cannot be set."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.adapters.handover_places import MailPlace, SlackPlace, WebhookPlace
from copilot.adapters.slack_channel import SlackChannel
from copilot.adapters.smtp_channel import SmtpChannel, mail_server, sender_address
from copilot.adapters.webhook_channel import WebhookChannel
from copilot.bootstrap import open_application
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.errors import ChannelUnavailable, ConfigurationError, DeliveryRefused
from copilot.handover.handover import Handover
from copilot.handover.service import news
from copilot.interfaces.slack.calls import SlackCalls, web_client
from copilot.settings import Settings
from tests.doubles.slack_server import TOKEN, slack_server
from tests.doubles.webhook_receiver import webhook_receiver
from tests.integration.test_smtp_channel import SENDER, Mailbox, serving
from tests.slack_stage import a_workspace

HANDOVER = Handover(
    id="h1",
    conversation_id="c1",
    person="visitor:v",
    question="试用多久?\r\nBcc: evil@example.com",
    contact="[点我](https://evil.example)",
    message="<script>急</script>",
    language="zh",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
)


def test_mail_tells_who_and_how_and_links_nowhere() -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        mail = SmtpChannel(server=mail_server(f"smtp://127.0.0.1:{port}"), sender=sender_address(SENDER))
        MailPlace(mail, "help@ours.example").tell(HANDOVER, *news(HANDOVER))
    sent = mailbox.mail()
    text = sent.get_content()
    assert sent["Subject"] == "有人找真人"
    assert sent["Message-ID"] == "<handover-h1@ours.example>"
    assert sent["Bcc"] is None
    assert "/app/handovers/h1" in text
    assert "https://evil.example" not in text
    assert "<script>" not in text


def test_a_webhook_is_signed_and_the_same_on_every_try() -> None:
    with webhook_receiver() as receiver:
        host = receiver.url.split("/")[2]
        rules = DestinationRules(internal=DestinationList.of([host]), allowed=DestinationList.of([]))
        place = WebhookPlace(WebhookChannel(secret="s" * 20, rules=rules), receiver.url)
        for _ in range(2):
            place.tell(HANDOVER, *news(HANDOVER))
    first, second = receiver.received
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "handover-h1"
    assert json.loads(first.body)["handover"]["conversation_id"] == "c1"


def test_a_mail_server_that_is_down_is_tried_again_later() -> None:
    mail = SmtpChannel(server=mail_server("smtp://127.0.0.1:1"), sender=sender_address(SENDER), wait_s=1)
    with pytest.raises(ChannelUnavailable):
        MailPlace(mail, "help@ours.example").tell(HANDOVER, *news(HANDOVER))


def test_the_news_are_in_the_language_of_the_conversation() -> None:
    title, text = news(Handover(**vars(HANDOVER) | {"language": "en", "message": "", "contact": ""}))
    assert title == "Somebody asks for a person"
    assert "none left" in text


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"handover_to": ("help@ours.com",)}, "is no place"),
        ({"handover_to": ("email:help@ours.com",)}, "Set COPILOT_SMTP_URL"),
        ({"handover_to": ("slack:#help",)}, "Set COPILOT_SLACK_BOT_TOKEN"),
        ({"handover_to": ("webhook:https://ours.com/x",)}, "Set COPILOT_WEBHOOK_SECRET"),
        (
            {"handover_to": ("email:nobody",), "smtp_url": "smtp://127.0.0.1:25", "smtp_from": "a@b.example"},
            "no e-mail address",
        ),
        ({"widget_origins": ("https://*.ours.com",)}, "is no origin"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(home: Path, settings: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says), open_application(Settings(home=home, **settings)):  # type: ignore[arg-type]
        pass


def test_slack_is_told_once_and_only_where_our_own_people_read() -> None:
    with slack_server(a_workspace()) as server:
        slack = SlackChannel(SlackCalls(web_client(TOKEN, server.api_url, 5), budget_s=1.0, sleep=lambda _: None), list)
        for _ in range(2):
            SlackPlace(slack, "#sales").tell(HANDOVER, *news(HANDOVER))
        (message,) = server.world.ours()
        with pytest.raises(DeliveryRefused, match="#shared"):
            SlackPlace(slack, "#shared").tell(HANDOVER, *news(HANDOVER))
        assert len(server.world.ours()) == 1
        assert server.world.violations == []
    assert "有人找真人" in message["text"]
