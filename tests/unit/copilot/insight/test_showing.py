"""Pictures, page and tables: complete, readable by everybody, and harmless whatever a document is called."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from copilot.errors import UnknownFigure
from copilot.insight.figure import Chart, Series, Unit
from copilot.insight.picture import picture
from copilot.insight.report import Language
from copilot.interfaces.insight_contract import FigureBody, FigureRow
from copilot.interfaces.insight_page import insight_page
from copilot.interfaces.insight_table import figures_table, rows_table
from copilot.interfaces.insights import figure_named, insight_body, picture_of
from tests.unit.copilot.insight.insight_standins import Counted, report
from tests.unit.copilot.insight.test_analyses import FORMULA, busy

_SVG = "{http://www.w3.org/2000/svg}"


def chart(kind: str, *values: float | None, unit: Unit = "count", labels: list[str] | None = None) -> Chart:
    named = labels or [f"续约 <b>{n}</b> & co" for n in range(len(values))]
    series = [Series(name="a", values=values)]
    return Chart(kind=kind, title=FORMULA, labels=named, series=series, unit=unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["bars", "line", "stack"])
@pytest.mark.parametrize("values", [(), (0.0,), (None,), (1.0, None, 3.0), (1e12, 0.5), (float("nan"), -4.0)])
@pytest.mark.parametrize("unit", ["count", "share", "money"])
def test_a_picture_is_sound_whatever_it_shows(kind: str, values: tuple[float | None, ...], unit: Unit) -> None:
    drawn = picture(chart(kind, *values, unit=unit), "k", "zh")
    root = ElementTree.fromstring(drawn)
    assert root.find(f"{_SVG}title") is not None
    assert root.find(f"{_SVG}desc") is not None
    assert root.get("aria-labelledby") == "k-t k-d"
    assert "<script" not in drawn
    assert "nan" not in drawn
    for rect in root.iter(f"{_SVG}rect"):
        assert not (rect.get("width") or "").startswith("-")


def test_every_part_carries_its_number() -> None:
    text = "".join(ElementTree.fromstring(picture(chart("bars", 0.5, 0.25, unit="share"), "k", "en")).itertext())
    assert "50%" in text
    assert "25%" in text


def test_long_names_are_cut_and_told_in_full_in_the_description() -> None:
    drawn = picture(chart("bars", 1.0, labels=["长" * 60]), "k", "zh")
    root = ElementTree.fromstring(drawn)
    assert "长" * 60 in (root.findtext(f"{_SVG}desc") or "")
    assert any((text.text or "").endswith("…") for text in root.iter(f"{_SVG}text"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_stands_alone_and_has_a_table_beside_each_picture(language: Language) -> None:
    page = insight_page(insight_body(report(busy(), language=language)))
    assert page.count("<svg") == sum(one.chart is not None for one in report(busy(), language=language).figures())
    for article in page.split("<article")[1:]:
        assert ("<svg" in article) <= ("<table" in article), article
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page


def test_what_is_called_like_markup_stays_text() -> None:
    counted = busy()
    counted.records = []
    body = insight_body(report(counted))
    figure_named(body, "document_hits").rows.append(FigureRow(name=FORMULA, value=1, n=1))
    assert "<script" not in insight_page(body)


def test_tables_hold_no_formula_and_numbers_stay_numbers() -> None:
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "=全角", "a=1", FORMULA]
    figure = FigureBody(
        key="k",
        title="t",
        value=-1.5,
        unit="count",
        n=3,
        analysis="a",
        action="b",
        rows=[FigureRow(name=cell, value=-2.0, n=1, detail=cell) for cell in cells],
    )
    table = rows_table(figure)
    assert table.startswith("\ufeff")
    lines = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")))[1:]
    assert [line[0] for line in lines] == [f"'{cell}" if cell != "a=1" else cell for cell in cells]
    assert {line[1] for line in lines} == {"-2"}


def test_all_figures_stand_in_one_table() -> None:
    body = insight_body(report(busy()))
    lines = list(csv.DictReader(io.StringIO(figures_table(body).removeprefix("\ufeff"), newline="")))
    assert [line["key"] for line in lines] == [figure.key for figure in body.figures()]
    assert all(line["analysis"] and line["action"] for line in lines)


def test_a_figure_that_is_not_there_and_one_without_a_picture() -> None:
    body = insight_body(report(Counted()))
    with pytest.raises(UnknownFigure, match="'nothing'"):
        figure_named(body, "nothing")
    with pytest.raises(UnknownFigure, match="longer"):
        picture_of(body, "questions")
