"""The workbench: every page a person signs in for."""

from __future__ import annotations

from fastapi import FastAPI

from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.account_pages import add_account_pages
from copilot.interfaces.web.draft_deciding import add_draft_deciding
from copilot.interfaces.web.draft_pages import add_draft_pages
from copilot.interfaces.web.draft_writing import add_draft_writing
from copilot.interfaces.web.preferences import add_preferences


def add_web(app: FastAPI, copilot: LocalCopilot) -> None:
    """Register the pages."""
    add_preferences(app)
    add_account_pages(app, copilot)
    add_draft_pages(app, copilot)
    add_draft_writing(app, copilot)
    add_draft_deciding(app, copilot)
