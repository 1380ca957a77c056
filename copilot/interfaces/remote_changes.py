"""The use cases around changes of the knowledge, through the HTTP of the process that owns the index."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.interfaces.change_contract import ChangeBody, ChangeReportBody, PublicationBody
from copilot.interfaces.curation import ProgressListener

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

#: Seconds; a folder of files is published in one go.
_LONGEST_S = 3600.0
#: Between two looks at how far a check is.
_BETWEEN_S = 0.5


class RemoteChanges:
    """Implements `Changes`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def check(self, body: ChangeBody, *, listen: ProgressListener | None = None) -> ChangeReportBody:
        """Try an edit; interrupted, it is called off there too.

        Raises:
            RemoteError: what the server reported, at once or when the check ended.
        """
        from copilot.interfaces.remote import RemoteError  # it imports this module

        run = self._copilot.call(ChangeReportBody, "POST", "/v1/changes", json=body.model_dump(mode="json"))
        path = f"/v1/changes/{quote(run.id, safe='')}"
        try:
            while run.status == "running":
                if listen is not None and run.total:
                    listen(run.done, run.total, run.question)
                time.sleep(_BETWEEN_S)
                run = self._copilot.call(ChangeReportBody, "GET", path)
        except KeyboardInterrupt:
            self._copilot.call(ChangeReportBody, "DELETE", path)
            raise
        if run.error is not None:
            raise RemoteError(run.error)
        return run

    def publish(self, id: str, body: PublicationBody) -> ChangeReportBody:
        """Publish what was checked."""
        path = f"/v1/changes/{quote(id, safe='')}/publication"
        sent = body.model_dump(mode="json")
        return self._copilot.call(ChangeReportBody, "POST", path, json=sent, timeout=_LONGEST_S)
