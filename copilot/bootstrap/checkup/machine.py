"""The machine and the home: room, rights, limits, the lock, fonts."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from copilot.adapters.home_lock import clear_stale_lock, owner_of, stale_lock
from copilot.bootstrap.checkup.finding import Finding, failed, mended, ok, warning
from copilot.interfaces.export.pdf import chinese_fonts

#: An unpacked model (470 MB), an index and their working copies.
_WANTED_BYTES = 2_000_000_000
#: SQLite and Chroma stop in the middle of a write below this.
_NEEDED_BYTES = 200_000_000
#: A connection per open page, files of the index, and the database.
_WANTED_FILES = 1024
#: Hold keys, conversations or internal text.
_PRIVATE = ("copilot.db", "copilot.lock", "uploads", "originals", "approved", "exports", "chroma")


def look_at_machine(home: Path, *, mend: bool) -> Iterator[Finding]:
    """Look at what lies around the stores."""
    resolved = home.resolve()
    existing = next(path for path in (resolved, *resolved.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        yield failed(
            "home", f"{existing} 不可写", f"{str(existing)!r} cannot be written.", "COPILOT_HOME=/path/of/yours"
        )
        return
    yield ok("home", str(resolved), str(resolved))
    yield _disk(existing)
    if home.is_dir():
        yield _rights(home, mend=mend)
        yield _lock(home, mend=mend)
    yield _files()
    yield _fonts()


def _disk(existing: Path) -> Finding:
    free = shutil.disk_usage(existing).free
    zh, en = f"剩余 {free / 1e9:.1f} GB,建议约 2 GB", f"{free / 1e9:.1f} GB free, about 2 GB are wanted"
    fix = f"du -sh {quote(str(existing))}/*"
    if free < _NEEDED_BYTES:
        return failed("disk", zh, en, fix)
    return ok("disk", zh, en) if free > _WANTED_BYTES else warning("disk", zh, en, fix)


def _rights(home: Path, *, mend: bool) -> Finding:
    """Others on this machine get nothing from a home that they cannot enter, whatever lies in it."""
    if home.stat().st_mode & 0o077 == 0:
        return ok("rights", "只有本用户能读", "readable by this user alone")
    readable = [name for name in _PRIVATE if (home / name).exists() and (home / name).stat().st_mode & 0o077]
    if not readable:
        return ok("rights", "只有本用户能读", "what matters is readable by this user alone")
    if mend:
        home.chmod(0o700)
        return mended("rights", "已改为只有本用户能读", "now readable by this user alone")
    shown = ", ".join(readable)
    return warning(
        "rights",
        f"本机其他用户可能读到:{shown}",
        f"other users of this machine may read {shown}",
        f"chmod 700 {quote(str(home))}",
    )


def _lock(home: Path, *, mend: bool) -> Finding:
    if not stale_lock(home):
        owner = owner_of(home)
        if owner is None:
            return ok("lock", "没有进程占用", "held by nobody")
        where = f" ({owner.address})" if owner.address else ""
        return ok("lock", f"由进程 {owner.pid} 占用{where}", f"held by process {owner.pid}{where}")
    if mend and clear_stale_lock(home):
        return mended("lock", "已清空残留的锁文件", "the lock file of a killed process was emptied")
    return warning(
        "lock",
        "锁文件是被杀掉的进程留下的,不妨碍下次启动",
        "the lock file was left by a killed process; the next start does not mind",
        "copilot doctor --fix",
    )


def _files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    zh, en = f"最多打开 {soft} 个文件", f"{soft} files may be open"
    if soft == resource.RLIM_INFINITY or soft >= _WANTED_FILES:
        return ok("open files", zh, en)
    return warning(
        "open files", f"{zh},建议至少 {_WANTED_FILES}", f"{en}, {_WANTED_FILES} are wanted", "ulimit -n 4096"
    )


def _fonts() -> Finding:
    found = chinese_fonts()
    if found:
        return ok("fonts", f"{found[0]}(导出 PDF 不需要浏览器)", f"{found[0]} (PDF needs no browser)")
    return warning(
        "fonts",
        "没有中文字体:中文草稿不能导出 PDF,docx 和 md 可以",
        "no Chinese font: Chinese drafts cannot be exported as PDF; docx and md work",
        "apt-get install fonts-noto-cjk",
    )
