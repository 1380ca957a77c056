"""What a person at a terminal is asked before much is paid for."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from copilot.cli import output, questions
from copilot.interfaces.contract import QuestionPlanBody, QuestionReportBody

REPORT = QuestionReportBody(documents=1, chunks=1, requests=1, written=1, seconds=0.0)


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A terminal whose person says no; the list holds what was asked."""
    asked: list[str] = []

    def refuse(text: str, **_: object) -> bool:
        asked.append(text)
        return False

    monkeypatch.setattr(questions.typer, "confirm", refuse)
    monkeypatch.setattr(questions.sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(output, "errors", Console(file=io.StringIO(), force_terminal=True))
    return asked


def copilot(requests: int) -> Any:
    plan = QuestionPlanBody(model="m", documents=1, chunks=requests, requests=requests, tokens_in=1, tokens_out=1)
    curation = SimpleNamespace(plan=lambda paths, corpus: plan, write=lambda paths, corpus, listen: REPORT)
    return SimpleNamespace(curation=curation)


def test_many_requests_are_asked_about_and_no_means_no(confirmed: list[str]) -> None:
    assert questions.write_questions(copilot(201), [], corpus=False, sure=False) is None
    assert confirmed == ["Send 201 requests?"]


def test_few_requests_are_not_asked_about(confirmed: list[str]) -> None:
    assert questions.write_questions(copilot(200), [], corpus=False, sure=False) == REPORT
    assert confirmed == []


def test_yes_is_not_asked_about(confirmed: list[str]) -> None:
    assert questions.write_questions(copilot(201), [], corpus=False, sure=True) == REPORT
    assert confirmed == []


def test_a_script_is_not_asked(confirmed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions.sys, "stdin", SimpleNamespace(isatty=lambda: False))
    assert questions.write_questions(copilot(201), [], corpus=False, sure=False) == REPORT
    assert confirmed == []
