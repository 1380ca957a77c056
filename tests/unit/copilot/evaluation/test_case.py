from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.errors import InvalidRequest
from copilot.evaluation import case_files
from copilot.evaluation.case import BadCase, Case, Turn, read_cases


def read(*lines: object) -> list[Case | BadCase]:
    data = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    return list(read_cases(data.encode(), "mine"))


def case(**values: object) -> Case:
    (one,) = read({"id": "q", "question": "谁来续费"} | values)
    assert isinstance(one, Case), one
    return one


def test_gold_quotes_make_an_answerable_case() -> None:
    one = case(
        gold=[{"seed": "a.txt", "quote": "第一段"}, {"source": "b.md", "quote": "第二段"}],
        answer_points=["要点"],
        kind="fact",
        difficulty="hard",
        role="sales",
        stage="lead",
        lang="zh",
    )
    assert one == Case(
        set="mine",
        id="q",
        question="谁来续费",
        language="zh",
        answerable=True,
        quotes=("第一段", "第二段"),
        answer_points=("要点",),
        kind="fact",
        difficulty="hard",
        role="sales",
        stage="lead",
    )


def test_gold_ids_and_text_make_an_answerable_case() -> None:
    (one,) = read({"id": 7, "text": "who owns renewals", "gold": ["a", "b"]})
    assert isinstance(one, Case)
    assert (one.id, one.question, one.language) == ("7", "who owns renewals", "en")
    assert (one.sources, one.quotes, one.answerable) == (("a", "b"), (), True)


@pytest.mark.parametrize(
    "values",
    [
        {"gold": []},
        {"answerable": False},
        {"answerable": False, "gold": ["a"]},
        {"why_unanswerable": "nowhere said", "near": "faq.md", "asked": "price"},
    ],
)
def test_what_makes_a_case_unanswerable(values: dict[str, object]) -> None:
    one = case(**values)
    assert not one.answerable
    assert one.sources == one.quotes == ()
    assert one.kind == values.get("asked")


def test_answerable_without_gold_is_judged_on_its_refusal_alone() -> None:
    one = case(gold=[], answerable=True)
    assert one.answerable
    assert one.sources == ()


def test_both_forms_of_history_are_read() -> None:
    spoken = case(gold=["a"], history=[{"speaker": "user", "text": "hi"}, {"speaker": "agent", "text": "hello"}])
    turned = case(gold=["a"], history=[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}])
    assert (
        spoken.history == turned.history == (Turn(role="user", content="hi"), Turn(role="assistant", content="hello"))
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": "x", "question":', "not JSON"),
        ({"id": "x", "question": "q"}, "neither gold nor why_unanswerable"),
        ({"id": "x", "gold": ["a"]}, "'question'"),
        ({"question": "q", "gold": ["a"]}, "'id'"),
        ({"id": "x", "question": "q", "gold": [{"quote": ""}]}, "'gold"),
        ({"id": "x", "question": "q", "gold": [{"quote": "a"}, "b"]}, "'gold"),
        ({"id": "x", "question": "q", "gold": "a"}, "'gold': it is no list"),
        ({"id": "x", "question": "q", "gold": ["a"], "history": [3]}, "'history"),
        (["x"], "'line'"),
        ('{"id": "x", "question": "\\ud800", "gold": []}', "half a character"),
    ],
)
def test_a_bad_line_names_its_number_and_what_is_wrong(line: object, told: str) -> None:
    good = {"id": "ok", "question": "q", "gold": ["a"]}
    first, bad, last = read(good, line, good | {"id": "ok2"})
    assert isinstance(first, Case)
    assert isinstance(last, Case)
    assert isinstance(bad, BadCase)
    assert bad.error.message.startswith("Line 2")
    assert told in bad.error.message


def test_a_repeated_id_is_a_bad_line() -> None:
    _, second = read({"id": "x", "text": "a", "gold": ["a"]}, {"id": "x", "text": "b", "gold": ["a"]})
    assert isinstance(second, BadCase)
    assert second.id == "line-2"


def write(path: Path, *ids: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps({"id": i, "text": "t", "gold": ["a"]}) + "\n" for i in ids), encoding="utf-8")
    return path


def test_sets_are_named_like_their_files_and_told_apart_by_folder(tmp_path: Path) -> None:
    same = [write(tmp_path / "one" / "queries.jsonl", "a"), write(tmp_path / "two" / "queries.jsonl", "a")]
    other = write(tmp_path / "other.jsonl", "a")
    cases = case_files.cases_of([*same, other, other])
    assert [one.set for one in cases] == ["one/queries", "two/queries", "other"]


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n\n", encoding="utf-8")
    with pytest.raises(InvalidRequest, match=r"missing\.jsonl.*cannot be read"):
        case_files.cases_of([tmp_path / "missing.jsonl"])
    with pytest.raises(InvalidRequest, match="holds no question"):
        case_files.cases_of([tmp_path / "empty.jsonl"])


def test_a_sample_is_reproducible_keeps_the_order_and_every_bad_line() -> None:
    cases = read(*({"id": str(n), "text": "t", "gold": ["a"]} for n in range(30)), "{")
    picked = case_files.sample(cases, 5, seed=3)
    assert picked == case_files.sample(cases, 5, seed=3)
    assert picked != case_files.sample(cases, 5, seed=4)
    assert len(picked) == 6
    assert isinstance(picked[-1], BadCase)
    assert [cases.index(one) for one in picked] == sorted(cases.index(one) for one in picked)
    assert case_files.sample(cases, 99, seed=3) == cases


def test_the_shipped_sets_are_read_or_their_absence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_files, "OWN_SETS", ("no-such-set",))
    with pytest.raises(InvalidRequest, match="Name a FILE"):
        case_files.own_cases()
