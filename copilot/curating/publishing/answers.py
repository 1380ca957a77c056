"""An expert answers a gap: what they write becomes a draft like any other, or is refused and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID, uuid4, uuid5

from copilot.audit.surface import Surface
from copilot.curating.candidate import refuse
from copilot.curating.gap import Gap, GapId, GapStatus
from copilot.curating.gap_store import GapStore
from copilot.curating.publishing.document_file import ORIGIN
from copilot.curating.publishing.entry import Entry, draft_text, one_line
from copilot.curating.publishing.knowledge_rules import GAP, HOME, PIN, VALID_UNTIL
from copilot.curating.publishing.refusals import Refusals
from copilot.curating.verifying import REVIEW_AFTER
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus
from copilot.drafting.rights import KEEPERS, WRITERS
from copilot.drafting.service import DraftService, Written
from copilot.errors import (
    GapClosed,
    IdempotencyKeyReused,
    InvalidRequest,
    KnowledgeUnreadable,
    NotPermitted,
    UnknownGap,
)
from copilot.idempotency import checked_key
from copilot.people.person import Person
from copilot.transaction import Transaction
from knowledge.chunk import same_words
from knowledge.corpus_document import Stage
from knowledge.document import Audience
from knowledge.reader import Reader, group_name
from knowledge.store import KnowledgeStore

Language = Literal["zh", "en"]

#: Wordings of those who asked, besides the gap's own.
_WORDINGS = 6
_OBSERVATIONS = 200
_STAGES: frozenset[str] = frozenset(Stage.__args__)  # type: ignore[attr-defined]  # a Literal
_KEYS = UUID("0c2a7a2e-6f5c-5f0e-9a7e-1f1c2f0f7c34")


@dataclass(frozen=True, kw_only=True)
class KnowledgeAnswer:
    """What an expert says."""

    answer: str
    title: str | None = None  #: default: the question of the gap
    audience: Audience | None = None  #: default: internal, or as the document it joins
    groups: Sequence[str] = ()
    document_id: str | None = None  #: a document that it is to join, or that it goes with
    language: Language | None = None  #: default: that of the gap
    pin: bool = False  #: whether it is to be returned as it stands
    valid_until: date | None = None  #: the last day on which it holds


class GapAnswers:
    """Everything that an expert sends is untrusted: it is checked before anything is kept."""

    def __init__(
        self,
        *,
        gaps: GapStore,
        documents: KnowledgeStore,
        writing: DraftService,
        refusals: Refusals,
        reader_of: Callable[[Person], Reader],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._gaps = gaps
        self._documents = documents
        self._writing = writing
        self._refusals = refusals
        self._reader_of = reader_of
        self._now = now
        self._new_id = new_id

    def answer(
        self, gap_id: str, said: KnowledgeAnswer, person: Person, surface: Surface, *, key: str | None = None
    ) -> Written:
        """Draft an entry from an answer; a further draft takes the place of the one before.

        Asked again with the same key, a person gets the draft that the first time made.

        Raises:
            NotPermitted: this person writes no drafts.
            UnknownGap: there is no such gap.
            GapClosed: somebody decided that it needs no answer.
            KnowledgeRefused: the text must not become knowledge; a subclass for each reason.
            UnknownDocument: there is no such document that this person may read.
            InvalidRequest: a day has passed, or the document has other readers.
        """
        if not person.has(*WRITERS, *KEEPERS):
            raise NotPermitted(f"{person.id!r} writes no drafts. Ask an admin for the role frontline or curator.")
        gap = self._gaps.get(GapId(gap_id))
        if gap is None:
            raise UnknownGap(f"There is no gap {gap_id!r}. `copilot gaps list` shows what there is.")
        if gap.status is GapStatus.DISMISSED:
            raise GapClosed(f"Gap {gap_id!r} was dismissed: {gap.reason or 'it needs no answer'}. Open it again first.")
        made = DraftId(self._new_id() if key is None else str(uuid5(_KEYS, f"{person.id}\n{checked_key(key)}")))
        self._refusals.check(said.answer, *([said.title] if said.title is not None else []))
        entry, inputs = self._entry(gap, said, person)
        now = self._now()
        draft = Draft(
            id=made,
            kind=DraftKind.KNOWLEDGE,
            account_id=None,
            language=entry.language,
            created_by=person.id,
            created_at=now,
            revision=1,
            status=DraftStatus.OPEN,
            updated_at=now,
            inputs=inputs,
        )

        def note(transaction: Transaction) -> None:
            self._gaps.change(transaction, gap.id, status=GapStatus.DRAFTED, draft_id=made)

        written = self._writing.begin(draft, draft_text(entry), surface, note)
        if written.draft.inputs.get(GAP) != gap.id:
            raise IdempotencyKeyReused(
                f"With this key you answered gap {written.draft.inputs.get(GAP)!r}. Send a new key with a new answer."
            )
        return written

    def _entry(self, gap: Gap, said: KnowledgeAnswer, person: Person) -> tuple[Entry, dict[str, str]]:
        today = self._now().date()
        if said.valid_until is not None and said.valid_until < today:
            raise InvalidRequest(f"{said.valid_until.isoformat()!r} has passed. Give a last day from today on.")
        audience, groups = said.audience or Audience.INTERNAL, _groups(said.groups)
        inputs = {GAP: str(gap.id)} | ({PIN: "yes"} if said.pin else {})
        inputs |= {VALID_UNTIL: said.valid_until.isoformat()} if said.valid_until else {}
        related: tuple[str, ...] = ()
        if said.document_id is not None:
            stored = self._documents.find(said.document_id, self._reader_of(person))
            metadata = stored.document.metadata
            if stored.origin == ORIGIN:
                inputs[HOME] = stored.document.source
                if (said.audience or metadata.audience, groups or metadata.groups) != (
                    metadata.audience,
                    metadata.groups,
                ):
                    raise InvalidRequest(
                        f"{stored.document.source!r} has readers of its own. Leave audience and groups out, or leave "
                        "the document out for one with these readers."
                    )
                audience, groups = metadata.audience, metadata.groups
            else:  # shipped and uploaded files are their authors': the answer stands beside them
                related = (stored.document.source.rpartition("/")[2].rpartition(".")[0] or stored.document.source,)
        wordings = self._wordings(gap)
        title = one_line(said.title or "") or next(iter(wordings), "")
        if not title:
            raise KnowledgeUnreadable(
                "No wording of this question may be published: all name somebody, or are no questions. Give a title."
            )
        review_by = min(today + REVIEW_AFTER, said.valid_until or date.max)
        return Entry(
            title=title,
            questions=wordings or [title],
            answer=said.answer.replace("\r\n", "\n").strip(),
            language=said.language or ("en" if gap.language == "en" else "zh"),
            stages=[one for one in gap.stages if one in _STAGES],
            audience=audience,
            groups=groups,
            owner=person.id,
            review_by=review_by,
            related=related,
        ), inputs

    def _wordings(self, gap: Gap) -> list[str]:
        """Return the gap's question and further wordings that a person could type and that name nobody."""
        asked = [gap.question, *(one.question for one in self._gaps.observations(gap.id, _OBSERVATIONS))]
        kept: dict[str, str] = {}
        reading = self._refusals.at_once()
        for text in map(one_line, asked):
            words = same_words(text)
            if words not in kept and refuse(text) is None and not reading.of_question(text):
                kept[words] = text
            if len(kept) > _WORDINGS:
                break
        return list(kept.values())


def _groups(names: Sequence[str]) -> tuple[str, ...]:
    cleaned = sorted({group_name(one) for one in names})
    if not all(cleaned):
        raise InvalidRequest("A group without a name lets nobody in. Name it, or leave groups out.")
    return tuple(cleaned)
