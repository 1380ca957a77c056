"""Files of every format, damaged at random by the hundred: a document comes out, or an error of ours that has a code.

What else comes out fails with the number of its mutation: `damaged(media, seed)` makes the same bytes again.
"""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from copilot.bootstrap.parsing import formats, parsers_of
from ingest.chunking import chunk_text
from ingest.errors import IngestError, ParseCrashed, ParseOutOfMemory, ParseTimeout
from ingest.limits import Limits
from ingest.parsers.isolated import IsolatedParser
from ingest.reading import Reader
from ingest.source import Item
from tests.unit.ingest.made_files import archive, docx, mail, pdf, pptx, xlsx
from tests.unit.ingest.test_exports import CONFLUENCE_PAGE, NOTION_PAGE
from tests.unit.ingest.test_formats import FAQ, RSS, VTT

LONG = bool(os.environ.get("COPILOT_TEST_LONG"))
#: Mutations of each format; those that take longest to read get fewer.
MANY = 1500 if LONG else 60
SLOW = {".pptx": 4, ".docx": 2, ".docm": 2, ".xlsx": 2, ".xlsm": 2}
#: What a process dies of is reported too, and is no way to read a file of a few kilobytes.
DEATHS = (ParseTimeout, ParseCrashed, ParseOutOfMemory)
LIMITS = Limits(seconds=30.0)

_PAGE = (
    "<html><head><title>续约</title></head><body><h1>续约</h1><p>续约前九十天复盘。</p><table><tr><td>a<td>b</table>"
)
_SRT = "1\n00:00:01,000 --> 00:00:03,000\n王芳: 我们先看用量。\n\n2\n00:02:00,000 --> 00:02:03,000\n李雷: 好。\n"
_ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>续约</title><entry><title>用量</title><summary>先看</summary></entry></feed>'
_FRONT = "---\ntitle: 续约\nkind: faq\nquestions:\n  - 多久 #简答\nreview_by: 2026-11-23\n---\n"
_TABLES = docx("# 续约", "续约前九十天复盘。", table=FAQ)
_BOOK = xlsx({"续约": [*FAQ, (1, 2.5, True)], "b": [("姓名", "城市")]}, hidden=["b"])
_CSV = '问题,答案\n试用多久,"一周,\n再一周"\n谁续费,客户成功\n'.encode()
_MAIL = mail("续约", "<p>见附件</p>", {"a.csv": _CSV, "../b.txt": b"x"}, html=True)
_SHIPPED = Path(__file__).parents[3] / "knowledge" / "corpus" / "faqs" / "faq-silent-payment.md"
SAMPLES: Mapping[str, list[bytes]] = {
    ".html": [_PAGE.encode(), CONFLUENCE_PAGE.encode(), _PAGE.encode("gb18030")],
    ".xml": [RSS.encode("gb18030"), _ATOM.encode()],
    ".csv": [_CSV, _CSV.decode().encode("utf-16")],
    ".tsv": [_CSV.replace(b",", b"\t")],
    ".vtt": [VTT.encode()],
    ".srt": [_SRT.encode()],
    ".eml": [_MAIL, mail("转发", "见内", {"m.eml": _MAIL})],
    ".zip": [archive({"a/一.txt": "续约".encode(), "b.csv": _CSV, "c.zip": archive({"d.md": b"# d"})})],
    ".pdf": [pdf("Renewal begins ninety days\nbefore the end.", "Second page.", invisible="Unseen.")],
    ".docx": [_TABLES],
    ".pptx": [pptx(("续约", "复盘。"), ("二", "丁"), notes="记住")],
    ".xlsx": [_BOOK],
    ".md": [(_FRONT + NOTION_PAGE).encode()],
    ".txt": ["续约前九十天复盘。\n".encode("gb18030"), "续约".encode("utf-16")],
    "record": ['{"id": "r1", "title": "续约", "text": "复盘", "questions": ["多久", {"text": "谁"}]}'.encode()],
    "corpus": [_SHIPPED.read_bytes()],
}  # fmt: skip
#: Other names of the same formats, read by the same parsers.
SAME_AS = {
    ".htm": ".html", ".xhtml": ".html", ".rss": ".xml", ".atom": ".xml", ".docm": ".docx", ".xlsm": ".xlsx",
    ".markdown": ".md", ".mdx": ".md", ".text": ".txt",
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """As a sync reads: what may hang or crash does so in a process of its own."""
    isolated = IsolatedParser(LIMITS)
    yield Reader(parsers_of(isolated), LIMITS)
    isolated.close()


def flipped(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def doubled(data: bytearray, chance: random.Random) -> None:
    begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    data[end:end] = data[begin:end] * chance.choice((1, 1, 2, 20))


def deleted(data: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(data))
    del data[begin : begin + chance.choice((1, 4, 30, 400))]


def replaced(data: bytearray, chance: random.Random) -> None:
    """Numbers become large, names and quotes break."""
    begin = chance.randrange(len(data))
    data[begin : begin + chance.choice((0, 1, 4))] = chance.choice(
        (b"\0", b"\xff\xff\xff\xff", b"9" * 12, b"-1", b"<", b'"', b"&#0;", b"\xd8\x00", b"\xed\xa0\x80", b"\r", b"%s")
    )


KINDS = (flipped, cut, doubled, deleted, replaced)


def damaged(media: str, seed: int) -> bytes:
    """Return a sample after one to three mutations; of an archive, every second time one member inside a sound one."""
    chance = random.Random(f"{media} {seed}")
    sample = chance.choice(SAMPLES[media])
    if sample.startswith(b"PK") and seed % 2:
        with zipfile.ZipFile(io.BytesIO(sample)) as packed:
            members = {name: packed.read(name) for name in packed.namelist()}
        name = chance.choice([name for name, body in members.items() if body])
        return archive(members | {name: mutated(members[name], chance)})
    return mutated(sample, chance)


def mutated(sample: bytes, chance: random.Random) -> bytes:
    data = bytearray(sample)
    for mutation in chance.choices(KINDS, k=chance.choice((1, 1, 2, 3))):
        if data:
            mutation(data, chance)
    return bytes(data)


def test_every_format_is_damaged() -> None:
    assert set(SAMPLES) | set(SAME_AS) == {*formats(), "record", "corpus"}


@pytest.mark.parametrize("media", SAMPLES)
def test_samples_are_read(media: str, reader: Reader) -> None:
    """What is damaged is worth reading before."""
    for data in SAMPLES[media]:
        assert read(reader, media, data) is None


@pytest.mark.parametrize("media", SAMPLES)
def test_damaged_files_give_a_document_or_a_stated_reason(media: str, reader: Reader) -> None:
    found = {seed: wrong for seed in range(MANY // SLOW.get(media, 1)) if (wrong := fault(reader, media, seed))}
    assert not found, "\n".join(f"damaged({media!r}, {seed}): {wrong}" for seed, wrong in found.items())


def fault(reader: Reader, media: str, seed: int) -> str | None:
    try:
        read(reader, media, damaged(media, seed))
    except DEATHS as death:
        return f"{death.code}: {death}"
    except IngestError as error:
        return None if error.code and error.message else f"says nothing: {error!r}"
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told with the number of its mutation
        return f"{error!r}"[-1500:]
    return None


def read(reader: Reader, media: str, data: bytes) -> None:
    """Read, clean and cut into chunks, as a sync does."""
    name = f"file{media}" if media.startswith(".") else _SHIPPED.stem
    document = reader.read(Item(source=f"folder/{name}", fingerprint="", media=media), data)
    document.text.encode()
    assert all(0 <= page <= len(document.text) for page in document.pages)
    for span in chunk_text(document.text, pages=document.pages):
        assert span.text
