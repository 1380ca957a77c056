"""The use cases around evaluations, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.interfaces.evaluation_contract import EvaluationBody, EvaluationLine

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot


class RemoteEvaluations:
    """Implements `Evaluations`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def keep(self, body: EvaluationBody) -> EvaluationLine:
        """Keep what was found."""
        return self._copilot.call(EvaluationLine, "POST", "/v1/evaluations", json=body.model_dump(mode="json"))
