"""`doctor`: is everything in place, and what to do where it is not?"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from rich.markup import escape

from copilot.bootstrap.checkup import Finding, Wanted
from copilot.bootstrap.checkup import diagnose as look
from copilot.cli.output import console
from copilot.privacy.masking import sealed
from copilot.settings import Settings

Language = Literal["zh", "en"]

#: What is looked at, and its states, for people.
_TITLES = {
    "home": "数据目录",
    "disk": "磁盘",
    "rights": "文件权限",
    "lock": "锁",
    "open files": "文件数上限",
    "fonts": "字体",
    "embedding model": "向量模型",
    "chat model": "对话模型",
    "database": "数据库",
    "database file": "数据库文件",
    "clock": "时钟",
    "outbox": "待发",
    "schedules": "排程",
    "ingestion": "入库",
    "freshness": "时效",
    "index": "索引",
    "vectors": "向量",
    "ready": "可以回答",
    "ready database": "部件:数据库",
    "ready vectors": "部件:向量",
    "ready embedder": "部件:向量模型",
    "ready chat model": "部件:对话模型",
    "addresses": "地址",
    "mail": "邮件",
    "slack": "Slack",
    "crm": "CRM",
    "sign-on": "单点登录",
}
_STATES = {"ok": "正常", "warning": "注意", "failed": "失败"}
_COLOURS = {"ok": "green", "warning": "yellow", "failed": "red"}


class Check(BaseModel):
    """One thing looked at; `fix` is a command, or the settings to correct."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str
    fix: str | None = None
    fixed: bool = False


class Diagnosis(BaseModel):
    """All checks."""

    checks: list[Check]


def diagnose(settings: Settings, *, online: bool = False, fix: bool = False, language: Language = "zh") -> Diagnosis:
    """Look at everything; with `fix`, do what is safe."""
    findings = look(settings, Wanted(online=online, mend=fix))
    secrets = settings.secret_values()
    return Diagnosis(checks=[_check(finding, language, secrets) for finding in findings])


def print_diagnosis(diagnosis: Diagnosis, language: Language = "zh") -> None:
    """Print one line per check, and under it what to do."""
    zh = language == "zh"
    for check in diagnosis.checks:
        state = _STATES[check.status] if zh else f"{check.status:8}"
        title = _TITLES.get(check.name, check.name) if zh else check.name
        done = ("(已处理)" if zh else " (fixed)") if check.fixed else ""
        console.print(f"[{_COLOURS[check.status]}]{state}[/] {title}: {escape(check.detail)}{done}", soft_wrap=True)
        if check.fix:
            console.print(f"[dim]         → {escape(check.fix)}[/]", soft_wrap=True)


def _check(finding: Finding, language: Language, secrets: tuple[str, ...]) -> Check:
    """Say it without what a foreign message may repeat: a diagnosis is sent to whoever helps."""
    return Check(
        name=finding.name,
        status=finding.state,
        detail=sealed(finding.detail(language), secrets),
        fix=finding.fix,
        fixed=finding.mended,
    )
