"""What every kind of database does alike: migrations, any text, many writers, and errors that say what to do."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, inspect, select, text

from copilot.adapters.sql import database
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.feedback_store import SqlFeedbackStore
from copilot.adapters.sql.tables import accounts
from copilot.curating.opinion import Opinion
from knowledge.adapters.sql.postings_tables import metadata as postings_metadata
from knowledge.document import Audience
from knowledge.errors import IndexUnavailable
from knowledge.reader import CUSTOMERS, STAFF
from tests.contract.material import answer, identity, indexed, sql_knowledge
from tests.databases import KINDS, TABLES, open_tables
from tests.postgres_server import PostgresServer

ROOT = Path(__file__).parents[2]
_FULL_TEXT = ("chunk_words", "question_words")
#: Every character that a database has trouble with, and those that stand for them inside.
_ODD = "\0a\U0010fffd0\U0010fffd\0'\"%s:x\\ \u2028續约🙂"


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


def _differences(engine: Engine) -> list[object]:
    postgres = engine.dialect.name == "postgresql"
    wanted = [*TABLES, postings_metadata] if postgres else list(TABLES)

    def included(found: object, name: str | None, kind: str, reflected: bool, to: object) -> bool:
        return postgres or not (kind == "table" and name is not None and name.startswith(_FULL_TEXT))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": included, "compare_type": True})
        return list(compare_metadata(context, wanted))


def _migrate(engine: Engine, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    with engine.begin() as connection:
        config.attributes.update({"connection": connection, "metadata": list(TABLES)})
        (command.downgrade if to != "head" else command.upgrade)(config, to)


def test_the_migrations_make_the_tables_that_the_stores_use(engine: Engine) -> None:
    assert _differences(engine) == []


def test_migrations_go_back_and_forth(engine: Engine) -> None:
    _migrate(engine, "0002_questions")
    assert "drafts" not in inspect(engine).get_table_names()
    _migrate(engine, "head")
    assert _differences(engine) == []


def test_of_several_processes_one_migrates(address: str) -> None:
    program = "import sys; from tests.databases import open_tables; open_tables(sys.argv[1]).dispose()"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, address], cwd=Path(__file__).parents[2], stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    endings = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    assert [code for _, code in endings] == [0, 0, 0], endings
    engine = open_tables(address)
    assert _differences(engine) == []
    engine.dispose()


def test_a_database_of_a_newer_release_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(IndexUnavailable, match="newer release"):
        open_tables(engine.url.render_as_string(hide_password=False))


def test_any_text_comes_back_as_it_went_in(engine: Engine) -> None:
    with engine.begin() as connection:
        values = {"id": _ODD, "type": "account", "facts": {"note": _ODD + "\ud800"}, "updated_at": datetime.now(UTC)}
        connection.execute(insert(accounts).values(values))
        row = connection.execute(select(accounts.c.id, accounts.c.facts).where(accounts.c.id == _ODD)).one()
    assert (row.id, row.facts["note"]) == (_ODD, _ODD + "\ud800")


def test_a_document_with_any_text_is_found(engine: Engine, tmp_path: Path) -> None:
    knowledge = sql_knowledge(engine, tmp_path)
    knowledge.store.save(indexed(_ODD, f"续约{_ODD}", title=_ODD, warnings=(_ODD,), questions=[_ODD]))
    assert knowledge.store.find(_ODD).document.text == f"续约{_ODD}"
    assert knowledge.found("续约")


def test_sources_stand_in_the_order_of_their_code_points(engine: Engine, tmp_path: Path) -> None:
    knowledge = sql_knowledge(engine, tmp_path)
    names = ["a-b.md", "a.md", "A.md", "a/b.md", "ab.md", "_.md", "Ä.md", "续.md", "中.md", "🙂.md"]
    for name in names:
        knowledge.store.save(indexed(name, "甲"))
    assert [summary.source for summary in knowledge.store.summaries()] == sorted(names)


def test_many_writers_at_once_get_in_without_a_deadlock(engine: Engine, tmp_path: Path) -> None:
    knowledge = sql_knowledge(engine, tmp_path)
    failures: list[Exception] = []

    def write(writer: int) -> None:
        try:
            for version in (1, 2, 3):
                for document in range(4):
                    name = f"{writer}-{document}.md"
                    words = ["renewal review price", "price onboarding", f"review {name}"]
                    saved = indexed(name, *words, version=version, questions=["renewal?", "price?"])
                    knowledge.store.save(saved)
                    knowledge.sets.keep_sentences("other", saved.chunks, saved.sentences)
                    knowledge.questions.remove(identity(name), [saved.questions[0].id])
                knowledge.store.delete(identity(f"{writer}-0.md"))
        except Exception as error:  # noqa: BLE001  # told by the test
            failures.append(error)

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    assert failures == []
    assert knowledge.store.count() == 12
    assert len(knowledge.found("onboarding", limit=100)) == 12
    assert len(knowledge.found("renewal", field="question", limit=100)) == 0


def test_the_last_word_of_many_at_once_counts(engine: Engine) -> None:
    from copilot.adapters.sql.answer_store import SqlAnswerStore
    from copilot.adapters.sql.tables import answer_feedback

    SqlAnswerStore(engine).save(answer("r1", "c1", "owner"), datetime.now(UTC))
    store = SqlFeedbackStore(engine)
    failures: list[Exception] = []

    def say() -> None:
        try:
            store.record("r1", "owner", Opinion(helpful=True), at=datetime.now(UTC))
        except Exception as error:  # noqa: BLE001  # told by the test
            failures.append(error)

    speakers = [threading.Thread(target=say) for _ in range(8)]
    for thread in speakers:
        thread.start()
    for thread in speakers:
        thread.join()
    with engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(answer_feedback)).scalar_one()
    assert (failures, count) == ([], 1)


def test_of_many_who_take_one_id_at_once_one_gets_it(engine: Engine) -> None:
    from copilot.adapters.sql.people_store import SqlPeopleStore
    from copilot.adapters.sql.transactions import SqlTransactions
    from copilot.people.person import Person

    store, transactions = SqlPeopleStore(engine), SqlTransactions(engine)
    together = threading.Barrier(6)
    taken: list[bool | Exception] = []

    def take(name: str) -> None:
        try:
            together.wait(10)
            with transactions.begin() as transaction:
                taken.append(store.add(transaction, Person(id="wang", name=name), datetime.now(UTC)))
        except Exception as error:  # noqa: BLE001  # told by the test
            taken.append(error)

    takers = [threading.Thread(target=take, args=(f"王{n}",)) for n in range(6)]
    for thread in takers:
        thread.start()
    for thread in takers:
        thread.join()
    assert sorted(map(repr, taken)) == ["False"] * 5 + ["True"]


_WORDS = st.lists(
    st.sampled_from(["renewal", "price", "4.5", "b2b/saas", "30%", "续约", "客户成功", "的"]), max_size=12
)


def test_both_kinds_of_database_give_equal_scores(postgres: PostgresServer, tmp_path: Path) -> None:
    engines = [open_tables(f"sqlite:///{tmp_path / 'scores.db'}"), open_tables(postgres.new_migrated_database())]
    both = [sql_knowledge(engine, tmp_path) for engine in engines]
    number = iter(range(10_000))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(texts=st.lists(_WORDS, min_size=1, max_size=4), asked=_WORDS, gone=st.booleans())
    def check(texts: list[list[str]], asked: list[str], gone: bool) -> None:
        name = f"{next(number)}.md"
        audience = Audience.INTERNAL if gone else Audience.CUSTOMER
        saved = indexed(name, *(" ".join(words) or "." for words in texts), audience=audience, questions=["续约 price"])
        for knowledge in both:
            knowledge.store.save(saved)
        for field in ("chunk", "question"):
            for reader in (STAFF, CUSTOMERS):
                one, other = (k.lexical.search_text(field, " ".join(asked), 1000, reader) for k in both)  # type: ignore[arg-type]
                assert dict(other) == pytest.approx(dict(one), rel=1e-9)
        if gone:
            for knowledge in both:
                knowledge.store.delete(saved.stored.id)

    check()
    for engine in engines:
        engine.dispose()


def test_a_server_that_is_down_is_named_without_the_password() -> None:
    with pytest.raises(IndexUnavailable, match="COPILOT_DATABASE_URL") as caught:
        open_database("postgresql+psycopg://me:do-not-show@127.0.0.1:9/copilot", TABLES)
    assert "do-not-show" not in f"{caught.value} {caught.value.__cause__}"


def test_a_database_that_is_not_there_is_named(postgres: PostgresServer) -> None:
    with pytest.raises(IndexUnavailable, match="nowhere"):
        open_tables(postgres.url("nowhere"))


def test_a_role_without_rights_is_told_what_it_lacks(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    postgres.run("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    with pytest.raises(IndexUnavailable, match="lacks a right"):
        open_tables(url.replace("copilot:secret@", "guest:secret@"))


def test_a_database_in_another_encoding_is_refused(postgres: PostgresServer) -> None:
    postgres.run("CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER 'libc' TEMPLATE template0")
    with pytest.raises(IndexUnavailable, match="UTF8"):
        open_tables(postgres.url("latin"))
    postgres.drop(postgres.url("latin"))


def test_connections_that_the_server_closed_are_replaced(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.new_migrated_database()
    engine = open_tables(url)
    knowledge = sql_knowledge(engine, tmp_path)
    assert knowledge.store.count() == 0
    postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE application_name = 'frontline-copilot' AND datname = '{url.rsplit('/', 1)[1]}'"
    )
    assert knowledge.store.count() == 0
    engine.dispose()


def test_a_connection_given_back_late_is_closed(postgres: PostgresServer) -> None:
    engine = open_tables(postgres.new_migrated_database())
    connection = engine.connect()
    driver = connection.connection.driver_connection
    engine.dispose()
    connection.close()
    assert driver is not None
    assert driver.closed
