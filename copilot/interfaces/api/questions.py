"""Routes around written questions and feedback."""

from __future__ import annotations

from fastapi import FastAPI, Request

from copilot.curating.store import ProposalStatus
from copilot.interfaces.contract import (
    DecisionBody,
    FeedbackBody,
    ProposalBody,
    ProposalList,
    QuestionList,
    QuestionPlanBody,
    QuestionsDropped,
    RatingBody,
)
from copilot.interfaces.curation import LocalCuration
from copilot.interfaces.ingestion_contract import IngestBody


def add_questions(app: FastAPI, curation: LocalCuration) -> None:
    """Register the routes."""

    @app.post("/v1/answers/{id}/feedback", tags=["answers"])
    def give_feedback(id: str, body: RatingBody, request: Request) -> FeedbackBody:
        """Say what you think of an answer of yours; a question that helped is proposed to the curators."""
        return curation.feedback(id, body, person=request.state.person)

    @app.get("/v1/questions", tags=["questions"])
    def show_questions(document: str, request: Request) -> QuestionList:
        """Show the written questions of a document, by id or source."""
        return curation.show(document, caller=request.state.caller)

    @app.post("/v1/questions/plan", tags=["questions"])
    def plan_questions(body: IngestBody) -> QuestionPlanBody:
        """Tell what writing questions for these sources would take; nothing is written."""
        return curation.plan(body.paths, corpus=body.corpus)

    @app.delete("/v1/questions", tags=["questions"])
    def drop_questions(request: Request, document: str | None = None) -> QuestionsDropped:
        """Take machine-written questions out of the index: of one document, or of all."""
        return curation.drop(document, caller=request.state.caller)

    @app.get("/v1/questions/proposals", tags=["questions"])
    def list_proposals(request: Request, status: ProposalStatus | None = None) -> ProposalList:
        """List the questions that helped people."""
        return curation.proposals(status, caller=request.state.caller)

    @app.post("/v1/questions/proposals/{id}/decisions", tags=["questions"])
    def decide_proposal(id: str, body: DecisionBody, request: Request) -> ProposalBody:
        """Accept or reject a proposed question."""
        return curation.decide(id, accept=body.decision == "accept", caller=request.state.caller)
