"""A chart as text, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.insight.figure import Chart, Series, Unit
from copilot.insight.text_chart import read_chart, text_chart


def chart(values: dict[str, float], unit: Unit = "count") -> Chart:
    return Chart(
        kind="bars",
        title="客户健康",
        labels=list(values),
        series=[Series(name="客户健康", values=list(values.values()))],
        unit=unit,
    )


def inside(block: str) -> str:
    lines = block.split("\n")
    assert (lines[0], lines[-1]) == ("```chart", "```")
    return "\n".join(lines[1:-1])


def test_bars_are_as_long_as_their_numbers_say() -> None:
    block = text_chart(chart({"风险": 8, "观察": 4, "未知": 0}), "zh")
    assert inside(block) == "客户健康\n风险 ████████████████ 8\n观察 ████████░░░░░░░░ 4\n未知 ░░░░░░░░░░░░░░░░ 0"


def test_what_is_written_is_read() -> None:
    told = chart({"at risk": 1200, "watch": 0.5})
    assert read_chart(inside(text_chart(told, "en"))) == told
    shares = chart({"a": 0.25, "b": 1.0}, "share")
    assert read_chart(inside(text_chart(shares, "en"))) == shares


def test_an_edited_number_is_what_is_drawn() -> None:
    text = inside(text_chart(chart({"风险": 8, "观察": 4}), "zh")).replace(" 8", " 9")
    found = read_chart(text)
    assert found is not None
    assert list(found.series[0].values) == [9, 4]


@pytest.mark.parametrize("text", ["", "title", "title\nno bar 3", "title\na ██ 3\nb ██ 4%", "t\n" + "a █ 1\n" * 13])
def test_what_is_no_chart_is_shown_as_text(text: str) -> None:
    assert read_chart(text) is None


@given(st.dictionaries(st.text(max_size=40), st.integers(0, 10**9), min_size=1, max_size=12))
def test_no_label_breaks_out(values: dict[str, float]) -> None:
    lines = text_chart(chart(values), "zh").split("\n")
    assert len(lines) == len(values) + 3
    assert not [line for line in lines[1:-1] if "`" in line]


@given(st.text("█░ 12%,.-a`\n", max_size=120))
def test_no_text_breaks_reading(text: str) -> None:
    read_chart(text)
