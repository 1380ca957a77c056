"""Which accounts need somebody first, and why: from the facts, the health and the calendar of each. Pure.

Every need has a weight; the sum orders the accounts, the yearly fee orders equals. The weights are ours: the sources
name what endangers a customer (B11, C6, C15, D5, D8) and give no figures (M).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from copilot.accounts.account import Account
from copilot.accounts.cadence import RENEWAL_DAYS, contact_of, first_value_of
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.handoff import handoff_missing
from copilot.accounts.health import Band, Health
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Segment, segment_of
from copilot.accounts.stage import stage_reading
from copilot.suggesting.advice import Language
from copilot.suggesting.standing import Judge

_PRESSING_DAYS = 30
#: An accepted action that was followed by no contact for so long has been forgotten.
_FORGOTTEN_DAYS = 7


class Need(StrEnum):
    """Why an account needs somebody."""

    RISK = "risk"  #: its health is at risk
    RENEWAL = "renewal"  #: its contract ends soon and it is not healthy
    ENDED = "ended"  #: its contract has run out and nobody has said what came of it
    LATE_VALUE = "late_value"  #: 30 days after signing without the first value (C6)
    SILENT = "silent"  #: not spoken to for longer than its age and size allow (B11)
    HANDOFF = "handoff"  #: onboarding without what sales has to hand over (B5)
    ACCEPTED = "accepted"  #: somebody took on an action, and nothing was heard since
    PROMISES = "promises"  #: something was promised and the first value is open (C15)
    RENEWAL_NEAR = "renewal_near"  #: its contract ends soon, and it is healthy
    WATCH = "watch"  #: its health is to be watched
    UNKNOWN = "unknown"  #: nothing of it could be scored


_WEIGHTS = {
    Need.RISK: 40.0,
    Need.RENEWAL: 30.0,
    Need.ENDED: 30.0,
    Need.LATE_VALUE: 25.0,
    Need.SILENT: 15.0,
    Need.HANDOFF: 15.0,
    Need.ACCEPTED: 12.0,
    Need.PROMISES: 10.0,
    Need.RENEWAL_NEAR: 10.0,
    Need.WATCH: 8.0,
    Need.UNKNOWN: 4.0,
}
#: Added where the end is near, or the silence longer than twice what is allowed.
_PRESSING = 10.0


@dataclass(frozen=True, kw_only=True)
class Attention:
    """An account with what it needs, the weightiest first; the points are a sum of weights, 0 where nothing is."""

    account: Account
    health: Health
    stage: Stage | None
    segment: Segment
    days_left: int | None  #: until the contract ends; below zero: since
    silent_days: int | None  #: since the last contact
    overdue_days: int  #: of it beyond what is allowed
    accepted_days: int | None  #: since an action was accepted that nothing followed
    promises: int
    ended: bool  #: the customer has gone
    needs: tuple[Need, ...]
    points: float

    def reasons(self, language: Language) -> list[str]:
        """Return a sentence for each need, the weightiest first."""
        return [self._said(need)[0 if language == "zh" else 1] for need in self.needs]

    def _said(self, need: Need) -> tuple[str, str]:
        left, score = self.days_left or 0, self.health.score
        return {
            Need.RISK: (f"健康分 {score:g},有风险", f"Health {score:g}: at risk") if score is not None else ("", ""),
            Need.RENEWAL: (f"{left} 天后到期,且不健康", f"Ends in {left} days and is not healthy"),
            Need.ENDED: (
                f"合同已到期 {-left} 天,结果没有记录",
                f"The contract ended {-left} days ago; what came of it is not recorded",
            ),
            Need.LATE_VALUE: ("签约超过 30 天,首次价值还没交付", "No first value 30 days after signing"),
            Need.SILENT: (
                f"{self.silent_days} 天没有联系,超过约定 {self.overdue_days} 天",
                f"Not spoken to for {self.silent_days} days, {self.overdue_days} longer than allowed",
            ),
            Need.HANDOFF: ("已开始启动,销售交接还不完整", "Onboarding has begun; the handoff is not complete"),
            Need.ACCEPTED: (
                f"{self.accepted_days} 天前采纳的动作还没有后续",
                f"Nothing has followed an action accepted {self.accepted_days} days ago",
            ),
            Need.PROMISES: (
                f"有 {self.promises} 项承诺,首次价值还没交付",
                f"Promised before the first value: {self.promises}",
            ),
            Need.RENEWAL_NEAR: (f"{left} 天后到期", f"Ends in {left} days"),
            Need.WATCH: (f"健康分 {score:g},需留意", f"Health {score:g}: to watch") if score is not None else ("", ""),
            Need.UNKNOWN: ("没有可以打分的事实", "No fact could be scored"),
        }[need]


def attention_of(account: Account, judge: Judge, *, accepted_days: int | None = None) -> Attention:
    """Judge an account whose facts are as of today.

    Args:
        account: a record, as of today.
        judge: as the settings say.
        accepted_days: since somebody last accepted an action for it; None: nobody has, or lately.
    """
    health = judge.health(account, "zh")
    stage = stage_reading(account).stage
    contact = contact_of(account, judge.cadence)
    ended = account.facts.get("contract_outcome") == ContractEnd.CHURNED.value
    left = _whole(account.facts.get("contract_end_in_days"))
    promises = account.facts.get("promises")
    found = Attention(
        account=account,
        health=health,
        stage=stage,
        segment=segment_of(_fee(account)),
        days_left=left,
        silent_days=contact.actual_days,
        overdue_days=contact.overdue_days or 0,
        accepted_days=accepted_days,
        promises=len(promises) if isinstance(promises, list) else 0,
        ended=ended,
        needs=(),
        points=0.0,
    )
    if ended:
        return found
    points = {need: _WEIGHTS[need] + extra for need, extra in _needs(found, contact.expected_days)}
    needs = tuple(sorted(points, key=lambda need: -points[need]))
    return Attention(**{**vars(found), "needs": needs, "points": sum(points.values())})


def in_order(found: Iterable[Attention]) -> Sequence[Attention]:
    """Order accounts: who needs somebody most comes first, those that have gone last."""
    return sorted(found, key=lambda one: (one.ended, -one.points, -(_fee(one.account) or 0.0), one.account.id))


def _needs(one: Attention, expected_days: int | None) -> Iterable[tuple[Need, float]]:
    account, band, left = one.account, one.health.band, one.days_left
    doubtful = band in (Band.RISK, Band.WATCH)
    if band is Band.RISK:
        yield Need.RISK, 0.0
    if left is not None and 0 <= left <= RENEWAL_DAYS:
        yield (Need.RENEWAL if doubtful else Need.RENEWAL_NEAR), _PRESSING if left <= _PRESSING_DAYS else 0.0
    if left is not None and left < 0 and account.facts.get("contract_outcome") is None:
        yield Need.ENDED, 0.0
    if (value := first_value_of(account)) == "late":
        yield Need.LATE_VALUE, 0.0
    if one.overdue_days > 0:
        yield Need.SILENT, _PRESSING if expected_days and one.overdue_days > expected_days else 0.0
    if one.stage is Stage.ONBOARDING and "handoff" in account.facts and handoff_missing(account):
        yield Need.HANDOFF, 0.0
    if one.accepted_days is not None and one.accepted_days >= _FORGOTTEN_DAYS and _not_heard_since(one):
        yield Need.ACCEPTED, 0.0
    if one.promises and value != "delivered":
        yield Need.PROMISES, 0.0
    if band is Band.WATCH:
        yield Need.WATCH, 0.0
    if band is Band.UNKNOWN:
        yield Need.UNKNOWN, 0.0


def _not_heard_since(one: Attention) -> bool:
    return one.silent_days is None or one.silent_days >= (one.accepted_days or 0)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _fee(account: Account) -> float | None:
    fee = account.facts.get("annual_fee_cny")
    return float(fee) if isinstance(fee, int | float) and not isinstance(fee, bool) else None
