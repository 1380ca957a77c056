"""A run as a whole: order, duplicates, failures that are remembered, and runs that are ended early."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.bundles import with_ancestors
from ingest.limits import Limits
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.zip import ZipParser
from ingest.progress import Progress
from ingest.questions import QuestionIndexing
from ingest.report import Status, SyncReport
from ingest.source import Item
from ingest.sources.folder import FolderSource
from ingest.sync import Sync
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.embedder import PassageVectors
from knowledge.errors import IndexUnavailable
from tests.doubles.failures import InMemoryFailureStore
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryQuestionStore
from tests.doubles.stores import InMemoryOriginals
from tests.doubles.vector_index import InMemoryVectorIndex
from tests.unit.ingest.made_files import archive

GOOD, OTHER = "续约前九十天复盘。".encode(), "试用一般一周。".encode()
BAD = b"PK\x03\x04 cut off"


@dataclass
class Bench:
    """A folder, and everything that indexes it."""

    folder: Path

    def __post_init__(self) -> None:
        embedder, vectors = HashingEmbedder(), InMemoryVectorIndex()
        self.store, self.failed = InMemoryKnowledgeStore(), InMemoryFailureStore()
        self.sync = Sync(
            parsers={".md": MarkdownParser(), ".zip": ZipParser(Limits())},
            embedder=embedder,
            vectors=vectors,
            store=self.store,
            originals=InMemoryOriginals(),
            added=QuestionIndexing(embedder=embedder, vectors=vectors, store=InMemoryQuestionStore(self.store)),
            failures=self.failed,
            now=lambda: datetime(2026, 11, 26, tzinfo=UTC),
        )

    def write(self, files: Mapping[str, bytes]) -> None:
        for path in self.folder.iterdir():
            path.unlink()
        for name, data in files.items():
            (self.folder / name).write_bytes(data)

    def run(self, files: Mapping[str, bytes] | None = None, cancel_after: int | None = None) -> SyncReport:
        if files is not None:
            self.write(files)
        done: list[int] = [0]

        def listen(progress: Progress) -> None:
            done.append(progress.done)

        return self.sync.run([FolderSource(self.folder)], listen, cancelled=lambda: done[-1] == cancel_after)

    def retry(self) -> SyncReport:
        source = FolderSource(self.folder)
        names = with_ancestors(failure.source for failure in self.failed.failures())
        return self.sync.run([source], again={source.origin: names})

    @property
    def failures(self) -> dict[str, int]:
        """Attempts by source."""
        return {failure.source: failure.attempts for failure in self.failed.failures()}

    @property
    def sources(self) -> list[str]:
        return [summary.source for summary in self.store.summaries()]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def told(report: SyncReport) -> dict[str, str]:
    return {line.source: line.status.value for line in report.documents}


def test_lines_come_in_the_order_of_the_source_and_duplicates_name_the_first(bench: Bench) -> None:
    report = bench.run({f"{n:02}.md": GOOD if n % 3 else f"第 {n} 条。".encode() for n in range(60)})
    assert [line.source for line in report.documents] == [f"{n:02}.md" for n in range(60)]
    assert [line.duplicate_of for line in report.documents] == [
        None if n % 3 == 0 or n == 1 else "01.md" for n in range(60)
    ]


def test_a_near_duplicate_is_told_within_one_run(bench: Bench) -> None:
    text = "".join(f"第 {n} 家门店先开收银,再开线上店。" for n in range(60))
    report = bench.run({"a.md": text.encode(), "b.md": text.replace("第 7 家", "第七家").encode()})
    assert [len(line.warnings) for line in report.documents] == [0, 1]
    assert "near_duplicate_of 'a.md'" in report.documents[1].warnings[0]


def test_files_are_read_while_others_are_embedded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    last_was_read = threading.Event()
    fetch, embed = FolderSource.fetch, HashingEmbedder.embed_sentences

    def fetch_and_tell(source: FolderSource, item: Item) -> bytes:
        if item.source == "39.md":
            last_was_read.set()
        return fetch(source, item)

    def embed_late(*arguments: Any) -> PassageVectors:
        assert last_was_read.wait(30), "reading waits for the embedder"
        return embed(*arguments)

    monkeypatch.setattr(FolderSource, "fetch", fetch_and_tell)
    monkeypatch.setattr(HashingEmbedder, "embed_sentences", embed_late)
    assert bench.run({f"{n}.md": f"第 {n} 条。".encode() for n in range(10, 40)}).count(Status.ADDED) == 30


def test_every_stage_is_counted_to_the_end(bench: Bench) -> None:
    bench.write({"a.md": GOOD, "x.zip": archive({"b.md": OTHER, "c.md": GOOD})})
    told: list[Progress] = []
    bench.sync.run([FolderSource(bench.folder)], told.append)
    assert [(stage.name, stage.done, stage.total) for stage in told[-1].stages] == [
        ("read", 2, 2),
        ("embed", 2, 2),
        ("index", 2, 2),
    ]
    assert {stage.characters for stage in told[-1].stages} == {25}


def test_a_failure_is_remembered_until_it_succeeds(bench: Bench) -> None:
    bench.run({"a.md": GOOD, "x.zip": BAD})
    (failure,) = bench.failed.failures()
    assert (failure.source, failure.stage, failure.code, failure.attempts) == ("x.zip", "parse", "damaged_file", 1)
    assert "x.zip" in failure.reason
    bench.run()
    assert bench.failures == {"x.zip": 2}
    bench.run({"a.md": GOOD, "x.zip": archive({"b.md": OTHER})})
    assert bench.failures == {}


def test_a_failure_goes_with_its_file(bench: Bench) -> None:
    bench.run({"a.md": GOOD, "x.zip": BAD})
    bench.run({"a.md": GOOD})
    assert bench.failures == {}


def test_what_cannot_be_fetched_failed_at_that(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write({"a.md": GOOD})
    monkeypatch.setattr(Path, "read_bytes", _refuse)
    bench.run()
    assert [(failure.stage, failure.code) for failure in bench.failed.failures()] == [("fetch", "unreadable_source")]


def _refuse(_: Path) -> bytes:
    raise PermissionError(13, "Permission denied")


def test_a_part_that_failed_stays_while_its_archive_is_unchanged_and_goes_with_it(bench: Bench) -> None:
    files = {"x.zip": archive({"a.md": GOOD, "b.zip": BAD})}
    bench.run(files)
    assert bench.failures == {"x.zip/b.zip": 1}
    bench.run()
    assert bench.failures == {"x.zip/b.zip": 1}
    bench.run({"x.zip": archive({"a.md": GOOD})})
    assert bench.failures == {}


def test_a_retry_reads_only_what_failed_and_deletes_nothing(bench: Bench) -> None:
    bench.run({"a.md": GOOD, "b.md": OTHER, "x.zip": BAD})
    bench.write({"b.md": OTHER + GOOD, "x.zip": archive({"c.md": "谁负责续费?".encode()})})
    report = bench.retry()
    assert told(report) == {"x.zip": "added"}
    assert bench.failures == {}
    assert bench.sources == ["a.md", "b.md", "x.zip", "x.zip/c.md"]


def test_a_retry_opens_an_unchanged_archive_for_its_failed_part(bench: Bench) -> None:
    bench.run({"x.zip": archive({"a.md": GOOD, "b.zip": BAD})})
    (line,) = bench.retry().documents
    assert [(part.source, part.status.value) for part in line.parts] == [
        ("x.zip/a.md", "unchanged"),
        ("x.zip/b.zip", "failed"),
    ]
    assert bench.failures == {"x.zip/b.zip": 2}


def test_a_retry_forgets_what_is_gone(bench: Bench) -> None:
    bench.run({"a.md": GOOD, "x.zip": BAD})
    bench.write({"a.md": GOOD})
    assert told(bench.retry()) == {}
    assert bench.failures == {}


def test_a_cancelled_run_ends_between_documents_and_the_next_goes_on(bench: Bench) -> None:
    bench.run({"old.md": OTHER})
    bench.write({f"{n}.md": f"第 {n} 条。".encode() for n in range(9)})
    report = bench.run(cancel_after=3)
    assert (report.cancelled, report.left, len(report.documents)) == (True, 6, 3)
    assert bench.sources == ["0.md", "1.md", "2.md", "old.md"]
    report = bench.run()
    assert (report.cancelled, report.left) == (False, 0)
    assert list(told(report).values()) == ["unchanged"] * 3 + ["added"] * 6 + ["deleted"]


def test_a_run_that_is_cancelled_at_its_end_is_complete(bench: Bench) -> None:
    bench.run({"old.md": OTHER})
    bench.write({"a.md": GOOD})
    report = bench.run(cancel_after=1)
    assert (report.cancelled, told(report)) == (False, {"a.md": "added", "old.md": "deleted"})


def test_a_store_that_fails_ends_the_run_and_its_reader(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write({f"{n}.md": f"第 {n} 条。".encode() for n in range(5)})

    def refuse(_: object) -> None:
        raise IndexUnavailable("The disk is full.")

    monkeypatch.setattr(bench.store, "save", refuse)
    with pytest.raises(IndexUnavailable):
        bench.run()
    assert "reading" not in {thread.name for thread in threading.enumerate()}
    assert bench.failures == {}


def test_what_ends_the_reader_ends_the_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write({f"{n}.md": f"第 {n} 条。".encode() for n in range(5)})
    fetched: list[str] = []

    def fetch(_: FolderSource, item: Item) -> bytes:
        fetched.append(item.source)
        raise SystemExit  # no error of an item: the reader itself ends

    monkeypatch.setattr(FolderSource, "fetch", fetch)
    with pytest.raises(SystemExit):
        bench.run()
    assert fetched == ["0.md"]
