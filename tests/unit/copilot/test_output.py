"""What a terminal shows of an answer."""

from __future__ import annotations

import pytest

from copilot.cli.output import print_answer
from copilot.interfaces.contract import AnswerBody


def test_the_head_of_a_disagreement_loses_its_marks_and_brackets_stay(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(
        AnswerBody(
            id="1",
            answer_id="1",
            conversation_id="1",
            question="q",
            standalone_question="q",
            language="zh",
            status="answered",
            answer="提前准备。 [1]\n\n**说法不一:[提前]几天**\n- 90 天 [1]",
            explanation="",
            composer="extractive",
        )
    )

    assert capsys.readouterr().out.strip() == "提前准备。 [1]\n\n说法不一:[提前]几天\n- 90 天 [1]"
