"""What a calculator found: the verdict, the numbers, the formula with them in it, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.accounts.economics.wording import shown as as_read
from copilot.interfaces.calculator_contract import CalculationBody, CalculatorBody
from copilot.interfaces.slack.elements import Message, context, fields, header, section
from copilot.interfaces.slack.money import shown_value
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import MORE, Language, Texts

_LISTED, _CHANGES, _NOTES, _OUTPUTS = 40, 4, 6, 10
_INPUTS: Texts = {"zh": "输入:{inputs}", "en": "Inputs: {inputs}"}
_FORMULA: Texts = {"zh": "*公式* {formula}", "en": "*Formula* {formula}"}
_CHANGE: Texts = {"zh": "*怎样会变好*", "en": "*What would change it*"}
_SOURCE: Texts = {"zh": "出处 {playbook}", "en": "Source {playbook}"}
_TITLE: Texts = {"zh": "计算器", "en": "Calculators"}
_HOW: Texts = {"zh": "这样用:`/copilot calc {example}`", "en": "Use it so: `/copilot calc {example}`"}
_NEEDS: Texts = {"zh": "需要 {names}", "en": "needs {names}"}


def calculation_message(body: CalculationBody, title: str, language: Language) -> Message:
    """Return the message; `title` is the calculator's in this language."""
    zh = language == "zh"
    verdict = fitted(body.verdict_zh if zh else body.verdict_en, 600)
    outputs = [
        f"*{fitted(one.title_zh if zh else one.title_en, 80)}*\n{shown_value(one.value, one.unit, language)}"
        for one in body.outputs[:_OUTPUTS]
    ]
    blocks = [header(title), section(f"*{verdict}*" if verdict else "—")]
    blocks += [fields(outputs)] if outputs else []
    formula = fitted(body.formula_zh if zh else body.formula_en, 600)
    worked = fitted(body.worked, 900)
    blocks.append(section("\n".join(one for one in (_FORMULA[language].format(formula=formula), worked) if one)))
    change = _bullets(body.change_zh if zh else body.change_en, _CHANGES)
    blocks += [section("\n".join([_CHANGE[language], *change]))] if change else []
    given = fitted(", ".join(f"{name} = {as_read(value)}" for name, value in body.inputs.items()), 600)
    notes = "\n".join(_bullets(body.notes_zh if zh else body.notes_en, _NOTES))
    source = " · ".join([_SOURCE[language].format(playbook=fitted(body.playbook, 100)), *map(_rule, body.rules[:8])])
    told = [_INPUTS[language].format(inputs=given) if given else "", notes, source]
    blocks += context(["\n".join(one for one in told if one)])
    return Message(text=verdict or fitted(title, 100), blocks=tuple(blocks))


def calculators_message(listed: Sequence[CalculatorBody], language: Language) -> Message:
    """Return the list of calculators with what each needs."""
    zh = language == "zh"
    lines = []
    for one in listed[:_LISTED]:
        names = fitted(", ".join(item.name for item in one.inputs if item.required), 120)
        lines.append(f"• *{fitted(one.title_zh if zh else one.title_en, 60)}* `{fitted(one.name, 40)}`")
        lines[-1] += f" — {_NEEDS[language].format(names=names)}" if names else ""
    if len(listed) > _LISTED:
        lines.append(MORE[language].format(count=len(listed) - _LISTED))
    cut = [lines[at : at + 8] for at in range(0, len(lines), 8)]
    how = _HOW[language].format(example="ue ltv=3万 cac=1.2万" if zh else "ue ltv=30000 cac=12000")
    blocks = [header(_TITLE[language]), *(section("\n".join(some)) for some in cut), *context([how])]
    return Message(text=_TITLE[language], blocks=tuple(blocks))


def _bullets(texts: Sequence[str], most: int) -> list[str]:
    return [f"• {fitted(text, 250)}" for text in texts[:most]]


def _rule(rule: str) -> str:
    return fitted(rule, 20)
