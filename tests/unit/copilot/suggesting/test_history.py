"""Histories from other systems: columns in two languages, every fault of a line told, nothing counted twice (K3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest, InvalidTransition
from copilot.interfaces.outlook_contract import HistoryBody, HistoryLine, HistoryReport, OutlookBody
from copilot.interfaces.outlooks import import_history
from copilot.suggesting.outlook.history_row import read_transition
from copilot.suggesting.outlook.importing import HistoryImport, Imported
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.transitions import InMemoryTransitionStore
from tests.unit.copilot.drafting_standins import WANG
from tests.unit.copilot.suggesting.outlook_standins import CHURNED, START, at, move

ROW = {"account_id": "a1", "from_stage": "renewal", "from_band": "risk", "outcome": "churned", "at": "2026-03-31"}


def test_a_line_is_read_in_english_and_in_chinese() -> None:
    english = read_transition(ROW | {"action": "review"}, START)
    chinese = {
        "客户编号": "a1",
        "原阶段": "续费",
        "原健康度": "风险",
        "动作": "review",
        "结果": "流失",
        "日期": "2026/03/31",
    }
    assert read_transition(chinese, START) == english
    assert english.move == move(at("renewal", "risk"), CHURNED, "review")
    assert (english.source, english.at.isoformat()) == ("import", "2026-03-31T00:00:00+00:00")


def test_a_band_left_out_is_unknown() -> None:
    read = read_transition({"account_id": 7, "from_stage": "成长", "to_stage": "续费", "at": "2026-01-02"}, START)
    assert (read.account_id, read.move) == ("7", move(at("growth", "unknown"), at("renewal", "unknown")))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"account_id": ""}, "account_id is missing"),
        ({"from_stage": "somewhere"}, "from_stage: 'somewhere' is not"),
        ({"from_band": 3}, "from_band: 3 is not"),
        ({"outcome": "won"}, "outcome: 'won' is not"),
        ({"outcome": None}, "either to_stage or outcome"),
        ({"to_stage": "growth"}, "not both"),
        ({"outcome": None, "to_stage": "renewal", "to_band": "risk"}, "nothing has changed"),
        ({"at": "yesterday"}, "at: 'yesterday' is not a day"),
        ({"at": "2027-01-01"}, "is not in the past"),
        ({"at": "0001-01-01T00:00+14:00"}, "is not a day"),
        ({"action": "x" * 300}, "action: 'xxx"),
        ({"source": "a\x00b"}, "source:"),
        ({"owner": "王"}, "'owner' is no column"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(change: Mapping[str, object], told: str) -> None:
    with pytest.raises(InvalidTransition) as caught:
        read_transition(ROW | change, START)
    assert told in caught.value.message


def test_all_faults_of_a_line_are_told_at_once() -> None:
    with pytest.raises(InvalidTransition) as caught:
        read_transition({"from_stage": "x", "from_band": "y"}, START)
    assert caught.value.message.count(";") == 3


@dataclass
class Kept:
    """Implements `Outlooks` on the doubles."""

    database: InMemoryDatabase = field(default_factory=InMemoryDatabase)
    portions: list[int] = field(default_factory=list)

    def outlook(self, id: str) -> OutlookBody:
        raise AssertionError("an import asks for no outlook")

    def keep(self, body: HistoryBody) -> HistoryReport:
        done = self.imported(*body.rows)
        self.portions.append(len(body.rows))
        faults = [
            HistoryLine(line=place + 1, error={"code": one.code, "message": one.message})  # type: ignore[arg-type]
            for place, one in done.faults.items()
        ]
        return HistoryReport(kept=done.kept, known=done.known, failed=len(faults), lines=faults)

    def imported(self, *rows: Mapping[str, object]) -> Imported:
        service = HistoryImport(
            store=InMemoryTransitionStore(self.database),
            transactions=InMemoryTransactions(self.database),
            audit=InMemoryAuditLog(self.database),
            now=lambda: START,
        )
        return service.keep(rows, person=WANG, surface=Surface.HTTP)


def test_good_lines_are_kept_and_bad_ones_told() -> None:
    kept = Kept()
    done = kept.imported(ROW, ROW | {"at": "?"}, ROW | {"account_id": "a2"})
    assert (done.kept, done.known, list(done.faults)) == (2, 0, [1])
    event = kept.database.entries[-1].event
    assert (event.action, event.details) == ("history.imported", {"kept": 2, "known": 0, "failed": 1})


def test_the_same_lines_again_change_nothing() -> None:
    kept = Kept()
    assert kept.imported(ROW, ROW).kept == 1
    again = kept.imported(ROW)
    assert (again.kept, again.known, len(kept.database.transitions)) == (0, 1, 1)


def test_without_a_good_line_nothing_is_written() -> None:
    kept = Kept()
    assert kept.imported({}).kept == 0
    assert kept.database.entries == []


def test_a_table_is_read_in_portions_with_the_numbers_an_editor_shows(tmp_path: Path) -> None:
    lines = [f"a{n},续费,风险,,,续约,2026-03-31" for n in range(600)]
    lines[1] = "a1,续费,风险,,,某天,2026-03-31"
    lines[2] = "a2,续费,多,了,一,个,格,子"
    head = "客户编号,原阶段,原健康度,新阶段,新健康度,结果,日期"
    path = tmp_path / "history.csv"
    path.write_text("\n".join([head, *lines]), encoding="gb18030")
    kept = Kept()
    report = import_history(kept, path)
    assert (report.kept, report.known, report.failed) == (598, 0, 2)
    assert [line.line for line in report.lines] == [3, 4]
    assert kept.portions == [500, 99]


def test_records_of_a_file_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('{"account_id": "a1", "from_stage": "growth", "outcome": "lost", "at": "2026-01-01"}\n[]\n')
    report = import_history(Kept(), path)
    assert (report.kept, [line.line for line in report.lines]) == (1, [2])
    with pytest.raises(InvalidRequest, match="cannot be read"):
        import_history(Kept(), tmp_path / "no.csv")
