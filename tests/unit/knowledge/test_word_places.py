"""The scores are FTS5's own, whatever is remembered of earlier searches."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from knowledge.adapters.sql import word_places
from knowledge.adapters.sql.word_places import WordPlaces

WORDS = [f"w{n}" for n in range(30)]
#: Some in nearly every entry, some in hardly any.
COMMONNESS = [1 / (n + 1) for n in range(30)]


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    chance = random.Random(1994)
    with engine.connect() as connection:
        connection.execute(text("CREATE VIRTUAL TABLE entries USING fts5(words)"))
        for row in range(1, 400, 3):
            words = " ".join(chance.choices(WORDS, COMMONNESS, k=chance.choice([0, 1, 5, 40, 300])))
            entry = {"row": row, "words": words}
            connection.execute(text("INSERT INTO entries(rowid, words) VALUES (:row, :words)"), entry)
        yield connection
    engine.dispose()


def scores(connection: Connection, places: WordPlaces, words: list[str]) -> dict[int, float]:
    rows, found = places.scores(connection, words)
    return dict(zip(rows.tolist(), found.tolist(), strict=True))


def own_scores(connection: Connection, words: list[str]) -> dict[int, float]:
    query = text("SELECT rowid, -bm25(entries) AS score FROM entries WHERE entries MATCH :words")
    return {row.rowid: row.score for row in connection.execute(query, {"words": " OR ".join(words)})}


def test_every_score_is_that_of_fts5(connection: Connection) -> None:
    places = WordPlaces.read(connection, "entries", 1)
    chance = random.Random(7)
    for _ in range(40):
        asked = chance.sample([*WORDS, "nowhere"], chance.randint(1, 9))
        assert scores(connection, places, asked) == pytest.approx(own_scores(connection, asked), rel=1e-12)


def test_forgetting_changes_no_score(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_places, "MOST_REMEMBERED", 50)
    places = WordPlaces.read(connection, "entries", 1)
    for word in WORDS:
        scores(connection, places, [word])
    assert 0 < len(places._known) < len(WORDS)
    assert scores(connection, places, WORDS) == pytest.approx(own_scores(connection, WORDS), rel=1e-12)


def test_an_entry_added_since_is_passed_over_until_all_is_read_anew(connection: Connection) -> None:
    places = WordPlaces.read(connection, "entries", 1)
    connection.execute(text("INSERT INTO entries(rowid, words) VALUES (1000, 'w3 w3')"))
    assert 1000 not in scores(connection, places, ["w3"])
    assert 1000 in scores(connection, WordPlaces.read(connection, "entries", 2), ["w3"])


def test_an_empty_table_has_no_scores() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("CREATE VIRTUAL TABLE entries USING fts5(words)"))
        assert scores(connection, WordPlaces.read(connection, "entries", 1), ["w1"]) == {}
    engine.dispose()
