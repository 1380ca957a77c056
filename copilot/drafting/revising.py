"""An instruction carried out on the text of a draft: a new text, what was understood, and what else moved with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from copilot.drafting import editing
from copilot.drafting.composer import Language
from copilot.drafting.instruction_words import FIELDS, examples, unclear
from copilot.drafting.instructions import (
    AddLine,
    AnswerQuestion,
    Formal,
    Instruction,
    MoveFirstValue,
    MoveMilestone,
    RemoveLine,
    SetField,
    SetOwner,
    Shorten,
)
from copilot.drafting.moving import DayCount, When, moved
from copilot.drafting.plan import Plan
from copilot.drafting.plan_reading import day_in, read_plan
from copilot.drafting.tone import formal, shorter

_YES = re.compile(
    r"^(?:可以|行|好的?|同意|没问题|对的?|确认|按提议|就这样|ok(?:ay)?|yes|agreed|fine)[。.!！]*$", re.IGNORECASE
)
_SCORES = re.compile(r"^([1-5])\s*[/,、 ]\s*([1-5])\s*[/,、 ]\s*([1-5])$")


@dataclass(frozen=True, kw_only=True)
class Revised:
    """A changed text; notes are sentences for the person, each about one thing that moved along or stayed behind."""

    content: str
    understood: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a change needs to know besides the text."""

    language: Language  #: of the person's words
    today: date
    signed: date | None
    said: str


def revised(content: str, instruction: Instruction, setting: Setting) -> Revised:
    """Carry out everything but a change of language, which composes anew.

    Raises:
        InstructionUnclear: the draft has no such place, or several; the choices name them.
    """
    return _Change(content, setting).of(instruction)


class _Change:
    def __init__(self, content: str, setting: Setting) -> None:
        self._content, self._setting = content, setting
        self._plan: Plan = read_plan(content)
        self._language = setting.language

    def of(self, instruction: Instruction) -> Revised:
        match instruction:
            case MoveMilestone():
                return self._move_milestone(instruction)
            case MoveFirstValue():
                return self._move_first_value(instruction.when)
            case SetOwner():
                return self._owner(instruction)
            case SetField():
                return self._field(instruction)
            case AddLine():
                return self._add(instruction)
            case RemoveLine():
                return self._remove(instruction)
            case AnswerQuestion():
                return self._answer(instruction)
            case Shorten():
                return self._worded(shorter(self._content), "short_already", "缩短了。", "Made shorter.")
            case Formal():
                return self._worded(formal(self._content), "formal_already", "改得更正式了。", "Made more formal.")
            case _:
                raise self._unclear("unknown", said=self._setting.said[:60])

    def _move_milestone(self, asked: MoveMilestone) -> Revised:
        number, steps = self._number(asked.number), self._plan.milestones
        step = steps[number - 1]
        if asked.when is None:
            raise self._unclear("when", choices=self._whens(number))
        due = moved(step.due, asked.when, today=self._setting.today, signed=self._setting.signed)
        if due is None:
            raise self._unclear("no_date", choices=self._whens(number))
        content = self._dated(self._content, number, step.due, due)
        notes = self._counted(asked.when, due)
        if step.due is not None and step.due == self._plan.first_value_date:
            content = self._date_of_value(content, due)
            notes.append(self._say(f"第一价值的日期也改为 {due}。", f"First value moves to {due} too."))
        notes += self._order(number, due)
        said = self._say(f"里程碑 {number} 改到 {due}。", f"Milestone {number} moves to {due}.")
        return Revised(content=content, understood=said, notes=tuple(notes))

    def _move_first_value(self, when: When) -> Revised:
        before = self._plan.first_value_date
        due = moved(before, when, today=self._setting.today, signed=self._setting.signed)
        if due is None:
            raise self._unclear("no_date")
        if "date" not in self._plan.places:
            raise self._unclear("no_field", said=self._say("第一价值的日期", "date of first value"))
        content, notes = self._date_of_value(self._content, due), self._counted(when, due)
        for number, step in enumerate(self._plan.milestones, start=1):
            if before is not None and step.due == before:
                content = self._dated(content, number, before, due)
                notes.append(self._say(f"里程碑 {number} 也改到 {due}。", f"Milestone {number} moves to {due} too."))
                notes += self._order(number, due)
        said = self._say(f"第一价值改到 {due}。", f"First value moves to {due}.")
        return Revised(content=content, understood=said, notes=tuple(notes))

    def _owner(self, asked: SetOwner) -> Revised:
        if asked.number is not None:
            number = self._number(asked.number)
            place = self._plan.places[f"milestones/{number}"]
            before = self._plan.milestones[number - 1].owner
            if editing.has_cell(self._content, place):
                content = editing.set_cell(self._content, place, "owner", asked.name)
            else:
                content = _in_line(self._content, place, before, asked.name)
            said = self._say(f"里程碑 {number} 由{asked.name}负责。", f"{asked.name} owns milestone {number}.")
            return Revised(content=content, understood=said)
        before = self._plan.first_value_owner.split("/")[0].strip()
        if not before:
            place = editing.labelled_line(self._content, "owner", ("责任人", "负责", "owner")) or 0
            if not place:
                raise self._unclear("no_field", said=self._say("责任人", "owner"))
            content = editing.set_label(self._content, place, asked.name)
        else:
            content = self._replace_owner(before, asked.name)
        said = self._say(
            f"责任人由{before or '空'}换成{asked.name}。",
            f"The owner changes from {before or 'nobody'} to {asked.name}.",
        )
        return Revised(content=content, understood=said)

    def _replace_owner(self, before: str, name: str) -> str:
        """Where the person owned something, the new one does: first value, milestones, steps."""
        content, places = self._content, self._plan.places
        content = _in_line(content, places["owner"], before, name)
        for number, step in enumerate(self._plan.milestones, start=1):
            if before in step.owner:
                place = places[f"milestones/{number}"]
                if editing.has_cell(content, place):
                    content = editing.set_cell(content, place, "owner", step.owner.replace(before, name))
                else:
                    content = _in_line(content, place, before, name)
        for number in range(1, len(self._plan.steps) + 1):
            content = _in_line(content, places[f"steps/{number}"], before, name)
        return content

    def _field(self, asked: SetField) -> Revised:
        place = editing.labelled_line(self._content, asked.key, FIELDS[asked.key])
        if asked.key == "expansion":
            place = self._plan.places.get("expansion/1", place)
        if place is None:
            raise self._unclear("no_field", said=FIELDS[asked.key][0])
        content = editing.set_label(self._content, place, asked.text)
        label = self._content.split("\n")[place - 1].partition(":")[0].lstrip("-* ").strip()
        said = self._say(f"「{label}」改成:{asked.text}", f"{label!r} now says: {asked.text}")
        pointed = editing.pointed(self._content, place)
        answered = [question.number for question in self._plan.questions if question.number in pointed]
        content = self._without_questions(content, answered)
        notes = [self._say(f"问题 {number} 已答。", f"Question {number} is answered.") for number in answered]
        return Revised(content=content, understood=said, notes=tuple(notes))

    def _add(self, asked: AddLine) -> Revised:
        content = editing.add_item(self._content, asked.section, asked.text)
        if content is None:
            raise self._unclear("no_section")
        return Revised(content=content, understood=self._say(f"加上了:{asked.text}", f"Added: {asked.text}"))

    def _remove(self, asked: RemoveLine) -> Revised:
        place = self._place_of(asked)
        line = self._content.split("\n")[place - 1].strip()
        content = editing.remove_line(self._content, place)
        return Revised(content=content, understood=self._say(f"删掉了:{line[:80]}", f"Removed: {line[:80]}"))

    def _place_of(self, asked: RemoveLine) -> int:
        if asked.section is None:
            return self._line_with(asked.text)
        items = sorted(
            number for key, number in self._plan.places.items() if re.fullmatch(rf"{asked.section}/\d+", key)
        )
        if not items:
            raise self._unclear("no_section")
        number = asked.number
        if number is None:
            if len(items) > 1:
                verb = self._say("删掉第{n}行:{text}", "remove “{text}”")
                lines = self._content.split("\n")
                choices = [
                    self._say(f"删掉「{_cut(lines[at - 1])}」", f"remove “{_cut(lines[at - 1])}”") for at in items
                ]
                del verb
                raise self._unclear("which_item", choices=choices)
            number = 1
        if number == -1:
            number = len(items)
        if not 1 <= number <= len(items):
            raise self._unclear("no_item")
        return items[number - 1]

    def _line_with(self, text: str) -> int:
        lines = self._content.split("\n")
        numbered = re.fullmatch(r"第?\s*(\d{1,4})\s*行|line\s*(\d{1,4})", text.strip())
        if numbered:
            number = int(numbered[1] or numbered[2])
            if not (1 <= number <= len(lines) and lines[number - 1].strip()):
                raise self._unclear("no_item")
            return number
        found = [at for at, line in enumerate(lines, start=1) if text and text in line]
        if not found:
            raise self._unclear("no_item")
        if len(found) > 1:
            choices = [self._say(f"删掉第{at}行", f"remove line {at}") for at in found[:6]]
            raise self._unclear("several", choices=choices, said=text[:40])
        return found[0]

    def _answer(self, asked: AnswerQuestion) -> Revised:
        number = asked.number
        if number not in {one.number for one in self._plan.questions}:
            choices = [self._say(f"问题{one.number}:……", f"question {one.number}: …") for one in self._plan.questions]
            raise self._unclear("no_question", choices=choices[:8] or None, number=number)
        content, agreed = self._content, _YES.match(asked.text) is not None
        for place in editing.pointing(content, number):
            content = self._answered(content, place, number, None if agreed else asked.text)
        content = self._without_questions(content, [number])
        said = self._say(f"问题 {number} 已答:{asked.text}", f"Question {number} is answered: {asked.text}")
        return Revised(content=content, understood=said)

    def _answered(self, content: str, place: int, number: int, answer: str | None) -> str:
        lines = content.split("\n")
        line = lines[place - 1]
        day = day_in(answer or "")
        if answer and place == self._plan.places.get("value") and day and len(answer) <= 12:
            return self._date_of_value(_replaced(content, place, editing.without_pointer(line, number)), day)
        scores = _SCORES.match(answer or "")
        if scores and "scenario/1" in self._plan.places:
            content = _replaced(content, place, editing.without_pointer(line, number))
            return _scored(content, self._plan.places["scenario/1"], [int(scores[n]) for n in (1, 2, 3)])
        promises = place in {at for key, at in self._plan.places.items() if key.startswith("promises/")}
        if answer and promises:
            said = [one.strip() for one in re.split(r"[;；]", answer) if one.strip()]
            return _replaced(content, place, "\n".join(f"- {one}" for one in said))
        labelled = place in {at for key, at in self._plan.places.items() if "/" not in key}
        if answer and labelled and place != self._plan.places.get("scenario"):
            return editing.set_label(content, place, answer)
        return _replaced(
            content, place, editing.without_pointer(line, number, answer or self._say("按提议", "as proposed"))
        )

    def _without_questions(self, content: str, numbers: Sequence[int]) -> str:
        """Leave the numbers of the others as they are: the text points to them."""
        places = read_plan(content).places
        gone = {place for number in numbers if (place := places.get(f"questions/{number}")) is not None}
        if not gone:
            return content
        lines = [line for at, line in enumerate(content.split("\n"), start=1) if at not in gone]
        if not read_plan("\n".join(lines)).questions:
            lines.insert(min(gone) - 1, self._say("- 全部已确认。", "- All confirmed."))
        return "\n".join(lines)

    def _worded(self, content: str, key: str, zh: str, en: str) -> Revised:
        if content == self._content:
            raise self._unclear(key)
        return Revised(content=content, understood=self._say(zh, en))

    def _number(self, number: int | None) -> int:
        count = len(self._plan.milestones)
        if count == 0:
            raise self._unclear("plan_only")
        if number is None and count == 1:
            return 1
        if number is None:
            rest = re.sub(r"里程碑|(?i:the milestone|milestone)", "{}", self._setting.said, count=1)
            choices = [rest.replace("{}", self._say(f"第{n}个里程碑", f"milestone {n}")) for n in range(1, count + 1)]
            raise self._unclear("which_milestone", choices=choices)
        if number == -1:
            return count
        if not 1 <= number <= count:
            raise self._unclear("no_milestone", number=number, count=count)
        return number

    def _dated(self, content: str, number: int, before: date | None, due: date) -> str:
        place = self._plan.places[f"milestones/{number}"]
        if editing.has_cell(content, place):
            return editing.set_cell(content, place, "due", due.isoformat())
        return _in_line(content, place, before.isoformat() if before else "", due.isoformat())

    def _date_of_value(self, content: str, due: date) -> str:
        place = self._plan.places.get("date")
        return content if place is None else editing.set_label(content, place, due.isoformat())

    def _counted(self, when: When, due: date) -> list[str]:
        if not isinstance(when, DayCount):
            return []
        signed = self._setting.signed
        since = signed is not None and (due - signed).days == when.days
        return [
            self._say(
                f"第 {when.days} 天从{'签约日' if since else '今天'}算起。",
                f"Day {when.days} counts from {'signing' if since else 'today'}.",
            )
        ]

    def _order(self, number: int, due: date) -> list[str]:
        steps = self._plan.milestones
        late = [n for n, one in enumerate(steps[: number - 1], 1) if one.due and one.due > due]
        early = [n for n, one in enumerate(steps[number:], number + 1) if one.due and one.due < due]
        if not late and not early:
            return []
        others = ", ".join(map(str, [*late, *early]))
        return [
            self._say(
                f"它和里程碑 {others} 的先后反了,看要不要一起改。",
                f"It is now out of order with milestone {others}; see whether these move too.",
            )
        ]

    def _whens(self, number: int) -> list[str]:
        return [
            self._say(f"第{number}个里程碑提前5天", f"move milestone {number} 5 days earlier"),
            self._say(f"第{number}个里程碑推迟到12月20日", f"move milestone {number} to 20 December"),
        ]

    def _unclear(self, key: str, *, choices: list[str] | None = None, **values: object) -> Exception:
        return unclear(key, self._language, choices or examples(self._language), **values)

    def _say(self, zh: str, en: str) -> str:
        return zh if self._language == "zh" else en


def _in_line(content: str, place: int, before: str, after: str) -> str:
    lines = content.split("\n")
    line = lines[place - 1]
    lines[place - 1] = line.replace(before, after) if before else f"{line} {after}"
    return "\n".join(lines)


def _replaced(content: str, place: int, text: str) -> str:
    lines = content.split("\n")
    lines[place - 1] = text
    return "\n".join(lines)


def _scored(content: str, place: int, scores: list[int]) -> str:
    cells = [cell.strip() for cell in content.split("\n")[place - 1].strip().strip("|").split("|")]
    impact, effort, probability = scores
    cells[1:5] = [str(impact), str(effort), str(probability), str(impact * (6 - effort) * probability)]
    return _replaced(content, place, f"| {' | '.join(cells)} |")


def _cut(line: str) -> str:
    return line.strip().lstrip("-*•|").strip()[:40].split("|")[0].strip()
