"""A JSONL file: every line is a document of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import TransientIngestError, UnknownSource
from ingest.source import Item
from knowledge.document import content_hash
from knowledge.json_lines import BadJson, read_json


class RecordsSource:
    """Implements `Source`; the source of a record is its id, its fingerprint the hash of its line."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            UnknownSource: it does not exist or cannot be read.
        """
        self.origin = str(path.resolve())
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UnknownSource(f"{str(path)!r} cannot be read: {error.strerror}. Check the path.") from error
        self._lines: dict[str, bytes] = {}
        for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
            if line.strip():
                self._lines[self._name(line, number)] = line

    def discover(self) -> Iterator[Item]:
        """Yield the records in the order of the file."""
        for name, line in self._lines.items():
            yield Item(source=name, fingerprint=content_hash(line), media="record")

    def fetch(self, item: Item) -> bytes:
        """Return the line."""
        try:
            return self._lines[item.source]
        except KeyError as error:
            raise TransientIngestError(f"The record {item.source!r} is gone. Ingest again.") from error

    def _name(self, line: bytes, number: int) -> str:
        """Return the record's id; a broken or repeated one is called by its line, so that it is reported."""
        try:
            record = read_json(line)
        except BadJson:
            return f"line {number}"
        name = str(record.get("id", "")) if isinstance(record, dict) else ""
        return name if name and name not in self._lines else f"line {number}"
