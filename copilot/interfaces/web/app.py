"""The workbench: every page a person signs in for."""

from __future__ import annotations

from fastapi import FastAPI

from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.document_pages import add_document_pages
from copilot.interfaces.web.preferences import add_preferences


def add_web(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the pages."""
    add_preferences(app)
    add_document_pages(app, copilot)  # after all others under /app/knowledge: its ids may be any path
