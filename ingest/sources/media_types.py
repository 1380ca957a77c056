"""What the web calls a format → the suffix that says the same of a file."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

_OFFICE = "application/vnd.openxmlformats-officedocument"
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "message/rfc822": ".eml",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    f"{_OFFICE}.wordprocessingml.document": ".docx",
    "application/vnd.ms-word.document.macroenabled.12": ".docm",
    f"{_OFFICE}.presentationml.presentation": ".pptx",
    f"{_OFFICE}.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
}
#: Said of anything; the name in the address says more.
_UNSPECIFIC = {"", "application/octet-stream", "binary/octet-stream", "application/download"}
#: Served as plain text by servers that do not know better.
_TEXT = {".md", ".markdown", ".mdx", ".csv", ".tsv", ".vtt", ".srt", ".html", ".htm", ".xml"}


def media_of(url: str, content_type: str) -> str:
    """Return the suffix of the format, or the content type itself where no suffix stands for it."""
    kind = content_type.partition(";")[0].strip().lower()
    suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    if kind == "text/plain":
        return suffix if suffix in _TEXT else ".txt"
    if kind in _UNSPECIFIC:
        return suffix or kind
    return _SUFFIXES.get(kind, kind)
