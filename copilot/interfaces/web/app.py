"""The workbench: every page a person signs in for."""

from __future__ import annotations

from fastapi import FastAPI

from copilot.interfaces.api.ingestions import Ingestions
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.approved_pages import add_approved_pages
from copilot.interfaces.web.audit_pages import add_audit_pages
from copilot.interfaces.web.change_pages import add_change_pages
from copilot.interfaces.web.document_pages import add_document_pages
from copilot.interfaces.web.evaluation_pages import add_evaluation_pages
from copilot.interfaces.web.gap_pages import add_gap_pages
from copilot.interfaces.web.insight_pages import add_insight_pages
from copilot.interfaces.web.knowledge_pages import add_knowledge_pages
from copilot.interfaces.web.preferences import add_preferences
from copilot.interfaces.web.upload_pages import add_upload_pages


def add_web(app: FastAPI, copilot: LocalCopilot, ingestions: Ingestions) -> None:
    """Register the pages."""
    add_preferences(app)
    add_knowledge_pages(app, copilot, ingestions)
    add_upload_pages(app, copilot, ingestions)
    add_change_pages(app, copilot)
    add_approved_pages(app, copilot)
    add_gap_pages(app, copilot)
    add_evaluation_pages(app, copilot.evaluations)
    add_insight_pages(app, copilot)
    add_audit_pages(app, copilot.auditing)
    add_document_pages(app, copilot)  # after all others under /app/knowledge: its ids may be any path
