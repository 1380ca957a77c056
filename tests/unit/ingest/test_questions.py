"""Questions beside a document that is indexed already: added, carried over, removed; killed anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.parsers.markdown import MarkdownParser
from ingest.questions import QuestionIndexing
from ingest.sources.folder import FolderSource
from ingest.sync import Sync
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import ChunkQuestion, Writer, added_question
from knowledge.question_store import QuestionedDocument
from knowledge.reader import STAFF
from tests.doubles.failures import InMemoryFailureStore
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryQuestionStore
from tests.doubles.stores import InMemoryOriginals
from tests.doubles.vector_index import InMemoryVectorIndex

#: Long enough for a chunk each, so that the two sections are not joined.
OPENING = "先开收银台,再开线上商城,最后导入会员资料。" * 10
TEXT = f"---\naudience: {{audience}}\n---\n# 上线\n\n## 开店\n\n{OPENING}\n\n## 培训\n\n{{training}}\n"
TRAINING = "第一周给店长做两次培训,第二周看使用数据,再决定补课。"
ASKED = "新店先开哪个"


class Killed(BaseException):
    """The process ends here: nothing may catch it."""


@dataclass
class Bench:
    """A folder with one document, and everything that indexes it."""

    folder: Path

    def __post_init__(self) -> None:
        self.embedder = HashingEmbedder()
        self.vectors = InMemoryVectorIndex()
        self.documents = InMemoryKnowledgeStore()
        self.questions = InMemoryQuestionStore(self.documents)
        self.indexing = QuestionIndexing(embedder=self.embedder, vectors=self.vectors, store=self.questions)
        self.sync = Sync(
            parsers={".md": MarkdownParser()},
            embedder=self.embedder,
            vectors=self.vectors,
            store=self.documents,
            originals=InMemoryOriginals(),
            added=self.indexing,
            failures=InMemoryFailureStore(),
        )

    def write(self, *, training: str = TRAINING, audience: str = "internal") -> None:
        text = TEXT.format(training=training, audience=audience)
        (self.folder / "a.md").write_text(text, encoding="utf-8")
        self.sync.run([FolderSource(self.folder)])

    @property
    def current(self) -> QuestionedDocument:
        (summary,) = self.documents.summaries()
        found = self.questions.current(summary.id)
        assert found is not None
        return found

    def question(self, text: str, part: str, writer: Writer = Writer.MACHINE) -> ChunkQuestion:
        (chunk,) = [chunk for chunk in self.current.chunks if part in chunk.span.text]
        return added_question(chunk.id, text, writer)

    def add(self, *questions: ChunkQuestion) -> bool:
        return self.indexing.add(self.current.id, self.current.version, questions)

    def led_to(self, text: str) -> list[str]:
        """Texts of the chunks that a question leads to by its vector alone."""
        near = self.vectors.search("question", self.embedder.embed_queries([text])[0], 10, STAFF)
        texts = {chunk.id: chunk.span.text for chunk in self.current.chunks}
        return [texts.get(chunk, "gone") for chunk, cosine in near.items() if cosine > 0.99]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    opened = Bench(tmp_path)
    opened.write(training=TRAINING * 10)
    return opened


def test_an_added_question_leads_to_its_chunk_without_embedding_the_document(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.embedder, "embed_passages", _refuse_long(bench.embedder))
    assert bench.add(bench.question(ASKED, "收银台"))
    (text,) = bench.led_to(ASKED)
    assert "收银台" in text


def _refuse_long(embedder: HashingEmbedder) -> object:
    embed = embedder.embed_passages

    def only_questions(texts: list[str]) -> object:
        assert all(len(text) < 30 for text in texts), "a passage was embedded again"
        return embed(texts)

    return only_questions


def test_a_question_of_a_replaced_version_is_not_added(bench: Bench) -> None:
    stale, version = bench.question(ASKED, "收银台"), bench.current.version
    bench.write(training="改过了。" * 40)
    assert not bench.indexing.add(bench.current.id, version, [stale])
    assert bench.current.questions == []


@pytest.mark.parametrize("writer", [Writer.MACHINE, Writer.PERSON])
def test_an_added_question_stays_with_its_unchanged_chunk(bench: Bench, writer: Writer) -> None:
    bench.add(bench.question(ASKED, "收银台", writer))
    bench.write(training="培训改为线上进行,每周一次。" * 20)
    assert bench.current.version == 2
    assert bench.current.questions == [bench.question(ASKED, "收银台", writer)]
    (text,) = bench.led_to(ASKED)
    assert "收银台" in text


def test_an_added_question_goes_with_its_changed_chunk(bench: Bench) -> None:
    asked = "培训要做几次"
    bench.add(bench.question(asked, "店长"))
    bench.write(training="不再培训店长,改发手册。" * 20)
    assert bench.current.questions == []
    assert bench.led_to(asked) == []


def test_a_question_about_an_internal_document_is_not_shown_to_customers_later(bench: Bench) -> None:
    kept = bench.question("导入会员要多久", "收银台")
    bench.add(bench.question(ASKED, "收银台", Writer.PERSON), kept)
    bench.write(training=TRAINING * 10, audience="customer")
    assert [question.text for question in bench.current.questions] == [kept.text]
    assert bench.led_to(ASKED) == []


def test_a_question_that_the_document_now_asks_itself_is_not_there_twice(bench: Bench) -> None:
    bench.add(bench.question(ASKED, "收银台"))
    text = TEXT.format(training=TRAINING * 10, audience="internal").replace(
        "---\naud", f"---\nquestions:\n- {ASKED}? #开店\naud"
    )
    (bench.folder / "a.md").write_text(text, encoding="utf-8")
    bench.sync.run([FolderSource(bench.folder)])
    assert [question.writer for question in bench.current.questions] == [Writer.DOCUMENT]


def test_removed_questions_lead_nowhere_and_the_others_stay(bench: Bench) -> None:
    other = bench.question("会员资料什么时候导", "收银台", Writer.PERSON)
    bench.add(bench.question(ASKED, "收银台"), other)
    assert bench.indexing.remove(bench.current.id, [bench.question(ASKED, "收银台").id]) == 1
    assert (bench.led_to(ASKED), bench.current.questions) == ([], [other])


@pytest.mark.parametrize("moment", ["after the intent", "after the vectors"])
def test_a_kill_while_adding_leaves_nothing_behind(bench: Bench, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    question = bench.question(ASKED, "收银台")
    with monkeypatch.context() as patched:
        patched.setattr(bench.vectors if moment == "after the intent" else bench.questions, "add", die)
        with pytest.raises(Killed):
            bench.add(question)
    assert bench.current.questions == []
    bench.sync.run([FolderSource(bench.folder)])
    assert (bench.led_to(ASKED), list(bench.questions.leftovers())) == ([], [])
    assert bench.add(question)
    assert len(bench.led_to(ASKED)) == 1


def test_a_kill_while_removing_is_finished_by_the_next_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise Killed

    bench.add(bench.question(ASKED, "收银台"))
    with monkeypatch.context() as patched:
        patched.setattr(bench.vectors, "discard", die)
        with pytest.raises(Killed):
            bench.indexing.remove(bench.current.id, [bench.question(ASKED, "收银台").id])
    assert bench.current.questions == []
    bench.sync.run([FolderSource(bench.folder)])
    assert (bench.led_to(ASKED), list(bench.questions.leftovers())) == ([], [])
