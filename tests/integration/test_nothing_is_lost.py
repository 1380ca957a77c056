"""What cannot be read today must not take away what was read yesterday."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from copilot.bootstrap import Application, Readiness
from copilot.errors import InvalidRequest
from ingest.sources.folder import FolderSource
from knowledge.document import Audience
from knowledge.errors import AmbiguousDocument, IndexUnavailable
from knowledge.query import Query
from knowledge.store import Indexed


def _sources(application: Application) -> list[str]:
    return [line.source for line in application.copilot.documents().documents]


def test_a_folder_that_cannot_be_opened_keeps_its_documents(
    application: Application, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = knowledge_folder / "below"
    below.mkdir()
    (below / "deep.md").write_text("# 深处\n\n文件夹里的文档。\n", encoding="utf-8")
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    _close(below, monkeypatch)
    report = application.indexing.ingest([str(knowledge_folder)], corpus=False)
    assert (report.deleted, report.failed) == (0, 1)
    assert "below/deep.md" in _sources(application)


def _close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to list a folder, also for the all-powerful user that tests may run as."""
    scan = os.scandir

    def refuse(path: str) -> object:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(folder))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)


def test_a_damaged_file_of_records_deletes_none(application: Application, tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    good = ['{"id": 0, "text": "第一条记录。"}', '{"id": "b", "text": "第二条记录。"}']
    records.write_text("\n".join(good), encoding="utf-8")
    application.indexing.ingest([str(records)], corpus=False)
    records.write_text(good[0] + "\n" + good[1][:10], encoding="utf-8")
    report = application.indexing.ingest([str(records)], corpus=False)
    assert (report.deleted, report.failed) == (0, 1)
    assert _sources(application) == ["0", "b"]


def test_lost_vectors_are_told_and_made_anew(application: Application, knowledge_folder: Path) -> None:
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    for line in application.copilot.documents().documents:
        application.vectors.remove(line.id, line.version)  # type: ignore[arg-type]  # an id as the list shows it
    assert application.copilot.search("续费", 3, Audience.INTERNAL).degraded == ["search"]
    with pytest.raises(IndexUnavailable, match="copilot ingest"):
        application.retriever.strict().retrieve(Query(text="续费"))
    ready = Readiness(application)
    ready.warm_up()
    assert "copilot ingest" in (ready().parts["vectors"].detail or "")
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    found = application.copilot.search("续费", 3, Audience.INTERNAL)
    assert (bool(found.passages), found.degraded) == (True, [])


def test_one_file_that_no_store_takes_stops_only_itself(
    application: Application, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (knowledge_folder / "a-odd.md").write_text("# 怪文件\n\n正文。\n", encoding="utf-8")
    save = application.store.save

    def picky(entry: Indexed) -> None:
        if entry.stored.document.source.endswith("a-odd.md"):
            raise ValueError("not this one")
        save(entry)

    monkeypatch.setattr(application.store, "save", picky)
    report = application.indexing.ingest([str(knowledge_folder)], corpus=False)
    assert (report.added, report.failed) == (2, 1)
    assert [one.code for one in report.documents if one.code] == ["internal_error"]


def test_half_a_character_in_front_matter_fails_no_file(application: Application, knowledge_folder: Path) -> None:
    (knowledge_folder / "a-odd.md").write_text('---\ntitle: "half \\ud83d"\n---\n# 标题\n\n正文。\n', encoding="utf-8")
    report = application.indexing.ingest([str(knowledge_folder)], corpus=False)
    assert (report.added, report.failed) == (3, 0)
    assert "half \ufffd" in [one.title for one in application.copilot.documents().documents]


def test_documents_of_one_name_are_told_apart(application: Application, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(f"# {name}\n\n{name} 的内容。\n", encoding="utf-8")
    application.indexing.ingest([str(tmp_path / "one"), str(tmp_path / "other")], corpus=False)
    with pytest.raises(AmbiguousDocument, match="Use the id"):
        application.copilot.delete_document("a.md")
    (first, _) = application.copilot.documents().documents
    application.copilot.delete_document(first.id)
    assert len(_sources(application)) == 1


def test_the_same_folder_named_twice_is_one_source(application: Application, knowledge_folder: Path) -> None:
    report = application.indexing.ingest([str(knowledge_folder), str(knowledge_folder)], corpus=False)
    assert (report.added, len(report.documents)) == (2, 2)


def test_nothing_to_ingest_is_no_ingestion_of_the_corpus(application: Application) -> None:
    with pytest.raises(InvalidRequest):
        application.indexing.ingest([], corpus=False)


def test_a_stopped_ingestion_deletes_nothing(application: Application, knowledge_folder: Path) -> None:
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    (knowledge_folder / "renewal.md").unlink()
    application.indexing._sync.stop()
    report = application.indexing._sync.run([FolderSource(knowledge_folder)])
    assert report.documents == ()
    assert "renewal.md" in _sources(application)
