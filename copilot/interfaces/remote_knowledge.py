"""The use cases around approved knowledge, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.audit.surface import Surface
from copilot.interfaces.knowledge_contract import (
    GapAnswerBody,
    GapDraftReply,
    KeptQuestions,
    KnowledgeList,
    NoticeList,
    PinChange,
    PinnedReply,
    Seen,
    WithdrawnReply,
)

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

_FROM = {"X-Copilot-Surface": Surface.CLI.value}


class RemoteKnowledge:
    """Implements `Knowledge`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def answer(self, gap_id: str, body: GapAnswerBody, key: str | None = None) -> GapDraftReply:
        """Draft an entry from an expert's answer."""
        headers = _FROM | ({"Idempotency-Key": key} if key is not None else {})
        path = f"/v1/gaps/{quote(gap_id, safe='')}/draft"
        return self._copilot.call(GapDraftReply, "POST", path, json=body.model_dump(mode="json"), headers=headers)

    def list(self) -> KnowledgeList:
        """Return what was approved here, and the pins."""
        return self._copilot.call(KnowledgeList, "GET", "/v1/knowledge")

    def withdraw(self, source_or_id: str) -> WithdrawnReply:
        """Take a document out."""
        return self._copilot.call(WithdrawnReply, "DELETE", f"/v1/knowledge/{quote(source_or_id, safe='')}")

    def pin(self, source_or_id: str, body: PinChange) -> PinnedReply:
        """Return a document's answers as they stand from now on."""
        path = f"/v1/knowledge/{quote(source_or_id, safe='')}/pin"
        return self._copilot.call(PinnedReply, "PUT", path, json=body.model_dump(mode="json"))

    def unpin(self, source_or_id: str) -> PinnedReply:
        """Let a document answer like any other again."""
        return self._copilot.call(PinnedReply, "DELETE", f"/v1/knowledge/{quote(source_or_id, safe='')}/pin")

    def questions(self) -> KeptQuestions:
        """Return the questions that are asked again at every evaluation."""
        return self._copilot.call(KeptQuestions, "GET", "/v1/knowledge/questions")

    def notices(self, *, unseen: bool = False) -> NoticeList:
        """Return one's own notices."""
        return self._copilot.call(NoticeList, "GET", "/v1/notices", params={"unseen": unseen})

    def see(self, id: str) -> Seen:
        """Remember that one has seen a notice."""
        return self._copilot.call(Seen, "POST", f"/v1/notices/{quote(id, safe='')}/seen")
