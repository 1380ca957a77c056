"""Documents of the shipped corpus: only right ones get in."""

from __future__ import annotations

from ingest.decoding import decode
from ingest.errors import InvalidCorpusFile
from ingest.source import Item
from knowledge.corpus_document import InvalidCorpusDocument, read_corpus_document
from knowledge.document import Document


class CorpusParser:
    """Implements `Parser` for the items of a `CorpusSource`."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the document.

        Raises:
            InvalidCorpusFile: names every line that has to change; the document stays out of the index.
        """
        text, _ = decode(data)
        try:
            return read_corpus_document(item.source, text).document
        except InvalidCorpusDocument as error:
            raise InvalidCorpusFile(f"{error}. `copilot doctor corpus` checks all documents.") from error
