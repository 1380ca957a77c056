"""A line of a history from outside → a move: every field checked, what is wrong told for all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from copilot.accounts.account import AccountId
from copilot.accounts.contract_end import ContractEnd, contract_end_of
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage, stage_of
from copilot.errors import InvalidTransition
from copilot.suggesting.outlook.move import Move, Place, State, Transition
from knowledge.text import fold, is_storable

_LONGEST = 200
_SOURCE = "import"

#: Names that people give to columns.
_COLUMNS = {
    "account_id": "account_id account id 客户编号 客户id 编号",
    "from_stage": "from_stage 原阶段 变化前阶段",
    "from_band": "from_band 原健康度 变化前健康度",
    "action": "action playbook 动作 打法",
    "to_stage": "to_stage 新阶段 变化后阶段",
    "to_band": "to_band 新健康度 变化后健康度",
    "outcome": "outcome contract_outcome 结果 合同结果 续约结果",
    "at": "at date 时间 日期",
    "source": "source 来源",
}
COLUMNS: Mapping[str, str] = {fold(word): name for name, words in _COLUMNS.items() for word in words.split()}
_BANDS = {
    Band.HEALTHY: "健康 良好 绿 green",
    Band.WATCH: "关注 观察 一般 黄 yellow",
    Band.RISK: "风险 高风险 有风险 红 red",
    Band.UNKNOWN: "未知 不明",
}
_BY_BAND = {word: band for band, words in _BANDS.items() for word in words.split()} | {
    band.value: band for band in Band
}


class _Wrong(ValueError):
    """What is expected instead."""


def read_transition(row: Mapping[str, object], now: datetime) -> Transition:
    """Check one line; its keys are the names of columns, in Chinese or English. A band left out is unknown.

    Raises:
        InvalidTransition: names every field that is wrong, with its value and what is expected.
    """
    fields = {COLUMNS.get(fold(str(name)).strip(), str(name)): value for name, value in row.items()}
    faults: list[str] = []

    def read(name: str, reader: Callable[[object], object], *, needed: bool = False) -> object:
        value = fields.get(name)
        if value is None or value == "":
            if needed:
                faults.append(f"{name} is missing")
            return None
        try:
            return reader(value)
        except _Wrong as wrong:
            shown = repr(value)
            faults.append(f"{name}: {shown[:60]}{'…' if len(shown) > 60 else ''} is not {wrong}")
            return None

    faults += [f"{name!r} is no column: known are {', '.join(_COLUMNS)}" for name in fields if name not in _COLUMNS][:1]
    account = read("account_id", _text, needed=True)
    stage, band = read("from_stage", _stage, needed=True), read("from_band", _band)
    later, later_band = read("to_stage", _stage), read("to_band", _band)
    action, source = read("action", _text), read("source", _text)
    end = read("outcome", _end)
    at = read("at", lambda value: _moment(value, now), needed=True)
    if not faults and (end is None) == (later is None):
        faults.append("either to_stage or outcome says where it went, and not both")
    if faults or not isinstance(stage, Stage) or not isinstance(at, datetime):
        raise InvalidTransition(f"The line cannot be used: {'; '.join(faults)}. Correct it and import it again.")
    before = State(stage=stage, band=_known(band))
    after: Place = end if isinstance(end, ContractEnd) else State(stage=Stage(str(later)), band=_known(later_band))
    if after == before:
        raise InvalidTransition("The line cannot be used: nothing has changed in it, and only changes are counted.")
    move = Move(before=before, action=None if action is None else str(action), after=after)
    return Transition(account_id=AccountId(str(account)), move=move, at=at, source=str(source or _SOURCE))


def _known(band: object) -> Band:
    return band if isinstance(band, Band) else Band.UNKNOWN


def _text(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST or not value.strip().isprintable():
        raise _Wrong(f"a text of 1 to {_LONGEST} visible characters")
    if not is_storable(value):
        raise _Wrong("whole text: it holds half a character")
    return value.strip()


def _stage(value: object) -> object:
    stage = stage_of(value) if isinstance(value, str) else None
    if stage is None:
        raise _Wrong(f"one of {', '.join(Stage)}, or one of them in Chinese")
    return stage


def _band(value: object) -> object:
    band = _BY_BAND.get(fold(value).strip()) if isinstance(value, str) else None
    if band is None:
        raise _Wrong(f"one of {', '.join(Band)}, or 健康, 关注, 风险, 未知")
    return band


def _end(value: object) -> object:
    end = contract_end_of(value) if isinstance(value, str) else None
    if end is None:
        raise _Wrong("renewed, expanded or churned, or 续约, 增购, 流失")
    return end


def _moment(value: object, now: datetime) -> object:
    """Read a day or a time; one without a zone is in UTC."""
    try:
        at = datetime.fromisoformat(value.strip().replace("/", "-")) if isinstance(value, str) else None
        at = None if at is None else (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
    except (ValueError, OverflowError):
        at = None
    if at is None:
        raise _Wrong("a day or time like 2026-03-31 or 2026-03-31T09:00+08:00")
    if at > now:
        raise _Wrong("in the past")
    return at
