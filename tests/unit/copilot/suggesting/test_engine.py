"""Rules → actions and warnings: merged, ordered, forbidden, filled up."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.accounts.account import Account
from copilot.suggesting.advice import Advice, Outlook, Urgency
from copilot.suggesting.outlooks import NoOutlook, OutlookModel
from copilot.suggesting.playbook_quotes import FindElsewhere
from copilot.suggesting.rule_files import read_rules
from copilot.suggesting.rules import RuleBook
from knowledge.document import Audience, Document, Metadata
from knowledge.errors import NothingIngested
from knowledge.passage import Citation
from knowledge.reader import CUSTOMERS, STAFF, Reader
from tests.unit.copilot.suggesting.suggesting_standins import TODAY, account, service
from tests.unit.copilot.suggesting.test_reading_rules import written

TEXT = "## 怎么做\n\n先打电话问清楚真实情况。再上门看现场怎么用。\n\n## 不要做什么\n\n不要先给客户打折扣。\n"
ACTIONS = "\n".join(
    f"- {{key: {key}, zh: '{key}:{{kp_first}}', en: {key}, playbook: guide, section: 怎么做, ask_zh: {ask}, ask_en: x}}"
    for key, ask in {"call": "打电话", "visit": "上门看现场", "upsell": "推增购", "rest": "歇"}.items()
)
AVOIDS = """
- {key: push, zh: 别推, en: No push, why_zh: 会伤, why_en: Hurts, playbook: guide, section: 不要做什么, ask_zh: 打折,
   ask_en: x, forbids: [upsell]}
- {key: idle, zh: 别等, en: No waiting, why_zh: 会走, why_en: Leaves, playbook: guide, ask_zh: 打折, ask_en: x}
"""
SIGNALS = """
- {key: idle_seats, zh: 没人用, en: Unused, when: {said: {any: [没人用]}}}
- {key: wants_more, zh: 想加人, en: More, when: {said: {any: [加人]}}}
- {key: signed, zh: 签了, en: Signed, when: {facts: {all: [{fact: type, is: account}]}}}
"""
RULES = """
- id: idle
  when: {all: [idle_seats], none: [wants_more]}
  actions:
    - {do: call, urgency: week, due_days: 5, why_zh: 甲。, why_en: A.}
    - {do: visit, urgency: month, why_zh: 乙。, why_en: B.}
  avoid: [push]
- id: more
  when: {any: [wants_more]}
  weight: 2
  actions: [{do: upsell, urgency: week, why_zh: 丙。, why_en: C.}]
- id: idle-again
  when: {all: [idle_seats]}
  weight: 1.5
  actions: [{do: call, urgency: now, due_days: 2, why_zh: 丁。, why_en: D.}]
- id: last
  when: {}
  weight: 0
  avoid: [idle]
  actions:
    - {do: rest, urgency: routine, why_zh: 戊。, why_en: E.}
    - {do: visit, urgency: routine, why_zh: 己。, why_en: F.}
"""


@pytest.fixture
def book(tmp_path: Path) -> RuleBook:
    return read_rules(written(tmp_path, signals=SIGNALS, actions=ACTIONS, avoids=AVOIDS, rules__01=RULES))


def guide(**metadata: object) -> Document:
    return Document(source="playbooks/guide.md", title="指南", text=TEXT, metadata=Metadata(**metadata))  # type: ignore[arg-type]


def told(
    book: RuleBook,
    notes: str,
    *,
    reader: Reader = STAFF,
    documents: list[Document] | None = None,
    elsewhere: FindElsewhere | None = None,
    outlooks: OutlookModel | None = None,
) -> Advice:
    shown = [guide()] if documents is None else documents
    one = service(book=lambda: book, documents=shown, elsewhere=elsewhere, outlooks=outlooks)
    return one.advise(account({"notes": notes, "lifecycle_stage": "growth"}), reader, "zh")


def test_rules_that_ask_for_the_same_are_one_action(book: RuleBook) -> None:
    first = told(book, "店里没人用").actions[0]
    assert (first.key, first.urgency, (first.due - TODAY).days) == ("call", Urgency.NOW, 2)
    assert first.why == "丁。甲。"  # the most decisive rule speaks first
    assert first.signals == ("没人用(记录:「店里没人用」)",)
    assert first.title == "call:关键人"


def test_a_warning_forbids_actions_of_every_rule(book: RuleBook) -> None:
    # `none` keeps the first rule out, so nothing forbids.
    assert "upsell" in [one.key for one in told(book, "没人用。想加人").actions]
    only = told(book, "没人用")
    assert [one.key for one in only.avoid] == ["push"]
    assert "upsell" not in [one.key for one in only.actions]


def test_fallbacks_speak_only_where_others_do_not(book: RuleBook) -> None:
    assert [one.key for one in told(book, "没人用").actions] == ["call", "visit"]
    nothing = told(book, "一切照旧")
    assert [one.key for one in nothing.actions] == ["rest", "visit"]
    assert [one.key for one in nothing.avoid] == ["idle"]
    assert nothing.actions[0].signals == ("没有更具体的信号,按记录的类型和阶段给出。",)
    filled_up = told(book, "想加人")
    assert [one.key for one in filled_up.actions] == ["upsell", "rest"]


def test_the_same_account_and_action_have_the_same_id(book: RuleBook) -> None:
    ids = [tuple(one.id for one in told(book, "没人用").actions) for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


def test_every_quote_is_verbatim_and_numbered(book: RuleBook) -> None:
    advice = told(book, "没人用")
    lines = [*advice.actions, *advice.avoid]
    citations = [one for line in lines for one in line.citations]
    assert [one.quote for one in citations] == [
        "先打电话问清楚真实情况。",
        "再上门看现场怎么用。",
        "不要先给客户打折扣。",
    ]
    assert [one.number for one in citations] == [1, 2, 3]
    for one in citations:
        assert TEXT[one.start : one.end] == one.quote
    assert citations[2].heading_path == ("不要做什么",)


def test_what_the_reader_may_not_see_backs_nothing(book: RuleBook) -> None:
    hidden = guide(groups=("finance",))
    advice = told(book, "没人用", documents=[hidden])
    assert advice.actions == advice.avoid == ()
    assert "找不到你能看的依据" in " ".join(advice.not_judged)
    customers = told(book, "没人用", documents=[guide(audience=Audience.INTERNAL)], reader=CUSTOMERS)
    assert customers.actions == ()


def test_another_quote_takes_the_place_of_one_that_is_not_there(book: RuleBook) -> None:
    asked: list[str] = []
    other = told(book, "没人用").actions[0].citations[0]

    def elsewhere(question: str, reader: Reader) -> Citation | None:
        asked.append(question)
        return other

    someone = Document(source="别的.md", title="别的", text="别的。")
    advice = told(book, "没人用", documents=[someone], elsewhere=elsewhere)
    assert [one.key for one in advice.actions] == ["call", "visit"]
    assert asked[0] == "打电话"


def test_nothing_ingested_is_said_so(book: RuleBook) -> None:
    with pytest.raises(NothingIngested):
        told(book, "没人用", documents=[])


class Learnt(NoOutlook):
    """Knows of one action's playbook only; the playbooks of these rules are the same, so it speaks of all."""

    def outlook(self, account: Account) -> Outlook:
        return Outlook(renewed=0.7, expanded=0.1, churned=0.2, transitions_used=80)

    def uplift(self, account: Account, playbook: str) -> float | None:
        return 0.05


def test_what_was_learnt_is_told_and_only_orders(book: RuleBook) -> None:
    advice = told(book, "没人用", outlooks=Learnt())
    assert advice.outlook.churned == 0.2
    assert {one.uplift for one in advice.actions} == {0.05}
    assert not any("可能性不给数字" in sentence for sentence in advice.not_judged)
    assert any("可能性不给数字" in sentence for sentence in told(book, "没人用").not_judged)
