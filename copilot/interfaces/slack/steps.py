"""The steps of an answer, told as task cards while it is made."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from copilot.answering.service import Stage
from copilot.interfaces.contract import AnswerBody
from copilot.interfaces.slack.progress import Step, TaskStatus, task_chunk
from copilot.interfaces.slack.replying import Reply

#: Steps are told at most this often.
_STEP_EVERY_S = 0.7


class Steps:
    """Tells the stages of an answer as task cards, not faster than a person reads."""

    _STEPS: Mapping[Stage, Step] = {"searching": Step.SEARCH, "reading": Step.READ, "wording": Step.WORD}

    def __init__(self, reply: Reply, clock: Callable[[], float] = time.monotonic) -> None:
        self._reply = reply
        self._clock = clock
        self._told_at = clock()
        self._states: dict[Step, TaskStatus] = {Step.SEARCH: "in_progress"}
        self._shown: dict[Step, TaskStatus] = dict(self._states)

    def stage(self, stage: Stage) -> None:
        """Take the next stage."""
        step = self._STEPS[stage]
        done: dict[Step, TaskStatus] = {one: "complete" for one in self._states if one is not step}
        self._states = done | {step: "in_progress"}
        if self._clock() - self._told_at >= _STEP_EVERY_S:
            self._tell()

    def done(self, answer: AnswerBody) -> None:
        """Close every card that was opened, with what was found; that leaves with the answer."""
        counts = {Step.SEARCH: len(answer.passages), Step.READ: len(answer.citations)}
        language = self._reply.language
        self._reply.close(*(task_chunk(step, "complete", language, count=counts.get(step)) for step in self._states))

    def _tell(self) -> None:
        changed = [(step, state) for step, state in self._states.items() if self._shown.get(step) != state]
        self._reply.step(*(task_chunk(step, state, self._reply.language) for step, state in changed))
        self._shown, self._told_at = dict(self._states), self._clock()
