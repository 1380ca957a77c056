"""The workbench: every page a person signs in for."""

from __future__ import annotations

from fastapi import FastAPI

from copilot.interfaces.api.ingestions import Ingestions
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.account_pages import add_account_pages
from copilot.interfaces.web.approved_pages import add_approved_pages
from copilot.interfaces.web.audit_pages import add_audit_pages
from copilot.interfaces.web.change_pages import add_change_pages
from copilot.interfaces.web.document_pages import add_document_pages
from copilot.interfaces.web.draft_deciding import add_draft_deciding
from copilot.interfaces.web.draft_pages import add_draft_pages
from copilot.interfaces.web.draft_writing import add_draft_writing
from copilot.interfaces.web.evaluation_pages import add_evaluation_pages
from copilot.interfaces.web.gap_pages import add_gap_pages
from copilot.interfaces.web.handovers import add_handover_pages
from copilot.interfaces.web.insight_pages import add_insight_pages
from copilot.interfaces.web.knowledge_pages import add_knowledge_pages
from copilot.interfaces.web.people import add_people_pages
from copilot.interfaces.web.preferences import add_preferences
from copilot.interfaces.web.settings import add_settings_page
from copilot.interfaces.web.signing_in import add_sign_in_pages
from copilot.interfaces.web.upload_pages import add_upload_pages
from copilot.people.access import AccessService


def add_web(app: FastAPI, copilot: LocalCopilot, access: AccessService, ingestions: Ingestions) -> None:
    """Register the pages."""
    add_preferences(app)
    add_sign_in_pages(app, access)
    add_settings_page(app, copilot, access)
    add_people_pages(app, copilot, access)
    add_handover_pages(app, copilot)
    add_knowledge_pages(app, copilot, ingestions)
    add_upload_pages(app, copilot, ingestions)
    add_change_pages(app, copilot)
    add_approved_pages(app, copilot)
    add_gap_pages(app, copilot)
    add_evaluation_pages(app, copilot.evaluations)
    add_insight_pages(app, copilot)
    add_audit_pages(app, copilot.auditing)
    add_document_pages(app, copilot)  # after all others under /app/knowledge: its ids may be any path
    add_account_pages(app, copilot)
    add_draft_pages(app, copilot)
    add_draft_writing(app, copilot)
    add_draft_deciding(app, copilot)
