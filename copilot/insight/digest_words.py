"""Words and small pieces that both digests share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copilot.accounts.account import Account
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.events import EVENT_NAMES, AccountEvent
from copilot.accounts.health import Band
from copilot.answering.inert import inert
from copilot.drafting.document import Grid
from copilot.insight.digest import Material
from copilot.insight.figure import Chart, Figure, Series
from copilot.insight.portfolio import Kept
from copilot.insight.telling import Pair, Telling, short, written

BANDS: Mapping[str, Pair] = {
    Band.HEALTHY.value: ("健康", "healthy"),
    Band.WATCH.value: ("观察", "watch"),
    Band.RISK.value: ("风险", "at risk"),
    Band.UNKNOWN.value: ("未知", "unknown"),
    ContractEnd.RENEWED.value: ("已续约", "renewed"),
    ContractEnd.EXPANDED.value: ("已增购", "expanded"),
    ContractEnd.CHURNED.value: ("已流失", "churned"),
}
REASONS: Mapping[str, Pair] = {
    "silent": ("超过应联系的时间", "not spoken to in time"),
    "late_value": ("首个价值逾期", "first value is late"),
}
_ROLES: Mapping[str, Pair] = {
    "manager": ("主管", "manager"),
    "curator": ("知识管理员", "curator"),
    "admin": ("管理员", "admin"),
    "frontline": ("客户成功经理", "CSM"),
}
_ORDER = (Band.RISK.value, Band.WATCH.value, Band.HEALTHY.value, Band.UNKNOWN.value)


def plain(text: str) -> str:
    """Return text from outside on one line, as it may stand in Markdown that we send; code stays code."""
    return inert(" ".join(text.split())).replace("|", "/")


def named(account: Account) -> str:
    """Return the name of an account."""
    return plain(short(account.name)).replace("*", "＊").replace("_", "＿")


def many(n: int, noun: str) -> str:
    """Count in English."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def band(tell: Telling, key: str) -> str:
    """Name a band, or the end of a contract."""
    return tell.say(*BANDS.get(key, (key, key)))


def who(tell: Telling, material: Material, owner: str | None) -> str:
    """Name who takes an action: a person, a role, or, where nothing is said, whom the digest is for."""
    if not owner:
        return plain(material.person.name)
    if owner in _ROLES:
        return tell.say(*_ROLES[owner])
    return plain(short(material.names.get(owner.strip().casefold(), owner)))


def event(tell: Telling, name: str) -> str:
    """Name an event."""
    return tell.say(EVENT_NAMES[AccountEvent(name)], name.replace("_", " "))


def state(tell: Telling, one: Kept) -> str:
    """Tell band, score and why an account needs somebody; what band and end of contract say is not said twice."""
    score = "" if one.score is None else tell.say(f" {one.score:.0f} 分", f", {one.score:.0f} points")
    why = tell.say("、", ", ").join(tell.say(*REASONS[reason]) for reason in one.reasons if reason in REASONS)
    near = tell.say(f"{one.days_left} 天后到期", f"ends in {one.days_left} days") if one.renews_soon else ""
    return tell.say(";", "; ").join(part for part in (f"{band(tell, one.band.value)}{score}", why, near) if part)


def health_chart(tell: Telling, kept: Sequence[Kept]) -> Chart:
    """Show how many accounts are in which band."""
    counted = [(key, sum(one.band.value == key for one in kept)) for key in _ORDER]
    title = tell.say("客户健康(个)", "Health of accounts (number)")
    return Chart(
        kind="bars",
        title=title,
        labels=[band(tell, key) for key, _ in counted],
        series=[Series(name=title, values=[times for _, times in counted])],
    )


def numbers(tell: Telling, material: Material, keys: Sequence[str]) -> Grid | None:
    """Put figures into a table: each with its analysis, its action and who takes it (J1, J2)."""
    found = [one for key in keys if (one := material.report.figure(key)) is not None]
    # A page is short: where nothing was counted and nothing is to do, there is nothing to tell.
    figures = [one for one in found if one.owner is not None or one.value]
    if not figures:
        return None
    head = (("数字", "Number"), ("数值", "Value"), ("说明", "Meaning"), ("行动", "Action"), ("负责人", "Owner"))
    return Grid(head=tuple(tell.say(*one) for one in head), rows=tuple(_row(tell, material, one) for one in figures))


def _row(tell: Telling, material: Material, figure: Figure) -> tuple[str, ...]:
    value = written(figure.value, figure.unit, tell.language)
    if figure.previous is not None:
        before = written(figure.previous, figure.unit, tell.language)
        value = tell.say(f"{value}(上期 {before})", f"{value} (before {before})")
    told = figure.link is None or f"`{figure.link}`" in figure.action
    action = figure.action if told else f"{figure.action} `{figure.link}`"
    return (figure.title, value, plain(figure.analysis), plain(action), who(tell, material, figure.owner))
