"""What a person should see in a success plan before deciding (A5, C1-C9, C14, E1). Pure; it refuses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from copilot.accounts.account import Account
from copilot.answering.moments import moments
from copilot.drafting.account_facts import plain
from copilot.drafting.composer import Language
from copilot.drafting.content import MARKER, cited, one_line
from copilot.drafting.draft import Finding, SourceQuote
from copilot.drafting.plan import BIG_EFFORT, MOST_QUICK_WINS, Plan
from copilot.drafting.plan_basis import Basis
from copilot.drafting.plan_facts import Tier, facts_of, promises_of
from copilot.drafting.plan_fields import HEADING, REQUIRED, title_of
from copilot.drafting.plan_messages import SEVERITIES, message_of
from copilot.drafting.plan_reading import Line, lines_of, read_plan
from copilot.drafting.words import PLACEHOLDER, denied
from knowledge.text import fold, is_chinese

#: What only the time of day or year says, with the words around it (C9).
_TIME = re.compile(
    r"第?\s{0,3}[\d一二两三四五六七八九十]{1,6}\s{0,3}(?:个)?(?:天|日|周|月|季度|年|小时|工作日)|每(?:天|周|月|季度?|年)|周[一二三四五六日]|月底|月初"
    r"|\b(?:day|week|month|quarter)s?\s{0,3}\d{1,6}|\d{1,6}\s{0,3}(?:days?|weeks?|months?)|\bevery (?:day|week|month)\b"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}\s{0,3}月\s{0,3}\d{1,2}\s{0,3}[日号]"
)
_AROUND = re.compile(
    r"签约|上线|开通|之?后|以后|以内|内|时|到|满|就|的|起|当|最晚|[\s,,。;;()()/|]"
    r"|\b(?:after|since|signing|going? live|go-live|on|at|in|by|within|from|the|of|when|once|latest)\b"
)
_PITCH = re.compile(
    r"增购|加购|扩容|升级(?:版|到|套餐)|多买|再买|追加(?:账号|采购)"
    r"|\bupsell\b|\bupgrade\b|\bbuy more\b|\bmore seats\b|\badd-ons?\b",
    re.IGNORECASE,
)
_MAY_SPEAK_OF_IT = frozenset({"expansion", "avoid", "questions", "effort"})
#: What we do stands in these parts, a line each.
_ACTIONS = ("phases", "milestones", "calendar", "risks", "steps")


def plan_findings(
    content: str, quotes: Sequence[SourceQuote], *, account: Account | None = None, today: date | None = None
) -> Iterator[Finding]:
    """Yield what is missing or doubtful, in the language of the text.

    Without an account, what depends on its facts is not judged; without a day, nothing is in the past.
    """
    plan, language = read_plan(content), language_of(content)
    judged = _Judging(plan, content.split("\n"), lines_of(content), language)
    known = {quote.number for quote in quotes}
    yield from judged.missing()
    yield from judged.chain(today)
    yield from judged.quick_wins()
    yield from judged.uncited(known)
    yield from judged.slots()
    if account is not None:
        yield from judged.of_account(account, known, quotes)


def language_of(content: str) -> Language:
    """Tell the language of a plan by its headings: names and quotes may be in another; the title is a name."""
    headings = [match[1] for line in content.split("\n") if (match := HEADING.match(line))]
    return "zh" if is_chinese("".join(headings[1:] or headings) or content) else "en"


class _Judging:
    def __init__(self, plan: Plan, texts: list[str], lines: list[Line], language: Language) -> None:
        self._plan, self._texts, self._lines, self._language = plan, texts, lines, language

    def missing(self) -> Iterator[Finding]:
        """What every plan holds (C1)."""
        plan, places = self._plan, self._plan.places
        there = {
            "scenario": plan.scenarios,
            "outcome": plan.outcome,
            "measure": plan.measure or plan.boss_measure,
            "experience": plan.experience,
            "first_value": plan.first_value or ("first_value" in places and "date" in places),
            "milestones": plan.milestones,
            "meaning": plan.meaning or plan.kp_meaning,
            "quick_wins": plan.quick_wins,
            "promises": plan.promises,
            "expansion": plan.expansion,
        }
        for field in REQUIRED:
            if not there[field.key]:
                yield self._lacks(field.key, title_of(field.key, self._language))
        if there["first_value"]:
            if "date" not in places:
                yield self._lacks("first_value_date", {"zh": "第一价值的日期", "en": "the date of first value"})
            if not plan.first_value_owner:
                yield self._lacks("first_value_owner", {"zh": "第一价值的责任人", "en": "the owner of first value"})

    def chain(self, today: date | None) -> Iterator[Finding]:
        """Milestones: dated, owned, in order (C8), set off by behaviour (C9)."""
        steps = self._plan.milestones
        numbered = list(enumerate(steps, start=1))
        if undated := [n for n, step in numbered if step.due is None and not self._dated(n)]:
            named = {"zh": f"里程碑 {_list(undated)} 的日期", "en": f"the date of milestone {_list(undated)}"}
            yield self._lacks("milestone_dates", named)
        if unowned := [n for n, step in numbered if not step.owner]:
            named = {"zh": f"里程碑 {_list(unowned)} 的责任人", "en": f"the owner of milestone {_list(unowned)}"}
            yield self._lacks("milestone_owners", named)
        dated = [(n, step.due) for n, step in numbered if step.due]
        for (before, earlier), (after, later) in pairwise(dated):
            if later < earlier:
                yield self._found("milestones_unordered", f"milestones/{after}", before=before, after=after)
        for n, due in dated:
            if today is not None and due < today:
                yield self._found("milestone_past", f"milestones/{n}", number=n, due=due.isoformat())
        first = self._plan.first_value_date
        if first and today is not None and first < today:
            yield self._found("first_value_past", "date", due=first.isoformat())
        if timed := [n for n, step in numbered if _only_time(step.trigger)]:
            yield self._found("time_only_trigger", f"milestones/{timed[0]}", numbers=_list(timed))

    def quick_wins(self) -> Iterator[Finding]:
        """One or two, of little effort (C4)."""
        wins = self._plan.quick_wins
        if len(wins) > MOST_QUICK_WINS:
            yield self._found("too_many_quick_wins", f"quick_wins/{MOST_QUICK_WINS + 1}", count=len(wins))
        efforts = {fold(one.name): one.effort.value for one in self._plan.scenarios}
        for n, win in enumerate(wins, start=1):
            effort = efforts.get(fold(win), 0)
            if effort >= BIG_EFFORT:
                yield self._found("big_quick_win", f"quick_wins/{n}", name=win, effort=effort)

    def uncited(self, known: set[int]) -> Iterator[Finding]:
        """A recommendation names its source."""
        for line in self._lines:
            if _RECOMMENDED.match(line.text) and not cited(line.text) & known:
                message = message_of("uncited_recommendation", self._language)
                yield _finding("uncited_recommendation", message, f"line {line.number}")

    def slots(self) -> Iterator[Finding]:
        """What is open stands in one list (C2)."""
        if "questions" not in self._plan.places:
            return
        for line in self._lines:
            if line.section != "questions" and PLACEHOLDER.search(line.text):
                message = message_of("slot_outside_list", self._language)
                yield _finding("slot_outside_list", message, f"line {line.number}")

    def of_account(self, account: Account, known: set[int], quotes: Sequence[SourceQuote]) -> Iterator[Finding]:
        """What depends on who the client is."""
        facts = facts_of(account, self._language, account.updated_at.date())
        plan = self._plan
        if facts.tier is Tier.KEY and not plan.sponsor:
            yield self._found("sponsor_missing", "people", name=facts.name)
        said = fold("\n".join(plan.promises))
        for promise in promises_of(account):
            if fold(promise) not in said:
                yield self._found("promise_missing", "promises", text=promise[:80])
        if facts.delivered is not True:
            yield from self._pitches(quotes)
        basis = Basis(facts)
        for line in self._action_lines():
            text = line.text
            if not (cited(text) & known or basis.holds(text)):
                shown = plain(MARKER.sub("", text).strip(" -|"))[:40]
                message = message_of("action_without_basis", self._language, text=shown)
                yield _finding("action_without_basis", message, f"line {line.number}")

    def _pitches(self, quotes: Sequence[SourceQuote]) -> Iterator[Finding]:
        for line in self._lines:
            own = line.text
            for quote in quotes:
                own = own.replace(one_line(quote.quote), " ")
            for match in _PITCH.finditer(own) if line.section not in _MAY_SPEAK_OF_IT else ():
                if not denied(own[: match.start()]):
                    message = message_of("early_pitch", self._language, text=match.group())
                    yield _finding("early_pitch", message, f"line {line.number}")

    def _action_lines(self) -> Iterator[Line]:
        """Each item or row with the lines that go on from it."""
        items, held = self._items(), None
        for line in self._lines:
            place = line.section in _ACTIONS
            goes_on = place and held is not None and line.text[:1].isspace() and line.text.strip()
            if goes_on and held is not None:
                held = Line(number=held.number, text=f"{held.text} {line.text.strip()}", section=held.section)
                continue
            if held is not None:
                yield held
            held = line if place and line.number in items else None
        if held is not None:
            yield held

    def _items(self) -> set[int]:
        return {number for key, number in self._plan.places.items() if key.partition("/")[0] in _ACTIONS and "/" in key}

    def _dated(self, number: int) -> bool:
        place = self._plan.places.get(f"milestones/{number}")
        return place is not None and bool(moments(fold(self._texts[place - 1])))

    def _lacks(self, key: str, title: str | dict[str, str]) -> Finding:
        named = title if isinstance(title, str) else title[self._language]
        return _finding("plan_field_missing", message_of("plan_field_missing", self._language, title=named), key)

    def _found(self, code: str, key: str, **values: Any) -> Finding:
        number = self._plan.places.get(key)
        place = f"line {number}" if number else key
        return _finding(code, message_of(code, self._language, **values), place)


_RECOMMENDED = re.compile(
    r"^\s*(?:[-*+•]\s+|\d{1,2}[.)、]\s*)?(?:建议|推荐|recommendations?|we recommend)\s*[:：]", re.IGNORECASE
)


def _only_time(trigger: str) -> bool:
    return not _AROUND.sub("", _TIME.sub("", fold(trigger))).strip(" -–—:：")


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _finding(code: str, message: str, place: str) -> Finding:
    return Finding(code=code, severity=SEVERITIES[code], message=message, place=place)
