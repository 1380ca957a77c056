"""PDF: its text layer, page by page, lines that were only wrapped joined again."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ingest.errors import DamagedFile, NoTextLayer, PasswordProtected, TooManyPages
from ingest.limits import Limits
from ingest.parsers.characters import one_line, readable
from ingest.source import Item
from knowledge.document import Document

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_INVISIBLE = 3  # text render mode of ISO 32000-1, 9.3.6: neither fill nor stroke
#: A line this near to the width of its page was wrapped there; shorter ones end where their author ended them.
_WRAPPED = 0.85
#: What programs put there by themselves: the name of a file, their own name.
_NO_TITLE = re.compile(r"\.\w{2,4}$|^(?:Microsoft |untitled|无标题|未命名|PowerPoint)", re.IGNORECASE)
_ENDS = re.compile(r"[。！？!?；;：:|]$|\.$")
_BEGINS = re.compile(r"^(?:[●•·◦▪■□◆*\-–—○]|\(?[\d一二三四五六七八九十]+[.、)．]|[（(]|第.{1,3}[章节条]|#)")


class PdfParser:
    """Implements `Parser` for .pdf."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the pages' text, a blank line between two pages.

        Raises:
            PasswordProtected, DamagedFile, TooManyPages: it cannot be read.
            NoTextLayer: its pages are pictures, as those of a scan are.
        """
        import pypdfium2  # here, because only a PDF needs it

        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _PASSWORD:
                raise PasswordProtected(f"{item.source!r} needs a password. Save it without one.") from error
            raise DamagedFile(f"{item.source!r} is no PDF that can be read: cut off or broken. Get it anew.") from error
        try:
            return self._document(item, pdf)
        finally:
            pdf.close()

    def _document(self, item: Item, pdf: PdfDocument) -> Document:
        if len(pdf) > self._limits.pages:
            raise TooManyPages(
                f"{item.source!r} has {len(pdf)} pages; {self._limits.pages} are allowed. "
                "Split it, or raise COPILOT_PARSE_MAX_PAGES."
            )
        texts, pictures, hidden = [], 0, 0
        for number in range(len(pdf)):
            text, picture, unseen = _page(pdf, number)
            texts.append(_unwrapped(readable(text)).strip())
            pictures += picture
            hidden += unseen
        if not any(texts) and pictures:
            raise NoTextLayer(f"{item.source!r} has pictures and no text, as scans have. Run it through OCR first.")
        pages, start = [], 0
        for text in texts:
            pages.append(start)
            start += len(text) + 2
        warnings = [f"left out {hidden} characters that nobody sees"] if hidden else []
        if any(texts) and not all(texts):
            warnings.append(f"{texts.count('')} of {len(texts)} pages have no text")
        title = one_line(str(pdf.get_metadata_dict().get("Title", "")))
        return Document(
            source=item.source,
            title="" if _NO_TITLE.search(title) else title,
            text="\n\n".join(texts),
            pages=tuple(pages),
            warnings=tuple(warnings),
        )


def _page(pdf: PdfDocument, number: int) -> tuple[str, bool, int]:
    """Return the text of a page, whether it has a picture, and how many characters were left out as invisible."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        page = pdf[number]
    except pypdfium2.PdfiumError:  # one broken page does not take the others with it
        return "", False, 0
    try:
        layer = page.get_textpage()
        picture = next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None
        # Over a picture, invisible text is what OCR has read in it; without one, it is text to deceive a reader.
        if not picture and _has_invisible(page):
            count = layer.count_chars()
            seen = [index for index in range(count) if not _invisible(raw.FPDFText_GetTextObject(layer, index))]
            return "".join(chr(raw.FPDFText_GetUnicode(layer, index)) for index in seen), picture, count - len(seen)
        return layer.get_text_range(), picture, 0
    finally:
        page.close()


def _has_invisible(page: PdfPage) -> bool:
    from pypdfium2 import raw

    return any(_invisible(found.raw) for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=3))


def _invisible(found: object) -> bool:
    from pypdfium2 import raw

    return bool(found) and raw.FPDFTextObj_GetTextRenderMode(found) == _INVISIBLE


def _unwrapped(text: str) -> str:
    """Join the lines of a page that were cut for its width: sentences are looked for within lines."""
    lines = [line.rstrip() for line in text.split("\n")]
    widths = sorted(_width(line) for line in lines if line)
    full = widths[int(len(widths) * 0.9)] if widths else 0
    joined: list[str] = []
    previous = 0  # width of the last line, as it stood
    for line in lines:
        wrapped = joined and line and full >= 40 and previous >= _WRAPPED * full
        if wrapped and not _ENDS.search(joined[-1]) and not _BEGINS.match(line.lstrip()):
            joined[-1] += _between(joined[-1], line.lstrip()) + line.lstrip()
        else:
            joined.append(line)
        previous = _width(line)
    return "\n".join(joined)


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _between(before: str, after: str) -> str:
    if not before or not after or before.endswith("-"):
        return ""
    return "" if before[-1] >= "\u2e80" or after[0] >= "\u2e80" else " "
