"""What can go wrong with one item; a run goes on without it."""

from __future__ import annotations

from knowledge.errors import ReportableError


class IngestError(ReportableError):
    """One item could not be ingested."""

    code = "ingest_failed"


class PermanentIngestError(IngestError):
    """The same bytes will fail again: the file itself has to change."""


class UnsupportedFormat(PermanentIngestError):
    """No parser takes this kind of file."""

    code = "unsupported_format"


class UnreadableText(PermanentIngestError):
    """The bytes are not text in any encoding we can be sure of."""

    code = "unreadable_text"


class InvalidRecord(PermanentIngestError):
    """A line of a JSONL file is not a record."""

    code = "invalid_record"


class InvalidCorpusFile(PermanentIngestError):
    """A document of the shipped corpus breaks the rules of its front matter."""

    code = "invalid_corpus_document"


class TransientIngestError(IngestError):
    """Trying again may help: a file that is locked, a network that is down."""

    code = "unreadable_source"
    retryable = True


class UnknownSource(IngestError):
    """The path or address does not exist or cannot be opened."""

    code = "source_not_found"
