"""`gaps answer`, `knowledge …` and `notices`: from an expert's answer to everybody who asked."""

from __future__ import annotations

import json as json_text
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from copilot.cli import output
from copilot.cli.drafts import print_draft
from copilot.cli.options import AsJson, Opened
from copilot.errors import InvalidRequest
from copilot.interfaces.knowledge_contract import GapAnswerBody, KeptQuestions, NoticeList, PinChange
from copilot.interfaces.local import Copilot
from knowledge.document import Audience
from knowledge.errors import ReportableError

Document = Annotated[str, typer.Argument(help="Source or id, as `knowledge list` shows it.")]
_COLOURS = {"published": "green", "queued": "yellow", "blocked": "red", "dropped": "red", "withdrawn": "red"}


def add_gap_answer(group: typer.Typer, opened: Opened) -> None:
    """Register `copilot gaps answer`."""

    @group.callback()
    def gaps() -> None:
        """What people asked and the knowledge does not answer."""

    @group.command()
    def answer(
        gap_id: Annotated[str, typer.Argument(help="Id of the gap.")],
        text: Annotated[Path, typer.Option("--text", help="The answer, from a file; - for standard input.")],
        title: Annotated[str | None, typer.Option(help="Default: the question of the gap.")] = None,
        audience: Annotated[Audience | None, typer.Option(help="Who may read it; default: internal.")] = None,
        group: Annotated[
            list[str] | None, typer.Option("--group", help="Only members may read it. Repeatable.")
        ] = None,
        document: Annotated[
            str | None, typer.Option(help="One approved here, which it joins; any other, which it goes with.")
        ] = None,
        language: Annotated[str | None, typer.Option(help="zh or en; default: that of the gap.")] = None,
        pin: Annotated[bool, typer.Option("--pin", help="Return it as it stands when the same is asked.")] = False,
        valid_until: Annotated[str | None, typer.Option(help="The last day on which it holds.")] = None,
        key: Annotated[str | None, typer.Option("--key", help="The same key again returns the draft it made.")] = None,
        json: AsJson = False,
    ) -> None:
        """Draft an entry from an expert's answer; it is published once it is approved (`copilot drafts approve`)."""
        if language not in (None, "zh", "en"):
            raise typer.BadParameter("--language is zh or en.")
        body = GapAnswerBody.model_validate(
            {
                "answer": _read(text),
                "title": title,
                "audience": audience,
                "groups": group or [],
                "document_id": document,
                "language": language,
                "pin": pin,
                "valid_until": _day(valid_until),
            }
        )
        with opened() as copilot:
            reply = copilot.knowledge.answer(gap_id, body, key)
        output.print_json(reply) if json else print_draft(reply)


def add_knowledge_commands(group: typer.Typer, opened: Opened) -> None:
    """Register the commands of `copilot knowledge`."""

    @group.command("list")
    def list_knowledge(json: AsJson = False) -> None:
        """List what was approved here, what became of it, and the pinned answers."""
        with opened() as copilot:
            listed = copilot.knowledge.list()
        if json:
            output.print_json(listed)
            return
        for one in listed.publications:
            colour = _COLOURS[one.status]
            place = f"{one.source} version {one.version}" if one.source else f"draft {one.draft_id}"
            why = f" · {one.code} after {one.attempts} attempts" if one.code else ""
            output.console.print(
                f"[{colour}]{one.status}[/]  {escape(place)} · gap {escape(one.gap_id)}{why}", soft_wrap=True
            )
        for pin in listed.pins:
            until = f" until {pin.valid_until}" if pin.valid_until else ""
            output.console.print(
                f"pinned ({pin.state}){until}  {escape(pin.question)} → {escape(pin.source)} · {escape(pin.pinned_by)}",
                soft_wrap=True,
            )

    @group.command()
    def withdraw(document: Document, json: AsJson = False) -> None:
        """Take a document out of the knowledge again; the gaps it answered are open again."""
        with opened() as copilot:
            reply = copilot.knowledge.withdraw(document)
        if json:
            output.print_json(reply)
        else:
            output.console.print(f"withdrawn {escape(document)}; open again: {', '.join(reply.gaps) or 'no gap'}")

    @group.command()
    def pin(
        document: Document,
        valid_until: Annotated[str | None, typer.Option(help="The last day on which it is returned.")] = None,
        json: AsJson = False,
    ) -> None:
        """Return a document's answers as they stand; again, after a new version: that one is right, too."""
        with opened() as copilot:
            reply = copilot.knowledge.pin(document, PinChange(valid_until=_day(valid_until)))
        output.print_json(reply) if json else output.console.print(
            f"pinned to: {escape(' · '.join(reply.questions))}", soft_wrap=True
        )

    @group.command()
    def unpin(document: Document, json: AsJson = False) -> None:
        """Let a document answer like any other again."""
        with opened() as copilot:
            reply = copilot.knowledge.unpin(document)
        output.print_json(reply) if json else output.console.print(f"unpinned {escape(document)}")

    @group.command()
    def questions(
        out: Annotated[Path | None, typer.Option(help="Write them to this file, for `copilot evaluate FILE`.")] = None,
        json: AsJson = False,
    ) -> None:
        """List the questions that people asked and that are answered now, as `copilot evaluate` reads them."""
        with opened() as copilot:
            kept = copilot.knowledge.questions()
        if out is not None:
            try:
                out.write_bytes(jsonl(kept))
            except OSError as error:
                raise InvalidRequest(f"{str(out)!r} cannot be written: {error.strerror}. Choose another.") from error
            output.errors.print(f"{len(kept.questions)} questions written to {escape(str(out))}")
        if json:
            output.print_json(kept)
        elif out is None:
            for one in kept.questions:
                output.console.print(f"{escape(one.id)}  {escape(one.question)}", soft_wrap=True)


def add_notices(app: typer.Typer, opened: Opened) -> None:
    """Register `copilot notices`."""

    @app.command()
    def notices(
        everything: Annotated[bool, typer.Option("--all", help="Also those that you have seen.")] = False,
        keep: Annotated[bool, typer.Option("--keep", help="Do not take what is shown for seen.")] = False,
        json: AsJson = False,
    ) -> None:
        """Questions of yours that have an answer now; what is shown counts as seen."""
        with opened() as copilot:
            found = copilot.knowledge.notices(unseen=not everything)
            if not keep:
                for one in found.notices:
                    if one.seen_at is None:
                        copilot.knowledge.see(one.id)
        output.print_json(found) if json else _print_notices(found)


def hint_at_notices(copilot: Copilot) -> None:
    """Say on stderr that there are notices; an answer never fails for them."""
    try:
        waiting = len(copilot.knowledge.notices(unseen=True).notices)
    except ReportableError:  # a running copilot of an older release, or a database that is busy
        return
    if waiting:
        output.errors.print(
            f"您问过的 {waiting} 个问题现在有答案了 · {waiting} of your questions "
            f"{'has an answer' if waiting == 1 else 'have answers'} now: copilot notices",
            soft_wrap=True,
        )


def jsonl(kept: KeptQuestions) -> bytes:
    """Return the questions as `copilot evaluate` reads them."""
    lines = (json_text.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in kept.questions)
    return "".join(f"{line}\n" for line in lines).encode()


def _print_notices(found: NoticeList) -> None:
    if not found.notices:
        output.console.print("没有新的通知。No news for you.")
    for one in found.notices:
        output.console.print(f"[bold]{escape(one.title)}[/] [dim]{one.created_at:%Y-%m-%d %H:%M}[/]", soft_wrap=True)
        output.console.print(f"{escape(one.text)}\n", soft_wrap=True)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day such as 2027-05-01.") from error


def _read(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InvalidRequest(f"{str(file)!r} cannot be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{str(file)!r} is no UTF-8. Save it as UTF-8.") from error
