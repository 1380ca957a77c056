"""Vectors out of a backup, put back where the restored rows say that they belong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, text

from copilot.errors import BackupDamaged
from knowledge.adapters.chroma_set import ChromaSet, EntryPlace
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.embedder import Vectors
from knowledge.index import Field
from knowledge.reader import AccessLabel

FIELDS: tuple[Field, ...] = ("chunk", "question")
_AT_ONCE = 2_000


def rename_set(engine: Engine, name: str) -> None:
    """Let restored rows be searched with the set of this name."""
    live, sentences = knowledge_metadata.tables["live_vectors"], knowledge_metadata.tables["chunk_sentences"]
    with engine.begin() as connection:
        connection.execute(sentences.update().values(vector_set=name))
        if not connection.execute(live.update().values(name=name)).rowcount:
            connection.execute(live.insert().values(id=1, name=name))


#: By id of an entry: where it belongs, and who may read it.
Places = dict[str, tuple[EntryPlace, AccessLabel]]


def places_of(engine: Engine, field: Field) -> Places:
    """Return all entries that should have a vector."""
    chunk = "id" if field == "chunk" else "chunk_id"
    query = text(
        f"SELECT e.id, e.document_id, d.version, e.{chunk} AS chunk, d.access FROM {field}s e "  # noqa: S608  # constants
        "JOIN documents d ON d.id = e.document_id"
    )
    labels: dict[str, AccessLabel] = {}
    places: Places = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            label = labels.setdefault(row.access, AccessLabel.read(row.access))
            places[row.id] = ((row.document_id, row.version, row.chunk), label)
    return places


def portions(folder: Path, field: Field, dimension: int) -> Iterator[tuple[list[str], Vectors]]:
    """Return ids and vectors (n, dimension) of an unpacked backup, some at a time.

    Raises:
        BackupDamaged: they do not fit each other.
    """
    ids, numbers = folder / f"{field}.ids", folder / f"{field}.f32"
    if not ids.exists() or not numbers.exists():
        return
    with ids.open(encoding="utf-8") as names, numbers.open("rb") as data:
        while some := [line.rstrip("\n") for _, line in zip(range(_AT_ONCE), names, strict=False)]:
            read = np.frombuffer(data.read(len(some) * dimension * 4), dtype="<f4")
            if len(read) != len(some) * dimension or not np.isfinite(read).all():
                raise BackupDamaged(f"The vectors of {field}s do not fit their ids. Use another copy of the backup.")
            yield some, read.reshape(-1, dimension)


def put_back(held: ChromaSet, field: Field, places: Places, ids: Sequence[str], vectors: Vectors) -> int:
    """Put vectors back under the labels that their documents have; returns how many there was a place for."""
    by_label: dict[AccessLabel, list[int]] = defaultdict(list)
    for number, name in enumerate(ids):
        if name in places:
            by_label[places[name][1]].append(number)
    for label, numbers in by_label.items():
        names = [ids[number] for number in numbers]
        held.load(field, label, names, [places[name][0] for name in names], vectors[numbers])
    return sum(map(len, by_label.values()))
