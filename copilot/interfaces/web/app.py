"""The workbench: every page a person signs in for."""

from __future__ import annotations

from fastapi import FastAPI

from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.handovers import add_handover_pages
from copilot.interfaces.web.people import add_people_pages
from copilot.interfaces.web.preferences import add_preferences
from copilot.interfaces.web.settings import add_settings_page
from copilot.interfaces.web.signing_in import add_sign_in_pages
from copilot.people.access import AccessService


def add_web(app: FastAPI, copilot: LocalCopilot, access: AccessService) -> None:
    """Register the pages."""
    add_preferences(app)
    add_sign_in_pages(app, access)
    add_settings_page(app, copilot, access)
    add_people_pages(app, copilot, access)
    add_handover_pages(app, copilot)
