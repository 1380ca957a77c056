"""A draft as a file, with where everything it says comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from copilot.answering.inert import inert
from copilot.drafting.draft import Draft, Revision, SourceQuote
from copilot.drafting.kinds import KINDS
from copilot.interfaces.export.blocks import Heading, blocks


class ExportFormat(StrEnum):
    """The formats of the contract."""

    MARKDOWN = "md"
    WORD = "docx"
    PDF = "pdf"
    HTML = "html"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file."""

    name: str
    media_type: str
    data: bytes


_NOT_IN_NAMES = re.compile(r"[^\w]+")
#: File names hold 255 bytes; a Chinese character takes three.
_LONGEST_TITLE = 50
_SOURCES = {"zh": "来源", "en": "Sources"}


def exported(draft: Draft, revision: Revision, format: ExportFormat) -> Exported:
    """Write a revision with its sources.

    Raises:
        FontMissing: a PDF is wanted of Chinese text, and no font of this machine can show it.
    """
    text = markdown(draft, revision)
    name = f"{_file_title(_title(draft, text))}-{draft.id[:8]}-r{revision.number}.{format.value}"
    match format:
        case ExportFormat.MARKDOWN:
            return Exported(name=name, media_type="text/markdown; charset=utf-8", data=text.encode("utf-8", "replace"))
        case ExportFormat.WORD:
            from copilot.interfaces.export import word  # loaded when somebody wants it: opening a command stays quick

            return Exported(name=name, media_type=word.MEDIA_TYPE, data=word.word(blocks(text), draft.language))
        case ExportFormat.PDF:
            from copilot.interfaces.export import pdf

            made = pdf.pdf(blocks(text), title=_title(draft, text), language=draft.language, at=revision.at)
            return Exported(name=name, media_type=pdf.MEDIA_TYPE, data=made)
        case ExportFormat.HTML:
            from copilot.interfaces.export import page

            shown = page.page(text, _title(draft, text), draft.language)
            return Exported(name=name, media_type=page.MEDIA_TYPE, data=shown)


def _file_title(title: str) -> str:
    """Return a title as it may stand in a file name on every system: letters and figures with dashes between them."""
    return _NOT_IN_NAMES.sub("-", title).strip("-")[:_LONGEST_TITLE].strip("-") or "draft"


def markdown(draft: Draft, revision: Revision) -> str:
    """Return the text, and under it where each marker stands."""
    if not revision.quotes:
        return revision.content.rstrip("\n") + "\n"
    lines = [f"[{quote.number}] {_place(quote)}" for quote in revision.quotes]
    return f"{revision.content.rstrip()}\n\n---\n\n## {_SOURCES[draft.language]}\n\n" + "\n\n".join(lines) + "\n"


def _place(quote: SourceQuote) -> str:
    title = " › ".join([quote.title, *(part for part in quote.heading_path if part != quote.title)])
    return f"{inert(title)} · {inert(quote.source)} · v{quote.version}: 「{inert(' '.join(quote.quote.split()))}」"


def _title(draft: Draft, text: str) -> str:
    """Return the first heading, or what kind of draft it is."""
    first = next((one for one in blocks(text) if isinstance(one, Heading)), None)
    of_sources = first is not None and first.level > 1
    if first is None or of_sources:
        return KINDS[draft.kind].title[draft.language]
    return "".join(run.text for run in first.runs)
