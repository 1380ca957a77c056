"""The use cases around outlooks and histories, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from copilot.accounts.account import Account
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.service import AccountService
from copilot.audit.surface import Surface
from copilot.interfaces.account_files import lines_of
from copilot.interfaces.contract import ErrorBody
from copilot.interfaces.outlook_contract import (
    HistoryBody,
    HistoryLine,
    HistoryReport,
    MoveLine,
    OutlookBody,
    UpliftLine,
)
from copilot.people.person import Person
from copilot.suggesting.outlook.history_row import COLUMNS
from copilot.suggesting.outlook.importing import HistoryImport
from copilot.suggesting.outlook.learned import Basis, Explained, LearnedOutlook
from copilot.suggesting.outlook.move import Move

_PORTION = 500
_INVALID = "invalid_transition"
_REASONS = {
    Basis.HISTORY: ("由 {used} 次状态变化推算", "learned from {used} transitions"),
    Basis.ENDED: ("客户已流失", "this customer has gone"),
    Basis.NO_CONTRACT: (
        "没有合同可推算:这是线索或商机,或记录里没有阶段",
        "there is no contract yet: a lead, an opportunity, or a record without a stage",
    ),
    Basis.THIN: (
        "历史不足:只有 {used} 次状态变化,至少要 {fewest} 次;只按规则建议。可用 `copilot accounts history` 导入历史",
        "thin history: {used} transitions of at least {fewest}; rules alone decide. `copilot accounts history` imports "
        "more",
    ),
    Basis.NO_WAY: (
        "从这里到不了任何合同结果,无法推算;只按规则建议",
        "no end of a contract is reached from here, so nothing is told; rules alone decide",
    ),
}


class Outlooks(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def outlook(self, id: str) -> OutlookBody:
        """Tell how the contract of an account is likely to end, and from what that was counted."""
        ...

    def keep(self, body: HistoryBody) -> HistoryReport:
        """Keep lines of a history; lines are numbered from 1."""
        ...


class LocalOutlooks:
    """Implements `Outlooks`."""

    def __init__(
        self,
        *,
        accounts: AccountService,
        current: Callable[[Account], Account],
        learned: LearnedOutlook,
        histories: HistoryImport,
        person: str,
        person_of: Callable[[str], Person],
    ) -> None:
        self._accounts = accounts
        self._current = current
        self._learned = learned
        self._histories = histories
        self._person = person
        self._person_of = person_of

    def outlook(self, id: str) -> OutlookBody:
        """Tell how the contract of an account is likely to end."""
        return outlook_body(
            id, self._learned.explained(self._current(self._accounts.get(id))), self._learned.acceptance
        )

    def keep(self, body: HistoryBody, *, person: str | None = None, surface: Surface = Surface.CLI) -> HistoryReport:
        """Keep lines of a history."""
        done = self._histories.keep(body.rows, person=self._person_of(person or self._person), surface=surface)
        lines = [
            HistoryLine(line=place + 1, error=ErrorBody(code=fault.code, message=fault.message))
            for place, fault in done.faults.items()
        ]
        return HistoryReport(kept=done.kept, known=done.known, failed=len(lines), lines=lines)


def outlook_body(id: str, told: Explained, acceptance: Callable[[str], float | None]) -> OutlookBody:
    """Show an outlook with everything it rests on."""
    outlook = told.outlook
    zh, en = (text.format(used=outlook.transitions_used, fewest=told.fewest) for text in _REASONS[told.basis])
    uplifts = [
        UpliftLine(
            action=action,
            uplift=one.value,
            interval=one.interval,
            transitions=one.transitions,
            acceptance=acceptance(action),
        )
        for action, one in told.uplifts.items()
    ]
    counts = [_move_line(move, count) for move, count in told.moves.items()]
    return OutlookBody(
        id=id,
        stage=told.state.stage.value if told.state else None,
        band=told.state.band.value if told.state else None,
        basis=told.basis.value,
        reason_zh=zh,
        reason_en=en,
        renewed=outlook.renewed,
        expanded=outlook.expanded,
        churned=outlook.churned,
        interval=outlook.interval,
        transitions_used=outlook.transitions_used,
        fewest=told.fewest,
        prior_weight=outlook.prior_weight,
        counts=sorted(counts, key=lambda line: (-line.count, line.model_dump_json())),
        uplifts=sorted(uplifts, key=lambda line: (-line.uplift, line.action)),
    )


def _move_line(move: Move, count: int) -> MoveLine:
    if isinstance(move.after, ContractEnd):
        return MoveLine(action=move.action, outcome=move.after.value, count=count)
    return MoveLine(action=move.action, to_stage=move.after.stage.value, to_band=move.after.band.value, count=count)


def import_history(outlooks: Outlooks, path: Path) -> HistoryReport:
    """Keep the moves of a JSONL or CSV file; a bad line is told with its number, and the rest goes in.

    Raises:
        InvalidRequest: the file cannot be read, or is no text.
    """
    report = HistoryReport(kept=0, failed=0)
    good: list[tuple[int, Mapping[str, Any]]] = []
    for line in lines_of(path, COLUMNS):
        if line.record is None:
            error = ErrorBody(code=_INVALID, message=line.fault or "no record")
            report.lines.append(HistoryLine(line=line.number, error=error))
        else:
            good.append((line.number, line.record))
    for start in range(0, len(good), _PORTION):
        _add(report, outlooks, good[start : start + _PORTION])
    report.lines.sort(key=lambda line: line.line)
    report.failed = len(report.lines)
    return report


def _add(report: HistoryReport, outlooks: Outlooks, portion: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    done = outlooks.keep(HistoryBody(rows=[dict(row) for _, row in portion]))
    report.kept += done.kept
    report.known += done.known
    report.lines += [HistoryLine(line=portion[one.line - 1][0], error=one.error) for one in done.lines]
