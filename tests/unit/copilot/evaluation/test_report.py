from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import InvalidRequest
from copilot.evaluation.comparison import compare
from copilot.evaluation.gate import Floors, missed, read_floors
from copilot.evaluation.judging import judge
from copilot.evaluation.markdown import comparison_markdown, report_markdown
from copilot.evaluation.measures import MEASURES
from copilot.evaluation.picture import report_picture
from copilot.evaluation.report import read_report
from copilot.evaluation.row import Fault, Row
from tests.unit.copilot.evaluation.evaluation_samples import (
    EVIDENCE,
    abstention,
    answer,
    case,
    report,
    seen,
    unanswerable,
)


def judged(id: str, *, right: bool = True, answerable: bool = True, **values: Any) -> Row:
    """Answerable: evidence first and cited, or abstained without; not answerable: abstained, or bluffed."""
    if answerable:
        reply = answer(EVIDENCE, confidence=0.9) if right else abstention(0.3)
        return judge(case(id=id, **values), seen(EVIDENCE if right else "别的", reply=reply, retrieve=10.0), 10)
    reply = abstention(0.1) if right else answer("别的一句话", confidence=0.6)
    return judge(unanswerable(id=id, **values), seen("别的", reply=reply, retrieve=30.0), 10)


def broken(id: str = "broken") -> Row:
    return Row(set="s", id=id, error=Fault(code="invalid_request", message="Line 3 is not JSON."))


def four() -> list[Row]:
    return [
        judged("a1", language="zh", difficulty="easy"),
        judged("a2", right=False, language="en", difficulty="hard"),
        judged("u1", answerable=False, language="zh"),
        judged("u2", answerable=False, right=False, language="en"),
    ]


def test_figures_by_hand() -> None:
    made = report(*four(), broken())
    value = {key: one.value for key, one in made.overall.items()}
    n = {key: one.n for key, one in made.overall.items()}
    assert (made.questions, made.errors) == (5, 1)
    assert value["right"] == 0.5
    assert value["hit@5"] == 0.5
    assert (value["refusal_precision"], value["refusal_recall"], value["refusal_f1"]) == (0.5, 0.5, 0.5)
    # Answerable .9 and .3 against .1 and .6: .9 beats both, .3 beats one of two.
    assert value["refusal_auc"] == 0.75
    # Best first: .9 supported; .6, .3 and .1 are not: (0 + 1/2 + 2/3 + 3/4) / 4
    assert value["aurc"] == pytest.approx((1 / 2 + 2 / 3 + 3 / 4) / 4, abs=1e-4)
    assert (n["right"], n["hit@5"], n["refusal_precision"], n["refusal_auc"]) == (4, 2, 2, 4)
    assert made.groups["language"]["zh"]["right"].value == 1
    assert made.groups["language"]["en"]["right"].value == 0
    assert set(made.groups["difficulty"]) == {"easy", "hard"}
    assert made.latency_ms["retrieve"].p50 == 20
    assert made.curve is not None
    assert (made.curve.coverage, made.curve.risk) == (0.5, 0.5)


@given(st.permutations(range(4)))
def test_the_order_of_the_rows_does_not_count_for_a_figure(order: list[int]) -> None:
    rows = four()
    made = report(*(rows[index] for index in order))
    assert {key: one.value for key, one in made.overall.items()} == {
        key: one.value for key, one in report(*rows).overall.items()
    }


def test_every_figure_lies_in_its_interval_and_between_0_and_1() -> None:
    made = report(*four(), *(judged(f"more{n}", right=n % 3 > 0) for n in range(20)))
    for one in made.overall.values():
        assert one.value is not None
        assert one.low is not None
        assert one.high is not None
        assert 0 <= one.low <= one.value <= one.high <= 1


def test_a_report_of_errors_alone_has_no_figure() -> None:
    made = report(broken())
    assert made.overall == {}
    assert made.curve is None
    assert "could not be judged" in report_markdown(made)
    ET.fromstring(report_picture(made))


def test_a_report_is_read_back_as_it_was_written() -> None:
    made = report(*four(), broken())
    assert read_report(made.model_dump_json().encode(), "report.json") == made


@pytest.mark.parametrize("data", [b"", b"{}", b'{"schema_version": 2}', b"\xff"])
def test_what_is_no_report_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(InvalidRequest, match=r"old\.json.*no evaluation report"):
        read_report(data, "old.json")


def test_a_comparison_names_what_got_better_and_worse() -> None:
    before = report(judged("x"), judged("y", right=False), judged("z"), judged("only before"), broken())
    after = report(judged("x"), judged("y"), judged("z", right=False), judged("only after"), judged("broken"))
    found = compare(before, after, resamples=1_000)
    assert (found.questions, found.left_out) == (3, 3)
    assert [(change.id, change.why) for change in found.better] == [("y", "abstained wrong → answered right")]
    assert [(change.id, change.why) for change in found.worse] == [("z", "answered right → abstained wrong")]
    assert found.overall["right"].difference.value == 0
    assert found.notices == []


def test_a_better_rank_is_better_where_the_outcome_is_the_same() -> None:
    before = report(judge(case(), seen("a", "b", EVIDENCE), 10), search_only=True)
    after = report(judge(case(), seen("a", EVIDENCE), 10), search_only=True, k=5)
    found = compare(before, after, resamples=1_000)
    assert [change.why for change in found.better] == ["first evidence at 3 → 2"]
    assert found.notices == ["k: 10 in the first, 5 in the second"]


def test_a_report_does_not_differ_from_itself() -> None:
    made = report(*four())
    found = compare(made, made, resamples=1_000)
    assert found.better == found.worse == []
    for one in found.overall.values():
        assert (one.difference.value, one.difference.low, one.difference.high) == (0, 0, 0)
        assert one.first == one.second


def test_a_clear_difference_has_an_interval_without_zero() -> None:
    before = report(*(judged(f"q{n}", right=False) for n in range(30)), *(judged(f"r{n}") for n in range(30)))
    after = report(*(judged(f"q{n}") for n in range(30)), *(judged(f"r{n}") for n in range(30)))
    change = compare(before, after, resamples=1_000).overall["right"].difference
    assert change.value == 0.5
    assert change.low is not None
    assert 0.3 < change.low < 0.5
    assert "+0.500 *" in comparison_markdown(compare(before, after, resamples=1_000))


def test_a_question_that_was_worded_anew_is_not_compared() -> None:
    with pytest.raises(InvalidRequest, match="share no question"):
        compare(report(judged("x", question="旧问题")), report(judged("x", question="新问题")))


def test_floors_that_are_missed_are_named() -> None:
    made = report(*four(), broken())
    floors = Floors.model_validate(
        {
            "errors": 1,
            "overall": {"right": 0.5, "hit@5": 0.51, "all_evidence@5": 0.1},
            "language": {"zh": {"right": 1.0}, "en": {"right": 0.1}, "fr": {"right": 0.1}},
        }
    )
    assert missed(made, floors) == [
        "hit@5: 0.500 is below the floor 0.51 (n = 2)",
        "all_evidence@5: not measured, floor 0.1",
        "right (en): 0.000 is below the floor 0.1 (n = 2)",
        "right (fr): not measured, floor 0.1",
    ]


def test_a_failed_question_misses_the_gate_unless_it_may() -> None:
    (line,) = missed(report(*four(), broken()), Floors(overall={"right": 0.1}))
    assert line == "errors: 1 questions failed, 0 may"


def test_floors_are_read_from_toml_and_json(tmp_path: Path) -> None:
    toml, json = tmp_path / "floors.toml", tmp_path / "floors.json"
    toml.write_text('[overall]\n"hit@5" = 0.8\n[language.en]\nright = 0.5\n', encoding="utf-8")
    json.write_text('{"overall": {"hit@5": 0.8}, "language": {"en": {"right": 0.5}}}', encoding="utf-8")
    assert read_floors(toml) == read_floors(json) == Floors(overall={"hit@5": 0.8}, language={"en": {"right": 0.5}})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[overall", "neither TOML nor JSON"),
        ("[overall]\n", "sets no floor"),
        ("[overall]\nrecall = 0.5", "'recall'"),
        ("[overall]\naurc = 0.5", "'aurc'"),
        ("[overall]\nright = 'high'", "overall.right"),
        ("[city.beijing]\nright = 0.5", "'city'"),
        ("errors = -1\n[overall]\nright = 0.5", "'errors'"),
    ],
)
def test_floors_that_cannot_be_used_are_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequest) as raised:
        read_floors(path)
    assert told in raised.value.message


def test_markdown_tells_every_measure_with_its_number_of_questions() -> None:
    made = report(*four(), broken())
    made.missed = ["hit@5: too low"]
    text = report_markdown(made)
    for measure in MEASURES:
        assert (f"(`{measure.key}`)" in text) == (measure.key in made.overall)
    assert "automatic lower bound" in {m.key: m.label for m in MEASURES}["answer_points"]
    assert "## By language" in text
    assert "## By set" not in text
    assert "Line 3 is not JSON." in text
    assert "## Floors missed\n\n- hit@5: too low" in text


HOSTILE = "![p](http://x)a|b<script>\x1b[31m`&\n| x |"


def test_text_from_files_is_inert_in_every_output() -> None:
    rows = [judged("x", kind=HOSTILE), judged(HOSTILE, kind="plain", right=False)]
    made = report(*rows)
    changed = compare(made, report(judged("x", kind=HOSTILE), judged(HOSTILE, kind="plain")), resamples=1_000)
    drawn = report_picture(made)
    root = ET.fromstring(drawn)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    for text in (report_markdown(made), comparison_markdown(changed), drawn):
        assert "\x1b" not in text
        assert "<script" not in text
        assert text is drawn or "![p](" not in text
    table = [line for line in report_markdown(made).splitlines() if "script" in line]
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1


def test_the_picture_shows_every_group_its_figures_and_the_curve() -> None:
    texts = [element.text for element in ET.fromstring(report_picture(report(*four()))).iter()]
    for expected in ("all", "by language", "zh", "en", "Evidence in the first 5 passages", "Questions handled right"):
        assert expected in texts
    assert "0.50  n=4" in texts
    assert "as set now" in texts


def test_a_search_only_picture_has_bars_and_no_curve() -> None:
    made = report(judge(case(), seen(EVIDENCE), 10), search_only=True)
    texts = [element.text for element in ET.fromstring(report_picture(made)).iter()]
    assert "Evidence in the first 5 passages" in texts
    assert "as set now" not in texts
