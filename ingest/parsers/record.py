"""One line of a JSONL file: `{id, title, text, context?, questions?}`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.errors import InvalidRecord
from ingest.source import Item
from knowledge.document import Document, Metadata, WrittenQuestion
from knowledge.json_lines import BadJson, read_json


class _Question(BaseModel):
    text: str


class Record(BaseModel):
    """The keys we read; others are ignored, so that exports need no editing."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str
    title: str = ""
    text: str
    context: str | None = None
    questions: list[str | _Question] = []


class RecordParser:
    """Implements `Parser` for the items of a JSONL source."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the record as a document.

        Raises:
            InvalidRecord: the line is not JSON, or a key is missing; the message names it.
        """
        record = read_record(data, item.source)
        questions = tuple(
            WrittenQuestion(text=text)
            for question in record.questions
            if (text := (question if isinstance(question, str) else question.text).strip())
        )
        return Document(
            source=item.source,
            title=record.title.strip() or item.source,
            text=record.text,
            metadata=Metadata(context=record.context or None),
            questions=questions,
        )


def read_record(data: bytes, name: str) -> Record:
    """Parse one line; `name` is what error messages call it."""
    try:
        return Record.model_validate(read_json(data))
    except BadJson as error:
        raise InvalidRecord(f"{name} is not JSON ({error}). Each line must be one object.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "record"
        raise InvalidRecord(f"{name}: key {key!r}: {first['msg'].lower()}. Needed are id and text.") from error
