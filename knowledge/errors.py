"""The root of the error tree.

ReportableError           code (stable, for machines) · message (for people) · retryable
├── KnowledgeError          IndexUnavailable (BlobsUnavailable · DatabaseUnavailable (DatabaseBusy))
│                           NothingIngested · IndexModelMismatch · ModelUnavailable (EmbedderDown)
│                           IndexRebuilding · RebuildFailed · UnknownDocument · AmbiguousDocument · InvalidQuery
│                           ModelNotTrainable · NotEnoughSpace · RerankerUnavailable
├── IngestError             ingest/errors.py
└── CopilotError            copilot/errors.py

A class says what happened and what to do next; it knows nothing of HTTP or Slack.
"""

from __future__ import annotations

from typing import ClassVar


class ReportableError(Exception):
    """An error whose message may be shown to a person as it stands."""

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class KnowledgeError(ReportableError):
    """Something is wrong with the index or with what was asked of it."""

    code = "knowledge_error"


class IndexUnavailable(KnowledgeError):
    """The stores cannot be reached or opened right now."""

    code = "index_unavailable"
    retryable = True


class BlobsUnavailable(IndexUnavailable):
    """Originals, uploads or approved answers cannot be read or stored right now."""

    code = "blobs_unavailable"


class DatabaseUnavailable(IndexUnavailable):
    """The database that holds everything but vectors and files cannot be reached, or was lost on the way."""

    code = "database_unavailable"


class DatabaseBusy(DatabaseUnavailable):
    """Others hold what has to be written, or every connection, for longer than one waits; nothing was changed."""

    code = "database_busy"


class NothingIngested(KnowledgeError):
    """There is no index yet."""

    code = "no_index"


class IndexModelMismatch(KnowledgeError):
    """The index was built with another embedding model, dimension or normal form."""

    code = "index_model_mismatch"


class IndexRebuilding(KnowledgeError):
    """The index is being rebuilt for another embedding model; what was asked for has to wait until that is done."""

    code = "index_rebuilding"
    retryable = True


class RebuildFailed(KnowledgeError):
    """The index made for another embedding model is not right; the one before it stays in use."""

    code = "rebuild_failed"


class ModelUnavailable(KnowledgeError):
    """The embedding model cannot be loaded."""

    code = "embedding_model_unavailable"


class EmbedderDown(ModelUnavailable):
    """The model is there and fails all the same; words can be searched meanwhile."""


class RerankerUnavailable(KnowledgeError):
    """The reranker of the settings cannot be loaded or used."""

    code = "reranker_unavailable"


class UnknownDocument(KnowledgeError):
    """No document has this source or id."""

    code = "unknown_document"


class AmbiguousDocument(KnowledgeError):
    """Several documents have this source."""

    code = "ambiguous_document"


class InvalidQuery(KnowledgeError):
    """The question or search text cannot be used."""

    code = "invalid_question"


class ModelNotTrainable(KnowledgeError):
    """The embedding model is of a kind that cannot be trained here."""

    code = "model_not_trainable"


class NotEnoughSpace(KnowledgeError):
    """The disk cannot hold what has to be written."""

    code = "not_enough_space"
    retryable = True
