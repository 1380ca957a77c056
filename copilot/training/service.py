"""Use cases: train and promote, tell the state, roll back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from copilot.errors import NothingToRollBack
from copilot.training.examples import Split, held_out_set, split_by_document
from copilot.training.judging import Watch, ranks, trials_of
from copilot.training.report import Plan, TrainingReport, Trial, tenths
from copilot.training.shelf import ActiveModel, ModelShelf
from knowledge.training import JudgedSet, Material, Recipe, StageListener, Trainer

REINGEST = "The index still holds vectors of the model before. Run `copilot ingest` to make them anew."


@dataclass(frozen=True, kw_only=True)
class Guards:
    """Sets that must not suffer, and why one that could be expected is not among them."""

    sets: tuple[JudgedSet, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Status:
    """What is in use."""

    base: str
    active: str
    previous: str | None
    at: datetime | None
    last: TrainingReport | None


class TrainingService:
    """Trains the base model anew every time, so that the result follows from today's knowledge and the seed alone."""

    def __init__(
        self,
        *,
        base: str,
        base_folder: Callable[[], Path],
        trainer: Trainer,
        shelf: ModelShelf,
        rebuild: Callable[[], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`rebuild` embeds the index anew with the active model; without it a person is told to."""
        self._base = base
        self._base_folder = base_folder
        self._trainer = trainer
        self._shelf = shelf
        self._rebuild = rebuild
        self._now = now
        self._clock = clock

    def plan(self, material: Material, guards: Guards, recipe: Recipe) -> TrainingReport:
        """Say what a run would do.

        Raises:
            TooFewExamples: there is not enough to learn from.
        """
        split = split_by_document(material, seed=recipe.seed)
        return TrainingReport(
            outcome="planned",
            at=self._now(),
            plan=self._plan(material, split, guards, recipe),
            recipe=recipe,
            seconds={"total": 0.0},
        )

    def run(self, material: Material, guards: Guards, recipe: Recipe, listen: StageListener) -> TrainingReport:
        """Train, judge, and promote what passes. Whatever ends it early, Ctrl-C too, leaves everything as it was.

        Raises:
            TooFewExamples: there is not enough to learn from.
            ModelNotTrainable: the base model is of another kind.
            NotEnoughSpace: the disk is too full.
        """
        report = self.plan(material, guards, recipe)
        split = split_by_document(material, seed=recipe.seed)
        watch = Watch(self._clock)
        self._shelf.tidy()
        judged = [held_out_set(material, split, seed=recipe.seed), *guards.sets]
        known = self._active_ranks(judged, recipe, listen, watch)
        with self._trainer.open(self._base_folder(), recipe.rank) as bench:
            before = known or ranks(bench, judged, 0.0, listen, watch)
            with watch("training"):
                losses = bench.fit(material, split.train, recipe, listen)
            trials = list(trials_of(bench, judged, before, recipe, listen, watch))
            report = replace(report, trials=tuple(trials), losses=tenths(losses), outcome="rejected")
            if trials[-1].accepted:
                with watch("saving"):
                    name = bench.save(self._shelf.models, trials[-1].strength)
                report = replace(report, outcome="promoted", model=name)
        if report.model is not None:
            report = replace(report, next_step=self._promote(report.model, trials[-1], watch))
        report = replace(report, seconds=watch.seconds())
        self._shelf.keep(report)
        return report

    def status(self) -> Status:
        """Tell what is in use, what was before, and what the last run found."""
        state = self._state()
        return Status(
            base=self._base,
            active=(state and state.active) or self._base,
            previous=(state.previous or self._base) if state else None,
            at=state.at if state else None,
            last=self._shelf.last(),
        )

    def rollback(self) -> tuple[Status, str]:
        """Go back to the previous model, which makes the one in use the previous one; return also the next step.

        Raises:
            NothingToRollBack: nothing was ever promoted.
            ModelUnavailable: the previous model is gone.
        """
        state = self._state()
        if state is None:
            raise NothingToRollBack(
                f"No trained model was ever promoted for {self._base!r}. Run `copilot train` first. To go back to what "
                "was used before a change of settings, restore COPILOT_EMBEDDING_MODEL and run `copilot ingest`, which "
                "swaps to the vectors that were kept."
            )
        if state.previous is not None:
            self._shelf.folder(state.previous)
        changed = replace(state, active=state.previous, previous=state.active, at=self._now(), figures=())
        next_step = self._switch(changed)
        return self.status(), next_step

    def _state(self) -> ActiveModel | None:
        state = self._shelf.current()
        return state if state is not None and state.base == self._base else None

    def _plan(self, material: Material, split: Split, guards: Guards, recipe: Recipe) -> Plan:
        state = self._state()
        return Plan(
            base=self._base,
            active=(state and state.active) or self._base,
            examples=len(material.examples),
            train=len(split.train),
            held_out=len(split.held_out),
            dropped=split.dropped,
            documents=len({section.document for section in material.sections}),
            steps=recipe.steps(len({example.sections[0] for example in split.train})),
            guards=tuple(
                f"{one.name} ({len(one.questions)} questions over {len(one.passages)} passages)" for one in guards.sets
            ),
            notes=guards.notes,
        )

    def _active_ranks(
        self, judged: Sequence[JudgedSet], recipe: Recipe, listen: StageListener, watch: Watch
    ) -> list[list[int]] | None:
        """Judge the model in use; None when that is the base model, which is on the bench anyway."""
        state = self._state()
        if state is None or state.active is None:
            return None
        with self._trainer.open(self._shelf.folder(state.active), recipe.rank) as bench:
            return ranks(bench, judged, 0.0, listen, watch)

    def _promote(self, name: str, trial: Trial, watch: Watch) -> str:
        state = self._state()
        changed = ActiveModel(
            base=self._base,
            active=name,
            # The same weights once more are no reason to forget what was before them.
            previous=(state.previous if state.active == name else state.active) if state else None,
            at=self._now(),
            figures=(trial.team, *trial.guards),
        )
        with watch("index"):
            return self._switch(changed)

    def _switch(self, changed: ActiveModel) -> str:
        """Put another model in use and embed the index anew; if that fails, the model before stays in use."""
        before = self._shelf.current()
        self._shelf.put(changed)
        if self._rebuild is None:
            return REINGEST
        try:
            self._rebuild()
        except BaseException:
            self._shelf.put(before)
            raise
        return ""
