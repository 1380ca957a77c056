"""The parts that `/readyz` tells of, looked at by the same code, so that both agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.bootstrap.application import Application
from copilot.bootstrap.checkup.finding import Finding, State, failed, ok
from copilot.bootstrap.readiness import Readiness
from copilot.interfaces.contract import PartBody, ReadyBody
from copilot.settings import Settings
from knowledge.errors import DatabaseUnavailable, IndexUnavailable, ReportableError

#: Part of `/readyz` → its name here, in Chinese, and what to do where it is not right.
_PARTS: Mapping[str, tuple[str, str, str]] = {
    "database": ("ready database", "数据库应答", "COPILOT_DATABASE_URL=…"),
    "vectors": ("ready vectors", "向量应答", "copilot ingest"),
    "embedder": ("ready embedder", "向量模型应答", "COPILOT_EMBEDDING_MODEL=…"),
    "chat_model": ("ready chat model", "对话模型应答", "COPILOT_CHAT_MODEL=… COPILOT_CHAT_BASE_URL=…"),
}
_MODELS = frozenset({"embedder", "chat_model"})
_SERVER = "COPILOT_CHROMA_URL=…, and start the Chroma server there"
_STATES: Mapping[str, State] = {"ok": "ok", "off": "ok", "degraded": "warning", "failed": "failed"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whether the chat model answered; a part that was not asked is not told to be well."""

    chat_model: bool


def look_at_parts(application: Application, asked: Asked | None) -> Iterator[Finding]:
    """Look at the parts of this process; the embedder is loaded only where the models were `asked`."""
    readiness = Readiness(application)
    if asked is None:
        state = readiness.of_the_stores()
    else:
        if not asked.chat_model:
            application.guards.chat_model.failed()
        readiness.warm_up()
        state = readiness()
    yield from look_at_state(state, asked=asked is not None, server=application.settings.chroma_url is not None)


def look_at_state(state: ReadyBody, *, asked: bool, server: bool = False) -> Iterator[Finding]:
    """Tell what `/readyz` answers. `server`: the vectors are in a server."""
    for name, part in state.parts.items():
        yield _part(name, part, asked=asked or name not in _MODELS, server=server)
    if state.status == "ready":
        told = state.detail or ("" if asked else "without asking the models; --online asks them")
        zh = state.detail or ("" if asked else "没有询问模型,--online 才询问")
        yield ok("ready", f"可以{f':{zh}' if zh else ''}", f"yes{f': {told}' if told else ''}")
        return
    detail = state.detail or state.status
    yield failed("ready", detail, detail, _fix_of(state, server=server))


def vectors_away(settings: Settings, error: ReportableError) -> Finding | None:
    """Tell of a server of vectors without which nothing can be opened; None where it is another fault."""
    away = isinstance(error, IndexUnavailable) and not isinstance(error, DatabaseUnavailable)
    if settings.chroma_url is None or not away:
        return None
    return failed("ready vectors", error.message, f"{error.code}: {error.message}", _SERVER)


def _part(name: str, part: PartBody, *, asked: bool, server: bool) -> Finding:
    title, zh, fix = _PARTS.get(name, (f"ready {name}", "应答", "copilot doctor --online"))
    state = _STATES[part.state]
    if part.state == "off":
        return ok(title, "没有设置", "not set up")
    if state == "ok":
        return ok(title, zh, "answers") if asked else ok(title, "用到时才询问", "asked when first needed")
    detail = part.detail or part.state
    fix = _SERVER if name == "vectors" and server else fix
    return Finding(name=title, state=state, zh=detail, en=f"{part.state}: {detail}", fix=fix)


def _fix_of(state: ReadyBody, *, server: bool) -> str:
    """Return what to do where nothing can be answered: what the part that failed wants, else the model is missing."""
    if state.status in ("loading", "leaving"):
        return "copilot doctor"
    for name, part in state.parts.items():
        if part.state in ("failed", "degraded"):
            return _part(name, part, asked=True, server=server).fix or "copilot doctor"
    return "copilot serve" if state.parts else _PARTS["embedder"][2]
