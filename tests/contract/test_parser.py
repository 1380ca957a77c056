"""What every `Parser` promises: its own format, and what it does with bytes that are not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import PermanentIngestError
from ingest.parser import Parser
from ingest.parsers.html import HtmlParser
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.record import RecordParser
from ingest.source import Item
from knowledge.document import Document

TITLE, SENTENCE = "续约复盘", "续约前九十天,请客户成功经理与客户一起复盘目标。"


@dataclass(frozen=True, kw_only=True)
class Format:
    """A parser and a small file of its format that says TITLE and SENTENCE."""

    parser: Parser
    media: str
    sample: str

    def parse(self, data: bytes) -> Document:
        return self.parser.parse(Item(source=f"folder/file{self.media}", fingerprint="1", media=self.media), data)

    def text(self, data: bytes) -> str:
        """The text, or nothing when the parser refuses the bytes; any other failure passes through."""
        try:
            document = self.parse(data)
        except PermanentIngestError:
            return ""
        return document.text


FORMATS = {
    "markdown": Format(
        parser=MarkdownParser(), media=".md", sample=f"---\ntitle: {TITLE}\nkind: faq\n---\n# 标题\n\n{SENTENCE}\n"
    ),
    "text": Format(parser=MarkdownParser(), media=".txt", sample=f"---\ntitle: {TITLE}\n---\n{SENTENCE}\n"),
    "html": Format(
        parser=HtmlParser(),
        media=".html",
        sample=f"<html><head><title>{TITLE}</title></head><body><h1>续约</h1><p>{SENTENCE}</p></body></html>",
    ),
    "record": Format(
        parser=RecordParser(), media="record", sample=f'{{"id": "r1", "title": "{TITLE}", "text": "{SENTENCE}"}}'
    ),
}

DAMAGED = {
    "binary": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)),
    "zip": b"PK\x03\x04\x14\0\0\0" + bytes(range(255, 0, -1)),
    "noise": bytes((i * 73 + 41) % 251 + 1 for i in range(400)),
    "cut character": SENTENCE.encode()[:-1],
    "two encodings": SENTENCE.encode() + b"\xff\xfe\xfd" + SENTENCE.encode("gb18030"),
    "odd utf-16": b"\xff\xfea",
    "half a pair": b"\xff\xfe\x00\xd8",
    "only a mark": b"\xef\xbb\xbf",
    "impossible date": b"---\nreview_by: 2026-02-30\n---\nbody",
    "impossible time": b"---\nreview_by: 2026-11-23 99:99:99\n---\nbody",
    "deep front matter": b"---\na: " + b"[" * 5000 + b"\n---\nbody",
    "endless number": b"---\na: " + b"9" * 5000 + b"\n---\nbody",
    "front matter that calls": b"---\ntitle: !!python/object/apply:os.getcwd []\n---\nbody",
    "endless json number": b'{"id": "a", "text": ' + b"9" * 5000 + b"}",
    "deep json": b"[" * 100_000,
    "json of another shape": b'{"id": {"a": 1}, "text": ["x"]}',
    "json null": b"null",
    "deep html": b"<div>" * 5000 + b"x",
    "only a comment": b"<!-- nothing -->",
    "only a declaration": b'<?xml version="1.0" encoding="gb2312"?>',
    "control characters": b"<p>\x01\x0b a</p>",
}


@pytest.fixture(params=FORMATS)
def format_(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_its_own_format_gives_the_text(format_: Format) -> None:
    assert SENTENCE in format_.parse(format_.sample.encode()).text


def test_its_own_format_gives_the_title(format_: Format) -> None:
    assert format_.parse(format_.sample.encode()).title == TITLE


def test_its_own_format_gives_no_warnings(format_: Format) -> None:
    assert format_.parse(format_.sample.encode()).warnings == ()


def test_the_document_keeps_the_source_of_its_item(format_: Format) -> None:
    assert format_.parse(format_.sample.encode()).source == f"folder/file{format_.media}"


def test_parsing_again_gives_the_same_document(format_: Format) -> None:
    assert format_.parse(format_.sample.encode()) == format_.parse(format_.sample.encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "gb18030"])
@pytest.mark.parametrize("name", ["markdown", "text", "html"])
def test_files_in_other_encodings_give_the_same_text(name: str, encoding: str) -> None:
    sample = FORMATS[name].sample
    assert FORMATS[name].parse(sample.encode(encoding)).text == FORMATS[name].parse(sample.encode()).text


@pytest.mark.parametrize("data", [b"", b" \r\n\t"], ids=["empty", "blank"])
def test_nothing_in_gives_no_text(format_: Format, data: bytes) -> None:
    assert format_.text(data).strip() == ""


@pytest.mark.parametrize("damage", ["binary", "zip", "noise", "odd utf-16", "half a pair", "two encodings"])
def test_bytes_that_are_no_text_are_refused_for_good(format_: Format, damage: str) -> None:
    with pytest.raises(PermanentIngestError):
        format_.parse(DAMAGED[damage])


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_bytes_give_a_document_or_a_permanent_error(format_: Format, damage: str) -> None:
    assert isinstance(format_.text(DAMAGED[damage]), str)


def test_a_file_cut_anywhere_gives_a_document_or_a_permanent_error(format_: Format) -> None:
    data = format_.sample.encode()
    assert all(isinstance(format_.text(data[:end]), str) for end in range(len(data)))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.floats(0, 1), junk=st.binary(min_size=1, max_size=8))
def test_junk_anywhere_in_a_file_gives_a_document_or_a_permanent_error(name: str, place: float, junk: bytes) -> None:
    data = FORMATS[name].sample.encode()
    at = int(place * len(data))
    assert isinstance(FORMATS[name].text(data[:at] + junk + data[at:]), str)


@pytest.mark.parametrize(
    ("name", "data"),
    [("record", b'{"id": "a", "text": "x\\ud800y"}'), ("html", b"<p>x&#xD800;y</p>"), ("markdown", b"x&#xD800;y")],
)
def test_no_parser_gives_text_that_cannot_be_written_down(name: str, data: bytes) -> None:
    text = FORMATS[name].text(data)
    assert text.encode(errors="replace").decode() == text


def test_text_in_deeply_nested_html_is_not_lost_silently() -> None:
    data = b"<div>" * 5000 + SENTENCE.encode()
    html = FORMATS["html"]
    try:
        document = html.parse(data)
    except PermanentIngestError:
        return
    assert SENTENCE in document.text or document.warnings
