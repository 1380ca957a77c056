"""DOCX: paragraphs, lists and tables in their order; headings stay headings."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.errors import DamagedFile, UnsafeFile
from ingest.limits import Limits
from ingest.parsers.characters import one_line, readable
from ingest.parsers.office import checked
from ingest.source import Item
from ingest.tables import render
from knowledge.document import Document, DocumentKind, Metadata, WrittenQuestion

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"(?:heading|标题)\s*([1-6])", re.IGNORECASE)
#: Text that was struck out in review, and the second copy of a drawing for older programs.
_NOT_READ = {f"{_W}del", f"{_W}moveFrom", _FALLBACK, f"{_W}txbxContent"}


class DocxParser:
    """Implements `Parser` for .docx and .docm; macros are never run."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the body; headers, footers and review comments are no part of it.

        Raises:
            DamagedFile, CompressionBomb, TooLarge: it cannot be read.
        """
        import docx

        checked(item, data, self._limits)
        try:
            word = docx.Document(io.BytesIO(data))
            body = _Body(word)
            blocks = list(body.blocks(word.element.body))
            title = one_line(word.core_properties.title or "")
            comments = len(list(word.comments)) if _has_comments(word) else 0
        except MemoryError:
            raise
        except UnsafeFile as error:
            raise UnsafeFile(f"{item.source!r} declares entities of its own. Save it anew.") from error
        except Exception as error:  # a broken file fails in any of the library's layers
            raise DamagedFile(
                f"{item.source!r} is no Word document that can be read ({type(error).__name__}). Save it anew."
            ) from error
        return Document(
            source=item.source,
            title=title or body.title,
            text="\n\n".join(block for block in blocks if block.strip()),
            metadata=Metadata(kind=DocumentKind.FAQ if body.questions else DocumentKind.OTHER),
            questions=tuple(body.questions),
            warnings=(f"left out {comments} review comments",) if comments else (),
        )


def _has_comments(word: WordDocument) -> bool:
    return any(relation.reltype.endswith("/comments") for relation in word.part.rels.values())


class _Body:
    """Walks the elements themselves: the library passes over content controls, insertions and text boxes."""

    def __init__(self, word: WordDocument) -> None:
        self._levels = {style.style_id: level for style in word.styles if (level := _level(style.name or ""))}
        self.questions: list[WrittenQuestion] = []
        self.title = ""

    def blocks(self, parent: Any) -> Iterator[str]:
        """Yield paragraphs and tables as Markdown."""
        for element in parent:
            if element.tag == f"{_W}p":
                yield self._paragraph(element)
                for box in element.iter(f"{_W}txbxContent"):
                    if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
                        yield from self.blocks(box)
            elif element.tag == f"{_W}tbl":
                yield self._table(element)
            elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
                yield from self.blocks(element)

    def _paragraph(self, element: Any) -> str:
        text = readable("".join(_pieces(element))).strip()
        if not text:
            return ""
        style = element.find(f"{_W}pPr/{_W}pStyle")
        name = style.get(f"{_W}val", "") if style is not None else ""
        if name == "Title" and not self.title:
            self.title = one_line(text)
        level = self._levels.get(name) or _outline(element)
        if level:
            self.title = self.title or (one_line(text) if level == 1 else "")
            return f"{'#' * level} {one_line(text)}"
        listed = element.find(f"{_W}pPr/{_W}numPr") is not None or name.startswith("List")
        return f"- {text}" if listed else text

    def _table(self, element: Any) -> str:
        rows = [
            [" ".join(readable("\n".join(self.blocks(cell))).split()) for cell in _inside(row, f"{_W}tc")]
            for row in _inside(element, f"{_W}tr")
        ]
        table = render(rows)
        self.questions += table.questions
        return table.text


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Yield rows of a table or cells of a row, also those in content controls, not those of inner tables."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _inside(element, tag)


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _NOT_READ:
            continue
        if child.tag == f"{_W}t":
            if len(child):  # an entity, which no Word file has and which is never resolved
                raise UnsafeFile("an entity")
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        else:
            yield from _pieces(child)


def _level(style: str) -> int:
    match = _HEADING.match(style)
    return int(match.group(1)) if match else 1 if style.lower() in ("title", "标题") else 0


def _outline(element: Any) -> int:
    outline = element.find(f"{_W}pPr/{_W}outlineLvl")
    value = outline.get(f"{_W}val", "9") if outline is not None else "9"
    return int(value) + 1 if value.isdecimal() and int(value) < 6 else 0
