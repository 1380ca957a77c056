"""What somebody typed → the inputs of a calculator: aliases, units, ranges; everything wrong is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from copilot.accounts.economics.calculator import Input, Inputs, Unit, Value
from copilot.accounts.economics.figure import Figure, read_figure
from copilot.accounts.economics.wording import Text, percent, plain
from copilot.errors import InvalidInput
from knowledge.text import fold

_YES = {"1", "true", "yes", "y", "是", "有", "对", "健康", "达标"}
_NO = {"0", "false", "no", "n", "否", "无", "没有", "不", "不健康", "未达标"}
_SHOWN = 40


def read_inputs(name: str, inputs: Sequence[Input], given: Mapping[str, object]) -> Inputs:
    """Check what was given to what is called `name` and takes these inputs.

    Raises:
        InvalidInput: names every input that is unknown, missing or out of its range, with what would do.
    """
    known = {spelling: one for one in inputs for spelling in _spellings(one)}
    values: dict[str, Value] = {}
    notes: list[Text] = []
    faults: list[str] = []
    for key, raw in given.items():
        target = known.get(fold(str(key)).strip())
        if target is None:
            faults.append(_unknown(str(key), inputs))
        elif target.name in values:
            faults.append(f"{target.name} is given twice (重复给了 {target.title.zh})")
        elif raw is not None and raw != "":
            _take(target, raw, values, notes, faults)
    for one in inputs:
        if one.name in values or any(fault.startswith(f"{one.name}:") for fault in faults):
            continue
        if one.default is not None:
            values[one.name] = one.default
            shown = _written(one, one.default)
            notes.append(
                Text(zh=f"没有给{one.title.zh},按 {shown} 算。", en=f"No {one.title.en} was given; taken as {shown}.")
            )
        elif one.required:
            faults.append(f"{one.name}: missing — {describe(one)}")
    if faults:
        raise InvalidInput(
            f"{name} cannot be computed (算不了): {'; '.join(faults)}. Correct them and try again (改正后再试)."
        )
    return Inputs(values, tuple(notes))


def describe(one: Input) -> str:
    """Say what an input takes, in both languages."""
    title = one.title.zh if one.title.zh == one.title.en else f"{one.title.zh} {one.title.en}"
    return f"{title} ({_expected(one)})"


def _take(one: Input, raw: object, values: dict[str, Value], notes: list[Text], faults: list[str]) -> None:
    shown = repr(raw)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    if one.unit is Unit.CHOICE:
        choice = choice_of(one, raw)
        if choice is None:
            faults.append(f"{one.name}: {shown} is none of {', '.join(one.choices)} ({one.title.zh})")
        else:
            values[one.name] = choice
        return
    if one.unit is Unit.FLAG:
        flag = _flag(raw)
        if flag is None:
            faults.append(f"{one.name}: {shown} is neither yes nor no (是/否, {one.title.zh})")
        else:
            values[one.name] = flag
        return
    figure = read_figure(raw)
    if figure is None:
        faults.append(f"{one.name}: {shown} is no number — give {_expected(one)}, for example 3万, 1.2w, 80k or 30%")
        return
    value = _ratio(one, figure, notes) if one.unit is Unit.RATIO else figure.value
    if value is None:
        faults.append(
            f"{one.name}: {shown} may be {plain(figure.value)}% or {percent(figure.value)}. "
            "Write the % sign (请写明百分号)"
        )
    elif figure.percent and one.unit is not Unit.RATIO:
        faults.append(f"{one.name}: {shown} is a percentage, but {_expected(one)} is wanted ({one.title.zh})")
    elif one.unit is Unit.COUNT and value != int(value):
        faults.append(f"{one.name}: {shown} is no whole number ({one.title.zh})")
    elif not one.least <= value <= one.most or (one.above and value == one.least):
        faults.append(f"{one.name}: {shown} is not {_expected(one)} ({one.title.zh})")
    else:
        values[one.name] = value


def _ratio(one: Input, figure: Figure, notes: list[Text]) -> float | None:
    """Read 60 as 60% and say so; between 1 and 2 a bare number of something that cannot exceed 1 may be either."""
    if figure.percent or abs(figure.value) <= 1:
        return figure.value
    # Ratios that may exceed 1 (NDR 1.05, growth 2.5) are read as they stand up to 3; nobody means 3%.
    if one.most > 1 and abs(figure.value) <= 3:
        return figure.value
    if one.most <= 1 and abs(figure.value) < 2:
        return None
    read = figure.value / 100
    notes.append(
        Text(
            zh=f"{one.title.zh} {plain(figure.value)} 按 {percent(read)} 读。",
            en=f"{one.title.en} {plain(figure.value)} was read as {percent(read)}.",
        )
    )
    return read


def choice_of(one: Input, raw: object) -> str | None:
    """Return the choice that a text names."""
    word = fold(str(raw)).strip()
    return next(
        (value for value, spellings in one.choices.items() if word in {fold(value), *map(fold, spellings)}), None
    )


def _flag(raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    word = fold(str(raw)).strip()
    return True if word in _YES else False if word in _NO else None


def _spellings(one: Input) -> set[str]:
    return {fold(name) for name in (one.name, one.title.zh, one.title.en, *one.aliases)}


def _unknown(name: str, inputs: Sequence[Input]) -> str:
    names = [spelling for one in inputs for spelling in (one.name, one.title.zh, *one.aliases)]
    near = get_close_matches(fold(name), names, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}" if near else f"it takes {', '.join(one.name for one in inputs)}"
    return f"{name[:_SHOWN]!r} is no input (没有这个输入): {hint}"


def _expected(one: Input) -> str:
    if one.unit is Unit.CHOICE:
        return " | ".join(one.choices)
    if one.unit is Unit.FLAG:
        return "yes | no"
    least, most = _written(one, one.least), _written(one, one.most)
    ends = f"more than {least}" if one.above else f"{least} or more" if one.most >= 1e13 else f"{least} to {most}"
    if one.above and one.most < 1e13:
        ends += f", at most {most}"
    return f"{one.unit.value}, {ends}"


def _written(one: Input, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return percent(value) if one.unit is Unit.RATIO else plain(value)
