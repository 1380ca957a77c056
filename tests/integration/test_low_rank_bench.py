"""Training on a tiny BERT: it learns, it generalises, and what is written is what was judged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer

from copilot.training.examples import Split, held_out_set, split_by_document
from copilot.training.gate import compare
from knowledge.adapters import token_states, trainable_model
from knowledge.adapters.low_rank_delta import merge_low_rank, read_delta
from knowledge.adapters.low_rank_layers import UpperLayers
from knowledge.adapters.low_rank_lessons import Lessons, pace
from knowledge.adapters.low_rank_trainer import LowRankTrainer
from knowledge.adapters.token_states import TokenStates, cut_by_length
from knowledge.adapters.trainable_model import load_trainable
from knowledge.errors import ModelNotTrainable, NotEnoughSpace
from knowledge.text import fold
from knowledge.training import Example, JudgedSet, Material, Recipe, Section
from tests.doubles.tiny_model import tiny_model, tiny_records

RECIPE = Recipe(epochs=10, learning_rate=5e-3)


def quiet(stage: str, done: int, total: int) -> None:
    """Listen to nothing."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def learnable() -> Material:
    sections: list[Section] = []
    examples: list[Example] = []
    for number, record in enumerate(tiny_records(200)):
        text, questions = str(record["text"]), record["questions"]
        assert isinstance(questions, list)
        sections.append(Section(document=str(record["id"]), origin="team", placed=f"document\n{text}", bare=text))
        examples.extend(Example(question=question, sections=(number,)) for question in questions)
    return Material(sections=tuple(sections), examples=tuple(examples))


@pytest.fixture(scope="module")
def split(learnable: Material) -> Split:
    return split_by_document(learnable, seed=1)


@pytest.fixture(scope="module")
def judged(learnable: Material, split: Split) -> JudgedSet:
    return held_out_set(learnable, split, seed=1)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def trained(
    tiny: Path, models: Path, learnable: Material, split: Split, judged: JudgedSet
) -> Iterator[dict[str, object]]:
    """One training that several tests look at, in full precision so that they can compare exactly."""
    with pytest.MonkeyPatch.context() as patch, LowRankTrainer(models).open(tiny, RECIPE.rank) as bench:
        patch.setattr(token_states, "_has_bfloat16", lambda: False)
        found: dict[str, object] = {"before": bench.ranks(judged, 0.0, quiet)}
        found["losses"] = bench.fit(learnable, split.train, RECIPE, quiet)
        found |= {f"after {strength:g}": bench.ranks(judged, strength, quiet) for strength in (0.0, 0.6, 1.0)}
        found["name"] = bench.save(models, 0.6)
        found["again"] = bench.save(models, 0.6)
        with LowRankTrainer(models).open(models / str(found["name"]), 4) as written:
            found["written"] = written.ranks(judged, 0.0, quiet)
        yield found


def test_training_lowers_the_loss_and_lifts_questions_of_documents_it_never_saw(
    trained: dict[str, object], split: Split
) -> None:
    losses, before, after = trained["losses"], trained["before"], trained["after 1"]
    assert isinstance(losses, list)
    assert len(losses) == RECIPE.steps(len({example.sections for example in split.train}))
    assert np.mean(losses[-7:]) < 0.8 * np.mean(losses[:7])
    found = compare("held out", before, after, seed=1)  # type: ignore[arg-type]  # lists of ranks
    assert found.better
    assert found.mrr_after > found.mrr_before + 0.05


def test_without_strength_the_model_is_the_one_it_was(trained: dict[str, object]) -> None:
    assert trained["after 0"] == trained["before"]


def test_the_written_folder_is_the_base_with_the_change_merged_in(
    trained: dict[str, object], tiny: Path, models: Path
) -> None:
    name = str(trained["name"])
    delta = read_delta(models / f"{name}.safetensors")
    before, after = load_file(tiny / "model.safetensors"), load_file(models / name / "model.safetensors")
    merged = merge_low_rank(before, delta, 0.6)
    assert all(np.array_equal(after[key], merged[key]) for key in merged)
    changed = {key for key in before if not np.array_equal(before[key], after[key])}
    assert changed == {f"{matrix}.weight" for matrix in delta}
    assert {key.split(".")[2] for key in changed} == {"2", "3"}  # the upper half of four layers
    same = {path.relative_to(tiny) for path in tiny.rglob("*.json")}
    assert same == {path.relative_to(models / name) for path in (models / name).rglob("*.json")}


def test_the_written_folder_ranks_as_was_judged(trained: dict[str, object]) -> None:
    written, wanted = trained["written"], trained["after 0.6"]
    assert isinstance(written, list)
    assert isinstance(wanted, list)
    # The change is stored in half precision, which may swap neighbours.
    assert np.mean([abs(a - b) <= 1 for a, b in zip(written, wanted, strict=True)]) > 0.95


def test_the_same_weights_are_the_same_folder_and_nothing_temporary_stays(
    trained: dict[str, object], models: Path
) -> None:
    assert trained["again"] == trained["name"]
    assert {path.name for path in models.iterdir() if not path.name.startswith(".training-")} == {
        str(trained["name"]),
        f"{trained['name']}.safetensors",
    }


@pytest.mark.parametrize(("fast", "nearest"), [(False, 0.99999), (True, 0.998)])
def test_states_and_upper_layers_together_are_the_model(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast: bool, nearest: float
) -> None:
    monkeypatch.setattr(token_states, "_has_bfloat16", lambda: fast)
    texts = ["s1 s2 . s3 s4", "q1", " ".join(["s5 s6"] * 30)]
    wanted = SentenceTransformer(str(tiny), device="cpu").encode_document(texts)
    trainable = load_trainable(tiny)
    states = TokenStates(trainable, tmp_path)
    rows = states.add([trainable.passage(fold(text)) for text in texts], lambda done, total: None)
    found = UpperLayers(trainable, states, 2).all_vectors(rows)
    assert (found * wanted).sum(1).min() > nearest


def test_equal_texts_share_a_row_and_later_texts_join_the_file(tiny: Path, tmp_path: Path) -> None:
    trainable = load_trainable(tiny)
    states = TokenStates(trainable, tmp_path)
    first = states.add(["s1 s2", "s3", "s1 s2"], lambda done, total: None)
    before, _ = states.padded(first)
    second = states.add(["s4 s5 s6", "s3"], lambda done, total: None)
    assert first[0] == first[2]
    assert second[1] == first[1]
    after, mask = states.padded(first)
    assert torch.equal(before, after)
    assert mask.sum(1).tolist() == [4, 3, 4]  # with start and end


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("s1 s2 s3 s4. s5 s6 s7 s8", [(1, 6), (6, 10)]),
        ("s1 s2 s3 s4. s5. s6 s7 s8 s9", [(1, 6), (8, 12)]),  # too short to be a sentence
        ("s1. s2.", [(0, 6)]),  # none: the whole, with start and end
    ],
)
def test_sentences_are_spans_of_tokens(tiny: Path, tmp_path: Path, text: str, spans: list[tuple[int, int]]) -> None:
    states = TokenStates(load_trainable(tiny), tmp_path)
    (row,) = states.add([text], lambda done, total: None)
    assert states.sentences(row) == spans


def test_batches_hold_every_text_once_and_grow_with_length() -> None:
    lengths = [300, 5, 7000, 5, 200] * 20
    batches = cut_by_length(lengths)
    assert sorted(place for batch in batches for place in batch) == list(range(100))
    assert all(len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= 6144 for batch in batches)


def test_another_section_that_answers_too_is_no_counter_example() -> None:
    lessons = Lessons(
        placed={1: 10, 2: 20, 3: 10}, bare={1: 11, 2: 21, 3: 11}, questions={1: [5], 2: [6], 3: [7]}, right={}
    )
    lessons = Lessons(
        placed=lessons.placed, bare=lessons.bare, questions=lessons.questions, right={5: {10, 20}, 6: {20}, 7: {10}}
    )
    (batch,) = lessons.batches(Recipe(epochs=1, bare_share=0.0))
    assert sorted(batch.shown) == [10, 10, 20]
    for question, answer, also in zip(batch.questions, batch.answers, batch.also_right, strict=True):
        marked = {place for place in range(3) if also[place]}
        same = {place for place in range(3) if batch.shown[place] == 10} if question != 6 else set()
        wanted = (same | ({batch.shown.index(20)} if question == 5 else set())) - {answer}
        assert marked == wanted


def test_of_several_candidates_the_nearest_one_is_learnt(tiny: Path, tmp_path: Path) -> None:
    sections = tuple(
        Section(document=f"d{n}", origin="x", placed=text, bare=text) for n, text in enumerate(("s1 s2", "q7 q8", "s9"))
    )
    material = Material(sections=sections, examples=(Example(question="q7 q8", sections=(0, 1, 2)),) * 2)
    with LowRankTrainer(tmp_path).open(tiny, 2) as bench:
        lessons = bench._lessons(material, material.examples, quiet)  # type: ignore[attr-defined]  # the one place that chooses
    assert list(lessons.questions) == [1]


def test_the_learning_rate_rises_and_falls() -> None:
    paces = [pace(step, 100) for step in range(100)]
    assert paces[0] == pytest.approx(0.1)
    assert max(paces) == pytest.approx(paces[9], abs=0.02)
    assert paces[-1] == pytest.approx(0.01)


def test_a_pooling_that_is_no_mean_is_refused(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "cls", pooling="cls")
    with pytest.raises(ModelNotTrainable, match="mean"):
        load_trainable(folder)


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "kind")
    with pytest.raises(ModelNotTrainable, match="no Sentence-Transformers folder"):
        load_trainable(tmp_path)
    (folder / "config.json").write_text(json.dumps({"model_type": "nothing known"}))
    with pytest.raises(ModelNotTrainable, match="cannot be loaded"):
        load_trainable(folder)


def test_a_full_disk_is_said_before_anything_is_written(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = type("Usage", (), {"free": 10**8})()
    monkeypatch.setattr(trainable_model.shutil, "disk_usage", lambda folder: full)
    with (
        pytest.raises(NotEnoughSpace, match=r"0\.2 GB are needed.*0\.1 GB are free"),
        LowRankTrainer(tmp_path).open(tiny, 2) as bench,
    ):
        bench.ranks(JudgedSet(name="x", questions=("q1",), passages=("s1",), gold=(frozenset({0}),)), 0.0, quiet)
    assert list(tmp_path.iterdir()) == []
