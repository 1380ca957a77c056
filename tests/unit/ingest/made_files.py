"""Small files of every format, made here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage


def pdf(*pages: str, invisible: str = "") -> bytes:
    """A PDF with a line of Latin text per line of each page; `invisible` is on page 1 and nobody sees it."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    kids = []
    for number, page in enumerate(pages):
        content = "BT /F 12 Tf 14 TL 50 780 Td " + " ".join(f"({line}) Tj T*" for line in page.split("\n")) + " ET"
        if invisible and number == 0:
            content += f" BT 3 Tr /F 12 Tf 50 400 Td ({invisible}) Tj ET"
        first = len(objects) + 1
        kids.append(f"{first} 0 R")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {first + 1} 0 R"
            "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>".encode()
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream".encode())
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj".encode() + body + b"endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {len(objects) + 1}>>\n"
    return data + end.encode() + f"startxref\n{len(data)}\n%%EOF".encode()


def docx(*paragraphs: str, table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word file; a paragraph that begins with `# ` is a heading."""
    import docx

    word = docx.Document()
    for text in paragraphs:
        if text.startswith("# "):
            word.add_heading(text[2:], level=1)
        else:
            word.add_paragraph(text)
    if table:
        made = word.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(made.add_row().cells, row, strict=True):
                cell.text = text
    return _saved(word)


def pptx(*slides: tuple[str, str], notes: str = "") -> bytes:
    """A deck of titles and bodies; the notes are those of the first slide."""
    import pptx

    deck = pptx.Presentation()
    for title, body in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    if notes:
        deck.slides[0].notes_slide.notes_text_frame.text = notes
    return _saved(deck)


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    """A workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    return _saved(book)


def archive(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as packed:
        for name, body in members.items():
            packed.writestr(zipfile.ZipInfo(name), body, compress_type=compression)
    return data.getvalue()


def mail(subject: str, body: str, attachments: Mapping[str, bytes] | None = None, *, html: bool = False) -> bytes:
    """A mail."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "王芳 <wang@example.com>", "li@example.com"
    message["Date"] = "Mon, 02 Mar 2026 09:00:00 +0800"
    message.set_content(body, subtype="html" if html else "plain")
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def _saved(made: object) -> bytes:
    data = io.BytesIO()
    made.save(data)  # type: ignore[attr-defined]  # each library's own
    return data.getvalue()
