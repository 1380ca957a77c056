"""How the accounts do: health, moves between its bands, who needs somebody now, and renewals to come (B11, C6, D5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from copilot.accounts.account import Account, AccountId
from copilot.accounts.cadence import RENEWAL_DAYS
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.health import Band
from copilot.insight.certainty import Share
from copilot.insight.counts import BandMove
from copilot.insight.figure import Chart, Figure, Row, Series
from copilot.insight.telling import Pair, Telling, percent, short
from copilot.suggesting.attention import Need, attention_of
from copilot.suggesting.standing import Judge

_MOST_ROWS = 20
_MOST_BARS = 12
_BANDS: Mapping[str, Pair] = {
    Band.HEALTHY.value: ("健康", "Healthy"),
    Band.WATCH.value: ("观察", "Watch"),
    Band.RISK.value: ("风险", "Risk"),
    Band.UNKNOWN.value: ("未知", "Unknown"),
    ContractEnd.RENEWED.value: ("续约", "Renewed"),
    ContractEnd.EXPANDED.value: ("增购", "Expanded"),
    ContractEnd.CHURNED.value: ("流失", "Churned"),
}
_IN_ORDER = (Band.HEALTHY.value, Band.WATCH.value, Band.RISK.value, Band.UNKNOWN.value)
_RANK = {Band.RISK.value: 0, Band.UNKNOWN.value: 1, Band.WATCH.value: 1, Band.HEALTHY.value: 2}
#: What a report counts; the rest is for whoever works with the account.
_NEEDS = (Need.RISK, Need.RENEWAL, Need.SILENT, Need.LATE_VALUE)
_REASONS: Mapping[str, Pair] = {
    "risk": ("健康为风险", "health is at risk"),
    "silent": ("超过应联系的时间", "not spoken to in time"),
    "late_value": ("首个价值逾期", "first value is late"),
    "renewal": ("即将到期且不健康", "renewal near and not healthy"),
}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An account whose contract runs, with what is thought of it today."""

    account: Account
    band: Band
    score: float | None
    days_left: int | None  #: until the contract ends
    reasons: tuple[str, ...]  #: why it needs somebody now; keys of `_REASONS`

    @property
    def fee(self) -> float:
        """Yuan a year; 0 where nobody has said."""
        fee = self.account.facts.get("annual_fee_cny")
        return float(fee) if isinstance(fee, int | float) and not isinstance(fee, bool) else 0.0

    @property
    def renews_soon(self) -> bool:
        """Whether its contract ends within 90 days."""
        return self.days_left is not None and 0 <= self.days_left <= RENEWAL_DAYS


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Whether accounts may be named to whom the report is for."""

    names: bool

    def name(self, tell: Telling, account: Account) -> str:
        """Return how an account is called, or that it is one."""
        return short(account.name) if self.names else tell.say("一个客户", "an account")


def kept_accounts(accounts: Sequence[Account], judge: Judge) -> Sequence[Kept]:
    """Judge accounts as of today; those that have churned are no longer kept. The most urgent come first."""
    found = [
        _judged(account, judge)
        for account in accounts
        if account.facts.get("contract_outcome") != ContractEnd.CHURNED.value
    ]
    return sorted(found, key=lambda one: (-len(one.reasons), -one.fee, one.account.id))


def _judged(account: Account, judge: Judge) -> Kept:
    found = attention_of(account, judge)
    return Kept(
        account=account,
        band=found.health.band,
        score=found.health.score,
        days_left=found.days_left,
        reasons=tuple(need.value for need in _NEEDS if need in found.needs),
    )


def healthy_share(tell: Telling, kept: Sequence[Kept], shown: Shown) -> Figure:
    """How many of the accounts that could be scored are healthy today."""
    by = Counter(one.band.value for one in kept)
    scored = len(kept) - by[Band.UNKNOWN.value]
    share = Share(hits=by[Band.HEALTHY.value], n=scored)
    rows = [
        Row(
            name=_band(tell, band),
            value=Share(hits=by[band], n=len(kept)).value,
            n=len(kept),
            detail=tell.say(f"{by[band]} 个客户", f"{by[band]} accounts"),
        )
        for band in _IN_ORDER
        if by[band]
    ]
    action, owner, link, said = tell.nothing_to_do(), None, None, ""
    if by[Band.UNKNOWN.value]:
        said = tell.say(
            f"另有 {by['unknown']} 个记录太少,无法评分。", f"{by['unknown']} more have too few facts to be scored."
        )
    at_risk = [one for one in kept if one.band is Band.RISK]
    told = tell.share(share, ("可评分的客户", "accounts with a score"), ("健康", "are healthy"))
    if not kept:
        told = tell.say("还没有客户记录。", "There are no accounts yet.")
        owner, link = "manager", "copilot accounts import"
        action = tell.say("从 CRM 导入客户记录。", "Import the accounts of your CRM.")
    elif by[Band.UNKNOWN.value] * 2 > len(kept):
        owner, link = "manager", "copilot accounts import"
        action = tell.say(
            "多数客户没有使用数据:先导入使用和联系记录。", "Most accounts tell no use: import use and contacts first."
        )
    elif at_risk:
        first = max(at_risk, key=lambda one: (one.fee, one.account.id))
        owner, link = _owner(first), _next(first, shown)
        name = shown.name(tell, first.account)
        action = tell.say(
            f"从风险客户中年费最高的{name}开始,按下一步建议行动。",
            f"Begin with {name}, the largest of those at risk, and take its next best action.",
        )
    return Figure(
        key="healthy_share",
        title=tell.say("健康客户", "Healthy accounts"),
        value=share.value,
        unit="share",
        n=scored,
        interval=share.interval,
        analysis=tell.sentences(told, said),
        action=action,
        owner=owner,
        link=link,
        rows=rows,
        chart=_health_chart(tell, by) if kept else None,
    )


def health_moves(tell: Telling, kept: Sequence[Kept], moves: Sequence[BandMove], shown: Shown) -> Figure:
    """How accounts moved between bands; the value is how many more went up than down."""
    up = [one for one in moves if one.after is not None and _RANK[one.after] > _RANK[one.before]]
    down = [one for one in moves if one.after is not None and _RANK[one.after] < _RANK[one.before]]
    ended = Counter(one.ended for one in moves if one.ended is not None)
    by = Counter((one.before, one.ended or one.after or "") for one in moves)
    rows = [
        Row(name=f"{_band(tell, before)} → {_band(tell, after)}", value=times, n=len(moves))
        for (before, after), times in by.most_common()
    ]
    analysis = tell.say("这段时间没有客户的健康档位变化。", "No account moved to another band in this time.")
    if moves:
        churned = ended[ContractEnd.CHURNED.value]
        analysis = tell.say(
            f"{len(up)} 次变好,{len(down)} 次变差,{churned} 个流失;最多的是{rows[0].name}({rows[0].value:g} 次)。",
            f"{len(up)} moves up, {len(down)} down, {churned} churned; most often {rows[0].name} ({rows[0].value:g}).",
        )
    action, owner, link = tell.nothing_to_do(), None, None
    by_id: dict[AccountId, Kept] = {one.account.id: one for one in kept}
    fallen = [by_id[one.account_id] for one in down if one.account_id in by_id]
    still = [one for one in fallen if one.band in (Band.RISK, Band.WATCH)]
    if still:
        first = max(still, key=lambda one: (one.fee, one.account.id))
        name = shown.name(tell, first.account)
        owner, link = _owner(first), _next(first, shown)
        action = tell.say(
            f"联系变差客户中年费最高的{name},问清变化从何而来。",
            f"Speak with {name}, the largest of those that fell, and find out what changed.",
        )
    return Figure(
        key="health_moves",
        title=tell.say("健康变化(变好减变差)", "Moves of health (up less down)"),
        value=len(up) - len(down),
        unit="count",
        n=len(moves),
        analysis=analysis,
        action=action,
        owner=owner,
        link=link,
        rows=rows,
        chart=_bars(tell.say("健康档位的变化", "Moves between bands"), rows[:_MOST_BARS]),
    )


def needs_attention(tell: Telling, kept: Sequence[Kept], shown: Shown) -> Figure:
    """Accounts that need somebody now, and why."""
    urgent = [one for one in kept if one.reasons]
    by = Counter(reason for one in urgent for reason in one.reasons)
    rows = [
        Row(
            name=short(one.account.name),
            value=one.score,
            n=1,
            detail=_joined(tell, [*_scored(tell, one), *(tell.say(*_REASONS[reason]) for reason in one.reasons)]),
        )
        for one in urgent[:_MOST_ROWS]
    ]
    analysis = tell.say("没有客户需要马上处理。", "No account needs somebody now.")
    action, owner, link = tell.nothing_to_do(), None, None
    if urgent:
        reason, times = by.most_common(1)[0]
        why, first = tell.say(*_REASONS[reason]), urgent[0]
        name = shown.name(tell, first.account)
        analysis = tell.say(
            f"{len(kept)} 个客户中 {len(urgent)} 个需要处理,最常见的原因:{why}({times} 个)。",
            f"{len(urgent)} of {len(kept)} accounts need somebody; most often: {why} ({times}).",
        )
        told = _joined(tell, [tell.say(*_REASONS[one]) for one in first.reasons])
        action = tell.say(f"今天先处理{name}:{told}。", f"Take {name} today: {told}.")
        owner, link = _owner(first), _next(first, shown)
    return Figure(
        key="needs_attention",
        title=tell.say("需要处理的客户", "Accounts that need somebody"),
        value=len(urgent),
        unit="count",
        n=len(kept),
        analysis=analysis,
        action=action,
        owner=owner,
        link=link,
        rows=rows if shown.names else (),
        chart=_bars(
            tell.say("原因", "Reasons"),
            [Row(name=tell.say(*_REASONS[reason]), value=times, n=len(kept)) for reason, times in by.most_common()],
        ),
    )


def renewals_due(tell: Telling, kept: Sequence[Kept], shown: Shown) -> Sequence[Figure]:
    """Contracts that end within 90 days: how many, and what they pay a year."""
    due = sorted((one for one in kept if one.renews_soon), key=lambda one: (one.days_left or 0, one.account.id))
    doubtful = [one for one in due if one.band in (Band.RISK, Band.WATCH)]
    fees, in_doubt = sum(one.fee for one in due), sum(one.fee for one in doubtful)
    rows = [
        Row(
            name=short(one.account.name),
            value=one.days_left,
            n=1,
            detail=tell.say(
                f"还有 {one.days_left} 天,{_band(tell, one.band)},年费 {one.fee:,.0f} 元",
                f"{one.days_left} days left, {_band(tell, one.band).lower()}, {one.fee:,.0f} CNY a year",
            ),
        )
        for one in due[:_MOST_ROWS]
    ]
    analysis = tell.say(f"{RENEWAL_DAYS} 天内没有合同到期。", f"No contract ends within {RENEWAL_DAYS} days.")
    money, action, owner, link = analysis, tell.nothing_to_do(), None, None
    if due:
        analysis = tell.say(
            f"{RENEWAL_DAYS} 天内 {len(due)} 份合同到期,{len(doubtful)} 份不健康;最近的还有 {due[0].days_left} 天。",
            f"{len(due)} contracts end within {RENEWAL_DAYS} days, {len(doubtful)} of them not healthy; the next in "
            f"{due[0].days_left} days.",
        )
        part = percent(in_doubt / fees) if fees else "0%"
        money = tell.say(
            f"到期合同年费共 {fees:,.0f} 元,其中 {in_doubt:,.0f} 元({part})来自不健康的客户。",
            f"They pay {fees:,.0f} CNY a year, {in_doubt:,.0f} ({part}) of it from accounts that are not healthy.",
        )
        first = doubtful[0] if doubtful else due[0]
        name = shown.name(tell, first.account)
        owner, link = _owner(first), _brief(first, shown)
        action = tell.say(
            f"为{name}准备续约说明(还有 {first.days_left} 天)。",
            f"Prepare the renewal brief of {name} ({first.days_left} days left).",
        )
    largest = max(doubtful, key=lambda one: (one.fee, one.account.id)) if doubtful else None
    money_action = tell.nothing_to_do()
    if largest is not None:
        money_action = tell.say(
            f"先保住其中最大的一份:{shown.name(tell, largest.account)}({largest.fee:,.0f} 元)。",
            f"Save the largest of these first: {shown.name(tell, largest.account)} ({largest.fee:,.0f} CNY).",
        )
    return (
        Figure(
            key="renewals_due",
            title=tell.say("90 天内到期", "Renewals within 90 days"),
            value=len(due),
            unit="count",
            n=len(kept),
            analysis=analysis,
            action=action,
            owner=owner,
            link=link,
            rows=rows if shown.names else (),
        ),
        Figure(
            key="renewal_fees",
            title=tell.say("到期合同的年费", "Yearly fees of these"),
            value=fees,
            unit="money",
            n=len(due),
            analysis=money,
            action=money_action,
            owner=None if largest is None else _owner(largest),
            link=None if largest is None else _next(largest, shown),
        ),
    )


def _band(tell: Telling, band: str) -> str:
    return tell.say(*_BANDS.get(band, (band, band)))


def _scored(tell: Telling, one: Kept) -> list[str]:
    return [] if one.score is None else [tell.say(f"健康分 {one.score:g}", f"health score {one.score:g}")]


def _owner(one: Kept) -> str:
    return one.account.text("owner") or "manager"


def _next(one: Kept, shown: Shown) -> str | None:
    return f"copilot next {quote(one.account.id)}" if shown.names else None


def _brief(one: Kept, shown: Shown) -> str | None:
    account = quote(one.account.id)
    return f"copilot drafts create --kind renewal_brief --account {account}" if shown.names else None


def _joined(tell: Telling, parts: Sequence[str]) -> str:
    return tell.say("、", ", ").join(parts)


def _health_chart(tell: Telling, by: Counter[str]) -> Chart:
    """One bar whose layers are the bands; each keeps its place, and so its colour, also where it is empty."""
    return Chart(
        kind="stack",
        title=tell.say("客户健康分布", "Health of accounts"),
        labels=[tell.say("客户", "Accounts")],
        series=[Series(name=_band(tell, band), values=[by[band]]) for band in _IN_ORDER],
    )


def _bars(title: str, rows: Sequence[Row]) -> Chart | None:
    if not rows:
        return None
    return Chart(
        kind="bars",
        title=title,
        labels=[row.name for row in rows],
        series=[Series(name=title, values=[row.value for row in rows])],
    )
