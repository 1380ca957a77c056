"""How the evidence of several indexes becomes one score."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunk import ChunkId
from knowledge.fusion import Evidence, Weights, fuse

cosines = st.floats(-1, 1, allow_nan=False)
scores = st.floats(0, 40, allow_nan=False)
evidences = st.builds(
    Evidence,
    similarity=cosines,
    sentences=st.lists(cosines, max_size=3).map(tuple),
    same_language=st.booleans(),
    question_similarity=st.none() | cosines,
    lexical=scores,
    question_lexical=scores,
)
pools = st.dictionaries(st.sampled_from("abcdefgh").map(ChunkId), evidences, min_size=1)

A, B = ChunkId("a"), ChunkId("b")


@given(pools, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(pool: dict[ChunkId, Evidence], random: object) -> None:
    shuffled = list(pool.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis hands over a random.Random

    assert fuse(dict(shuffled), Weights()) == fuse(pool, Weights())


@given(pools)
def test_every_candidate_gets_a_score(pool: dict[ChunkId, Evidence]) -> None:
    assert fuse(pool, Weights()).keys() == pool.keys()


@given(pools)
def test_a_written_question_never_lowers_its_chunk(pool: dict[ChunkId, Evidence]) -> None:
    without = {chunk: replace(evidence, question_similarity=None) for chunk, evidence in pool.items()}

    before, after = fuse(without, Weights()), fuse(pool, Weights())

    assert all(after[chunk] >= before[chunk] for chunk in pool)


@given(pools)
def test_a_stale_chunk_loses_a_little_and_never_more(pool: dict[ChunkId, Evidence]) -> None:
    weights = Weights()
    before = fuse(pool, weights)
    after = fuse({chunk: replace(evidence, stale=True) for chunk, evidence in pool.items()}, weights)

    # A quarter of a standard deviation of the nearest chunks, which counts as 0.06 at most: 0.015 of a cosine.
    assert all(0 < before[chunk] - after[chunk] <= 0.015 + 1e-9 for chunk in pool)


def test_of_two_equals_the_stale_one_comes_second_and_a_better_one_stays_first() -> None:
    def first(better_by: float) -> ChunkId:
        others = {ChunkId(f"other{n}"): Evidence(similarity=0.80 - n / 100) for n in range(20)}
        pool = {A: Evidence(similarity=0.85 + better_by, stale=True), B: Evidence(similarity=0.85)} | others
        found = fuse(pool, Weights())
        return max(found, key=lambda chunk: found[chunk])

    assert (first(0.0), first(0.02)) == (B, A)


def test_a_near_question_lifts_its_chunk_over_one_with_nearer_words() -> None:
    pool = {A: Evidence(similarity=0.80), B: Evidence(similarity=0.78, question_similarity=0.95)}

    found = fuse(pool, Weights())

    assert found[B] > found[A]


@given(cosines)
def test_a_chunk_without_a_question_is_judged_by_its_own_words(similarity: float) -> None:
    assert fuse({A: Evidence(similarity=similarity)}, Weights())[A] == similarity


def test_a_far_question_does_not_count_against_its_chunk() -> None:
    pool = {A: Evidence(similarity=0.8), B: Evidence(similarity=0.8, question_similarity=-0.5)}

    found = fuse(pool, Weights())

    assert found[A] == found[B]


@given(evidences, pools)
def test_equal_evidence_gets_equal_scores_beside_any_others(same: Evidence, pool: dict[ChunkId, Evidence]) -> None:
    found = fuse(pool | {ChunkId("x"): same, ChunkId("y"): same}, Weights())

    assert found[ChunkId("x")] == found[ChunkId("y")]


def test_the_best_words_add_their_weight_in_spreads_and_others_their_share() -> None:
    pool = {A: Evidence(similarity=0.5, lexical=8.0), B: Evidence(similarity=0.54, lexical=2.0)}  # spread 0.02

    found = fuse(pool, Weights(lexical=2.0))

    assert found == pytest.approx({A: 0.54, B: 0.55})


def test_words_do_not_overrule_vectors_that_lie_far_apart() -> None:
    pool = {A: Evidence(similarity=0.1, lexical=8.0), B: Evidence(similarity=0.7, lexical=0.1)}

    found = fuse(pool, Weights())

    assert found[B] > found[A]


def test_words_tell_apart_what_vectors_cannot() -> None:
    pool = {A: Evidence(similarity=0.5, lexical=8.0), B: Evidence(similarity=0.5, lexical=2.0)}

    found = fuse(pool, Weights())

    assert found[A] > found[B]


def test_words_count_less_across_languages() -> None:
    pool = {A: Evidence(similarity=0.5, lexical=8.0), B: Evidence(similarity=0.5, lexical=8.0, same_language=False)}

    found = fuse(pool, Weights())

    assert found[A] > found[B] > 0.5


def test_a_sentence_is_found_inside_a_long_chunk() -> None:
    pool = {A: Evidence(similarity=0.80, sentences=(0.7, 0.75)), B: Evidence(similarity=0.78, sentences=(0.6, 0.9))}

    found = fuse(pool, Weights())

    assert found[B] > found[A]


def test_words_of_a_written_question_count_less_than_those_of_the_chunk() -> None:
    pool = {A: Evidence(similarity=0.5, lexical=3.0), B: Evidence(similarity=0.5, question_lexical=9.0)}

    found = fuse(pool, Weights())

    assert found[A] > found[B] > 0.5


def test_nothing_found_gives_no_scores() -> None:
    assert fuse({}, Weights()) == {}
