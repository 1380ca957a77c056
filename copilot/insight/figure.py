"""A number that speaks: how much, out of how many, how sure, what it means and what to do about it (J1, J2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["count", "share", "days", "hours", "money", "score"]
ChartKind = Literal["bars", "line", "stack"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the breakdown of a figure; `value` is in its unit unless `detail` says otherwise."""

    name: str
    value: float | None  #: None: too few to say
    n: int  #: what it is out of
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line, one run of bars or one layer of a stack: a value for each label, None where there is none."""

    name: str
    values: Sequence[float | None]
    intervals: Sequence[tuple[float, float] | None] = ()  #: of bars: how sure each value is; empty where nobody says


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What a picture of a figure shows; `copilot/insight/picture.py` draws it."""

    kind: ChartKind
    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: Unit = "count"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a report. Shares are 0 to 1, money is in yuan."""

    key: str  #: stable, as "answered_share"
    title: str
    value: float | None  #: None: there is not enough to say, and `analysis` says why
    unit: Unit
    n: int  #: what it is out of
    interval: tuple[float, float] | None = None  #: 95 %, Wilson for shares
    previous: float | None = None  #: in the period of the same length before
    analysis: str  #: one or two sentences (J1)
    action: str  #: what to do (J2); says so when nothing is
    owner: str | None = None  #: who does it: the id of a person, or a role; None where nothing is to do
    link: str | None = None  #: the command or path where it is done
    rows: Sequence[Row] = ()
    chart: Chart | None = None
