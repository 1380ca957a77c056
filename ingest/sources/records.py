"""A JSONL file: every line is a document of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import TransientIngestError, UnknownSource
from ingest.source import Item
from ingest.sources.folder import printable
from knowledge.document import content_hash
from knowledge.json_lines import BadJson, read_json


class RecordsSource:
    """Implements `Source`; the source of a record is its id, its fingerprint the hash of its line."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            UnknownSource: it does not exist or cannot be read.
        """
        self.origin = printable(str(path.resolve()))
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UnknownSource(f"{str(path)!r} cannot be read: {error.strerror}. Check the path.") from error
        self._lines: dict[str, bytes] = {}
        unnamed: list[tuple[int, bytes]] = []
        for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
            name = _name(line)
            if name is not None and name not in self._lines:
                self._lines[name] = line
            elif line.strip():
                unnamed.append((number, line))
        self.complete = all(_name(line) is not None for _, line in unnamed)  # a broken line may be any record
        # Broken and repeated records are called by their line, so that each of them is reported.
        for number, line in unnamed:
            name = f"line {number}"
            while name in self._lines:
                name += " of the file"
            self._lines[name] = line

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


def _name(line: bytes) -> str | None:
    """Return the record's id; None when it has none that can be read."""
    try:
        record = read_json(line)
    except BadJson:
        return None
    name = record.get("id") if isinstance(record, dict) else None
    return str(name) if isinstance(name, str | int) and str(name) else None
