"""`python -m tests.studies.gap_loop`: the loop from a gap to its answer as people see it, printed step by step."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from copilot.cli.drafts import add_draft_commands
from copilot.cli.knowledge import add_gap_answer, add_knowledge_commands, add_notices
from copilot.interfaces.local import LocalCopilot
from tests.integration.conftest import FAQ, PLAYBOOK
from tests.integration.gap_office import ALSO, ANSWER, ASKED, Office, opened_office

_REFUSED = (
    f"{ANSWER}不清楚就打小陈手机 138-0013-8000。",
    "张三的合同单独给 7 折",
    "问一下老王",
)


def main() -> None:
    """Print the transcript."""
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder) / "documents"
        documents.mkdir()
        (documents / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
        (documents / "trial.md").write_text(FAQ, encoding="utf-8")
        with opened_office(Path(folder) / "home", documents) as office:
            _transcript(office, Path(folder))


def _transcript(office: Office, folder: Path) -> None:
    run = _commands(office)
    _title("两个人问,没有答案 · Two people ask, nothing answers")
    for who, question in (("wang", ASKED), ("li", ALSO)):
        _asked(office, who, question)
    gap = office.gaps.get(office.gap)
    _say(f"gap {office.gap}: {gap and gap.question} · {gap and gap.askers} askers · {gap and gap.status.value}")
    _title("专家的回答:有电话、只对一家、不是答案的不收 · What is refused")
    for text in _REFUSED:
        refused = office.draft(answer=text)
        _say(f"expert> POST /v1/gaps/{office.gap}/draft {text!r}")
        _say(f"  {refused['http']} {refused['code']}: {refused['detail']}")
    _title("写好的草稿 · A draft")
    file = folder / "answer.md"
    file.write_text(ANSWER, encoding="utf-8")
    draft = office.draft(pin=True)
    _say(f"expert> POST /v1/gaps/{office.gap}/draft {{'answer': …, 'pin': true}} → {draft['http']} draft {draft['id']}")
    run("drafts", "show", draft["id"])
    denied = office.decide(draft["id"], "expert")
    _say(f"expert> approve → {denied['http']} {denied['code']}: {denied['detail']}")
    _title("批准,发布,再问 · Approved, published, asked again")
    run("drafts", "approve", draft["id"])
    run("knowledge", "list")
    _asked(office, "wang", ASKED)
    _title("每人一次通知 · One notice each")
    for who in ("wang", "li", "expert"):
        for _ in range(2):
            found = office.notices(who)
            _say(f"{who}> GET /v1/notices → {len(found)}")
            for one in found:
                _say("  " + one["text"].replace("\n", "\n  "))
                office.call(who, "POST", f"/v1/notices/{one['id']}/seen")
    run("notices")
    _title("问题进入评测集 · The question is asked again at every evaluation")
    run("knowledge", "questions", "--json")


def _commands(office: Office) -> Any:
    """Return what runs a command of the owner on the open copilot and prints it."""

    @contextmanager
    def opened() -> Iterator[LocalCopilot]:
        yield office.application.copilot

    app = typer.Typer()
    drafts, knowledge, gaps = typer.Typer(), typer.Typer(), typer.Typer()
    add_draft_commands(drafts, opened)
    add_knowledge_commands(knowledge, opened)
    add_gap_answer(gaps, opened)
    add_notices(app, opened)
    for name, group in (("drafts", drafts), ("knowledge", knowledge), ("gaps", gaps)):
        app.add_typer(group, name=name)

    def run(*arguments: str) -> None:
        _say(f"$ copilot {' '.join(arguments)}")
        done = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "120"})
        _say("  " + done.output.strip("\n").replace("\n", "\n  "))

    return run


def _asked(office: Office, who: str, question: str) -> None:
    reply = office.ask(who, question)
    _say(f"{who}> {question}")
    _say(f"  [{reply['status']} · {reply['composer']}] {reply['answer']}")
    for one in reply["citations"]:
        until = f"version {one['version']}, verified until {one['verified_until']}"
        _say(f"  [{one['n']}] 《{one['title']}》 {one['source']} {until}")


def _title(text: str) -> None:
    _say(f"\n## {text}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
