"""Message shortcuts: ask about a message, or keep it as knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copilot.interfaces.slack.clicks import Submission
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.events import question_of
from copilot.interfaces.slack.expert_blocks import knowledge_view, new_knowledge
from copilot.interfaces.slack.intake import Intake
from copilot.interfaces.slack.notices import notice


class SlackShortcuts:
    """Handles both shortcuts and the modal that makes knowledge."""

    def __init__(self, desk: Desk, intake: Intake, us: str) -> None:
        self._desk = desk
        self._intake = intake
        self._us = us

    def ask(self, body: Mapping[str, Any]) -> None:
        """Take in a question about a message; the answer is seen by the asker alone."""
        message = body.get("message") or {}
        self._intake.request(
            f"shortcut:{body.get('trigger_id')}",
            "shortcut",
            channel=str((body.get("channel") or {}).get("id") or ""),
            person=str((body.get("user") or {}).get("id") or ""),
            thread=str(message.get("thread_ts") or message.get("ts") or ""),
            ts=str(message.get("ts") or ""),
            work={
                "text": question_of(str(message.get("text") or ""), self._us),
                "response_url": str(body.get("response_url") or ""),
            },
        )

    def save(self, body: Mapping[str, Any]) -> None:
        """Open the modal with the message as the answer to a question that is still to be written."""
        known = self._desk.member(str((body.get("user") or {}).get("id") or ""))
        said = question_of(str((body.get("message") or {}).get("text") or ""), self._us)
        view = knowledge_view(known.language, "", answer=said)
        self._desk.open(str(body.get("trigger_id") or ""), view)

    def answer_gap(self, trigger_id: str, user: str, gap: str) -> None:
        """Open the same modal for a question that nobody could answer."""
        known = self._desk.member(user)
        question = self._desk.knowledge.question(gap, known.caller)
        self._desk.open(trigger_id, knowledge_view(known.language, gap, question=question))

    def submit(self, submission: Submission) -> bool:
        """Keep what the modal holds; False when a field is empty."""
        known = self._desk.member(submission.user)
        written = new_knowledge(submission.values)
        if written is None:
            return False
        self._desk.knowledge.save(written, known.caller, gap=submission.metadata or None)
        return True

    def submitted(self, submission: Submission) -> None:
        """Say that it is kept."""
        known = self._desk.member(submission.user)
        said = notice("knowledge_kept", known.language)
        self._desk.poster.post(submission.user, None, said, f"knowledge:{submission.user}")
