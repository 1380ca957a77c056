"""The shipped rules as files: nothing dangles, nothing is idle, every source exists, and the words are ours."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from copilot.suggesting.rule_files import shipped_folder, shipped_rules
from copilot.suggesting.rules import ActionRule, AvoidRule
from knowledge.corpus_document import read_corpus_document
from knowledge.text import fold
from tests.evaluation.advice_rates import RECORDS
from tests.unit.copilot.suggesting.suggesting_standins import advice, lines

BOOK = shipped_rules()
ENTRIES: tuple[ActionRule | AvoidRule, ...] = (*BOOK.actions.values(), *BOOK.avoids.values())
_CORPUS = shipped_folder().parent / "corpus"
_HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)
#: What `{name|otherwise}` may ask of a record.
_FILLED = frozenset(
    {
        "annual_fee_cny", "city", "contract_end_in_days", "days_since_signing", "industry", "kp_first",
        "last_contact_days", "name", "nps", "open_tickets", "seats_active", "seats_bought",
    }
)  # fmt: skip
_STAGES = ("lead", "opportunity", "onboarding", "adoption", "growth", "renewal", "expansion", "advocacy", "management")
#: A run of this many characters is no coincidence.
_RUN = 25


def headings() -> dict[str, set[str]]:
    """Return the headings of each shipped document by its id."""
    return {
        path.stem: set(_HEADING.findall(path.read_text(encoding="utf-8"))) for path in sorted(_CORPUS.rglob("*.md"))
    }


def written() -> list[Path]:
    """Return the files of the shipped rules."""
    return sorted(shipped_folder().rglob("*.yaml"))


def test_every_source_is_a_section_of_a_shipped_document() -> None:
    shipped = headings()
    for entry in ENTRIES:
        source = entry.source
        assert source.playbook in shipped, entry.key
        assert source.section is None or source.section in shipped[source.playbook], (entry.key, source.section)


def test_no_signal_action_or_warning_is_idle() -> None:
    rules = BOOK.rules.values()
    used = {key for rule in rules for key in chain(rule.when.all, rule.when.any, rule.when.none)}
    assert set(BOOK.signals) == used
    assert set(BOOK.actions) == {step.do for rule in rules for step in rule.actions}
    assert set(BOOK.avoids) == {key for rule in rules for key in rule.avoid}


def test_no_rule_asks_for_what_it_warns_of() -> None:
    for rule in BOOK.rules.values():
        forbidden = {key for avoid in rule.avoid for key in BOOK.avoids[avoid].forbids}
        assert not forbidden & {step.do for step in rule.actions}, rule.id


def test_no_rule_contradicts_its_own_condition() -> None:
    for rule in BOOK.rules.values():
        assert not set(rule.when.none) & {*rule.when.all, *rule.when.any}, rule.id


def test_everything_names_the_requirements_that_it_serves() -> None:
    for entry in ENTRIES:
        assert entry.requirements, entry.key
    for rule in BOOK.rules.values():
        assert rule.requirements, rule.id


def test_texts_ask_only_for_facts_that_exist() -> None:
    for path in written():
        asked = set(re.findall(r"\{([a-z_]+)\|", path.read_text(encoding="utf-8")))
        assert asked <= _FILLED, (path.name, asked - _FILLED)


def test_reasons_are_sentences() -> None:
    whys = [(rule.id, step.why_zh, step.why_en) for rule in BOOK.rules.values() for step in rule.actions]
    whys += [(avoid.key, avoid.why_zh, avoid.why_en) for avoid in BOOK.avoids.values()]
    for key, zh, en in whys:
        assert zh.endswith(("。", "!", "?")), key
        assert en.endswith((".", "!", "?")), key


@pytest.mark.parametrize("stage", _STAGES)
def test_a_record_that_tells_only_its_stage_is_advised(stage: str) -> None:
    reply = advice({"id": "bare", "lifecycle_stage": stage})
    assert len(reply.actions) >= 2
    assert reply.avoid


def test_a_record_that_tells_nothing_is_advised() -> None:
    reply = advice({"id": "bare"})
    assert len(reply.actions) >= 2
    assert reply.avoid


def test_no_sentence_of_the_sources_is_in_the_rules(shared: Path) -> None:
    """Facts and figures of the source documents carry over, their sentences do not; nor do records of others."""
    sources = [*(shared / "seeds" / "raw").glob("*.txt"), *(shared / "seeds").glob("00*.md")]
    texts = [path.read_text(encoding="utf-8") for path in sources]
    texts += [record["notes"] for record in lines(shared / "golden" / "accounts.jsonl")]
    runs: set[str] = set()
    for text in map(_letters, texts):
        runs |= {text[start : start + _RUN] for start in range(len(text) - _RUN + 1)}
    for path in (*written(), RECORDS):
        text = _letters(path.read_text(encoding="utf-8"))
        shared_runs = [run for start in range(len(text) - _RUN + 1) if (run := text[start : start + _RUN]) in runs]
        assert not shared_runs, (path.name, shared_runs[:2])


def test_the_corpus_calls_its_documents_by_the_names_of_their_files() -> None:
    """`headings` relies on it."""
    for path in sorted(_CORPUS.rglob("*.md"))[::20]:
        found = read_corpus_document(str(path.relative_to(_CORPUS)), path.read_text(encoding="utf-8"))
        assert found.document.source.rsplit("/", 1)[-1].removesuffix(".md") == path.stem


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))
