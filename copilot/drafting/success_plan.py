"""The success plan of one account (C1-C18): what the record tells, proposals to confirm, and cited advice.

Nothing that only a person knows is made up: the text proposes, and the question stands in one list at the end (C2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from copilot.drafting import account_facts
from copilot.drafting.composer import Composed, Language, Order
from copilot.drafting.draft import DraftKind, Finding
from copilot.drafting.findings import shown
from copilot.drafting.plan import KeyPerson, Milestone, Plan, Question
from copilot.drafting.plan_asks import asks_of, fits
from copilot.drafting.plan_courses import COURSES
from copilot.drafting.plan_facts import Course, Tier, facts_of
from copilot.drafting.plan_rendering import rendered
from copilot.drafting.plan_risks import risks_of
from copilot.drafting.plan_scenarios import quick_wins_of, scenarios_of
from copilot.drafting.plan_schedule import due_dates, value_at
from copilot.drafting.plan_steps import NextSteps
from copilot.drafting.plan_tiers import CAP, MARGIN, TIERS
from copilot.drafting.plan_words import OUR_SLOT, SLOT, WORDS
from copilot.drafting.sources import Numbered, Sources
from copilot.suggesting.advice import Advising
from knowledge.document import DocumentKind

#: Yuan; more than this is no cost of an hour.
_MOST_HOUR_COST = 100_000
_PLAYBOOKS = frozenset({DocumentKind.PLAYBOOK})
#: Questions that the client's lead is not bothered with where little is paid (A5).
_SPARED = frozenset({"boss_measure", "experience", "kp_meaning", "people", "values"})


class SuccessPlan:
    """Implements `Composer`.

    Inputs: `scenario` (several separated by semicolons, each perhaps `name=impact/effort/probability`), `outcome`,
    `measure`, `boss_measure`, `experience`, `first_value`, `first_value_date` (ISO), `meaning`, `kp_meaning`, `owner`,
    `sponsor`, `promises` (separated by semicolons), `expansion`, `hour_cost` (yuan).
    """

    kind = DraftKind.SUCCESS_PLAN

    def __init__(self, sources: Sources, advising: Advising | None = None) -> None:
        self._sources = sources
        self._advising = advising

    def compose(self, order: Order) -> Composed:
        """Write a first text."""
        writing = _Writing(order, self._sources, self._advising)
        return Composed(content=writing.text(), quotes=writing.numbered.quotes, findings=tuple(writing.findings))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A field and what to ask for it."""

    field: str
    text: str


class _Writing:
    """One plan under way."""

    def __init__(self, order: Order, sources: Sources, advising: Advising | None) -> None:
        self.numbered = Numbered()
        self.findings: list[Finding] = []
        self._order, self._sources = order, sources
        self._language: Language = order.language
        self._words: Mapping[str, str] = WORDS[order.language]
        self._facts = facts_of(order.account, order.language, order.today)
        self._course = COURSES[self._facts.course][order.language]
        self._tier = TIERS[self._facts.tier][order.language]
        self._ours = self._said("owner") or account_facts.our_owner(order.account, order.person.name)
        self._phrases = {**self._facts.phrases(), "cap": self._cap()}
        self._questions: list[Question] = []
        self._steps = NextSteps(order, advising, self.numbered)

    def text(self) -> str:
        facts = self._facts
        plan = self._plan()
        return rendered(
            plan,
            self._language,
            next_value=facts.delivered is True,
            score_question=next((one.number for one in plan.questions if one.field == self._field("scenario")), None),
        )

    def _plan(self) -> Plan:
        facts, course, tier = self._facts, self._course, self._tier
        scenarios = scenarios_of(facts, self._order.inputs, self._filled(course.scenario))
        dues, at = self._dues()
        if any(score.origin == "default" for one in scenarios for score in (one.impact, one.effort, one.probability)):
            self._ask("scenario")
        risks = risks_of(facts)
        milestones = self._milestones(dues)
        plan = Plan(
            name=facts.name,
            facts=self._told(),
            scenarios=scenarios,
            quick_wins=quick_wins_of(scenarios),
            phases=self._all(tier.phases or course.phases),
            outcome=self._proposed("outcome", tier.outcome or course.outcome),
            measure=self._proposed("measure", tier.measure or course.measure),
            boss_measure=self._proposed("boss_measure", tier.boss_measure or course.boss_measure),
            experience=self._proposed("experience", tier.experience),
            first_value=self._proposed("first_value", tier.value or course.value),
            first_value_date=dues[at],
            first_value_owner=self._both(),
            milestones=milestones,
            calendar=self._all((*(tier.calendar or self._calendar()), tier.rhythm)),
            people=facts.people or (KeyPerson(name=self._asking("people")),),
            sponsor=self._sponsor(),
            meaning=self._proposed("meaning", self._words["our_meaning"]),
            kp_meaning=""
            if self._spared("kp_meaning")
            else self._proposed("kp_meaning", self._words["our_kp_meaning"]),
            risks=risks,
            promises=self._promises(),
            values=self._values(),
            update=self._filled(tier.update),
            review=self._filled(tier.review or course.review),
            data_hook=self._filled(tier.data_hook or course.data_hook),
            effort=self._effort(),
            expansion=self._said("expansion") or self._sentence(tier.expansion or course.expansion),
            steps=self._steps.steps(risks, milestones, self._ours),
            avoid=self._steps.avoid(),
            advice=self._advice(),
        )
        return replace(plan, questions=tuple(self._questions))

    def _told(self) -> tuple[str, ...]:
        """The facts that both sides know; the fee among them, what we think of it not."""
        facts, words = self._facts, self._words
        told = account_facts.shared(self._order.account, self._language)
        if facts.fee is not None and facts.stage is not None:
            stage = facts.stage.value if self._language == "en" else _STAGES.get(facts.stage.value, facts.stage.value)
            told.append(words["fact_fee"].format(stage=stage, **_only(self._phrases, "fee")))
        if facts.tickets:
            told.append(words["fact_tickets"].format_map(self._phrases))
        if facts.trend in ("rising", "falling"):
            told.append(words[f"fact_trend_{facts.trend}"])
        return tuple(told) or (words["no_facts"],)

    def _dues(self) -> tuple[tuple[date, ...], int]:
        dues, at = due_dates(self._facts), value_at(self._facts)
        said = self._order.inputs.get("first_value_date", "")
        try:
            wanted = date.fromisoformat(said.strip()) if said.strip() else None
        except ValueError:
            message = f"first_value_date {said!r} is no date. Write it as 2026-12-20; the plan proposes its own."
            self.findings.append(Finding(code="input_unused", severity="warning", message=message, place="first_value"))
            wanted = None
        return (*dues[:at], wanted or dues[at], *dues[at + 1 :]), at

    def _calendar(self) -> tuple[str, ...]:
        late = self._facts.course is Course.START and self._facts.late
        return self._course.calendar[-1:] if late else self._course.calendar

    def _milestones(self, dues: tuple[date, ...]) -> tuple[Milestone, ...]:
        owners = {"us": self._ours, "them": self._phrases["kp"], "both": self._both()}
        rows = self._tier.milestones or self._course.milestones
        return tuple(
            Milestone(
                client=self._filled(client),
                product=self._filled(product),
                trigger=self._filled(trigger),
                action=self._filled(action),
                owner=owners[owner],
                due=due,
            )
            for (client, product, trigger, action, owner), due in zip(rows, dues, strict=False)
        )

    def _sponsor(self) -> str:
        said = self._said("sponsor")
        if said or self._facts.tier is not Tier.KEY:
            return said
        return self._asking("sponsor", ours=True)

    def _promises(self) -> tuple[str, ...]:
        """What the record or somebody says was promised; none is invented (A5, C15)."""
        given = self._order.inputs.get("promises", "").replace("；", ";").split(";")
        said = [account_facts.plain(one) for one in given if one.strip()]
        told = dict.fromkeys((*self._facts.promises, *said))
        if not told:
            return (self._words["none_promised"].format(n=self._ask("promises")),)
        return tuple(self._words["promise"].format(text=one) for one in told)

    def _values(self) -> tuple[str, ...]:
        facts = self._facts
        if not (facts.delivered and facts.done):
            return (self._words["value_none"].format_map(self._phrases),)
        number = self._ask("values")
        return tuple(
            self._words["value_done"].format(done=one, n=number, kp=self._phrases["kp"]) for one in facts.done[-3:]
        )

    def _effort(self) -> tuple[str, ...]:
        lines = list(self._all(self._tier.effort))
        if self._facts.size is None:
            lines.append(self._asking("tier", ours=True))
        if self._facts.tier is Tier.SELF_SERVICE and not self._said("hour_cost"):
            lines[0] = f"{lines[0]}{self._words['subject'].format(n=self._ask('effort', ours=True))}"
        return tuple(lines)

    def _cap(self) -> str:
        """The most that the first year may cost (A2): the margin of the fee, in hours where their cost is said."""
        fee, said = self._facts.fee, self._said("hour_cost")
        if fee is None:
            return CAP["unknown"][self._language]
        try:
            cost = float(said) if said else 0.0
        except ValueError:
            cost = -1.0
        if said and not (0 < cost < _MOST_HOUR_COST):
            message = (
                f"hour_cost {said!r} is no cost of an hour in yuan. Write a number, as 120; the cap is in money now."
            )
            self.findings.append(Finding(code="input_unused", severity="warning", message=message, place="effort"))
        elif said:
            return CAP["hours"][self._language].format(n=f"{fee * MARGIN / cost:.0f}")
        return CAP["money"][self._language].format(n=f"{fee * MARGIN:,.0f}")

    def _advice(self) -> dict[str, tuple[str, ...]]:
        """One verbatim quote for each section that the playbooks speak of; none stands there twice."""
        found: dict[str, tuple[str, ...]] = {}
        used: set[str] = set()
        for section, asked in asks_of(self._facts).items():
            source = self._sources.find(
                asked,
                self._order.reader,
                kinds=_PLAYBOOKS,
                accept=lambda one: shown(one.quote) not in used and fits(self._facts, one.quote),
            )
            if source is None:
                message = "No playbook was found for this part; nothing is recommended there."
                self.findings.append(Finding(code="no_playbook", severity="warning", message=message, place=section))
                continue
            used.add(shown(source.quote))
            found[section] = (f"{shown(source.quote)} [{self.numbered.number(source)}]",)
        return found

    def _proposed(self, name: str, proposal: str) -> str:
        """What somebody said; else our proposal, with the number of the question that confirms it."""
        if said := self._said(name):
            return said
        text = self._filled(proposal)
        if self._spared(name):
            return text
        return f"{text}{self._words['subject'].format(n=self._ask(name))}"

    def _asking(self, name: str, *, ours: bool = False) -> str:
        return "" if self._spared(name) else self._words["see"].format(n=self._ask(name, ours=ours))

    def _ask(self, name: str, *, ours: bool = False) -> int:
        number = len(self._questions) + 1
        slot = (OUR_SLOT if ours else SLOT)[self._language]
        text = f"{self._words[f'ask_{name}']}{slot if self._language == 'zh' else f' {slot}'}"
        self._questions.append(Question(number=number, field=self._field(name), text=text))
        return number

    def _field(self, name: str) -> str:
        """The label or heading under which a field stands in the plan."""
        label = {"meaning": "for_company", "kp_meaning": "for_kp", "tier": "effort"}.get(name, name)
        if name == "first_value" and self._facts.delivered:
            label = "next_value"
        words = self._words.get(f"head_{label}" if name != "outcome" else name) or self._words[label]
        return words.format(kp=self._phrases["kp"]).strip().rstrip(":：")

    def _spared(self, name: str) -> bool:
        return self._facts.tier is Tier.SELF_SERVICE and name in _SPARED

    def _both(self) -> str:
        return f"{self._ours} / {self._phrases['kp']}"

    def _all(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self._sentence, texts))

    def _sentence(self, text: str) -> str:
        filled = self._filled(text)
        return filled[:1].upper() + filled[1:]

    def _filled(self, text: str) -> str:
        return text.format_map(self._phrases)

    def _said(self, name: str) -> str:
        return account_facts.plain(self._order.inputs.get(name, ""))


_STAGES = {
    "lead": "线索",
    "opportunity": "商机",
    "onboarding": "新手启动期",
    "adoption": "使用期",
    "growth": "成长期",
    "renewal": "续签期",
    "expansion": "扩张期",
    "advocacy": "口碑期",
    "management": "管理",
}


def _only(phrases: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: phrases[name] for name in names}
