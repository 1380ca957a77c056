"""PPTX: slide by slide, which count as pages; titles are headings, notes of the speaker stay with their slide."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.errors import DamagedFile, TooManyPages
from ingest.limits import Limits
from ingest.parsers.characters import one_line, readable
from ingest.parsers.office import checked
from ingest.source import Item
from ingest.tables import render
from knowledge.document import Document


class PptxParser:
    """Implements `Parser` for .pptx."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the slides that are shown; hidden ones are left out with a warning.

        Raises:
            DamagedFile, CompressionBomb, TooLarge, TooManyPages: it cannot be read.
        """
        import pptx

        checked(item, data, self._limits)
        try:
            deck = pptx.Presentation(io.BytesIO(data))
            slides = list(deck.slides)
            title = one_line(deck.core_properties.title or "")
        except MemoryError:
            raise
        except Exception as error:  # a broken file fails in any of the library's layers
            raise DamagedFile(
                f"{item.source!r} is no presentation that can be read ({type(error).__name__}). Save it anew."
            ) from error
        if len(slides) > self._limits.pages:
            raise TooManyPages(f"{item.source!r} has {len(slides)} slides; {self._limits.pages} are allowed. Split it.")
        return _document(item, slides, "" if title in ("PowerPoint Presentation", "PowerPoint 演示文稿") else title)


def _document(item: Item, slides: list[Any], title: str) -> Document:
    texts, pages, start = [], [], 0
    hidden = broken = 0
    for slide in slides:
        pages.append(start)
        if slide.element.get("show") == "0":
            hidden += 1
            continue
        blocks = _Blocks()
        text = "\n\n".join(block for block in blocks.of(slide) if block.strip())
        broken += blocks.broken
        if text:
            texts.append(text)
            start += len(text) + 2
    warnings = [f"left out {hidden} hidden slides"] if hidden else []
    warnings += [f"{broken} shapes could not be read"] if broken else []
    return Document(
        source=item.source, title=title, text="\n\n".join(texts), pages=tuple(pages), warnings=tuple(warnings)
    )


class _Blocks:
    """The text of a slide; a shape that the library cannot read costs only itself."""

    def __init__(self) -> None:
        self.broken = 0

    def of(self, slide: Any) -> Iterator[str]:
        title = slide.shapes.title
        if title is not None and title.has_text_frame and title.text_frame.text.strip():
            yield f"## {one_line(title.text_frame.text)}"
        yield from self._shapes(slide.shapes, None if title is None else title.shape_id)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = readable(slide.notes_slide.notes_text_frame.text).strip()
            if notes:
                yield f"备注 Notes: {notes}"

    def _shapes(self, shapes: Iterable[Any], title: int | None) -> Iterator[str]:
        for shape in shapes:
            try:
                blocks = [] if shape.shape_id == title else list(self._shape(shape))
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001  # malformed shapes are common; the others are worth having
                self.broken += 1
                continue
            yield from blocks

    def _shape(self, shape: Any) -> Iterator[str]:
        if hasattr(shape, "shapes"):
            yield from self._shapes(shape.shapes, None)
        elif getattr(shape, "has_table", False):
            yield render([[one_line(cell.text) for cell in row.cells] for row in shape.table.rows]).text
        elif shape.has_text_frame:
            yield readable("\n".join(paragraph.text for paragraph in shape.text_frame.paragraphs)).strip()
