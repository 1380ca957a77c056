"""Backups of the home that is served."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from sqlalchemy import Engine

from copilot.adapters.blob_home_files import BlobHomeFiles
from copilot.adapters.home_files import FolderHomeFiles
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.copied_rows import SqlRows
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.backup.making import BackupService
from copilot.bootstrap.blobs import PREFIXES
from copilot.bootstrap.home import BACKUPS
from copilot.interfaces.backups import LocalBackups
from copilot.people.caller import Caller
from copilot.settings import Settings
from knowledge.adapters.chroma_index import ChromaIndex
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.blobs import BlobStore
from knowledge.query import Query
from knowledge.reader import EVERYTHING
from knowledge.retriever import Retriever

PACKAGE = "frontline-copilot"


class RetrieverAsker:
    """Implements `Asker` as somebody who may read everything."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever.strict()

    def passages(self, question: str, limit: int) -> Sequence[str]:
        """Return the ids of the chunks that a question finds."""
        found = self._retriever.retrieve(Query(text=question, reader=EVERYTHING, limit=limit))
        return [passage.chunk.id for passage in found]


def backups_of(
    settings: Settings,
    engine: Engine,
    vectors: ChromaIndex,
    retriever: Retriever,
    *,
    blobs: BlobStore,
    transactions: SqlTransactions,
    audit: SqlAuditLog,
    operator: Caller,
) -> LocalBackups:
    """Wire backups."""
    home = FolderHomeFiles(settings.home, settings.models)
    service = BackupService(
        rows=SqlRows(engine, [knowledge_metadata, copilot_metadata]),
        vectors=vectors,
        files=home if settings.blobs is None else BlobHomeFiles(home, blobs, PREFIXES),
        asker=RetrieverAsker(retriever),
        transactions=transactions,
        audit=audit,
        version=version(PACKAGE),
    )
    return LocalBackups(service, settings.home / BACKUPS, operator)
