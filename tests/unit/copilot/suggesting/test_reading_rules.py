"""Rules from files: what is accepted, what is refused and how it is said, and own rules over the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import ConfigurationError
from copilot.suggesting.rule_files import read_rules

SIGNALS = """
- key: idle
  zh: 没人登录
  en: Nobody signs in
  when: {said: {any: [没人用, 618, qa], unless: [不是没人用]}}
- key: few_seats
  zh: "{seats_active|少数}个在用"
  en: "{seats_active|few} active"
  when: {facts: {all: [{fact: seats_active, share_below: 0.5, of: seats_bought}]}}
"""
ACTIONS = """
- {key: call, zh: 打电话, en: Call, playbook: p, ask_zh: 打给谁, ask_en: whom, draft: call_script, requirements: [G8]}
"""
AVOIDS = """
- {key: wait, zh: 等, en: Wait, why_zh: 会走, why_en: They go, playbook: p, ask_zh: 等, ask_en: wait, forbids: [call]}
"""
RULES = """
- id: idle-call
  requirements: [D5]
  when: {all: [idle]}
  actions: [{do: call, urgency: week, due_days: 3, why_zh: 因为。, why_en: Because.}]
  avoid: []
  weight: 2
"""


def written(folder: Path, **files: str) -> Path:
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name.replace('__', '/')}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "base", signals=SIGNALS, actions=ACTIONS, avoids=AVOIDS, rules__01=RULES)


def test_every_part_is_read(folder: Path) -> None:
    book = read_rules(folder)
    assert list(book.signals) == ["idle", "few_seats"]
    assert book.rules["idle-call"].actions[0].do == "call"
    assert book.avoids["wait"].forbids == ("call",)
    assert book.actions["call"].requirements == ("G8",)


def test_cues_are_words_not_parts_of_words(folder: Path) -> None:
    cues = read_rules(folder).signals["idle"].said
    assert cues is not None
    hit = [text for text in ("过618", "1618元", "6181", "iqac", "找qa") if any(c.search(text) for c in cues.any)]
    assert hit == ["过618", "找qa"]


def test_own_entries_take_the_place_of_shipped_ones_and_empty_rules_are_off(folder: Path, tmp_path: Path) -> None:
    own = written(
        tmp_path / "own",
        actions=ACTIONS.replace("打电话", "先发案例再打"),
        rules__99="- {id: idle-call, when: {all: [idle]}}",
    )
    book = read_rules(folder, own)
    assert book.actions["call"].zh == "先发案例再打"
    assert book.rules["idle-call"].actions == ()
    assert list(book.signals) == ["idle", "few_seats"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("signals", "- {key: a1, zh: a, en: a, when: {said: {any: ['/(/']}}}", "no regular expression"),
        ("signals", "- {key: a1, zh: a, en: a, when: {}}", "`facts` or `said` is needed"),
        ("signals", "- {key: a1, zh: a, en: a, when: {facts: {all: [{fact: nps}]}}}", "nothing is compared"),
        ("signals", "- {key: a1, zh: a, en: a, when: {facts: {all: [{fact: n, share_below: 1}]}}}", "need `of`"),
        ("signals", "- {key: a1, zh: a, en: a, whn: {}}", "when"),
        ("signals", "key: [", "no YAML"),
        ("signals", "just words", "list"),
        ("signals", SIGNALS + SIGNALS.lstrip(), "twice"),
        ("actions", ACTIONS.replace("call_script", "poem"), "draft"),
        ("avoids", AVOIDS.replace("[call]", "[cal]"), "'cal'"),
        ("rules__01", RULES.replace("[idle]", "[idel]"), "'idel'"),
        ("rules__01", RULES.replace("do: call", "do: cal"), "'cal'"),
        ("rules__01", RULES.replace("week", "soon"), "urgency"),
        ("rules__01", RULES.replace("weight: 2", "weight: 9"), "weight"),
        ("rules__01", RULES.replace("avoid: []", "avoid: [nothing]"), "'nothing'"),
    ],
)
def test_what_no_rule_says_is_refused_and_named(folder: Path, name: str, text: str, said: str) -> None:
    written(folder, **{name: text})
    with pytest.raises(ConfigurationError, match=r"rule|avoid") as refused:
        read_rules(folder)
    assert said in refused.value.message


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_RULES"):
        read_rules(tmp_path / "nowhere")
