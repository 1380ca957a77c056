"""Who may see what a draft quotes: decided by the documents as they are now, not as they were when it was written."""

from __future__ import annotations

from dataclasses import replace

from copilot.drafting.content import MARKER, one_line
from copilot.drafting.draft import DraftKind, Finding, Revision, SourceQuote
from copilot.drafting.kinds import for_customers
from knowledge.document import Metadata
from knowledge.errors import UnknownDocument
from knowledge.reader import CUSTOMERS, Reader
from knowledge.store import KnowledgeStore

_WITHHELD = {
    "zh": "(此行引用的来源 {numbers} 现在不对您开放)",
    "en": "(this line cites {numbers}, which you may not read now)",
}


class SourceAccess:
    """Answers from the store of documents."""

    def __init__(self, store: KnowledgeStore) -> None:
        self._store = store

    def may_read(self, reader: Reader, quote: SourceQuote) -> bool:
        """Tell whether a reader may see a quote now; a deleted document counts as it last was."""
        metadata = self._metadata(quote)
        return metadata is not None and reader.may_read(metadata)

    def findings(self, kind: DraftKind, revision: Revision, reader: Reader) -> tuple[Finding, ...]:
        """Return what has to be said of the sources now: quotes for customers that they may not see.

        Names of sources are told to a reader who may see them, numbers to all.
        """
        if not for_customers(kind):
            return ()
        return tuple(
            Finding(
                code="source_not_for_customers",
                severity="error",
                message=f"[{quote.number}]{self._named(reader, quote)} is not for customers. Take the line out.",
                place=f"[{quote.number}]",
            )
            for quote in revision.quotes
            if not self.may_read(CUSTOMERS, quote)
        )

    def visible(self, revision: Revision, reader: Reader, language: str) -> Revision:
        """Return a revision as a reader may see it: lines that rest on what they may not read are withheld."""
        hidden = [quote for quote in revision.quotes if not self.may_read(reader, quote)]
        if not hidden:
            return revision
        lines = [_shown(line, hidden, language) for line in revision.content.split("\n")]
        content = "\n".join(lines)
        if any(one_line(quote.quote) in one_line(content) for quote in hidden):  # it runs across lines
            content = _note(hidden, language)
        seen = content.split("\n")
        kept = {f"line {n}" for n, line in enumerate(revision.content.split("\n"), 1) if line in seen[n - 1 : n]}
        return replace(
            revision,
            content=content,
            quotes=tuple(quote for quote in revision.quotes if quote not in hidden),
            findings=tuple(
                one if one.place is None or one.place in kept else _unworded(one) for one in revision.findings
            ),
        )

    def _named(self, reader: Reader, quote: SourceQuote) -> str:
        return f" {quote.source!r}" if self.may_read(reader, quote) else ""

    def _metadata(self, quote: SourceQuote) -> Metadata | None:
        try:
            return self._store.find(quote.document_id).document.metadata
        except UnknownDocument:
            pass
        try:
            return self._store.find_version(quote.document_id, quote.version).document.metadata
        except UnknownDocument:
            return None


def _shown(line: str, hidden: list[SourceQuote], language: str) -> str:
    numbers = {int(number) for number in MARKER.findall(line)}
    resting = [quote for quote in hidden if quote.number in numbers or one_line(quote.quote) in one_line(line)]
    return _note(resting, language) if resting else line


def _unworded(finding: Finding) -> Finding:
    """Leave that there is something to see, and where; the message may repeat words that are withheld."""
    return replace(finding, message="It concerns what you may not read now. Ask somebody who may.")


def _note(hidden: list[SourceQuote], language: str) -> str:
    numbers = " ".join(f"[{quote.number}]" for quote in hidden)
    return _WITHHELD["zh" if language == "zh" else "en"].format(numbers=numbers)
