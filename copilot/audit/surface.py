"""Where a person was when they did something."""

from __future__ import annotations

from enum import StrEnum


class Surface(StrEnum):
    """One record for all of them; none decides anything by itself."""

    CLI = "cli"
    HTTP = "http"
    APP = "app"
    SLACK = "slack"
    WIDGET = "widget"
    SIDEBAR = "sidebar"
    MCP = "mcp"  #: a client of the Model Context Protocol
    WORKER = "worker"  #: the process itself: sending, expiry, schedules
