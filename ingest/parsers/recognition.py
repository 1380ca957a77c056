"""What a file is by its first bytes: names lie, exports are renamed, error pages are saved as documents."""

from __future__ import annotations

import io
import zipfile

from ingest.errors import DamagedFile, PasswordProtected, UnsupportedFormat
from ingest.source import Item

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OFFICE = (("word/", ".docx"), ("ppt/", ".pptx"), ("xl/", ".xlsx"))
#: Formats whose files always begin with the same bytes.
_MARKED = {".pdf", ".docx", ".docm", ".pptx", ".xlsx", ".xlsm", ".zip"}
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body")


def recognised(item: Item, data: bytes) -> str:
    """Return the suffix of what `data` is; that of the item's name where nothing speaks against it.

    Raises:
        PasswordProtected: an Office file that is encrypted.
        UnsupportedFormat: an Office file of before 2007.
        DamagedFile: a page of HTML or something else under the name of a document.
    """
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise PasswordProtected(f"{item.source!r} needs a password. Save it without one.")
        raise UnsupportedFormat(f"{item.source!r} is in a format of before 2007. Save it as .docx, .pptx or .xlsx.")
    if data.startswith(_ZIP):
        return _packed(item.media, data)
    if _PDF in data[:1024]:
        return ".pdf"
    if item.media not in _MARKED or not data:
        return item.media
    if any(data[:1024].lstrip().lower().startswith(mark) for mark in _MARKUP):
        raise DamagedFile(
            f"{item.source!r} is a page of HTML, perhaps of a sign-in or an error, not a {item.media} file. "
            "Download it anew, or name it .html."
        )
    raise DamagedFile(f"{item.source!r} does not begin as a {item.media} file does. Get it anew.")


def _packed(media: str, data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return media  # the parser says what is wrong with it
    if "[Content_Types].xml" in names:
        for folder, suffix in _OFFICE:
            if any(name.startswith(folder) for name in names):
                return suffix
    return ".zip"
