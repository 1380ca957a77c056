"""What the Chroma adapter says when its server is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.adapters.chroma_index import ChromaIndex, embedded_client, server_client
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.errors import IndexUnavailable
from knowledge.reader import STAFF, access_label
from tests.contract.chroma_server import ChromaServer, chroma_server, close_client
from tests.doubles.vector_sets import InMemoryVectorSets

EMBEDDER = HashingEmbedder(8)
NAME = ChunkId("one.1.0")


@pytest.fixture(scope="module")
def orphaned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ChromaIndex, ChromaServer]]:
    """An index that worked until its server went away."""
    with chroma_server(tmp_path_factory.mktemp("lost-chroma")) as server:
        client = server_client(server.url)
        index = ChromaIndex(client, InMemoryVectorSets())
        _add(index)
        index.search("question", EMBEDDER.embed_queries(["续约"])[0], 1, STAFF)
        server.stop()
        yield index, server
        close_client(client)


def _add(index: ChromaIndex) -> None:
    rows = EMBEDDER.embed_passages(["客户续约"])
    index.add("chunk", DocumentId("one"), 1, [NAME], [NAME], rows, access_label(Audience.INTERNAL), EMBEDDER.identity)


CALLS: dict[str, Callable[[ChromaIndex], object]] = {
    "search": lambda index: index.search("chunk", EMBEDDER.embed_queries(["续约"])[0], 1, STAFF),
    "add": _add,
    "vectors": lambda index: index.vectors([NAME]),
    "remove": lambda index: index.remove(DocumentId("one"), 1),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_went_away_makes_the_index_unavailable(
    orphaned: tuple[ChromaIndex, ChromaServer], call: str
) -> None:
    with pytest.raises(IndexUnavailable):
        CALLS[call](orphaned[0])


def test_connecting_where_nothing_listens_names_the_address(orphaned: tuple[ChromaIndex, ChromaServer]) -> None:
    with pytest.raises(IndexUnavailable, match=orphaned[1].url):
        server_client(orphaned[1].url)


def test_a_folder_that_is_a_file_makes_the_index_unavailable(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("not a folder")
    with pytest.raises(IndexUnavailable):
        embedded_client(tmp_path / "chroma")
