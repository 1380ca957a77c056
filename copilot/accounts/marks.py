"""What each fact is worth in a health score: a mark of 0 to 100, and the sentence that explains it.

The figures are ours: the sources name the dimensions and give none (D1, D2, M), but for the share of active seats,
where 70 % is what the handbook calls active (D4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from copilot.accounts.account import Account
from copilot.accounts.cadence import FIRST_VALUE_DAYS, Cadence, contact_of
from copilot.accounts.handoff import HANDOFF_ITEMS, handoff_missing
from copilot.accounts.weights import DimensionName

ACTIVE_SHARE = 0.7  #: from here on, seats count as active (D4)
#: Titles of people who decide; 总监 is not one of them.
_EXECUTIVE = re.compile(
    r"总(?![监部务台])|老板|董事|创始人|合伙人|\b(?:c[efotim]o|vp|owner|founder|president|chair\w*)\b", re.IGNORECASE
)
_TRENDS = {"rising": (100, "上升"), "flat": (70, "平稳"), "falling": (20, "下降"), "none": (0, "无使用")}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What one fact is worth. Without points it is told and counts nothing."""

    points: float | None  #: 0 to 100
    weight: float  #: within its dimension
    zh: str
    en: str

    def sentence(self, language: str) -> str:
        """Say what was seen and what it counts."""
        said = self.zh if language == "zh" else self.en
        if self.points is None:
            return f"{said},不计分" if language == "zh" else f"{said}: not counted"
        if language == "zh":
            return f"{said}:{self.points:.0f} 分,权重 {self.weight:g}"
        return f"{said}: {self.points:.0f} points, weight {self.weight:g}"


Marker = Callable[[Account, Cadence], Iterable[Mark]]


def _number(account: Account, name: str) -> float | None:
    value = account.facts.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _length(account: Account, name: str) -> int | None:
    value = account.facts.get(name)
    return len(value) if isinstance(value, list) else None


def _steps(value: float, *steps: tuple[float, float], beyond: float) -> float:
    """Return the points of the first step that the value does not exceed."""
    return next((points for most, points in steps if value <= most), beyond)


def active_share(account: Account) -> float | None:
    """Return the share of seats in use, 0 to 1; None where seats are unknown or none were bought."""
    bought, active = _number(account, "seats_bought"), _number(account, "seats_active")
    return min(active / bought, 1.0) if bought and active is not None else None


def _seats(account: Account, _: Cadence) -> Iterable[Mark]:
    bought, active, share = _number(account, "seats_bought"), _number(account, "seats_active"), active_share(account)
    if bought == 0:
        yield Mark(
            points=None, weight=40, zh="购买席位为 0,没有活跃率", en="No seats were bought, so no share is active"
        )
    elif share is not None and bought is not None and active is not None:
        yield Mark(
            points=min(share / ACTIVE_SHARE, 1) * 100,
            weight=40,
            zh=f"活跃席位 {active:g}/{bought:g}({share:.0%})",
            en=f"{active:g} of {bought:g} seats are active ({share:.0%})",
        )


def _trend(account: Account, _: Cadence) -> Iterable[Mark]:
    trend = account.facts.get("usage_trend")
    if isinstance(trend, str) and trend in _TRENDS:
        points, zh = _TRENDS[trend]
        yield Mark(points=points, weight=30, zh=f"使用趋势{zh}", en=f"Usage is {trend}")


def _features(account: Account, _: Cadence) -> Iterable[Mark]:
    if (count := _length(account, "key_features_used")) is not None:
        points = _steps(count, (0, 0), (1, 40), (2, 70), beyond=100)
        yield Mark(points=points, weight=15, zh=f"在用关键功能 {count} 项", en=f"{count} key features are in use")


def _last_use(account: Account, _: Cadence) -> Iterable[Mark]:
    if (days := _number(account, "last_use_days")) is not None:
        points = _steps(days, (7, 100), (14, 70), (30, 40), beyond=0)
        yield Mark(points=points, weight=15, zh=f"上次使用在 {days:g} 天前", en=f"The last use was {days:g} days ago")


def _first_value(account: Account, _: Cadence) -> Iterable[Mark]:
    delivered, days = account.facts.get("first_value_delivered"), _number(account, "days_since_signing")
    if delivered is True:
        yield Mark(points=100, weight=50, zh="首次价值已交付", en="The first value is delivered")
    elif delivered is False and days is not None and days <= FIRST_VALUE_DAYS:
        yield Mark(
            points=50,
            weight=50,
            zh=f"首次价值未交付,仍在 {FIRST_VALUE_DAYS} 天窗口内(第 {days:g} 天)",
            en=f"The first value is not delivered, day {days:g} of its {FIRST_VALUE_DAYS}",
        )
    elif delivered is False:
        late = f",已过 {FIRST_VALUE_DAYS} 天窗口(第 {days:g} 天)" if days is not None else ""
        late_en = f", day {days:g} of {FIRST_VALUE_DAYS}" if days is not None else ""
        yield Mark(points=0, weight=50, zh=f"首次价值未交付{late}", en=f"The first value is not delivered{late_en}")


def _milestones(account: Account, _: Cadence) -> Iterable[Mark]:
    if (count := _length(account, "milestones")) is not None:
        points = _steps(count, (0, 0), (1, 50), (2, 75), beyond=100)
        yield Mark(points=points, weight=30, zh=f"已达成里程碑 {count} 个", en=f"{count} milestones are reached")


def _results(account: Account, _: Cadence) -> Iterable[Mark]:
    if (count := _length(account, "results")) is not None:
        yield Mark(
            points=100 if count else 0, weight=20, zh=f"有记录的业务结果 {count} 项", en=f"{count} results are recorded"
        )


def _tickets(account: Account, _: Cadence) -> Iterable[Mark]:
    if (count := _number(account, "open_tickets")) is not None:
        points = _steps(count, (0, 100), (2, 80), (5, 50), (10, 25), beyond=0)
        yield Mark(points=points, weight=45, zh=f"未结工单 {count:g} 张", en=f"{count:g} tickets are open")


def _complaints(account: Account, _: Cadence) -> Iterable[Mark]:
    if (count := _number(account, "complaints")) is not None:
        points = _steps(count, (0, 100), (1, 50), (2, 25), beyond=0)
        yield Mark(points=points, weight=45, zh=f"客诉 {count:g} 次", en=f"{count:g} complaints")


def _nps(account: Account, _: Cadence) -> Iterable[Mark]:
    """One person's answer of 0 to 10, or a score of -100 to 100; behaviour counts more than what is said (D5)."""
    if (nps := _number(account, "nps")) is not None:
        points = nps * 10 if 0 <= nps <= 10 else (nps + 100) / 2
        yield Mark(points=points, weight=10, zh=f"NPS {nps:g}(只占小权重,D5)", en=f"NPS {nps:g} (counts little, D5)")


def _known_people(account: Account, _: Cadence) -> Iterable[Mark]:
    if (count := _length(account, "kp")) is not None:
        points = _steps(count, (0, 0), (1, 60), beyond=100)
        yield Mark(points=points, weight=40, zh=f"认识的关键人 {count} 位", en=f"{count} key people are known")


def _executive(account: Account, _: Cadence) -> Iterable[Mark]:
    people = account.facts.get("kp")
    titles = (
        [str(one.get("title") or "") for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    )
    if any(titles):
        high = any(_EXECUTIVE.search(title) for title in titles)
        yield Mark(
            points=100 if high else 30,
            weight=30,
            zh="关键人里有决策层" if high else "关键人里没有决策层",
            en="An executive is among the key people" if high else "No executive is among the key people",
        )


def _contact(account: Account, cadence: Cadence) -> Iterable[Mark]:
    contact = contact_of(account, cadence)
    if contact.actual_days is not None and contact.expected_days is not None:
        points = _steps(contact.actual_days / contact.expected_days, (1, 100), (2, 50), beyond=0)
        yield Mark(
            points=points,
            weight=30,
            zh=f"上次联系在 {contact.actual_days} 天前,应不超过 {contact.expected_days} 天(B11)",
            en=f"The last contact was {contact.actual_days} days ago, at most {contact.expected_days} expected (B11)",
        )


def _owner(account: Account, _: Cadence) -> Iterable[Mark]:
    if owner := account.text("owner"):
        yield Mark(points=100, weight=40, zh=f"有负责人({owner})", en=f"It has an owner ({owner})")


def _visit(account: Account, _: Cadence) -> Iterable[Mark]:
    if (days := _number(account, "days_since_visited")) is not None:
        points = _steps(days, (30, 100), (90, 60), (180, 30), beyond=0)
        yield Mark(points=points, weight=30, zh=f"上次拜访在 {days:g} 天前", en=f"The last visit was {days:g} days ago")


def _touch(account: Account, _: Cadence) -> Iterable[Mark]:
    if (days := _number(account, "last_contact_days")) is not None:
        points = _steps(days, (30, 100), (60, 50), beyond=0)
        yield Mark(points=points, weight=30, zh=f"{days:g} 天前服务触达过", en=f"It was served {days:g} days ago")


def _handoff(account: Account, _: Cadence) -> Iterable[Mark]:
    if "handoff" in account.facts:
        missing = len(handoff_missing(account))
        points = 100 * (1 - missing / len(HANDOFF_ITEMS))
        yield Mark(
            points=points, weight=30, zh=f"销售交接缺 {missing} 项(B5)", en=f"The handoff lacks {missing} items (B5)"
        )


#: Dimension → its facts, in the order in which they are told.
MARKERS: Mapping[DimensionName, tuple[Marker, ...]] = {
    "usage": (_seats, _trend, _features, _last_use),
    "business_result": (_first_value, _milestones, _results),
    "experience": (_tickets, _complaints, _nps),
    "relationship": (_known_people, _executive, _contact),
    "coverage": (_owner, _visit, _touch, _handoff),
}
