"""Guards from folders of other people, and from what ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.errors import InvalidRequest
from copilot.training.guards import QuotedQuestion, read_guard, shipped_guard
from knowledge.training import Example, Material, Section


def write(folder: Path, corpus: list[object], queries: list[object], name: str = "queries.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    for file, lines in (("corpus.jsonl", corpus), (name, queries)):
        (folder / file).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return folder


def test_passages_stand_under_what_places_them_and_unknown_gold_is_left_out(tmp_path: Path) -> None:
    corpus = [
        {"id": 1, "title": "T", "context": "C", "heading": "T", "text": "one", "extra": 0},
        {"id": "2", "text": "two"},
    ]
    queries = [{"id": "q1", "text": "first?", "gold": ["1", "9"]}, {"id": "q2", "text": "lost?", "gold": ["9"]}]

    guard = read_guard(write(tmp_path / "faq", corpus, queries), seed=1)

    assert guard.name == "faq"
    assert guard.passages == ("T > C\none", "two")
    assert (guard.questions, guard.gold) == (("first?",), (frozenset({0}),))


def test_all_files_of_queries_are_read_and_large_sets_are_sampled(tmp_path: Path) -> None:
    corpus: list[object] = [{"id": str(n), "text": f"t{n}"} for n in range(30)]
    queries: list[object] = [{"id": f"q{n}", "text": f"q{n}", "gold": [str(n)]} for n in range(10)]
    folder = write(tmp_path / "faq", corpus, queries[:5], "queries_a.jsonl")
    write(folder, corpus, queries[5:], "queries_b.jsonl")
    assert len(read_guard(folder, seed=1).questions) == 10
    small = read_guard(folder, seed=1, questions=4, passages=12)
    assert (len(small.questions), len(small.passages)) == (4, 12)
    assert small == read_guard(folder, seed=1, questions=4, passages=12)
    assert small != read_guard(folder, seed=2, questions=4, passages=12)


@pytest.mark.parametrize(
    ("corpus", "queries", "message"),
    [
        ([{"id": "1", "text": "x"}], [{"id": "q", "text": "?", "gold": ["2"]}], "no question"),
        ([{"id": "1"}], [{"id": "q", "text": "?", "gold": ["1"]}], r"line 1: key 'text'"),
        ([{"id": "1", "text": "x"}], [{"id": "q", "text": "?", "gold": "1"}], r"line 1: key 'gold'"),
        ([{"id": "1", "text": "x"}], ["nonsense"], "line 1"),
    ],
)
def test_a_bad_guard_names_its_line(tmp_path: Path, corpus: list[object], queries: list[object], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_guard(write(tmp_path / "faq", corpus, queries), seed=1)


def test_a_folder_without_the_files_is_no_guard(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"corpus\.jsonl"):
        read_guard(tmp_path, seed=1)


SHIPPED = Material(
    sections=tuple(
        Section(document=source, origin="corpus", placed=f"T\n{bare}", bare=bare)
        for source, bare in (("a.md", "先开收银。"), ("a.md", "再开線上店。"), ("b.md", "别的。"))
    ),
    examples=(Example(question="listed?", sections=(2,)),),
)


def test_a_quote_leads_to_its_section_and_a_cut_one_to_its_document() -> None:
    asked = [
        QuotedQuestion(question="which?", evidence=(("a.md", "开线上店"),)),
        QuotedQuestion(question="cut?", evidence=(("a.md", "收银。再开"),)),
        QuotedQuestion(question="gone?", evidence=(("c.md", "x"),)),
    ]
    guard = shipped_guard(SHIPPED, asked, seed=1)
    assert guard.questions == ("which?", "cut?")
    assert guard.gold == (frozenset({1}), frozenset({0, 1}))


def test_without_an_evaluation_set_the_listed_questions_stand_in() -> None:
    guard = shipped_guard(SHIPPED, [], seed=1)
    assert (guard.name, guard.questions, guard.gold) == (
        "questions of the shipped corpus",
        ("listed?",),
        (frozenset({2}),),
    )
