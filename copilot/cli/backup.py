"""`backup` and `restore`: everything into one file, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from copilot.backup.making import StageListener
from copilot.backup.place import Place
from copilot.bootstrap import BACKUPS
from copilot.cli.options import AsJson, Opened
from copilot.cli.output import console, errors, print_json
from copilot.interfaces.backup_contract import BackupBody, RestoreBody
from copilot.settings import Settings

_STAGES = {
    "rows": "复制数据 rows",
    "vectors": "读取向量 vectors",
    "questions": "提问留底 questions",
    "archive": "写入归档 archive",
    "reading": "校验归档 checking",
    "words": "建立全文索引 words",
    "loading": "写入向量 vectors",
    "embedding": "补算向量 embedding",
    "asking": "逐题核对 asking",
}


def add_backup(app: typer.Typer, opened: Opened, settings_of: Callable[[], Settings]) -> None:
    """Register the command."""

    @app.command()
    def backup(
        target: Annotated[
            Path | None,
            typer.Argument(
                metavar="[FILE|DIR]", help="FILE.tar.zst, .tar.gz or .tar, or a folder; default: backups in the home."
            ),
        ] = None,
        json: AsJson = False,
    ) -> None:
        """Back everything up into one file, while everything goes on. The file holds your company's knowledge."""
        if target is None:
            target = settings_of().home / BACKUPS
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = Place.of(target, datetime.now(UTC))
        with opened() as copilot, stages() as listen:
            made = copilot.backups.make(place, listen)
        print_json(made) if json else _print(made)


def add_restore(app: typer.Typer, settings_of: Callable[..., Settings]) -> None:
    """Register the command."""

    @app.command()
    def restore(
        file: Annotated[Path, typer.Argument(help="A backup, or a copy of the database from before an upgrade.")],
        into: Annotated[Path | None, typer.Option(help="The home to make; default: COPILOT_HOME.")] = None,
        database: Annotated[
            str | None, typer.Option(help="postgresql://… or sqlite:///…; default: COPILOT_DATABASE_URL.")
        ] = None,
        chroma_url: Annotated[str | None, typer.Option(help="A Chroma server; default: COPILOT_CHROMA_URL.")] = None,
        check_only: Annotated[
            bool, typer.Option("--check-only", help="Check every checksum, the database and the audit log; no more.")
        ] = False,
        replacing: Annotated[
            bool, typer.Option("--replace", help="Replace what is there; it is kept aside until you remove it.")
        ] = False,
        json: AsJson = False,
    ) -> None:
        """Make a home of a backup, and prove it: checksums, audit log, and the same passages for the same questions."""
        from copilot.bootstrap import look, restore

        with stages() as listen:
            if check_only:
                found = look(file, listen)
            else:
                named = {"home": into, "database_url": database, "chroma_url": chroma_url}
                found = restore(
                    settings_of(**{name: value for name, value in named.items() if value is not None}),
                    file,
                    replacing=replacing,
                    listen=listen,
                )
        print_json(found) if json else _print_restored(found)


@contextmanager
def stages() -> Iterator[StageListener]:
    """Show a bar per stage on stderr; nothing when stderr is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        tasks = {}

        def listen(done: int, total: int, stage: str) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(_STAGES.get(stage, escape(stage)), total=None)
            progress.update(tasks[stage], completed=done, total=total)

        yield listen


def _print_restored(found: RestoreBody) -> None:
    made = (
        f"{found.created_at:%Y-%m-%d %H:%M} UTC · {found.product_version}" if found.created_at else "before an upgrade"
    )
    word = "备份完好 sound" if found.status == "sound" else "已恢复 restored"
    console.print(f"[green]✓[/] {word}: [bold]{escape(found.path)}[/] [dim]{made}, {found.database}[/]", soft_wrap=True)
    upgraded = f" → {found.upgraded_to}" if found.upgraded_to else ""
    console.print(f"  数据版本 revision {found.revision}{upgraded}", soft_wrap=True)
    whole = "完整 whole" if not found.audit_faults else f"[red]{found.audit_faults} 处有问题 faults[/]"
    console.print(f"  审计日志 audit log: {found.audit_entries} 条 entries, {whole}", soft_wrap=True)
    if found.status == "restored":
        console.print(
            f"  {found.counts.get('documents', 0)} 篇文档 documents · {found.vectors} 个向量 vectors"
            f" · {found.embedded} 个补算 made anew · {found.files} 个文件 files · {found.seconds:.1f} s",
            soft_wrap=True,
        )
        same = [one for one in found.asked if one.found == one.expected]
        if found.not_asked:
            console.print(f"  [yellow]·[/] 没有逐题核对 not asked: {escape(found.not_asked)}", soft_wrap=True)
        elif found.asked:
            console.print(
                f"  逐题核对 asked again: {len(same)}/{len(found.asked)} 题段落完全相同 find the very same passages",
                soft_wrap=True,
            )
        if found.held:
            console.print(
                f"  [yellow]{found.held} 件备份时还没发出,已停下等人确认 were on their way when it was made; "
                "a person sends them (copilot deliveries list)[/]",
                soft_wrap=True,
            )
    for place in found.kept:
        console.print(f"  原来的内容留在 what was there is kept in {escape(place)}", soft_wrap=True)
    for note in found.notes:
        console.print(f"  [yellow]·[/] {escape(note)}", soft_wrap=True)


def _print(made: BackupBody) -> None:
    counts = made.counts
    console.print(f"[green]✓[/] [bold]{escape(made.path)}[/]", soft_wrap=True)
    mb = made.bytes / 1e6
    console.print(
        f"  {mb:,.1f} MB · {counts.get('documents', 0)} 篇文档 documents · {counts.get('drafts', 0)} 份草稿"
        f" drafts · {made.vectors} 个向量 vectors · {made.files} 个文件 files · {made.seconds:.1f} s",
        soft_wrap=True,
    )
    if made.vectors_missing:
        console.print(
            f"  {made.vectors_missing} 个向量恢复时补算 vectors are made anew when it is restored", soft_wrap=True
        )
    if made.not_asked:
        console.print(
            f"  [yellow]·[/] 没有留下核对问题 no questions to check it by: {escape(made.not_asked)}", soft_wrap=True
        )
    else:
        console.print(f"  {made.questions} 个核对问题 questions to check it by · sha256 {made.sha256}", soft_wrap=True)
    for line in made.left_out:
        console.print(f"  [dim]不含 left out: {escape(line)}[/]", soft_wrap=True)
    console.print(
        "[yellow]文件里是公司的全部知识和对话,没有加密:请放在安全的地方,最好不在同一台机器上。\n"
        "It holds your company's knowledge and conversations, not encrypted: keep it safe, best on another machine.\n"
        "验证 check it: copilot restore FILE --check-only[/]",
        soft_wrap=True,
    )
