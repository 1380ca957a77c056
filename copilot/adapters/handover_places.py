"""Where it is told that a person is wanted: an address, a channel of Slack, a program of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.adapters.smtp_channel import SmtpChannel
from copilot.adapters.webhook_channel import WebhookChannel
from copilot.handover.handover import Handover

if TYPE_CHECKING:
    from copilot.adapters.slack_channel import SlackChannel


class MailPlace:
    """Implements `HandoverPlace`; every try has the same Message-ID."""

    def __init__(self, mail: SmtpChannel, address: str) -> None:
        self._mail = mail
        self._address = mail.check(address)

    def tell(self, handover: Handover, title: str, text: str) -> None:
        """Send it."""
        self._mail.hand_in(self._mail.written(self._address, title, text, f"handover-{handover.id}"), self._address)


class WebhookPlace:
    """Implements `HandoverPlace`; `Idempotency-Key` is the same on every try."""

    def __init__(self, webhook: WebhookChannel, url: str) -> None:
        self._webhook = webhook
        self._url = webhook.check(url)

    def tell(self, handover: Handover, title: str, text: str) -> None:
        """Post it."""
        told = {
            "handover": {
                "id": handover.id,
                "conversation_id": handover.conversation_id,
                "person": handover.person,
                "question": handover.question,
                "message": handover.message,
                "contact": handover.contact,
                "language": handover.language,
                "created_at": handover.created_at.isoformat(),
            },
            "title": title,
            "text": text,
        }
        self._webhook.post(self._url, told, f"handover-{handover.id}")


class SlackPlace:
    """Implements `HandoverPlace`; what stands in the channel already is not posted again."""

    def __init__(self, slack: SlackChannel, destination: str) -> None:
        self._slack = slack
        self._destination = slack.check(destination)

    def tell(self, handover: Handover, title: str, text: str) -> None:
        """Post it, where only our own people read."""
        self._slack.announce(self._destination, title, text, handover.language, f"handover-{handover.id}")
