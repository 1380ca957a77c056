"""The facts of an account that shape its plan: how much service it gets, where it stands, and phrases for sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from copilot.accounts.account import Account
from copilot.accounts.lifecycle import Stage, stage_of
from copilot.accounts.segment import Size, segment_of
from copilot.drafting import account_facts
from copilot.drafting.composer import Language
from copilot.drafting.plan import KeyPerson

#: First value belongs into the first 30 days (C6, B3).
FIRST_VALUE_DAYS = 30
HABIT_DAYS = 90
#: Ours: from here on a number is worth a word. The sources give none.
MANY_TICKETS, SILENT_DAYS = 3, 14


class Tier(StrEnum):
    """How much service an account gets; it follows from its size (A1), and a person decides between the bands."""

    KEY = "key"  #: 大型: over-provision (A4)
    STANDARD = "standard"  #: 中型, and whatever no rule sorts
    LIGHT = "light"  #: 中小: many at a time
    SELF_SERVICE = "self_service"  #: 小微: capped effort, contract floor (A2, A5)


class Course(StrEnum):
    """What a plan is about next."""

    START = "start"  #: first value is still to come
    ADOPT = "adopt"  #: first value is there; now it becomes a habit
    GROW = "grow"  #: the habit is there; now the next value
    RENEW = "renew"  #: the contract ends soon


_TIERS = {
    Size.LARGE: Tier.KEY,
    Size.MEDIUM: Tier.STANDARD,
    Size.SMALL: Tier.LIGHT,
    Size.MICRO: Tier.SELF_SERVICE,
}
_GROWING = frozenset({Stage.GROWTH, Stage.EXPANSION, Stage.ADVOCACY})


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """What a record tells of these; None or empty where it tells nothing."""

    name: str
    language: Language
    today: date
    stage: Stage | None
    size: Size | None
    fee: float | None
    days: int | None  #: since signing
    end: int | None  #: days to the end of the contract
    bought: int | None
    active: int | None
    trend: str | None
    features: tuple[str, ...]
    done: tuple[str, ...]  #: milestones reached
    people: tuple[KeyPerson, ...]
    tickets: int | None
    silent: int | None  #: days since the last contact
    delivered: bool | None
    promises: tuple[str, ...]

    @property
    def tier(self) -> Tier:
        """How much service it gets."""
        return _TIERS[self.size] if self.size else Tier.STANDARD

    @property
    def course(self) -> Course:
        """What its plan is about next."""
        begun = self.delivered if self.delivered is not None else (self.days or 0) > HABIT_DAYS
        if not begun:
            return Course.START
        if self.stage is Stage.RENEWAL or self.ends_soon:
            return Course.RENEW
        return Course.GROW if self.stage in _GROWING else Course.ADOPT

    @property
    def ends_soon(self) -> bool:
        """Whether the contract ends within the window."""
        return self.end is not None and 0 <= self.end <= account_facts.RENEWAL_WINDOW_DAYS

    @property
    def few_active(self) -> bool:
        """Whether many bought seats are not used."""
        return bool(self.bought) and self.active is not None and self.active < account_facts.FEW_ACTIVE * self.bought  # type: ignore[operator]

    @property
    def late(self) -> bool:
        """Whether the window of first value is over without it (C6)."""
        return self.delivered is False and self.days is not None and self.days > FIRST_VALUE_DAYS

    @property
    def target(self) -> int | None:
        """Seats to be in use next: the share that counts as used, or all once that is reached."""
        if not self.bought:
            return None
        usual = ceil(account_facts.FEW_ACTIVE * self.bought)
        return usual if (self.active or 0) < usual else self.bought

    @property
    def ends_on(self) -> date | None:
        """The last day of the contract."""
        return None if self.end is None else self.today + timedelta(days=self.end)

    @property
    def signed_on(self) -> date | None:
        """The day of signing."""
        return None if self.days is None else self.today - timedelta(days=self.days)

    def phrases(self) -> Mapping[str, str]:
        """Return what the sentences of a plan are filled with; every phrase says something, known or not."""
        zh = self.language == "zh"
        known = {
            "name": self.name,
            "feature": self.features[0] if self.features else "",
            "features": ("、" if zh else ", ").join(self.features[:3]),
            "other": self.features[1] if len(self.features) > 1 else "",
            "kp": self.people[0].name if self.people else "",
            "done": self.done[-1] if self.done else "",
            "seats": self._seats(),
            "target": _counted(self.target, "{n} 个" if zh else "{n}"),
            "bought": _counted(self.bought, "{n} 个" if zh else "{n}"),
            "active": _counted(self.active, "{n} 个" if zh else "{n}"),
            "day": _counted(self.days, "签约第 {n} 天" if zh else "day {n} since signing"),
            "end": _counted(self.end, "合同还有 {n} 天到期" if zh else "the contract ends in {n} days"),
            "fee": _counted(self.fee, "{n} 元" if zh else "{n} yuan"),
            "tickets": _counted(
                self.tickets, "{n} 个未结工单" if zh else "{n} open ticket" if self.tickets == 1 else "{n} open tickets"
            ),
            "silent": _counted(self.silent, "{n} 天前联系过" if zh else "last contact {n} days ago"),
        }
        return {name: text or _UNKNOWN[name][self.language] for name, text in known.items()}

    def _seats(self) -> str:
        if not self.bought or self.active is None:
            return ""
        if self.language == "zh":
            return f"{self.bought} 个账号里 {self.active} 个在用"
        return f"{self.active} of {self.bought} seats in use"


def facts_of(account: Account, language: Language, today: date) -> PlanFacts:
    """Read what a plan needs from a record; texts come out inert and on one line."""
    fee = account_facts.number(account, "annual_fee_cny")
    written = account.text("lifecycle_stage")
    trend, delivered = account.text("usage_trend"), account.facts.get("first_value_delivered")
    return PlanFacts(
        name=account_facts.plain(account.name),
        language=language,
        today=today,
        stage=stage_of(written) if written else None,
        size=segment_of(fee).value,
        fee=fee,
        days=_whole(account, "days_since_signing"),
        end=_whole(account, "contract_end_in_days"),
        bought=_whole(account, "seats_bought"),
        active=_whole(account, "seats_active"),
        trend=trend,
        features=tuple(account_facts.texts(account, "key_features_used")),
        done=tuple(account_facts.texts(account, "milestones")),
        people=_people(account),
        tickets=_whole(account, "open_tickets"),
        silent=_whole(account, "last_contact_days"),
        delivered=delivered if isinstance(delivered, bool) else None,
        promises=promises_of(account),
    )


def promises_of(account: Account) -> tuple[str, ...]:
    """Return what was promised: the scope of the contract first, then what was said beyond it (A5, C15)."""
    return tuple(
        dict.fromkeys(
            text
            for name in ("contract_scope", "contract_promises", "promises")
            for text in account_facts.texts(account, name)
        )
    )


def _people(account: Account) -> tuple[KeyPerson, ...]:
    people = account.facts.get("kp")
    found = []
    for one in people if isinstance(people, Sequence) and not isinstance(people, str) else []:
        name = one.get("name") if isinstance(one, Mapping) else None
        title = one.get("title") if isinstance(one, Mapping) else None
        if isinstance(name, str) and name.strip():
            shown = account_facts.plain(title) if isinstance(title, str) else ""
            found.append(KeyPerson(name=account_facts.plain(name), title=shown))
    return tuple(found)


def _whole(account: Account, name: str) -> int | None:
    value = account_facts.number(account, name)
    return None if value is None else int(value)


def _counted(value: float | None, words: str) -> str:
    return "" if value is None else words.format(n=f"{value:,.0f}" if value >= 10_000 else f"{value:g}")


_UNKNOWN: Mapping[str, Mapping[Language, str]] = {
    "name": {"zh": "客户", "en": "the client"},
    "feature": {"zh": "第一个场景", "en": "the first scenario"},
    "features": {"zh": "第一个场景", "en": "the first scenario"},
    "other": {"zh": "相邻的一个场景", "en": "a neighbouring scenario"},
    "kp": {"zh": "客户负责人", "en": "the client's lead"},
    "done": {"zh": "已有的结果", "en": "what was reached"},
    "seats": {"zh": "账号的使用情况", "en": "the use of the seats"},
    "target": {"zh": "约定的人数", "en": "the agreed number"},
    "bought": {"zh": "全部", "en": "all"},
    "active": {"zh": "现有", "en": "the present"},
    "day": {"zh": "签约后", "en": "since signing"},
    "end": {"zh": "本期合同", "en": "the current contract"},
    "fee": {"zh": "合同金额", "en": "the contract's amount"},
    "tickets": {"zh": "未结工单", "en": "open tickets"},
    "silent": {"zh": "最近的联系", "en": "the last contact"},
}
