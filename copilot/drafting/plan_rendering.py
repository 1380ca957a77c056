"""A plan as the Markdown that people edit; `plan_reading` reads it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from copilot.drafting.composer import Language
from copilot.drafting.plan import Milestone, Plan, Question, Scenario, Score
from copilot.drafting.plan_words import WORDS


def rendered(plan: Plan, language: Language, *, next_value: bool = False, score_question: int | None = None) -> str:
    """Write a plan; `next_value` names the value after first value, `score_question` asks for the default scores."""
    return _Page(plan, language, next_value=next_value, score_question=score_question).text()


def question_line(question: Question, language: Language) -> str:
    """Write one open question as it stands in the list at the end (C2)."""
    return f"{question.number}. {question.field}{':' if language == 'zh' else ': '}{question.text}"


def table_cell(text: str) -> str:
    """Return text as it may stand in a cell."""
    return " ".join(text.replace("|", "/").split())


class _Page:
    def __init__(self, plan: Plan, language: Language, *, next_value: bool, score_question: int | None) -> None:
        self._plan, self._language, self._words = plan, language, WORDS[language]
        self._next_value, self._score_question = next_value, score_question

    def text(self) -> str:
        plan, words = self._plan, self._words
        parts = [
            f"# {words['title'].format(name=plan.name)}",
            words["status"],
            self._section("facts", _items(plan.facts)),
            self._section("scenario", self._scenarios()),
            self._section("quick_wins", [f"{n}. {one}" for n, one in enumerate(plan.quick_wins, 1)]),
            self._section("phases", _items(plan.phases)),
            self._section(
                "outcome",
                self._labelled(
                    outcome=plan.outcome,
                    measure=plan.measure,
                    boss_measure=plan.boss_measure,
                    experience=plan.experience,
                ),
            ),
            self._section(
                "first_value",
                self._labelled(value=plan.first_value, date=_iso(plan.first_value_date), owner=plan.first_value_owner),
                head="next_value" if self._next_value else "first_value",
            ),
            self._section("milestones", self._milestones()),
            self._section("calendar", _items(plan.calendar)),
            self._section("people", self._people(), head="people" if plan.sponsor else "contacts"),
            self._section("meaning", self._meaning()),
            self._section("promises", _items(plan.promises)),
            self._section("values", [*_items(plan.values), *self._update()]),
            self._section("review", self._labelled(review=plan.review, data_hook=plan.data_hook)),
            self._section("questions", [question_line(one, self._language) for one in plan.questions]),
        ]
        inside = [
            self._section("effort", _items(plan.effort)),
            self._section("risks", self._risks()),
            self._section("expansion", _items([plan.expansion])),
            self._section("steps", _items(plan.steps)),
            self._section("avoid", _items(plan.avoid)),
        ]
        shown = [part for part in parts if part]
        if any(inside):
            shown += ["---", words["internal"], *(part for part in inside if part)]
        return "\n\n".join(shown)

    def _section(self, key: str, lines: Iterable[str], head: str | None = None) -> str:
        body = list(lines)
        advice = [f"{self._words['recommendation']}{one}" for one in self._plan.advice.get(key, ())]
        if not body and not advice:
            return ""
        between = [""] if body and advice else []
        return "\n".join([f"## {self._words[f'head_{head or key}']}", "", *body, *between, *advice])

    def _labelled(self, **fields: str) -> list[str]:
        return [f"- {self._words[name]}{text}" for name, text in fields.items() if text]

    def _scenarios(self) -> list[str]:
        scenarios = self._plan.scenarios
        if not scenarios:
            return []
        lines = [self._words["row_scenario"], "| --- | --- | --- | --- | --- | --- |", *map(_scenario, scenarios)]
        number = self._score_question
        defaults = "" if number is None else self._words["defaults"].format(n=number)
        return [*lines, "", self._words["score_note"].format(defaults=defaults)]

    def _milestones(self) -> list[str]:
        steps = self._plan.milestones
        if not steps:
            return []
        rows = [_milestone(number, step) for number, step in enumerate(steps, start=1)]
        return [self._words["row_milestones"], "| --- | --- | --- | --- | --- | --- | --- |", *rows]

    def _people(self) -> list[str]:
        people, words = self._plan.people, self._words
        lines = []
        if len(people) == 1 and not self._plan.sponsor:
            return [f"- {people[0].name}" + (f"({people[0].title})" if people[0].title else "")]
        if people:
            rows = [f"| {table_cell(one.name)} | {table_cell(one.title)} |" for one in people]
            lines = [words["row_people"], "| --- | --- |", *rows]
        sponsor = self._labelled(sponsor=self._plan.sponsor)
        return [*lines, *([""] if lines and sponsor else []), *sponsor]

    def _meaning(self) -> list[str]:
        kp = self._plan.people[0].name if self._plan.people else "KP"
        lines = self._labelled(for_company=self._plan.meaning)
        return [
            *lines,
            *([f"- {self._words['for_kp'].format(kp=kp)}{self._plan.kp_meaning}"] if self._plan.kp_meaning else []),
        ]

    def _risks(self) -> list[str]:
        if not self._plan.risks:
            return []
        rows = [
            f"| {table_cell(one.name)} | {table_cell(one.basis)} | {table_cell(one.counter)} |"
            for one in self._plan.risks
        ]
        return [self._words["row_risks"], "| --- | --- | --- |", *rows]

    def _update(self) -> list[str]:
        kp = self._plan.people[0].name if self._plan.people else "KP"
        return [f"- {self._words['update'].format(kp=kp)}{self._plan.update}"] if self._plan.update else []


def _items(texts: Iterable[str]) -> list[str]:
    return [f"- {text}" for text in texts if text]


def _scenario(one: Scenario) -> str:
    scores = " | ".join(map(_score, (one.impact, one.effort, one.probability)))
    return f"| {table_cell(one.name)} | {scores} | {one.points} | {table_cell(one.basis)} |"


def _score(score: Score) -> str:
    return f"{score.value}*" if score.origin == "default" else str(score.value)


def _milestone(number: int, step: Milestone) -> str:
    texts = (step.client, step.product, step.trigger, step.action, step.owner, _iso(step.due))
    return f"| {number} | {' | '.join(map(table_cell, texts))} |"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
