"""Notices as direct messages in Slack."""

from __future__ import annotations

from copilot.adapters.slack_channel import SlackChannel
from copilot.curating.publishing.notice import Notice, NoticeText
from copilot.interfaces.slack.delivery_blocks import delivery_message
from copilot.people.person import Person


class SlackNotices:
    """Implements `NoticeChannel`; a notice that stands in the direct messages is not posted again."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack

    def reaches(self, person: Person) -> bool:
        """Tell whether this person may be a member of the workspace; Slack is not asked."""
        return self._slack.may_be_told(person)

    def tell(self, person: Person, notice: Notice, text: NoticeText) -> None:
        """Post it to the person alone."""
        said = delivery_message(text.title, text.text, "en" if notice.language == "en" else "zh")
        self._slack.tell(person, said, f"notice-{notice.id}")
