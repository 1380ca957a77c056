"""The index anew for another model: complete, checked, swapped in one step, and nothing embedded twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from ingest.progress import Progress
from ingest.rebuild import Rebuild
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import Chunk, ChunkQuestion, Span, Writer, added_question, chunk_id, embedded_text
from knowledge.document import Audience, Document, DocumentId, Metadata, StoredDocument, document_id
from knowledge.embedder import PassageVectors, Vectors
from knowledge.errors import IndexRebuilding, RebuildFailed
from knowledge.query import Query
from knowledge.reader import CUSTOMERS, STAFF, AccessLabel, Reader, access_label
from knowledge.reading import ReadingEmbedder
from knowledge.retriever import Retriever
from knowledge.store import Indexed
from knowledge.vector_sets import set_name
from tests.contract.material import START
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryLexicalIndex, InMemoryQuestionStore
from tests.doubles.vector_index import InMemoryVectorIndex
from tests.doubles.vector_sets import InMemoryVectorSets

OLD = HashingEmbedder(64)


class Killed(Exception):
    """The process ended here."""


class Counting(HashingEmbedder):
    """Counts texts; ends after so many calls, or does something at each."""

    def __init__(self, dimension: int = 128, *, calls: int | None = None) -> None:
        super().__init__(dimension)
        self.texts = 0
        self.calls = calls
        self.at_each: Callable[[], None] = lambda: None

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        self._count(texts)
        return super().embed_sentences(texts, spans)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self._count(texts)
        return self.embed_passages(texts)

    def _count(self, texts: Sequence[str]) -> None:
        self.at_each()
        if self.calls is not None:
            self.calls -= 1
            if self.calls < 0:
                raise Killed
        self.texts += len(texts)


class Home:
    """Documents with chunks and questions on doubles, made with the old model."""

    def __init__(self) -> None:
        self.store = InMemoryKnowledgeStore()
        self.questions = InMemoryQuestionStore(self.store)
        self.sets = InMemoryVectorSets(self.store)
        self.vectors = InMemoryVectorIndex(self.sets)
        self.model: HashingEmbedder = OLD  # of the documents that are put
        self.reading = ReadingEmbedder(OLD)
        self.retriever = Retriever(
            embedder=self.reading,
            vectors=self.vectors,
            lexical=InMemoryLexicalIndex(self.store),
            store=self.store,
            steady=self.reading.steady,
        )

    def put(
        self, source: str, count: int, audience: Audience = Audience.INTERNAL, groups: tuple[str, ...] = ()
    ) -> DocumentId:
        name = document_id("/notes", source)
        version = self.store.next_version(name)
        texts = [f"{source} 第 {n} 家门店先开收银,再开线上店。" for n in range(count)]
        chunks, start = [], 0
        for n, text in enumerate(texts):
            span = Span(start=start, end=start + len(text), text=text, heading_path=(f"门店 {n}",))
            chunks.append(Chunk(id=chunk_id(name, version, n), document_id=name, version=version, ordinal=n, span=span))
            start += len(text) + 1
        asked = [
            ChunkQuestion(id=f"{chunks[0].id}.q0", chunk_id=chunks[0].id, text=f"{source} 怎么上线"),
            added_question(chunks[-1].id, f"{source} 谁来培训", Writer.MACHINE),
            added_question(chunks[-1].id, f"{source} 几天能好", Writer.PERSON),
        ]
        model = self.model
        made = model.embed_sentences(
            [embedded_text(source, None, chunk.span) for chunk in chunks], [[(0, 2)] for _ in chunks]
        )
        ids = [chunk.id for chunk in chunks]
        self.vectors.add("chunk", name, version, ids, ids, made.whole, access_label(audience, groups), model.identity)
        self.vectors.add(
            "question",
            name,
            version,
            [q.id for q in asked],
            [q.chunk_id for q in asked],
            model.embed_queries([q.text for q in asked]),
            access_label(audience, groups),
            model.identity,
        )
        document = Document(
            source=source, title=source, text="\n".join(texts), metadata=Metadata(audience=audience, groups=groups)
        )
        self.store.save(
            Indexed(
                stored=StoredDocument(id=name, origin="/notes", version=version, document=document),
                chunks=chunks,
                questions=asked,
                sentences=list(made.sentences),
                content_hash="",
                fingerprint="",
                recipe="1",
                at=START,
            )
        )
        return name

    def rebuild(self, embedder: HashingEmbedder, fresh: HashingEmbedder | None = None) -> Rebuild:
        """A rebuild as a new process would have it."""
        return Rebuild(
            embedder=embedder,
            fresh=fresh or HashingEmbedder(embedder.identity.dimension),
            vectors=self.vectors,
            sets=self.sets,
            store=self.store,
            questions=self.questions,
            reading=self.reading,
        )

    def first(self, text: str, reader: Reader = STAFF) -> str:
        return self.retriever.retrieve(Query(text=text, reader=reader, limit=1))[0].source


@pytest.fixture
def home() -> Home:
    made = Home()
    made.put("a.md", 40)
    made.put("b.md", 3, Audience.CUSTOMER)
    return made


def test_all_chunks_questions_and_sentences_are_made_anew(home: Home) -> None:
    new = Counting()
    report = home.rebuild(new).run()
    assert (report.documents, report.embedded, report.kept, report.finished) == (2, 49, 0, True)
    assert new.texts == 49
    assert home.vectors.identity() == new.identity
    live = home.vectors.shadow(new.identity)
    for document in home.store.summaries():
        current = home.questions.current(document.id)
        assert current is not None
        label = current.label
        assert {name for name, own in live.entries("chunk").items() if own == label} == {
            chunk.id for chunk in current.chunks
        }
        assert {name for name, own in live.entries("question").items() if own == label} == {
            question.id for question in current.questions
        }
        for chunk in current.chunks:
            text = embedded_text(current.title, None, chunk.span)
            np.testing.assert_allclose(home.vectors.vectors([chunk.id])[chunk.id], new.embed_passages([text])[0])
            assert home.store.sentences([chunk.id])[chunk.id].vectors.shape == (1, 128)


def test_search_finds_with_the_old_vectors_until_the_swap_and_with_the_new_ones_after_it(home: Home) -> None:
    new = Counting()
    seen: list[tuple[str, int]] = []

    def look() -> None:
        seen.append((home.first("b.md 怎么上线"), home.reading.identity.dimension))

    new.at_each = look
    before = home.retriever.revision()
    home.rebuild(new).run()
    new.at_each = lambda: None
    assert set(seen) == {("b.md", 64)}
    assert home.first("b.md 怎么上线", CUSTOMERS) == "b.md"
    assert home.reading.identity == new.identity
    assert home.retriever.revision() != before


def _entries(home: Home, embedder: HashingEmbedder) -> dict[str, dict[str, AccessLabel]]:
    shadow = home.vectors.shadow(embedder.identity)
    return {field: dict(shadow.entries(field)) for field in ("chunk", "question")}  # type: ignore[arg-type]  # both are


def test_the_old_vectors_stay_until_the_next_rebuild(home: Home) -> None:
    before = _entries(home, OLD)
    home.rebuild(Counting()).run()
    home.rebuild(Counting()).tidy()
    assert _entries(home, OLD) == before
    assert home.sets.previous() == set_name(OLD.identity)
    home.rebuild(Counting(32)).run()
    assert _entries(home, OLD) == {"chunk": {}, "question": {}}
    assert home.sets.with_sentences(set_name(OLD.identity)) == set()
    assert home.sets.previous() == set_name(Counting().identity)


def test_going_back_embeds_nothing_not_even_a_sample(home: Home) -> None:
    home.rebuild(Counting()).run()
    back = Counting(64)
    report = home.rebuild(back, Drifting()).run()
    assert (report.embedded, report.kept, report.finished, back.texts) == (0, 49, True, 0)
    assert (home.vectors.identity(), home.reading.identity) == (OLD.identity, OLD.identity)
    assert home.first("b.md 怎么上线", CUSTOMERS) == "b.md"
    assert home.rebuild(Counting(), Drifting()).run().embedded == 0  # and forth again


def test_what_changed_since_the_swap_is_taken_along_when_going_back(home: Home) -> None:
    home.rebuild(Counting()).run()
    home.model = Counting()
    home.put("c.md", 2, Audience.CUSTOMER)
    home.put("a.md", 5)
    home.store.delete(home.store.find("b.md").id)
    back = Counting(64)
    report = home.rebuild(back, HashingEmbedder(64)).run()
    assert (report.embedded, report.kept, back.texts) == (13, 0, 13)
    assert home.first("c.md 怎么上线", CUSTOMERS) == "c.md"
    assert home.first("a.md 怎么上线") == "a.md"
    assert {len(one) for one in _entries(home, OLD).values()} == {7, 6}


def test_what_was_added_since_is_embedded_again_before_going_back(home: Home) -> None:
    home.rebuild(Counting()).run()
    home.model = Counting()
    home.put("c.md", 2)
    with pytest.raises(RebuildFailed, match="embedded again"):
        home.rebuild(Counting(64), Drifting(64)).run()
    assert home.vectors.identity() == Counting().identity
    assert home.first("c.md 怎么上线") == "c.md"


def test_going_back_that_was_killed_can_be_repeated(home: Home) -> None:
    home.rebuild(Counting()).run()
    home.model = Counting()
    home.put("c.md", 40)
    with pytest.raises(Killed):
        home.rebuild(Counting(64, calls=1)).run()
    assert home.first("c.md 怎么上线") == "c.md"
    report = home.rebuild(Counting(64)).run()
    assert (report.embedded, report.kept) == (11, 49 + 32)


@pytest.mark.parametrize("calls", range(5))
def test_a_killed_rebuild_goes_on_where_it_was(home: Home, calls: int) -> None:
    cut = Counting(calls=calls)
    with pytest.raises(Killed):
        home.rebuild(cut).run()
    assert home.first("b.md 怎么上线") == "b.md"
    assert home.vectors.identity() == OLD.identity
    rest = Counting()
    report = home.rebuild(rest).run()
    assert (report.kept, report.embedded) == (cut.texts, 49 - cut.texts)
    assert rest.texts == 49 - cut.texts
    assert home.vectors.identity() == rest.identity


def test_a_stopped_rebuild_says_so_and_goes_on_later(home: Home) -> None:
    new = Counting()
    rebuild = home.rebuild(new)
    new.at_each = rebuild.stop
    report = rebuild.run()
    assert (report.finished, home.vectors.identity()) == (False, OLD.identity)
    assert 0 < report.embedded < 49
    assert home.rebuild(Counting()).run().kept == report.embedded


def test_what_changed_while_a_rebuild_was_interrupted_is_in_the_new_index(home: Home) -> None:
    with pytest.raises(Killed):
        home.rebuild(Counting(calls=4)).run()
    gone = home.store.find("b.md")
    home.store.delete(gone.id)
    changed = home.put("a.md", 2)
    home.put("c.md", 1)
    question = added_question(chunk_id(changed, 2, 0), "谁来开店", Writer.PERSON)
    assert home.questions.add(changed, 2, [question])
    assert home.rebuild(Counting()).run().finished
    entries = home.vectors.shadow(Counting().identity).entries("question")
    assert question.id in entries
    assert not [name for name in entries if name.startswith((gone.id, f"{changed}.1."))]
    assert len(entries) == 7


def test_a_document_opened_to_customers_meanwhile_is_opened_in_the_new_index_too(home: Home) -> None:
    with pytest.raises(Killed):
        home.rebuild(Counting(calls=4)).run()
    (first, _) = home.store.current
    document = first.stored.document
    opened = replace(document, metadata=Metadata(audience=Audience.CUSTOMER))
    home.store.change(replace(first, stored=replace(first.stored, document=opened)))
    home.rebuild(Counting()).run()
    assert home.first("a.md 怎么上线", CUSTOMERS) == "a.md"


def test_a_document_of_a_group_is_found_by_its_members_alone_in_the_new_index(home: Home) -> None:
    home.put("c.md", 3, groups=("财务",))
    assert home.rebuild(Counting()).run().finished
    assert home.first("c.md 怎么上线", Reader(groups=frozenset({"财务"}))) == "c.md"
    assert home.first("c.md 怎么上线") != "c.md"


def test_a_shadow_for_a_third_model_is_dropped(home: Home) -> None:
    with pytest.raises(Killed):
        home.rebuild(Counting(32, calls=2)).run()
    home.rebuild(Counting()).run()
    third = HashingEmbedder(32).identity
    assert home.vectors.shadow(third).entries("chunk") == {}
    assert home.sets.with_sentences(set_name(third)) == set()


def test_progress_counts_documents(home: Home) -> None:
    seen: list[Progress] = []
    home.rebuild(Counting()).run(seen.append)
    assert [(one.done, one.total, one.source) for one in seen] == [(1, 2, "a.md"), (2, 2, "b.md")]


class Drifting(Counting):
    """Gives another vector for the same text each time."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        made: Vectors = np.roll(super().embed_passages(texts), 1, axis=1)
        return made


def _forget(home: Home) -> None:
    home.vectors.shadow(Counting().identity).discard("question", [_some_question(home)])


def _misread(home: Home) -> None:
    shadow = home.vectors.shadow(Counting().identity)
    entries = shadow.stored["question"]
    name = _some_question(home)
    entries[name] = replace(entries[name], label=access_label(Audience.CUSTOMER))


def _mislead(home: Home) -> None:
    entries = home.vectors.shadow(Counting().identity).stored["chunk"]
    names = list(entries)
    for one, other in zip(names, [*names[20:], *names[:20]], strict=True):
        entries[one] = replace(entries[one], chunk=chunk_id(DocumentId("none"), 1, len(other)))


def _some_question(home: Home) -> str:
    return home.store.current[0].questions[0].id


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_forget, "5 questions|2 questions"),
        (_misread, "questions under"),
        (_mislead, "do not find their own chunk"),
        (lambda home: home.sets.drop_besides([]), "sentence vectors"),
    ],
    ids=["missing", "wrong audience", "wrong chunk", "no sentences"],
)
def test_a_shadow_that_is_not_right_is_dropped_and_the_old_index_stays(
    home: Home, harm: Callable[[Home], None], told: str
) -> None:
    fresh = HashingEmbedder(128)
    rebuild = home.rebuild(Counting(), fresh)

    def listen(progress: Progress) -> None:
        if progress.done == progress.total:
            harm(home)

    with pytest.raises(RebuildFailed, match=told) as raised:
        rebuild.run(listen)
    assert raised.value.code == "rebuild_failed"
    _is_as_before(home)
    assert home.rebuild(Counting()).run().finished


def test_vectors_that_do_not_come_out_the_same_again_are_refused(home: Home) -> None:
    with pytest.raises(RebuildFailed, match="embedded again"):
        home.rebuild(Counting(), Drifting()).run()
    _is_as_before(home)


def _is_as_before(home: Home) -> None:
    assert home.vectors.identity() == OLD.identity == home.reading.identity
    assert home.first("b.md 怎么上线") == "b.md"
    assert home.vectors.shadow(Counting().identity).entries("chunk") == {}
    assert home.sets.with_sentences(set_name(Counting().identity)) == set()


def test_many_equal_texts_are_no_failure(home: Home) -> None:
    for n in range(15):
        home.put("a.md" if n == 0 else f"copy-{n}.md", 1)
    for indexed in home.store.current:
        same = replace(indexed.stored.document, title="同一篇")
        chunks = [replace(chunk, span=replace(chunk.span, text="同样的话。")) for chunk in indexed.chunks]
        home.store.change(replace(indexed, stored=replace(indexed.stored, document=same), chunks=chunks))
    assert home.rebuild(Counting()).run().finished


def test_searches_beside_the_swap_never_mix_models(home: Home) -> None:
    stop = threading.Event()
    problems: list[Exception] = []
    found: set[str] = set()

    def search() -> None:
        while not stop.is_set():
            try:
                found.add(home.first("b.md 怎么上线"))
                home.retriever.nearness(["b.md 怎么上线"], STAFF)
            except IndexRebuilding:
                pass
            except Exception as error:  # noqa: BLE001  # whatever it is, the test tells it
                problems.append(error)

    threads = [threading.Thread(target=search, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for dimension in (128, 64, 256, 32):
        home.rebuild(Counting(dimension)).run()
    stop.set()
    for thread in threads:
        thread.join()
    assert not problems
    assert found == {"b.md"}
