"""What is held out never leaks into what is learnt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import TooFewExamples
from copilot.training.examples import HELD_OUT_SHARE, held_out_set, sampled, split_by_document
from knowledge.training import Example, JudgedSet, Section
from tests.unit.copilot.training.training_samples import material


@given(seed=st.integers(0, 10_000), documents=st.integers(2, 60))
def test_no_document_stands_on_both_sides(seed: int, documents: int) -> None:
    all_of_it = material(documents, -(-200 // documents))

    split = split_by_document(all_of_it, seed=seed)

    sides = [
        {all_of_it.sections[section].document for example in side for section in example.sections}
        for side in (split.train, split.held_out)
    ]
    assert not sides[0] & sides[1]
    assert all(sides)
    assert len(split.held_out) >= HELD_OUT_SHARE * len(all_of_it.examples)
    assert split_by_document(all_of_it, seed=seed) == split


def test_a_question_that_is_held_out_is_not_learnt_from_another_document_either() -> None:
    plain = material(100, 3)
    same = [replace(example, question="同一个问题?") for example in plain.examples[::3]]
    others = [example for place, example in enumerate(plain.examples) if place % 3]
    repeated = replace(plain, examples=(*same, *others))

    split = split_by_document(repeated, seed=3)

    assert "同一个问题?" in {example.question for example in split.held_out}
    assert "同一个问题?" not in {example.question for example in split.train}
    assert split.dropped + len(split.train) + len(split.held_out) == len(repeated.examples)
    assert split.dropped > 0


def test_a_copy_of_a_held_out_section_is_not_learnt_from() -> None:
    plain = material(100, 3)
    copied = [replace(section, bare="到处 都是 这一段。") for section in plain.sections]
    split = split_by_document(replace(plain, sections=tuple(copied)), seed=1)
    assert split.train == ()
    assert split.held_out


def test_documents_added_later_hardly_move_the_split() -> None:
    before = split_by_document(material(200, 2), seed=1)
    after = split_by_document(material(204, 2), seed=1)
    moved = {example.question for example in before.held_out} ^ {example.question for example in after.held_out}
    assert len(moved) <= 0.2 * len(before.held_out)


def test_too_few_questions_say_how_many_there_are_and_how_to_get_more() -> None:
    with pytest.raises(TooFewExamples, match=r"199 questions.*200 are needed.*questions"):
        split_by_document(replace(material(100, 2), examples=material(100, 2).examples[:199]), seed=1)


def test_questions_of_a_single_document_cannot_be_split() -> None:
    only = Section(document="d", origin="team", placed="x", bare="x")
    examples = tuple(Example(question=f"q{n}", sections=(0,)) for n in range(300))
    with pytest.raises(TooFewExamples, match="one document"):
        split_by_document(replace(material(2, 1), sections=(only,), examples=examples), seed=1)


def test_held_out_questions_compete_with_the_sections_of_all_documents() -> None:
    all_of_it = material(100, 3)
    split = split_by_document(all_of_it, seed=1)

    judged = held_out_set(all_of_it, split, seed=1)

    assert judged.passages == tuple(section.placed for section in all_of_it.sections)
    for question, gold in zip(judged.questions, judged.gold, strict=True):
        (place,) = gold
        assert question.startswith(all_of_it.sections[place].bare)


@given(seed=st.integers(0, 100), questions=st.integers(1, 30), passages=st.integers(1, 60))
def test_a_sample_keeps_what_answers_its_questions(seed: int, questions: int, passages: int) -> None:
    whole = JudgedSet(
        name="x",
        questions=tuple(f"q{n}" for n in range(20)),
        passages=tuple(f"p{n}" for n in range(50)),
        gold=tuple(frozenset({n, n + 20}) for n in range(20)),
    )

    part = sampled(whole, questions=questions, passages=passages, seed=seed)

    assert len(part.questions) == min(20, questions)
    assert len(part.passages) == min(50, max(passages, 2 * len(part.questions)))
    for question, gold in zip(part.questions, part.gold, strict=True):
        number = int(question[1:])
        assert {part.passages[place] for place in gold} == {f"p{number}", f"p{number + 20}"}
