"""The database, the vectors, and whether they agree; and what waits in them longer than it should."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext

from sqlalchemy import Engine

from copilot.adapters.sql.database import DatabaseState, look_into
from copilot.bootstrap.application import Application, open_application
from copilot.bootstrap.checkup.finding import Finding, failed, mended, ok, warning
from copilot.bootstrap.checkup.parts import Asked, look_at_parts, look_at_state, vectors_away
from copilot.bootstrap.home import address_of, running_copilot
from copilot.bootstrap.measuring import backlog_of
from copilot.settings import Settings
from copilot.telemetry.backlog import Backlog
from knowledge.errors import ReportableError
from knowledge.index import Field

#: The other side of a connection may tell the time a little differently.
_CLOCK_S = 60
_FIELDS: tuple[Field, ...] = ("chunk", "question")
_HOUR_S = 3600.0
_MINUTE_S = 60.0


def look_at_stores(settings: Settings, *, mend: bool, asked: Asked | None = None) -> Iterator[Finding]:
    """Look at them, without changing them unless `mend`; a database that is not there yet is no fault.

    `asked`: what the models said when they were asked just now; None where nobody asked.
    """
    state: DatabaseState | None = None
    if settings.database_url is not None or (settings.home / "copilot.db").exists():
        try:
            with look_into(address_of(settings)) as (engine, state):
                yield from _database(state)
                if state.current:
                    yield from _waiting(settings, engine)
        except ReportableError as error:
            yield failed("database", error.message, f"{error.code}: {error.message}", "COPILOT_DATABASE_URL=…")
            return
    # Opening the index would bring the tables of an older release up to date; those of a newer one it refuses.
    if state is None or state.current or state.newer:
        yield from _index(settings, known=state is not None, mend=mend, asked=asked)


def _database(state: DatabaseState) -> Iterator[Finding]:
    if state.newer:
        yield failed(
            "database",
            f"{state.kind},结构 {state.revision} 来自更新的版本",
            f"{state.kind}, structure {state.revision} is of a newer release",
            "pip install --upgrade frontline-copilot",
        )
    elif not state.current:
        yield warning(
            "database",
            f"{state.kind},结构 {state.revision or '空'},下次启动时升级到 {state.wanted}",
            f"{state.kind}, structure {state.revision or 'empty'}; the next start brings it to {state.wanted}",
            "copilot serve",
        )
    else:
        journal = f", {state.journal}" if state.journal else ""
        yield ok("database", f"{state.kind}{journal},结构 {state.revision}", f"{state.kind}{journal}, {state.revision}")
    if state.damage:
        yield failed(
            "database file",
            f"文件已损坏:{state.damage}",
            f"damaged: {state.damage}",
            "copilot restore BACKUP --replace",
        )
    if abs(state.clock_s) > _CLOCK_S:
        yield warning(
            "clock",
            f"与数据库相差 {state.clock_s:.0f} 秒,排程与租约会错位",
            f"differs from the database by {state.clock_s:.0f} s; leases and schedules go wrong",
            "timedatectl set-ntp true",
        )
    else:
        yield ok("clock", "与数据库一致", "agrees with the database")


def _waiting(settings: Settings, engine: Engine) -> Iterator[Finding]:
    backlog = backlog_of(settings, engine)
    yield _outbox(backlog)
    late = backlog.schedule_lag_s
    if late > _HOUR_S:
        yield warning("schedules", f"晚了 {_hours(late)}", f"{_hours(late)} late", "copilot worker")
    failures = sum(backlog.failures.values())
    if failures:
        yield warning(
            "ingestion",
            f"{failures} 项没能入库",
            f"{failures} items could not be ingested",
            "copilot ingest --retry-failed",
        )
    else:
        yield ok("ingestion", "没有失败的", "nothing failed")
    if backlog.stale_used:
        yield warning(
            "freshness",
            f"30 天内被引用的文档里有 {backlog.stale_used} 篇过了复核期",
            f"{backlog.stale_used} documents that were cited within 30 days are overdue for review",
            "copilot insight",
        )
    else:
        yield ok("freshness", "引用到的文档都在复核期内", "what is cited is not overdue for review")


def _outbox(backlog: Backlog) -> Finding:
    dead = sum(count for (_, status), count in backlog.deliveries.items() if status == "dead")
    if backlog.deliveries_stuck or backlog.delivery_oldest_s > 15 * _MINUTE_S:
        age = _hours(backlog.delivery_oldest_s)
        return warning(
            "outbox",
            f"最早的已等 {age},{backlog.deliveries_stuck} 条的进程已不在:没有进程在发送,或对方一直不通",
            f"the oldest waits for {age}, {backlog.deliveries_stuck} were left by a worker: nobody sends, or the "
            "receiver is down",
            "copilot worker",
        )
    if dead:
        return warning("outbox", f"{dead} 条已放弃", f"{dead} were given up", "copilot deliveries list --status dead")
    return ok("outbox", "没有滞留的", "nothing waits")


def _index(settings: Settings, *, known: bool, mend: bool, asked: Asked | None) -> Iterator[Finding]:
    try:
        running = running_copilot(settings)
        if running is not None:
            count = len(running.documents().documents)
            yield ok("index", f"{count} 篇文档,由运行中的进程服务", f"{count} documents, served by a running copilot")
            yield from look_at_state(running.ready(), asked=True)
            if mend:
                yield warning(
                    "vectors",
                    "进程在运行,索引不在这里整理",
                    "not tidied up here while a copilot runs",
                    "stop it, then copilot doctor --fix",
                )
            return
        if not known:
            yield warning("index", "还是空的", "empty", "copilot ingest")
            return
        with open_application(settings) as application, closing(application.vectors):
            count = application.store.count()
            parts = list(look_at_parts(application, asked))
            yield from parts
            if not all(one.state == "ok" for one in parts if one.name == "ready vectors"):
                return  # they cannot be compared with anything
            missing, orphans = _compared(application, mend=mend)
        zh, en = f"{count} 篇文档", f"{count} documents"
        yield ok("index", zh, en) if count else warning("index", zh, en, "copilot ingest")
        yield from _in_step(missing, orphans, mended_now=mend)
    except ReportableError as error:
        if away := vectors_away(settings, error):
            yield away
            return
        fix = "copilot doctor" if error.retryable else "copilot ingest"
        yield failed("index", f"{error.code}: {error.message}", f"{error.code}: {error.message}", fix)


def _compared(application: Application, *, mend: bool) -> tuple[int, int]:
    """Count what has no vector, and vectors of nothing; with `mend` the latter are removed."""
    missing, orphans = 0, 0
    there = {field: set(application.vectors.entries(field)) for field in _FIELDS}
    with application.indexing.tidied() if mend else nullcontext():
        for field in _FIELDS:
            wanted = set(application.store.entries(field))
            missing += len(wanted - there[field])
            lost = there[field] - wanted
            orphans += len(lost)
            if mend and lost:
                application.vectors.discard(field, sorted(lost))
    return missing, orphans


def _in_step(missing: int, too_many: int, *, mended_now: bool) -> Iterator[Finding]:
    if missing:
        yield failed(
            "vectors",
            f"{missing} 段没有向量,只能按字词找到",
            f"{missing} chunks have no vector and are found by their words alone",
            "copilot documents delete SOURCE && copilot ingest",
        )
    if too_many and mended_now:
        yield mended("vectors", f"已清理 {too_many} 条多余的向量", f"{too_many} vectors of nothing were removed")
    elif too_many:
        yield warning(
            "vectors", f"{too_many} 条向量没有对应的段落", f"{too_many} vectors of nothing", "copilot doctor --fix"
        )
    elif not missing:
        yield ok("vectors", "与段落一一对应", "in step with the chunks")


def _hours(seconds: float) -> str:
    return f"{seconds / _HOUR_S:.1f} h" if seconds >= _HOUR_S else f"{seconds / _MINUTE_S:.0f} min"
