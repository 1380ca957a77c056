"""What no database can look for is refused at the edge, with the name of its field."""

from __future__ import annotations

import sys

import pytest
from pydantic import BaseModel, ValidationError

from copilot.cli.app import run
from copilot.interfaces.change_contract import ChangeBody, GivenQuestion, PublicationBody
from copilot.interfaces.contract import AskBody
from copilot.interfaces.gap_contract import AssignmentBody
from copilot.interfaces.knowledge_contract import GapAnswerBody
from copilot.interfaces.schedule_contract import DigestBody, PauseBody, ScheduleAsk


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
@pytest.mark.parametrize(
    ("body", "field", "others"),
    [
        (ChangeBody, "source", {"text": "x"}),
        (ChangeBody, "path", {}),
        (GivenQuestion, "question", {"id": "1"}),
        (PublicationBody, "accept_broken", {}),
        (AssignmentBody, "owner", {}),
        (GapAnswerBody, "document_id", {"answer": "x"}),
        (DigestBody, "person", {}),
        (ScheduleAsk, "destination", {}),
        (PauseBody, "reason", {}),
        (AskBody, "conversation_id", {"question": "x"}),
    ],
)
def test_a_nul_or_half_a_character_is_named(
    body: type[BaseModel], field: str, others: dict[str, str], text: str
) -> None:
    with pytest.raises(ValidationError, match=r"half a character|unicode string") as refused:
        body(**others | {field: text})
    assert refused.value.errors()[0]["loc"] == (field,)


def test_the_command_line_names_a_value_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["copilot", "schedules", "add", "--at", "09:00:00"])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "invalid_request" in told
    assert "at: String should have at most 5 characters" in told
