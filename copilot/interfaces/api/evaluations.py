"""Routes around evaluations."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from copilot.interfaces.evaluation_contract import (
    EvaluationAsk,
    EvaluationBody,
    EvaluationLine,
    EvaluationList,
    EvaluationProgress,
)
from copilot.interfaces.evaluations import LocalEvaluations


def add_evaluations(app: FastAPI, evaluations: LocalEvaluations) -> None:
    """Register the routes."""

    @app.get("/v1/evaluations", tags=["evaluations"])
    def list_evaluations(request: Request) -> EvaluationList:
        """List the evaluations that are kept, the newest first."""
        return evaluations.list(caller=request.state.caller)

    @app.post("/v1/evaluations", tags=["evaluations"], status_code=201)
    def keep_evaluation(body: EvaluationBody, request: Request) -> EvaluationLine:
        """Keep what `copilot evaluate` found."""
        return evaluations.keep(body, caller=request.state.caller)

    @app.post("/v1/evaluations/run", tags=["evaluations"], status_code=202)
    def start_evaluation(body: EvaluationAsk, request: Request) -> EvaluationProgress:
        """Begin to ask questions in the background; 409 `evaluation_running` while another is under way."""
        return evaluations.start(body, caller=request.state.caller)

    @app.get("/v1/evaluations/run", tags=["evaluations"])
    def show_progress(request: Request) -> EvaluationProgress:
        """Tell how far the latest evaluation of this process is."""
        found = evaluations.progress(caller=request.state.caller)
        if found is None:
            raise HTTPException(404, "No evaluation was begun since the copilot was started")
        return found

    @app.delete("/v1/evaluations/run", tags=["evaluations"])
    def cancel_evaluation(request: Request) -> EvaluationProgress:
        """End the evaluation under way; nothing of it is kept."""
        found = evaluations.cancel(caller=request.state.caller)
        if found is None:
            raise HTTPException(404, "No evaluation was begun since the copilot was started")
        return found

    @app.get("/v1/evaluations/{id}", tags=["evaluations"])
    def show_evaluation(id: str, request: Request) -> EvaluationBody:
        """Show an evaluation with its groups, confusion and worst questions."""
        return evaluations.show(id, caller=request.state.caller)
