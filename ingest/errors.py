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


class DamagedFile(PermanentIngestError):
    """The file is cut off or broken, or is not what its name says."""

    code = "damaged_file"


class PasswordProtected(PermanentIngestError):
    """The file opens only with a password."""

    code = "password_protected"


class UnsafeFile(PermanentIngestError):
    """The file asks its reader for something that no document needs: entities of its own, files from elsewhere."""

    code = "unsafe_file"


class TooLarge(PermanentIngestError):
    """The file has more bytes, cells or members than the settings allow."""

    code = "too_large"


class TooManyPages(PermanentIngestError):
    """The file has more pages than the settings allow."""

    code = "too_many_pages"


class CompressionBomb(PermanentIngestError):
    """The file unpacks to far more than it is."""

    code = "compression_bomb"


class NestedTooDeeply(PermanentIngestError):
    """An archive in an archive in an archive."""

    code = "nested_too_deeply"


class ParseTimeout(PermanentIngestError):
    """Reading the file took longer than the settings allow."""

    code = "parse_timeout"


class ParseCrashed(PermanentIngestError):
    """The process that read the file died."""

    code = "parse_crashed"


class ParseOutOfMemory(PermanentIngestError):
    """Reading the file took more memory than the settings allow."""

    code = "parse_out_of_memory"


class EmptyItem(IngestError):
    """Nothing failed: there is no text."""

    code = "no_text"


class NavigationPage(EmptyItem):
    """The page says nothing itself: it lists the others."""

    code = "navigation_page"


class NoTextLayer(EmptyItem):
    """The pages are pictures."""

    code = "no_text_layer"


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


class Gone(IngestError):
    """The place it came from says that it is no longer there."""

    code = "not_found"


class RobotsDisallowed(PermanentIngestError):
    """The site does not want this page to be read by programs."""

    code = "robots_disallowed"


class OtherSite(PermanentIngestError):
    """The page lies on, or leads to, another site than the one that was named."""

    code = "other_site"


class AddressNotAllowed(PermanentIngestError):
    """The host lies inside our network and is not listed for that."""

    code = "address_forbidden"


class AccessDenied(PermanentIngestError):
    """The page is shown only to those who sign in."""

    code = "access_denied"


class UnexpectedReply(PermanentIngestError):
    """The site answered something that is no page."""

    code = "unexpected_reply"


class UnknownSource(IngestError):
    """The path or address does not exist or cannot be opened."""

    code = "source_not_found"
