"""Who may read a document, through ingestion: front matter, a person's word, and runs that are killed between."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.parsers.markdown import MarkdownParser
from ingest.questions import QuestionIndexing
from ingest.sources.folder import FolderSource
from ingest.sync import Sync
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience
from knowledge.query import Query
from knowledge.reader import CUSTOMERS, EVERYTHING, STAFF, Reader, access_label
from knowledge.retriever import Retriever
from tests.doubles.failures import InMemoryFailureStore
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryLexicalIndex, InMemoryQuestionStore
from tests.doubles.stores import InMemoryOriginals
from tests.doubles.vector_index import InMemoryVectorIndex

FINANCE = Reader(groups=frozenset({"财务"}))
READERS = [
    STAFF,
    CUSTOMERS,
    EVERYTHING,
    FINANCE,
    Reader(groups=frozenset({"b"})),
    Reader(groups=frozenset({"财务", "b"})),
]
EMBEDDER = HashingEmbedder()


@dataclass
class Bench:
    """A folder, everything that indexes it, and how it is searched."""

    folder: Path

    def __post_init__(self) -> None:
        self.vectors = InMemoryVectorIndex()
        self.store = InMemoryKnowledgeStore()
        self.sync = Sync(
            parsers={".md": MarkdownParser()},
            embedder=EMBEDDER,
            vectors=self.vectors,
            store=self.store,
            originals=InMemoryOriginals(),
            added=QuestionIndexing(embedder=EMBEDDER, vectors=self.vectors, store=InMemoryQuestionStore(self.store)),
            failures=InMemoryFailureStore(),
        )
        self.retriever = Retriever(
            embedder=EMBEDDER,
            vectors=self.vectors,
            lexical=InMemoryLexicalIndex(self.store),
            store=self.store,
        )

    def write(self, access: str, text: str = "退款三个工作日到账。", name: str = "a.md") -> None:
        (self.folder / name).write_text(f"---\ntitle: 退款\n{access}\n---\n{text}\n", encoding="utf-8")
        self.sync.run([FolderSource(self.folder)])

    def say(self, audience: Audience, *groups: str, name: str = "a.md") -> None:
        """A person's word, in force; its vectors are not moved yet."""
        assert self.store.set_access(self.store.find(name).id, audience, groups)

    def seen(self, reader: Reader) -> set[str]:
        return {passage.source for passage in self.retriever.retrieve(Query(text="退款几天到账", reader=reader))}

    def nearest(self, reader: Reader) -> int:
        """How many entries the vectors alone lead to."""
        return len(self.vectors.search("chunk", EMBEDDER.embed_queries(["退款"])[0], 9, reader))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize(
    ("front", "readers"),
    [
        ("audience: internal", {STAFF, FINANCE}),
        ("groups: [财务, ' 财务 ']", {FINANCE}),
        ("groups: 财务", {FINANCE}),
        ("audience: customer\ngroups: [财务]", {FINANCE}),
        ("groups: []", {STAFF, FINANCE}),
        ("groups: [[财务]]", set()),
        ("groups: ['']", set()),
        ("groups: {a: b}", set()),
    ],
)
def test_front_matter_says_who_reads_and_never_lets_all_in_by_mistake(
    bench: Bench, front: str, readers: set[Reader]
) -> None:
    bench.write(front)
    assert {reader for reader in (STAFF, CUSTOMERS, FINANCE) if bench.seen(reader)} == readers
    assert bench.seen(EVERYTHING) == {"a.md"}


def test_narrowing_is_obeyed_by_the_very_next_search_before_any_vector_has_moved(bench: Bench) -> None:
    bench.write("audience: customer")
    bench.say(Audience.INTERNAL, "财务")
    assert bench.nearest(STAFF) == 1
    assert [bench.seen(one) for one in (STAFF, CUSTOMERS, FINANCE)] == [set(), set(), {"a.md"}]
    bench.sync.move()
    assert [bench.nearest(one) for one in (STAFF, FINANCE)] == [0, 1]
    assert bench.store.moves() == {}


def test_widening_is_obeyed_when_the_vectors_have_moved_at_the_latest(bench: Bench) -> None:
    bench.write("groups: [财务]")
    bench.say(Audience.CUSTOMER)
    bench.sync.move()
    assert [bench.nearest(one) for one in (CUSTOMERS, STAFF)] == [1, 1]
    assert [bench.seen(one) for one in (CUSTOMERS, STAFF)] == [{"a.md"}] * 2


def test_a_killed_move_is_finished_by_the_next_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write("groups: [财务]")
    bench.say(Audience.INTERNAL)
    with monkeypatch.context() as patched:
        patched.setattr(bench.store, "moved", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bench.sync.move()
    bench.sync.run([FolderSource(bench.folder)])
    assert (bench.nearest(STAFF), bench.store.moves()) == (1, {})


def test_a_word_stays_while_the_file_says_what_it_said(bench: Bench) -> None:
    bench.write("audience: internal")
    bench.say(Audience.INTERNAL, "财务")
    bench.sync.run([FolderSource(bench.folder)])
    bench.write("audience: internal", "退款五个工作日到账。")
    assert (bench.seen(STAFF), bench.seen(FINANCE), bench.nearest(STAFF)) == (set(), {"a.md"}, 0)
    bench.write("audience: customer", "退款五个工作日到账。")
    assert (bench.seen(CUSTOMERS), bench.nearest(CUSTOMERS)) == ({"a.md"}, 1)


def test_a_word_spoken_while_its_document_is_being_indexed_holds(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write("audience: customer")
    add = bench.vectors.add

    def interrupted(*arguments: object) -> None:
        bench.say(Audience.INTERNAL, "财务")
        add(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(bench.vectors, "add", interrupted)
        bench.write("audience: customer", "退款五个工作日到账。")
    assert (bench.seen(CUSTOMERS), bench.seen(STAFF), bench.seen(FINANCE)) == (set(), set(), {"a.md"})
    assert (bench.nearest(CUSTOMERS), bench.nearest(FINANCE)) == (0, 1)


groups = st.lists(st.sampled_from(["财务", "b"]), max_size=2, unique=True)
access = st.tuples(st.sampled_from(list(Audience)), groups)
steps = st.lists(
    st.tuples(st.sampled_from(["write", "say", "move"]), st.sampled_from(["a.md", "b.md"]), access), max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_no_search_ever_returns_what_its_reader_may_not_read(
    tmp_path_factory: pytest.TempPathFactory, taken: list[tuple[str, str, tuple[Audience, list[str]]]]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("folder"))
    bench.write("audience: internal", name="c.md")
    for n, (step, name, (audience, names)) in enumerate(taken):
        known = {summary.source for summary in bench.store.summaries()}
        if step == "write":
            bench.write(f"audience: {audience.value}\ngroups: {names}", f"退款第 {n} 种办法。", name=name)
        elif step == "say" and name in known:
            bench.say(audience, *names, name=name)
        elif step == "move":
            bench.sync.move()
        for reader in READERS:
            for summary in bench.store.summaries():
                label = access_label(summary.metadata.audience, summary.metadata.groups)
                assert reader.may_read_label(label) or summary.source not in bench.seen(reader)
    bench.sync.move()
    for reader in READERS:
        readable = {one.source for one in bench.store.summaries() if reader.may_read(one.metadata)}
        assert bench.seen(reader) == readable
