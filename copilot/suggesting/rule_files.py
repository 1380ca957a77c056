"""The rules of advice as YAML that people read and change: `signals`, `actions`, `avoids`, and `rules/*.yaml`.

The shipped ones lie in knowledge/rules. A folder of one's own (COPILOT_RULES) has the same names, each file optional;
an entry with a known key takes the place of the shipped one, and a rule without actions and avoids is off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from copilot.errors import ConfigurationError
from copilot.suggesting.advice import Urgency
from copilot.suggesting.notes import matching_form
from copilot.suggesting.rules import (
    ActionRule,
    AvoidRule,
    Comparison,
    Condition,
    Cues,
    Operator,
    Rule,
    RuleBook,
    SignalRule,
    Source,
    Step,
)

DraftKindName = Literal[
    "success_plan", "customer_message", "handoff", "call_script", "proposal", "renewal_brief", "qbr",
    "showcase_request", "value_update", "andon",
]  # fmt: skip
_Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{1,79}$")]
_Text = Annotated[str, Field(min_length=1, max_length=600)]
#: YAML reads a bare 618 as a number.
_Cue = Annotated[str, Field(min_length=1, max_length=600, coerce_numbers_to_str=True)]
_Requirements = Annotated[list[Annotated[str, Field(pattern=r"^[A-M]\d{0,2}$")]], Field(max_length=12)]
_NUMERIC = frozenset(
    {Operator.AT_LEAST, Operator.AT_MOST, Operator.ABOVE, Operator.BELOW, Operator.SHARE_ABOVE, Operator.SHARE_BELOW}
)
_MOST_BYTES = 2 * 2**20
#: The same safe loader in C is several times as fast; not every build of PyYAML has it.
_LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _ComparisonTable(_Table):
    fact: _Text
    of: str | None = None
    is_: bool | int | float | str | None = Field(None, alias="is")
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    one_of: list[bool | int | float | str] | None = None
    known: bool | None = None
    contains: str | None = None
    share_below: float | None = None
    share_above: float | None = None
    count_at_least: int | None = None
    words: list[_Cue] | None = None

    @model_validator(mode="after")
    def _something_is_tested(self) -> Self:
        shares = self.share_below is not None or self.share_above is not None
        if shares != (self.of is not None):
            raise ValueError("share_below and share_above need `of`, and nothing else does")
        if not self.value().tests:
            raise ValueError(f"nothing is compared with the fact {self.fact!r}")
        return self

    def value(self) -> Comparison:
        tests: list[tuple[Operator, object]] = []
        for operator in Operator:
            given = getattr(self, "is_" if operator is Operator.IS else operator.value)
            if given is None:
                continue
            if operator is Operator.WORDS:
                given = tuple(matching_form(word) for word in given)
            elif operator is Operator.CONTAINS:
                given = matching_form(given)
            tests.append((operator, tuple(given) if isinstance(given, list) else given))
        return Comparison(fact=self.fact, tests=tuple(tests), of=self.of)


class _FactsTable(_Table):
    all: list[_ComparisonTable] = []
    any: list[_ComparisonTable] = []
    none: list[_ComparisonTable] = []

    def value(self) -> Condition[Comparison]:
        return Condition(
            all=tuple(one.value() for one in self.all),
            any=tuple(one.value() for one in self.any),
            none=tuple(one.value() for one in self.none),
        )


class _CuesTable(_Table):
    any: Annotated[list[_Cue], Field(min_length=1)]
    unless: list[_Cue] = []

    @model_validator(mode="after")
    def _patterns_compile(self) -> Self:
        self.value()
        return self

    def value(self) -> Cues:
        return Cues(any=tuple(map(_pattern, self.any)), unless=tuple(map(_pattern, self.unless)))


class _WhenSeenTable(_Table):
    facts: _FactsTable | None = None
    said: _CuesTable | None = None

    @model_validator(mode="after")
    def _something_is_looked_at(self) -> Self:
        if self.facts is None and self.said is None:
            raise ValueError("`facts` or `said` is needed")
        return self


class _SignalTable(_Table):
    key: _Key
    zh: _Text
    en: _Text
    when: _WhenSeenTable
    about: list[_Text] = []

    def value(self) -> SignalRule:
        return SignalRule(
            key=self.key,
            zh=self.zh,
            en=self.en,
            facts=self.when.facts.value() if self.when.facts else None,
            said=self.when.said.value() if self.when.said else None,
            about=tuple(self.about),
        )


class _SourcedTable(_Table):
    key: _Key
    zh: _Text
    en: _Text
    playbook: _Text
    section: str | None = None
    ask_zh: _Text
    ask_en: _Text
    requirements: _Requirements = []

    def source(self) -> Source:
        return Source(playbook=self.playbook, section=self.section, ask_zh=self.ask_zh, ask_en=self.ask_en)


class _ActionTable(_SourcedTable):
    draft: DraftKindName | None = None

    def value(self) -> ActionRule:
        return ActionRule(
            key=self.key,
            zh=self.zh,
            en=self.en,
            source=self.source(),
            draft=self.draft,
            requirements=tuple(self.requirements),
        )


class _AvoidTable(_SourcedTable):
    why_zh: _Text
    why_en: _Text
    forbids: list[_Key] = []

    def value(self) -> AvoidRule:
        return AvoidRule(
            key=self.key,
            zh=self.zh,
            en=self.en,
            why_zh=self.why_zh,
            why_en=self.why_en,
            source=self.source(),
            forbids=tuple(self.forbids),
            requirements=tuple(self.requirements),
        )


class _StepTable(_Table):
    do: _Key
    urgency: Urgency
    due_days: Annotated[int | None, Field(ge=0, le=730)] = None
    why_zh: _Text
    why_en: _Text

    def value(self) -> Step:
        return Step(do=self.do, urgency=self.urgency, due_days=self.due_days, why_zh=self.why_zh, why_en=self.why_en)


class _WhenTable(_Table):
    all: list[_Key] = []
    any: list[_Key] = []
    none: list[_Key] = []


class _RuleTable(_Table):
    id: _Key
    requirements: _Requirements = []
    when: _WhenTable
    actions: list[_StepTable] = []
    avoid: list[_Key] = []
    weight: Annotated[float, Field(ge=0, le=3)] = 1.0

    def value(self) -> Rule:
        return Rule(
            id=self.id,
            requirements=tuple(self.requirements),
            when=Condition(all=tuple(self.when.all), any=tuple(self.when.any), none=tuple(self.when.none)),
            actions=tuple(step.value() for step in self.actions),
            avoid=tuple(self.avoid),
            weight=self.weight,
        )


Part = TypeVar("Part", bound=BaseModel)


def shipped_folder() -> Path:
    """Return the folder of the rules that travel with the package."""
    return Path(str(files("knowledge").joinpath("rules")))


@cache
def shipped_rules() -> RuleBook:
    """Read the rules that travel with the package."""
    return read_rules(shipped_folder())


def read_rules(*folders: Path) -> RuleBook:
    """Read rules; entries of a later folder take the place of those of an earlier one with the same key.

    Raises:
        ConfigurationError: a file cannot be read, says what no rule says, or a key that is named does not exist.
    """
    signals: dict[str, SignalRule] = {}
    actions: dict[str, ActionRule] = {}
    avoids: dict[str, AvoidRule] = {}
    rules: dict[str, Rule] = {}
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError(f"The rules {str(folder)!r} are no folder. Correct COPILOT_RULES.")
        signals |= _once(folder, "signal", ((one.key, one.value()) for one in _read(folder, "signals", _SignalTable)))
        actions |= _once(folder, "action", ((one.key, one.value()) for one in _read(folder, "actions", _ActionTable)))
        avoids |= _once(folder, "avoid", ((one.key, one.value()) for one in _read(folder, "avoids", _AvoidTable)))
        names = sorted(path.stem for path in (folder / "rules").glob("*.yaml"))
        written = [one for name in names for one in _read(folder, f"rules/{name}", _RuleTable)]
        rules |= _once(folder, "rule", ((one.id, one.value()) for one in written))
    book = RuleBook(signals=signals, actions=actions, avoids=avoids, rules=rules)
    _check(book)
    return book


def _pattern(cue: str) -> re.Pattern[str]:
    """A phrase is folded; `/…/` is a regular expression over folded text."""
    if len(cue) > 2 and cue.startswith("/") and cue.endswith("/"):
        try:
            return re.compile(cue[1:-1], re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{cue!r} is no regular expression ({error})") from error
    phrase = matching_form(cue)
    if not phrase:
        raise ValueError(f"{cue!r} holds no letters")
    return re.compile(_edge(phrase[0], "(?<!{})") + re.escape(phrase) + _edge(phrase[-1], "(?!{})", digits=True))


def _edge(character: str, form: str, *, digits: bool = False) -> str:
    """A Latin word is no end of another (`qa` of `iqa`), a number no part of another (`30` of `130`)."""
    if character.isascii() and character.isdigit():
        return form.format("[0-9]")
    return form.format("[a-z]") if not digits and character.isascii() and character.isalpha() else ""


def _read(folder: Path, name: str, part: type[Part]) -> list[Part]:
    path = folder / f"{name}.yaml"
    if not path.exists():
        return []
    shown = str(path)
    try:
        data = path.read_bytes()
        if len(data) > _MOST_BYTES:
            raise ConfigurationError(f"The rules {shown!r} have more than {_MOST_BYTES} bytes. Split or shorten them.")
        values: Any = yaml.load(data.decode("utf-8-sig"), _LOADER)  # noqa: S506  # a safe loader
        return TypeAdapter(list[part]).validate_python(values or [])  # type: ignore[valid-type]
    except OSError as error:
        raise ConfigurationError(
            f"The rules {shown!r} cannot be read: {error.strerror}. Check COPILOT_RULES."
        ) from error
    except ValidationError as error:
        raise ConfigurationError(f"The rules {shown!r}, {_first_fault(values, error)}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ConfigurationError(f"The rules {shown!r} are no YAML ({reason}). Correct the file.") from error


def _first_fault(values: Any, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place, *rest = [*first["loc"], ""]
    entry = values[place] if isinstance(place, int) and isinstance(values, list) else None
    name = f"entry {entry.get('key', entry.get('id', '?'))!r}, " if isinstance(entry, Mapping) else ""
    key = ".".join(str(one) for one in rest if one != "") or "list"
    fault = f"{first['msg'].lower()} ({repr(first['input'])[:60]})"
    return f"{name}key {key!r}: {fault}. Correct it; copilot/decisions/0028 shows the form."


Value = TypeVar("Value")


def _once(folder: Path, kind: str, entries: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in entries:
        if key in found:
            raise ConfigurationError(f"The rules {str(folder)!r} hold the {kind} {key!r} twice. Keep one of them.")
        found[key] = value
    return found


def _check(book: RuleBook) -> None:
    """Every key that is named exists."""
    for rule in book.rules.values():
        when = (*rule.when.all, *rule.when.any, *rule.when.none)
        _known(f"rule {rule.id!r}", "signal", when, book.signals)
        _known(f"rule {rule.id!r}", "action", (step.do for step in rule.actions), book.actions)
        _known(f"rule {rule.id!r}", "avoid", rule.avoid, book.avoids)
    for avoid in book.avoids.values():
        _known(f"avoid {avoid.key!r}", "action", avoid.forbids, book.actions)


def _known(where: str, kind: str, keys: Iterable[str], book: Mapping[str, object]) -> None:
    missing = next((key for key in keys if key not in book), None)
    if missing is not None:
        raise ConfigurationError(
            f"The {where} names the {kind} {missing!r}, which does not exist. Add it to {kind}s.yaml or correct it."
        )
