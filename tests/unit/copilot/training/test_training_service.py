"""What a run promotes, what it leaves alone, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.errors import NothingToRollBack, TooFewExamples
from copilot.training.judging import STRENGTHS
from copilot.training.service import REINGEST, Guards, TrainingService
from copilot.training.shelf import ActiveModel
from knowledge.errors import ModelUnavailable
from knowledge.training import JudgedSet, Recipe
from tests.unit.copilot.training.training_samples import InMemoryShelf, ScriptedBench, ScriptedTrainer, material, quiet

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MATERIAL = material(100, 3)
GUARDS = Guards(
    sets=(
        JudgedSet(name="elsewhere", questions=("a", "b"), passages=("x", "y"), gold=(frozenset({0}), frozenset({1}))),
    )
)


def service(
    bench: ScriptedBench, shelf: InMemoryShelf, rebuild: Callable[[], None] | None = None
) -> tuple[TrainingService, ScriptedTrainer]:
    trainer = ScriptedTrainer(bench)
    made = TrainingService(
        base="base",
        base_folder=lambda: Path("base-folder"),
        trainer=trainer,
        shelf=shelf,
        rebuild=rebuild,
        now=lambda: NOW,
        clock=lambda: 0.0,
    )
    return made, trainer


def state(active: str | None, previous: str | None, base: str = "base") -> ActiveModel:
    return ActiveModel(base=base, active=active, previous=previous, at=NOW)


def test_a_better_model_takes_over_at_full_strength() -> None:
    shelf, bench = InMemoryShelf(), ScriptedBench(after={1.0: 1})
    made, _ = service(bench, shelf)

    report = made.run(MATERIAL, GUARDS, Recipe(), quiet)

    assert (report.outcome, report.model, report.next_step) == ("promoted", "trained-000000000001", REINGEST)
    assert [trial.strength for trial in report.trials] == bench.saved == [1.0]
    assert shelf.state is not None
    assert (shelf.state.active, shelf.state.previous, shelf.state.base) == ("trained-000000000001", None, "base")
    assert [line.name for line in shelf.state.figures] == [report.trials[0].team.name, "elsewhere"]
    assert shelf.report == report
    assert report.losses == (3.0, 1.0)


def test_only_what_is_not_held_out_is_learnt() -> None:
    bench = ScriptedBench()
    made, _ = service(bench, InMemoryShelf())
    report = made.run(MATERIAL, GUARDS, Recipe(), quiet)
    assert len(bench.learnt) == report.plan.train < len(MATERIAL.examples)
    assert report.plan.train + report.plan.held_out + report.plan.dropped == report.plan.examples


def test_the_strongest_change_that_harms_nothing_is_taken() -> None:
    bench = ScriptedBench(after={1.0: 1, 0.8: 2, 0.3: 3}, harm={1.0: 9})
    made, _ = service(bench, InMemoryShelf())
    report = made.run(MATERIAL, GUARDS, Recipe(), quiet)
    assert [(trial.strength, trial.accepted) for trial in report.trials] == [(1.0, False), (0.8, True)]
    assert "elsewhere" in report.trials[0].reasons[0]
    assert bench.saved == [0.8]


def test_a_model_that_is_no_better_changes_nothing_and_says_why() -> None:
    shelf, bench = InMemoryShelf(state=state("trained-a", None)), ScriptedBench()
    made, _ = service(bench, shelf)

    report = made.run(MATERIAL, GUARDS, Recipe(), quiet)

    assert (report.outcome, report.model, bench.saved) == ("rejected", None, [])
    assert len(report.trials) == len(STRENGTHS)
    assert report.decisive is not None
    assert "no sure gain" in report.decisive.reasons[0]
    assert shelf.state == state("trained-a", None)
    assert shelf.report == report


def test_the_model_to_beat_is_the_one_in_use_and_training_starts_from_the_base() -> None:
    shelf, bench = InMemoryShelf(state=state("trained-a", None)), ScriptedBench(after={1.0: 1})
    made, trainer = service(bench, shelf)

    report = made.run(MATERIAL, GUARDS, Recipe(), quiet)

    assert trainer.opened == [Path("models/trained-a"), Path("base-folder")]
    assert report.plan.active == "trained-a"
    assert shelf.state is not None
    assert shelf.state.previous == "trained-a"


def test_what_was_promoted_for_another_base_model_does_not_count() -> None:
    shelf = InMemoryShelf(state=state("trained-a", None, base="another"))
    made, trainer = service(ScriptedBench(after={1.0: 1}), shelf)
    assert made.status().active == "base"
    made.run(MATERIAL, GUARDS, Recipe(), quiet)
    assert trainer.opened == [Path("base-folder")]


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError("disk")])
def test_a_run_that_is_stopped_changes_nothing(failure: BaseException) -> None:
    shelf = InMemoryShelf(state=state("trained-a", None))
    made, _ = service(ScriptedBench(fails=failure), shelf)
    with pytest.raises(type(failure)):
        made.run(MATERIAL, GUARDS, Recipe(), quiet)
    assert (shelf.state, shelf.report) == (state("trained-a", None), None)


def test_an_index_that_cannot_be_made_anew_keeps_the_model_before() -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    shelf = InMemoryShelf()
    made, _ = service(ScriptedBench(after={1.0: 1}), shelf, fail)
    with pytest.raises(KeyboardInterrupt):
        made.run(MATERIAL, GUARDS, Recipe(), quiet)
    assert shelf.state is None


def test_with_a_rebuild_nothing_is_left_to_do() -> None:
    seen: list[str | None] = []
    shelf = InMemoryShelf()
    made, _ = service(ScriptedBench(after={1.0: 1}), shelf, lambda: seen.append(shelf.state and shelf.state.active))
    assert made.run(MATERIAL, GUARDS, Recipe(), quiet).next_step == ""
    assert seen == ["trained-000000000001"]


def test_rolling_back_twice_ends_where_it_began() -> None:
    shelf = InMemoryShelf(state=state("trained-b", "trained-a"))
    made, _ = service(ScriptedBench(), shelf)
    first, next_step = made.rollback()
    assert (first.active, first.previous, next_step) == ("trained-a", "trained-b", REINGEST)
    second, _ = made.rollback()
    assert (second.active, second.previous) == ("trained-b", "trained-a")


def test_the_first_promotion_rolls_back_to_the_base_model() -> None:
    made, _ = service(ScriptedBench(), InMemoryShelf(state=state("trained-a", None)))
    status, _ = made.rollback()
    assert (status.active, status.previous) == ("base", "trained-a")


def test_without_a_promotion_there_is_no_way_back() -> None:
    made, _ = service(ScriptedBench(), InMemoryShelf())
    with pytest.raises(NothingToRollBack, match="copilot train"):
        made.rollback()


def test_a_previous_model_that_is_gone_is_named_and_the_one_in_use_stays() -> None:
    shelf = InMemoryShelf(state=state("trained-b", "trained-a"), gone={"trained-a"})
    made, _ = service(ScriptedBench(), shelf)
    with pytest.raises(ModelUnavailable, match="trained-a"):
        made.rollback()
    assert shelf.state == state("trained-b", "trained-a")


def test_a_plan_trains_nothing() -> None:
    shelf, bench = InMemoryShelf(), ScriptedBench()
    made, trainer = service(bench, shelf)
    report = made.plan(MATERIAL, GUARDS, Recipe(epochs=3))
    assert (report.outcome, report.trials, trainer.opened, shelf.report) == ("planned", (), [], None)
    assert report.plan.guards == ("elsewhere (2 questions over 2 passages)",)
    assert report.plan.steps == 9  # 90 sections in batches of 32, three times


def test_too_few_examples_open_no_model() -> None:
    made, trainer = service(ScriptedBench(), InMemoryShelf())
    with pytest.raises(TooFewExamples):
        made.run(material(10, 3), GUARDS, Recipe(), quiet)
    assert trainer.opened == []
