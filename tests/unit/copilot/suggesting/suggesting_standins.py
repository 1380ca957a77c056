"""The shipped corpus as documents to quote, without an index; and advice on a record of a few facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from copilot.accounts.account import Account
from copilot.accounts.current import current
from copilot.accounts.record import read_record
from copilot.suggesting.advice import Advice, Language
from copilot.suggesting.icp import IcpProfile
from copilot.suggesting.outlooks import OutlookModel
from copilot.suggesting.playbook_quotes import FindElsewhere, PlaybookQuotes
from copilot.suggesting.rule_files import shipped_rules
from copilot.suggesting.rules import RuleBook
from copilot.suggesting.service import AdviceService, Advised
from knowledge.corpus_document import read_corpus_document
from knowledge.document import Document, StoredDocument, document_id
from knowledge.errors import UnknownDocument
from knowledge.reader import EVERYTHING, STAFF, Reader
from knowledge.store import DocumentSummary

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
_CORPUS = Path(__file__).parents[4] / "knowledge" / "corpus"


class Shelf:
    """Implements `Documents`: some documents, all current."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {
            document_id("corpus", one.source): StoredDocument(
                id=document_id("corpus", one.source), origin="corpus", version=1, document=one
            )
            for one in documents
        }

    def count(self) -> int:
        return len(self._documents)

    def revision(self) -> str:
        return str(len(self._documents))

    def summaries(self) -> Sequence[DocumentSummary]:
        return [
            DocumentSummary(
                id=one.id,
                origin=one.origin,
                source=one.document.source,
                title=one.document.title,
                version=1,
                characters=len(one.document.text),
                chunks=1,
                metadata=one.document.metadata,
                updated_at=NOW,
                duplicate_of=None,
            )
            for one in self._documents.values()
        ]

    def find(self, source_or_id: str, reader: Reader = EVERYTHING) -> StoredDocument:
        found = self._documents.get(source_or_id)  # type: ignore[call-overload]
        if found is None or not reader.may_read(found.document.metadata):
            raise UnknownDocument(f"There is no document {source_or_id!r}.")
        return found  # type: ignore[no-any-return]


@cache
def corpus() -> tuple[Document, ...]:
    """Read the shipped corpus."""
    return tuple(
        read_corpus_document(str(path.relative_to(_CORPUS)), path.read_text(encoding="utf-8")).document
        for path in sorted(_CORPUS.rglob("*.md"))
    )


@cache
def quotes() -> PlaybookQuotes:
    """Quote the shipped corpus."""
    return PlaybookQuotes(Shelf(corpus()))


def account(record: dict[str, Any]) -> Account:
    """Read a record as a surface does."""
    return current(read_record({"id": "a1"} | record, NOW).account, (), NOW)


def service(
    *,
    book: Callable[[], RuleBook] = shipped_rules,
    documents: Sequence[Document] | None = None,
    elsewhere: FindElsewhere | None = None,
    outlooks: OutlookModel | None = None,
    icp: IcpProfile | None = None,
) -> AdviceService:
    """Advice over the shipped corpus, or over some documents."""
    where = quotes() if documents is None else PlaybookQuotes(Shelf(documents), elsewhere)
    return AdviceService(book=book, quotes=where, outlooks=outlooks, icp=icp, today=lambda: TODAY)


def advised(record: dict[str, Any], language: Language = "zh", reader: Reader = STAFF) -> Advised:
    """Advise on a record with the shipped rules and corpus."""
    return service().advised(account(record), reader, language)


def advice(record: dict[str, Any], language: Language = "zh") -> Advice:
    """Advise on a record with the shipped rules and corpus."""
    return advised(record, language).advice


def keys(told: Advice) -> list[str]:
    """Return the keys of the actions, best first."""
    return [one.key for one in told.actions]


def avoided(told: Advice) -> list[str]:
    """Return the keys of the warnings."""
    return [one.key for one in told.avoid]


def lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
