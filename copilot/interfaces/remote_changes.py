"""The use cases around changes of the knowledge, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.interfaces.change_contract import ChangeBody, ChangeReportBody, PublicationBody
from copilot.interfaces.curation import ProgressListener

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

#: Seconds; thousands of questions are asked twice.
_LONGEST_S = 3600.0


class RemoteChanges:
    """Implements `Changes`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def check(self, body: ChangeBody, *, listen: ProgressListener | None = None) -> ChangeReportBody:
        """Try an edit; how far it is can not be told from here."""
        del listen
        sent = body.model_dump(mode="json")
        return self._copilot.call(ChangeReportBody, "POST", "/v1/changes", json=sent, timeout=_LONGEST_S)

    def publish(self, id: str, body: PublicationBody) -> ChangeReportBody:
        """Publish what was checked."""
        path = f"/v1/changes/{quote(id, safe='')}/publication"
        sent = body.model_dump(mode="json")
        return self._copilot.call(ChangeReportBody, "POST", path, json=sent, timeout=_LONGEST_S)
