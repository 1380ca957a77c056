"""Everybody who asked is told once that there is an answer: those who are here and may read it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from copilot.answering.inert import inert
from copilot.curating.gap import Gap, Observation
from copilot.curating.gap_store import GapStore
from copilot.curating.publishing.notice import Notice, NoticeChannel, NoticeStore, NoticeText
from copilot.curating.publishing.publication import Publication
from copilot.errors import ChannelUnavailable, CopilotError, UnknownNotice
from copilot.people.person import Person
from copilot.transaction import Transaction
from knowledge.document import StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.outline import section_span
from knowledge.reader import Reader
from knowledge.store import KnowledgeStore

_OBSERVATIONS = 10_000
#: Characters of the answer in a notice; the rest is one click away.
_FIRST_LINES = 160
_MOST = 200
#: A channel that is down is tried so often, this long apart.
_TRIES, _WAIT = 5, timedelta(minutes=10)
_WORDS = {
    "zh": ("您问过的问题有答案了", "您问过:「{question}」\n现在有了答案:{answer}\n出处:《{title}》 [{source}]"),
    "en": (
        "A question of yours has an answer now",
        "You asked: “{question}”\nThere is an answer now: {answer}\nSource: “{title}” [{source}]",
    ),
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ShownNotice:
    """A notice with the text of this moment."""

    notice: Notice
    text: NoticeText
    document: StoredDocument


class Telling:
    """Who may read an answer is looked at when the notice is made, and again whenever it is shown or sent."""

    def __init__(
        self,
        *,
        notices: NoticeStore,
        gaps: GapStore,
        documents: KnowledgeStore,
        person_of: Callable[[str], Person],
        reader_of: Callable[[Person], Reader],
        channels: Sequence[NoticeChannel] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._notices = notices
        self._gaps = gaps
        self._documents = documents
        self._person_of = person_of
        self._reader_of = reader_of
        self._channels = channels
        self._now = now
        self._new_id = new_id

    def tell(self, transaction: Transaction, gap: Gap, done: Publication, stored: StoredDocument) -> int:
        """Keep a notice for everybody who asked, in the transaction that publishes; returns how many are new."""
        asked: dict[str, Observation] = {}
        for one in self._gaps.observations(gap.id, _OBSERVATIONS):
            asked.setdefault(one.person, one)  # the newest is what they remember
        told = 0
        for name in self._gaps.askers(gap.id):
            person, said = self._person_of(name), asked.get(name)
            if not person.active or not self._reader_of(person).may_read(stored.document.metadata):
                continue
            notice = Notice(
                id=self._new_id(),
                person=name,
                gap_id=str(gap.id),
                publication=done.draft_id,
                document_id=str(stored.id),
                section=done.section or "",
                question=said.question if said else gap.question,
                language="en" if (said.language if said else gap.language) == "en" else "zh",
                created_at=self._now(),
            )
            send = any(channel.reaches(person) for channel in self._channels)
            told += self._notices.add(transaction, notice, send=send)
        return told

    def of(self, person: Person, *, unseen: bool) -> Sequence[ShownNotice]:
        """Return a person's notices, the newest first; those whose answer they may not read now are left out.

        Of a gap that was answered anew, after its answer was withdrawn, only the last notice counts.
        """
        last: dict[str, Notice] = {}
        for one in self._notices.of(person.id, unseen=False, limit=_MOST):
            last.setdefault(one.gap_id, one)
        wanted = [one for one in last.values() if not (unseen and one.seen_at is not None)]
        return [shown for one in wanted if (shown := self._shown(one, person)) is not None]

    def see(self, id: str, person: Person) -> Notice:
        """Remember that a person has seen a notice of theirs.

        Raises:
            UnknownNotice: there is none such.
        """
        seen = self._notices.see(id, person.id, self._now())
        if seen is None:
            raise UnknownNotice(f"You have no notice {id!r}. `copilot notices` shows them.")
        return seen

    def step(self) -> bool:
        """Send one notice that waits for a channel; False when none does."""
        if not self._channels:
            return False
        notice = self._notices.take(self._now())
        if notice is None:
            return False
        person = self._person_of(notice.person)
        shown = self._shown(notice, person) if person.active else None
        if shown is not None:
            self._send(notice, person, shown.text)
        return True

    def _send(self, notice: Notice, person: Person, text: NoticeText) -> None:
        """Tell a person by the first way that takes it: nobody is told the same twice."""
        for channel in self._channels:
            if not channel.reaches(person):
                continue
            try:
                channel.tell(person, notice, text)
            except ChannelUnavailable as error:
                again = self._notices.give_back(notice.id, self._now() + _WAIT, _TRIES)
                _log.warning("notice %s waits (%s): %s", notice.id, "again" if again else "given up", error.message)
                return
            except CopilotError as error:
                _log.warning("notice %s was not sent this way: %s", notice.id, error.message)
            else:
                return

    def _shown(self, notice: Notice, person: Person) -> ShownNotice | None:
        try:
            stored = self._documents.find(notice.document_id, self._reader_of(person))
        except UnknownDocument:
            return None
        return ShownNotice(notice=notice, text=notice_text(notice, stored), document=stored)


def notice_text(notice: Notice, stored: StoredDocument) -> NoticeText:
    """Say it in the language in which the person asked."""
    title, text = _WORDS["en" if notice.language == "en" else "zh"]
    document = stored.document
    answer = _section(document.text, notice.section)
    shown = answer if len(answer) <= _FIRST_LINES else f"{answer[:_FIRST_LINES].rstrip()}…"
    return NoticeText(
        title=title,
        text=text.format(
            question=inert(notice.question), answer=inert(shown), title=inert(document.title), source=document.source
        ),
    )


def _section(text: str, section: str) -> str:
    """Return the words of a section on one line; of the whole text where there is no such section any more."""
    start, end = section_span(text, section) or (0, len(text))
    return " ".join(text[start:end].split())
