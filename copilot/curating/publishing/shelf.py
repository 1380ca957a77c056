"""Port to the write path: the files of approved documents, and their place in the index."""

from __future__ import annotations

from typing import Protocol

from knowledge.document import DocumentId, StoredDocument


class Shelf(Protocol):
    """Each file is complete or absent, whenever the process is killed."""

    def read(self, source: str) -> str | None:
        """Return a file as it is; None: there is none."""
        ...

    def publish(self, source: str, text: str) -> StoredDocument:
        """Keep a file and bring the index into its state; the same again changes nothing.

        Raises:
            ReportableError: it cannot be indexed now, or at all; the file stays for the next try.
        """
        ...

    def withdraw(self, document: DocumentId) -> None:
        """Remove a document and its file.

        Raises:
            IndexRebuilding: not now.
        """
        ...
