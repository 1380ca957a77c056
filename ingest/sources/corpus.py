"""The shipped corpus: a folder of Markdown whose front matter is mandatory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ingest.source import Item
from ingest.sources.folder import FolderSource

#: Its name does not depend on where the package is installed.
ORIGIN = "corpus"


class CorpusSource(FolderSource):
    """Implements `Source`; what is no Markdown (the schema for editors) is no document."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, origin=ORIGIN)

    def discover(self) -> Iterator[Item]:
        """Yield the Markdown files."""
        return (replace(item, media="corpus") for item in super().discover() if item.media == ".md")
