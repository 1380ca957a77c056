"""A first success plan (C1-C8, C11, C14, C15, I1): what the record tells, slots for the client, cited advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from copilot.drafting import account_facts, dates
from copilot.drafting.composer import Composed, Language, Order
from copilot.drafting.draft import DraftKind, Finding
from copilot.drafting.findings import shown
from copilot.drafting.plan_words import ASKED, SLOT, WORDS
from copilot.drafting.sources import Numbered, Sources
from knowledge.document import DocumentKind

#: First value belongs into the first 30 days (C6); when they are over, it is the goal of the next week.
_FIRST_VALUE_DAYS = 30
_HABIT_DAYS, _REVIEW_DAYS = 60, 90
_SOON_DAYS = 7
#: Milestones follow each other by at least so much.
_APART_DAYS = 14
_PLAYBOOKS = frozenset({DocumentKind.PLAYBOOK})


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The days of the plan, in order, all of them still to come."""

    agreed: date
    first_value: date
    habit: date
    review: date


def schedule(today: date, days_since_signing: int) -> Schedule:
    """Count from the day of signing (B3), never into the past, each milestone after the one before (C8)."""
    signed = today - timedelta(days=days_since_signing)
    agreed = dates.workday(today + timedelta(days=2))
    first_value = dates.workday(max(signed + timedelta(days=_FIRST_VALUE_DAYS), today + timedelta(days=_SOON_DAYS)))
    habit = dates.workday(max(signed + timedelta(days=_HABIT_DAYS), first_value + timedelta(days=_APART_DAYS)))
    review = dates.workday(max(signed + timedelta(days=_REVIEW_DAYS), habit + timedelta(days=_APART_DAYS)))
    return Schedule(agreed=agreed, first_value=first_value, habit=habit, review=review)


class SuccessPlan:
    """Implements `Composer`.

    Inputs: `scenario`, `outcome`, `measure`, `first_value`, `meaning`, `kp_meaning`, `owner`, and `promises`, separated
    by semicolons.
    """

    kind = DraftKind.SUCCESS_PLAN

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def compose(self, order: Order) -> Composed:
        """Write a first text."""
        writing = _Writing(order, self._sources)
        content = writing.text()
        return Composed(content=content, quotes=writing.numbered.quotes, findings=tuple(writing.findings))


class _Writing:
    """One plan under way."""

    def __init__(self, order: Order, sources: Sources) -> None:
        self.numbered = Numbered()
        self.findings: list[Finding] = []
        self._order = order
        self._sources = sources
        self._language: Language = order.language
        self._words: Mapping[str, str] = WORDS[order.language]
        self._slot = SLOT[order.language]
        signed = account_facts.number(order.account, "days_since_signing")
        self._schedule = schedule(order.today, int(signed or 0))
        self._ours = self._said("owner") or order.person.name
        self._theirs = account_facts.contact(order.account) or self._slot

    def text(self) -> str:
        words, plan = self._words, self._schedule
        delivered = self._order.account.facts.get("first_value_delivered") is True
        features = account_facts.texts(self._order.account, "key_features_used")
        scenario = self._said("scenario") or (
            words["scenario_of"].format(features="、".join(features[:2])) if features else ""
        )
        first = self._said("first_value") or (words["next_value"] if delivered else words["first_value"])
        facts = "".join(f"- {fact}\n" for fact in account_facts.shared(self._order.account, self._language))
        name = account_facts.plain(self._order.account.name)
        parts = [
            f"# {words['title'].format(name=name)}",
            words["status"],
            self._section("facts", facts.rstrip() or f"- {self._slot}"),
            self._section(
                "scenario", f"- {words['scenario']}{scenario or self._slot} {self._slot if scenario else ''}".rstrip()
            ),
            self._section(
                "outcome",
                f"- {words['outcome']}{self._said('outcome') or self._slot}",
                f"- {words['measure']}{self._said('measure') or self._slot}",
                f"- {words['experience']}{self._slot}",
            ),
            self._section(
                "first_value",
                f"- {words['value']}{first}",
                f"- {words['date']}{plan.first_value.isoformat()}",
                f"- {words['owner']}{self._ours} / {self._theirs}",
            ),
            self._section("milestones", self._milestones(first)),
            self._section(
                "meaning",
                f"- {words['for_company']}{self._said('meaning') or self._slot}",
                f"- {words['for_kp'].format(kp=self._theirs)}{self._said('kp_meaning') or self._slot}",
            ),
            self._section("quick_wins", f"1. {scenario or self._slot}", f"2. {self._slot} {words['optional']}"),
            self._section("promises", *self._promises()),
            self._section("expansion", f"- {self._expansion()} {self._slot}"),
        ]
        return "\n\n".join(parts)

    def _section(self, key: str, *lines: str) -> str:
        """Write a section, and what the playbooks recommend for it."""
        body = [f"## {self._words[f'head_{key}']}", "", *(line for line in lines if line)]
        asked = ASKED.get(key)
        if asked is not None:
            body.extend(self._recommendation(key, asked[self._language]))
        return "\n".join(body)

    def _recommendation(self, key: str, asked: str) -> list[str]:
        source = self._sources.find(asked, self._order.reader, kinds=_PLAYBOOKS)
        if source is None:
            message = "No playbook was found for this part; nothing is recommended there."
            self.findings.append(Finding(code="no_playbook", severity="warning", message=message, place=key))
            return []
        quote = shown(source.quote)
        return ["", f"{self._words['recommendation']}{quote} [{self.numbered.number(source)}]"]

    def _milestones(self, first: str) -> str:
        words, plan = self._words, self._schedule
        both = f"{self._ours} / {self._theirs}"
        rows = [
            (words["m_agreed"], words["p_agreed"], both, plan.agreed),
            (first, words["p_first"], both, plan.first_value),
            (words["m_habit"], words["p_habit"], self._theirs, plan.habit),
            (words["m_review"], words["p_review"], self._ours, plan.review),
        ]
        lines = [words["table"], "| --- | --- | --- | --- | --- |"]
        lines += [
            f"| {number} | {client.replace('|', '/')} | {product} | {owner} | {day.isoformat()} |"
            for number, (client, product, owner, day) in enumerate(rows, start=1)
        ]
        return "\n".join(lines)

    def _promises(self) -> list[str]:
        """What was promised is for people to write down: the record holds none."""
        said = [
            account_facts.plain(one) for one in self._order.inputs.get("promises", "").replace("；", ";").split(";")
        ]
        return [f"- {one}" for one in said if one] or [f"- {self._words['promise_slot']} {self._slot}"]

    def _expansion(self) -> str:
        account, words = self._order.account, self._words
        bought, active = account_facts.number(account, "seats_bought"), account_facts.number(account, "seats_active")
        if bought and active is not None and active >= bought:
            return words["expand_seats"].format(bought=bought)
        if account.facts.get("usage_trend") == "rising":
            return words["expand_rising"]
        return words["expand_later"]

    def _said(self, name: str) -> str:
        return account_facts.plain(self._order.inputs.get(name, ""))
