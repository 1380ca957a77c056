"""Cases of our own and a store that has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from knowledge.document import Document, DocumentId, DocumentKind, Metadata, StoredDocument
from knowledge.store import Indexed
from tests.doubles.knowledge_store import InMemoryKnowledgeStore

TEXT = "## 背景\n\n一家店。\n"


def case(name: str, text: str = TEXT, **facts: Any) -> tuple[str, str, Metadata]:
    """Return a name, a text and the metadata of a case study."""
    return name, text, Metadata(**{"kind": DocumentKind.CASE_STUDY} | facts)


def stored(name: str, text: str, metadata: Metadata | None = None) -> StoredDocument:
    document = Document(source=f"{name}.md", title=name, text=text, metadata=metadata or Metadata())
    return StoredDocument(id=DocumentId(name), origin="o", version=1, document=document)


def saved(*cases: tuple[str, str, Metadata]) -> InMemoryKnowledgeStore:
    store = InMemoryKnowledgeStore()
    for name, text, metadata in cases:
        store.save(
            Indexed(
                stored=stored(name, text, metadata),
                chunks=[],
                questions=[],
                sentences=[],
                content_hash=name,
                fingerprint=name,
                recipe="1",
                at=datetime(2026, 11, 23, tzinfo=UTC),
            )
        )
    return store
