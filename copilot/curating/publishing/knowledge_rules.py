"""What holds for drafts of knowledge: the checks of every revision, who may see them, who decides on them."""

from __future__ import annotations

from collections.abc import Callable

from copilot.curating.gap import GapStatus
from copilot.curating.gap_store import GapStore
from copilot.curating.publishing.document_file import ORIGIN, source_of
from copilot.curating.publishing.entry import Entry, read_entry
from copilot.curating.publishing.refusals import Refusals
from copilot.drafting.draft import Draft, Finding, Revision
from copilot.drafting.rights import KEEPERS
from copilot.errors import AudienceMismatch, GapClosed, KnowledgeUnreadable
from copilot.people.person import Person
from knowledge.document import Metadata, document_id
from knowledge.errors import UnknownDocument
from knowledge.reader import Reader, access_label, wider
from knowledge.store import KnowledgeStore

#: Names of what a draft of knowledge was asked for with.
GAP, HOME, PIN, VALID_UNTIL = "gap", "document", "pin", "valid_until"


class KnowledgeRules:
    """Implements `KindRules` and, for approvals, `Guard`."""

    def __init__(
        self, *, refusals: Refusals, gaps: GapStore, documents: KnowledgeStore, reader_of: Callable[[Person], Reader]
    ) -> None:
        self._refusals = refusals
        self._gaps = gaps
        self._documents = documents
        self._reader_of = reader_of

    def read(self, content: str) -> Entry:
        """Return the entry of a revision that may be published.

        Raises:
            KnowledgeRefused: it cannot be read, or its text must not become knowledge.
        """
        entry = read_entry(content)
        self._refusals.check(entry.answer, entry.title, *entry.questions)
        return entry

    def findings(self, draft: Draft, content: str) -> tuple[Finding, ...]:
        """Return what keeps a revision from being approved, and what is worth a look."""
        try:
            entry = read_entry(content)
        except KnowledgeUnreadable as error:
            return (Finding(code=error.code, severity="error", message=error.message, place="front matter"),)
        found = [*self._refusals.findings(entry.answer, entry.title, *entry.questions)]
        if self.is_wider(draft, entry):
            found.append(
                Finding(
                    code="audience_wider",
                    severity="error",
                    message="More people read the document that this joins than the entry says. Say so here.",
                    place="front matter",
                )
            )
        return tuple(dict.fromkeys(found))

    def may_see(self, person: Person, draft: Draft, content: str) -> bool:
        """Tell whether a person may read a draft: who may read the entry, its author, and who keeps the knowledge."""
        if person.id == draft.created_by or person.has(*KEEPERS):
            return True
        try:
            return self._reader_of(person).may_read_label(read_entry(content).label)
        except KnowledgeUnreadable:
            return False

    def is_wider(self, draft: Draft, entry: Entry) -> bool:
        """Tell whether more people read the document that an entry joins now than the entry is for."""
        home = self._home(draft) if HOME in draft.inputs else None
        return home is not None and wider(entry.label, access_label(home.audience, home.groups))

    def fits(self, draft: Draft, entry: Entry) -> None:
        """Let an entry pass that its new readers may read.

        Raises:
            AudienceMismatch: the document it joins has been opened to more people.
        """
        if self.is_wider(draft, entry):
            raise AudienceMismatch(
                f"More people read {draft.inputs[HOME]!r} than this entry is for. Say so in its front matter, or "
                "answer the gap without that document."
            )

    def check(self, draft: Draft, revision: Revision) -> None:
        """Look at what is to be approved.

        Raises:
            KnowledgeRefused: its text must not become knowledge.
            AudienceMismatch: the document it joins has more readers than it.
            GapClosed: a newer draft answers the gap, or it needs no answer any more.
        """
        self.fits(draft, self.read(revision.content))
        refused = self.overtaken(draft)
        if refused is not None:
            raise refused

    def overtaken(self, draft: Draft) -> GapClosed | None:
        """Return why a draft answers its gap no more."""
        gap = self._gaps.by_draft(draft.id)
        if gap is None:
            return GapClosed(
                f"Another draft answers this gap instead of {draft.id!r}. Approve that one, or reject this."
            )
        if gap.status is GapStatus.DISMISSED:
            return GapClosed(f"Gap {gap.id!r} was dismissed: it needs no answer. Reject the draft.")
        return None

    def keeps(self, draft: Draft, person: Person) -> bool:
        """Tell whether a person owns the gap, or the document that this is to join or replace."""
        gap = self._gaps.by_draft(draft.id)
        if gap is not None and gap.owner == person.id:
            return True
        home = self._home(draft)
        return home is not None and person.id in (home.owner, home.deputy)

    def _home(self, draft: Draft) -> Metadata | None:
        name = draft.inputs.get(HOME) or source_of(draft.inputs.get(GAP, ""))
        try:
            return self._documents.find(document_id(ORIGIN, name)).document.metadata
        except UnknownDocument:
            return None
