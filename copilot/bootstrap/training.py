"""Training of the embedding model, and what it learns from and is judged on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from copilot.adapters.folder_model_shelf import FolderModelShelf
from copilot.bootstrap.application import open_application
from copilot.bootstrap.home import database, home_taken
from copilot.bootstrap.indexing import corpus_folder
from copilot.interfaces.curation import ProgressListener
from copilot.settings import PACKAGED_MODEL, WORDS_ONLY, Settings
from copilot.training.guards import shipped_guard, shipped_questions
from copilot.training.service import Guards, TrainingService
from ingest.parsers.corpus import CorpusParser
from ingest.preview import preview
from ingest.sources.corpus import ORIGIN, CorpusSource
from knowledge.adapters.low_rank_trainer import LowRankTrainer
from knowledge.adapters.packaged_model import unpacked_model
from knowledge.adapters.sql.training_material import stored_material
from knowledge.errors import IndexRebuilding, ModelNotTrainable
from knowledge.training import Material


@contextmanager
def open_material(settings: Settings) -> Iterator[Material]:
    """Take the home and read what a model can learn from; nobody changes the index until the home is given up.

    Raises:
        IndexLocked: another process owns the home.
        IndexUnavailable: the store cannot be opened.
    """
    with home_taken(settings):
        engine = database(settings)
        try:
            material = stored_material(engine)
        finally:
            engine.dispose()
        yield material


@dataclass(frozen=True, kw_only=True)
class Swapped:
    """What putting the index in step with the model in use took, in chunks and questions."""

    embedded: int
    kept: int  #: that the set of vectors had


def swap_index(settings: Settings, listen: ProgressListener | None = None) -> Swapped | None:
    """Let the index have the vectors of the model in use; None when it has them. What is kept is not embedded again.

    Raises:
        IndexLocked: another process owns the home.
        RebuildFailed: the vectors are not right; those before stay live.
        IndexRebuilding: it was stopped.
    """
    with open_application(settings) as application:
        report = application.indexing.rebuild(listen)
    if report is None:
        return None
    if not report.finished:
        raise IndexRebuilding("Changing the vectors of the index was stopped. Run the command again.")
    return Swapped(embedded=report.embedded, kept=report.kept)


def training_service(settings: Settings, rebuild: Callable[[], None] | None = None) -> TrainingService:
    """Wire training of the embedding model that the settings name; `rebuild` puts the index in step with a change."""
    name = settings.embedding_model

    def base_folder() -> Path:
        if name == WORDS_ONLY:
            raise ModelNotTrainable(f"COPILOT_EMBEDDING_MODEL is {name!r}, which is no model. Leave it unset to train.")
        return unpacked_model(settings.models) if name == PACKAGED_MODEL else Path(name)

    return TrainingService(
        base=name,
        base_folder=base_folder,
        trainer=LowRankTrainer(settings.models),
        shelf=FolderModelShelf(settings.models),
        rebuild=rebuild,
    )


def shipping_service(models: Path) -> TrainingService:
    """Wire training of the change that ships: from the packaged weights without it, onto a shelf of its own."""
    return TrainingService(
        base=PACKAGED_MODEL,
        base_folder=lambda: unpacked_model(models, plain=True),
        trainer=LowRankTrainer(models),
        shelf=FolderModelShelf(models),
    )


def shipped_material() -> Material:
    """Read the shipped corpus without an index."""
    return preview(CorpusSource(corpus_folder()), {"corpus": CorpusParser()})


def own_guards(material: Material, seed: int) -> Guards:
    """Return what ships with the product to judge on, unless it is being trained on."""
    if any(section.origin == ORIGIN for section in material.sections):
        return Guards(notes=("The shipped corpus is among what is learnt from, so it is no guard.",))
    questions = shipped_questions()
    return Guards(sets=(shipped_guard(shipped_material(), questions, seed=seed),))
