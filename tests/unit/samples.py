"""Small values that unit tests of several packages build their cases from."""

from __future__ import annotations

from knowledge.chunk import Chunk, ChunkId, Span
from knowledge.document import DocumentId, Metadata
from knowledge.passage import Passage

#: Characters that sentences, lists and headings are made of, in both languages.
ALPHABET = "客户续约前先确认用量abcXYZ0159.。!?！？;；,，:：-#|()[] \n\t"


def passage(
    text: str,
    *,
    name: str = "d1",
    title: str = "续约手册",
    start: int = 0,
    headings: tuple[str, ...] = (),
    similarity: float = 0.5,
    question_similarity: float | None = None,
    metadata: Metadata | None = None,
) -> Passage:
    """Return a passage whose chunk begins at `start` of its document."""
    span = Span(start=start, end=start + len(text), text=text, heading_path=headings)
    chunk = Chunk(id=ChunkId(f"{name}.1.0"), document_id=DocumentId(name), version=1, ordinal=0, span=span)
    return Passage(
        chunk=chunk,
        source=f"{name}.md",
        title=title,
        metadata=metadata or Metadata(),
        score=similarity,
        similarity=similarity,
        question_similarity=question_similarity,
        found_by=("vector",),
    )
