"""Archives and mails: each member is a document of its own, and only what changed is touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.limits import Limits
from ingest.parser import Parser
from ingest.parsers.eml import EmlParser
from ingest.parsers.html import HtmlParser
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.record import RecordParser
from ingest.parsers.zip import ZipParser
from ingest.questions import QuestionIndexing
from ingest.report import ItemReport, SyncReport
from ingest.sources.folder import FolderSource
from ingest.sources.records import RecordsSource
from ingest.sync import Sync
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.failures import InMemoryFailureStore
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryQuestionStore
from tests.doubles.stores import InMemoryOriginals
from tests.doubles.vector_index import InMemoryVectorIndex
from tests.unit.ingest.made_files import archive, mail


@dataclass
class Bench:
    """A folder, and everything that indexes it."""

    folder: Path
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        embedder, vectors = HashingEmbedder(), InMemoryVectorIndex()
        self.store = InMemoryKnowledgeStore()
        parsers: dict[str, Parser] = {
            ".md": MarkdownParser(),
            "record": RecordParser(),
            ".zip": ZipParser(self.limits),
            ".eml": EmlParser(self.limits, HtmlParser()),
        }
        self.sync = Sync(
            parsers=parsers,
            embedder=embedder,
            vectors=vectors,
            store=self.store,
            originals=InMemoryOriginals(),
            added=QuestionIndexing(embedder=embedder, vectors=vectors, store=InMemoryQuestionStore(self.store)),
            failures=InMemoryFailureStore(),
            limits=self.limits,
        )

    def run(self, files: Mapping[str, bytes]) -> SyncReport:
        for path in self.folder.iterdir():
            path.unlink()
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        return self.sync.run([FolderSource(self.folder)])

    @property
    def versions(self) -> dict[str, int]:
        return {summary.source: summary.version for summary in self.store.summaries()}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def told(line: ItemReport) -> tuple[str, str, list[object]]:
    """Source, status and the same of the parts."""
    return line.source, line.status.value, [told(part) for part in line.parts]


A, B, C = "续约前九十天复盘。".encode(), "试用一般一周。".encode(), "谁负责续费?".encode()


def test_a_file_has_one_line_and_its_members_stand_under_it(bench: Bench) -> None:
    report = bench.run({"x.zip": archive({"a.md": A, "b.md": B}), "c.md": C})
    assert [told(line) for line in report.documents] == [
        ("c.md", "added", []),
        ("x.zip", "added", [("x.zip/a.md", "added", []), ("x.zip/b.md", "added", [])]),
    ]


def test_an_unchanged_archive_is_told_with_its_members_and_not_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"x.zip": archive({"a.md": A, "y.zip": archive({"b.md": B})})}
    bench.run(files)
    monkeypatch.setattr(FolderSource, "fetch", lambda *_: pytest.fail("it was read"))
    (line,) = bench.sync.run([FolderSource(bench.folder)]).documents
    inner = ("x.zip/y.zip", "unchanged", [("x.zip/y.zip/b.md", "unchanged", [])])
    assert told(line) == ("x.zip", "unchanged", [("x.zip/a.md", "unchanged", []), inner])


def test_records_lie_in_nothing_whatever_slashes_their_ids_have(bench: Bench) -> None:
    file = bench.folder / "records.jsonl"

    def run(**texts: str) -> list[tuple[str, str, list[object]]]:
        lines = (json.dumps({"id": id.replace("_", "/"), "title": id, "text": text}) for id, text in texts.items())
        file.write_text("\n".join(lines), encoding="utf-8")
        return [told(line) for line in bench.sync.run([RecordsSource(file)]).documents]

    run(a="续约前九十天复盘。", a_b="试用一般一周。", a_b_c="谁负责续费?")
    assert run(a="续约前六十天复盘。", a_b="试用一般一周。", a_b_c="谁负责续费?") == [
        ("a", "updated", []),
        ("a/b", "unchanged", []),
        ("a/b/c", "unchanged", []),
    ]
    assert run(a="", a_b_c="谁负责续费?")[-1] == ("a/b", "deleted", [])
    bench.sync.delete(bench.store.find("a/b/c").id)
    run(a="续约前九十天复盘。", a_b="试用一般一周。")
    bench.sync.delete(bench.store.find("a").id)
    assert list(bench.versions) == ["a/b"]


def test_only_what_changed_in_an_archive_is_touched(bench: Bench) -> None:
    bench.run({"x.zip": archive({"a.md": A, "b.md": B, "c.md": C})})
    (line,) = bench.run({"x.zip": archive({"a.md": A, "b.md": B + B})}).documents
    assert told(line) == (
        "x.zip",
        "updated",
        [("x.zip/a.md", "unchanged", []), ("x.zip/b.md", "updated", []), ("x.zip/c.md", "deleted", [])],
    )
    assert bench.versions == {"x.zip": 2, "x.zip/a.md": 1, "x.zip/b.md": 2}


def test_what_vanished_goes_with_all_that_was_in_it(bench: Bench) -> None:
    bench.run({"x.zip": archive({"a.md": A, "y.zip": archive({"b.md": B})}), "c.md": C})
    report = bench.run({"c.md": C})
    assert [(line.source, line.status.value) for line in report.documents] == [
        ("c.md", "unchanged"),
        ("x.zip", "deleted"),
    ]
    assert list(bench.versions) == ["c.md"]


def test_a_broken_archive_keeps_what_was_last_read_of_it(bench: Bench) -> None:
    bench.run({"x.zip": archive({"a.md": A})})
    (line,) = bench.run({"x.zip": b"PK\x03\x04 cut off"}).documents
    assert (line.status.value, line.code) == ("failed", "damaged_file")
    assert list(bench.versions) == ["x.zip", "x.zip/a.md"]


def test_a_failed_member_is_told_and_the_others_get_in(bench: Bench) -> None:
    (line,) = bench.run({"x.zip": archive({"a.md": A, "b.exe": b"MZ"})}).documents
    assert line.status.value == "added"
    assert [(part.status.value, part.code) for part in line.parts] == [
        ("added", None),
        ("failed", "unsupported_format"),
    ]
    assert line.warnings == ("1 of 2 parts could not be read: 'x.zip/b.exe' (unsupported_format)",)


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"a.exe": b"MZ"}, "failed", "unsupported_format"),
        ({"a.md": b" "}, "empty", "no_text"),
        ({}, "empty", "no_text"),
    ],
)
def test_an_archive_of_which_nothing_gets_in_is_not_stored(
    bench: Bench, members: Mapping[str, bytes], status: str, code: str
) -> None:
    (line,) = bench.run({"x.zip": archive(members)}).documents
    assert (line.status.value, line.code) == (status, code)
    assert bench.versions == {}


def test_a_mail_is_a_document_with_its_attachments(bench: Bench) -> None:
    data = mail("报价", "见附件。", {"a.md": A, "b.eml": mail("内", "里面。")})
    (line,) = bench.run({"m.eml": data}).documents
    assert told(line) == ("m.eml", "added", [("m.eml/a.md", "added", []), ("m.eml/b.eml", "added", [])])
    assert line.characters > 0


def test_archives_may_not_lie_too_deep(bench: Bench) -> None:
    data = archive({"a.md": A})
    for _ in range(4):
        data = archive({"x.zip": data, "b.md": B})
    line = bench.run({"x.zip": data}).documents[0]
    codes = []
    while line.parts:
        line = line.parts[-1]
        codes.append(line.code)
    assert codes == [None, None, "nested_too_deeply"]


def test_archives_together_may_not_unpack_to_more_than_one_may(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Limits(bytes=400_000))
    inner = archive({"a.md": bytes(150_000)})
    (line,) = bench.run({"x.zip": archive({f"{n}.zip": inner for n in range(4)})}).documents
    assert [part.code for part in line.parts][-2:] == ["too_large", "too_large"]


def test_deleting_an_archive_deletes_its_members(bench: Bench) -> None:
    bench.run({"x.zip": archive({"a.md": A}), "c.md": C})
    bench.sync.delete(bench.store.find("x.zip").id)
    assert list(bench.versions) == ["c.md"]


def test_a_near_duplicate_is_named(bench: Bench) -> None:
    text = "".join(f"第{n}步先看客户第{n}周的用量,再约第{n * 7}位决策人。" for n in range(60))
    report = bench.run(
        {"a.md": text.encode(), "b.md": text.replace("第9步", "第9大步").encode(), "c.md": text[::-1].encode()}
    )
    assert report.documents[0].warnings == ()
    assert report.documents[1].warnings[0].startswith("near_duplicate_of 'a.md': about ")
    assert report.documents[2].warnings == ()
