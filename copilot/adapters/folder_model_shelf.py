"""The shelf of trained models: folders `trained-<hash>` beside a small record of which one is in use."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from copilot.errors import ConfigurationError
from copilot.training.report import TrainingReport
from copilot.training.shelf import ActiveModel
from knowledge.errors import ModelUnavailable

ACTIVE = "active.json"
LAST = "last-training.json"
#: The record is read from a file, and what it names is loaded: nothing but our own folders may be meant.
_NAME = re.compile(r"trained-[0-9a-f]{12}")


class FolderModelShelf:
    """Implements `ModelShelf`."""

    def __init__(self, models: Path) -> None:
        self.models = models

    def current(self) -> ActiveModel | None:
        """Return what is in use."""
        path = self.models / ACTIVE
        try:
            state = TypeAdapter(ActiveModel).validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise ConfigurationError(
                f"{str(path)!r} does not say which model is in use ({type(error).__name__}). Remove it to go back to "
                "the base model, then run `copilot ingest`."
            ) from error
        for name in (state.active, state.previous):
            if name is not None and not _NAME.fullmatch(name):
                raise ConfigurationError(f"{str(path)!r} names {name!r}, which is no trained model. Remove the file.")
        return state

    def put(self, state: ActiveModel | None) -> None:
        """Write down what is in use from now on."""
        if state is None:
            (self.models / ACTIVE).unlink(missing_ok=True)
        else:
            self._write(ACTIVE, TypeAdapter(ActiveModel), state)

    def folder(self, name: str) -> Path:
        """Return the folder of a model on the shelf."""
        folder = self.models / name
        if not _NAME.fullmatch(name) or not folder.is_dir():
            raise ModelUnavailable(
                f"The trained model {str(folder)!r} is gone. Restore it, or remove {ACTIVE!r} beside it to go back to "
                "the base model and run `copilot ingest`."
            )
        return folder

    def keep(self, report: TrainingReport) -> None:
        """Remember the last run."""
        self._write(LAST, TypeAdapter(TrainingReport), report)

    def last(self) -> TrainingReport | None:
        """Return the last run."""
        try:
            return TypeAdapter(TrainingReport).validate_json((self.models / LAST).read_bytes())
        except (OSError, ValidationError):
            return None

    def tidy(self) -> None:
        """Remove models that are neither in use nor the previous one."""
        state = self.current()
        wanted = {state.active, state.previous} if state else set()
        for folder in self.models.glob("trained-*"):
            if _NAME.fullmatch(folder.name) and folder.name not in wanted:
                shutil.rmtree(folder, ignore_errors=True)
                folder.with_suffix(".safetensors").unlink(missing_ok=True)

    def _write(self, name: str, kind: TypeAdapter[Any], value: object) -> None:
        self.models.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.models, prefix=f".{name}-", delete=False) as file:
            file.write(kind.dump_json(value, indent=1))
            file.flush()
            os.fsync(file.fileno())  # before the rename, or a power cut could leave an empty record
        os.replace(file.name, self.models / name)
