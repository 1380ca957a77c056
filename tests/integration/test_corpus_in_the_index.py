"""What of the corpus reaches the index, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.bootstrap import Application
from copilot.interfaces.contract import AskBody
from ingest.report import Status
from ingest.sources.corpus import CorpusSource
from knowledge.document import Audience
from tests.unit.test_corpus import GOOD


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A right document, a wrong one, a glossary page."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "faq-x.md").write_text(GOOD, encoding="utf-8")
    (folder / "faq-wrong.md").write_text(GOOD.replace("kind: faq", "kind: essay"), encoding="utf-8")
    page = GOOD.replace("faq-x", "glossary-x").replace("kind: faq", "kind: other").replace("问", "术语问")
    page = page.replace("in english", "glossary english").replace("#简答", "#ndr净收入留存率")
    page = page.replace("## 简答\n\n先给完整的答案。", "## NDR(净收入留存率)\n\n老客户今年的收入除以去年的收入。")
    (folder / "glossary-x.md").write_text(page, encoding="utf-8")
    (folder / "front-matter.schema.json").write_text("{}", encoding="utf-8")
    return folder


def test_an_invalid_document_stops_only_itself(application: Application, corpus: Path) -> None:
    report = application.indexing._sync.run([CorpusSource(corpus)])
    states = {line.source: (line.status, line.code) for line in report.documents}
    assert states == {
        "faq-wrong.md": (Status.FAILED, "invalid_corpus_document"),
        "faq-x.md": (Status.ADDED, None),
        "glossary-x.md": (Status.ADDED, None),
    }
    assert "line 3" in next(line.reason or "" for line in report.documents if line.status is Status.FAILED)


def test_a_hit_on_a_question_or_alias_cites_the_section(application: Application, corpus: Path) -> None:
    application.indexing._sync.run([CorpusSource(corpus)])
    (passage, *_) = application.copilot.search("净收入留存率", 3, Audience.INTERNAL).passages
    answer = application.copilot.ask(AskBody(question="术语问五"))
    assert passage.source == "glossary-x.md"
    assert "question" in passage.found_by
    assert all("术语问五" not in citation.quote for citation in answer.citations)
