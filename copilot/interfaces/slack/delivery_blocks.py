"""An approved draft as it arrives in a channel: its text, no buttons."""

from __future__ import annotations

from copilot.interfaces.slack.elements import AsFile, Message
from copilot.interfaces.slack.limits import MESSAGE_ALL_TEXT, MESSAGE_BLOCKS
from copilot.interfaces.slack.markdown_blocks import rendered
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import Language


def delivery_message(subject: str, markdown: str, language: Language) -> Message:
    """Return the message; what is too long for one goes beside it as a file."""
    body = rendered(
        markdown,
        {},
        language,
        room=MESSAGE_ALL_TEXT,
        most_blocks=MESSAGE_BLOCKS,
        file=AsFile(name="draft.md", title=subject, content=markdown),
    )
    return Message(text=fitted(subject, 300) or "…", blocks=tuple(body.blocks), files=tuple(body.files))
