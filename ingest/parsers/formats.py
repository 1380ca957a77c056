"""Which parser reads which format; imported in the process that parses, and there only."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.exports.known import exported
from ingest.limits import Limits
from ingest.parser import Parser
from ingest.parsers.csv import CsvParser
from ingest.parsers.docx import DocxParser
from ingest.parsers.eml import EmlParser
from ingest.parsers.html import HtmlParser
from ingest.parsers.pdf import PdfParser
from ingest.parsers.pptx import PptxParser
from ingest.parsers.transcript import TranscriptParser
from ingest.parsers.xlsx import XlsxParser
from ingest.parsers.xml import XmlParser
from ingest.parsers.zip import ZipParser


def parsers(limits: Limits) -> Mapping[str, Parser]:
    """Return a parser for each suffix."""
    bare = HtmlParser()
    html, csv, xml, transcript = exported(bare), exported(CsvParser(limits)), XmlParser(), TranscriptParser()
    docx, xlsx = exported(DocxParser(limits)), exported(XlsxParser(limits))
    return {
        ".html": html,
        ".htm": html,
        ".xhtml": html,
        ".csv": csv,
        ".tsv": csv,
        ".docx": docx,
        ".docm": docx,
        ".eml": EmlParser(limits, bare),
        ".pdf": exported(PdfParser(limits)),
        ".pptx": PptxParser(limits),
        ".vtt": transcript,
        ".srt": transcript,
        ".xlsx": xlsx,
        ".xlsm": xlsx,
        ".xml": xml,
        ".rss": xml,
        ".atom": xml,
        ".zip": ZipParser(limits),
    }
