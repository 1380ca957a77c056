"""The kinds of drafts made of parts: whole, of this account alone, and for customers only what they may see."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.drafting.composer import Composed, Composer, Language, Order
from copilot.drafting.draft import DraftKind
from copilot.drafting.findings import findings
from copilot.drafting.instructions import understand
from copilot.drafting.kind_composers import composers
from copilot.drafting.kinds import KINDS, WITHOUT_ACCOUNT, for_customers
from copilot.drafting.plan_basis import Basis
from copilot.drafting.plan_facts import facts_of
from copilot.drafting.revising import Setting, revised
from knowledge.document import Audience, DocumentKind, Metadata
from knowledge.passage import Passage
from knowledge.reader import CUSTOMERS, STAFF, Reader
from tests.unit.copilot.drafting.test_composers import INTERNAL, PUBLIC, TODAY, sources
from tests.unit.copilot.drafting.test_success_plan import KEY, MICRO, Advises
from tests.unit.copilot.drafting_standins import START, WANG
from tests.unit.samples import passage

KINDS_OF_PARTS = [kind for kind, spec in KINDS.items() if spec.parts]
SECRET: dict[str, Any] = {
    "nps": 61,
    "notes": "老板私下说明年预算要砍一半。",
    "kp": [{"name": "苏经理", "title": "运营经理", "relationship": "爱答不理"}],
}
PEER = passage(
    "一家烘焙店先上了收银,两周后开了小程序。",
    name="peer",
    title="烘焙店先收银",
    similarity=0.9,
    headings=("做了什么",),
    metadata=Metadata(kind=DocumentKind.CASE_STUDY, audience=Audience.CUSTOMER, industries=("烘焙",)),
)


def written(
    kind: DraftKind,
    facts: dict[str, Any],
    language: Language = "zh",
    *,
    found: tuple[Passage, ...] = (INTERNAL, PUBLIC),
    type: RecordType = RecordType.ACCOUNT,
    reader: Reader = STAFF,
    **inputs: str,
) -> Composed:
    account = Account(id=AccountId("a1"), type=type, facts=facts, updated_at=START)
    order = Order(account=account, person=WANG, reader=reader, language=language, inputs=inputs, today=TODAY)
    return composer(kind, *found).compose(order)


def composer(kind: DraftKind, *found: Passage) -> Composer:
    return next(one for one in composers(sources(*found)[0]) if one.kind is kind)


def told(kind: DraftKind, composed: Composed, facts: dict[str, Any]) -> list[str]:
    account = Account(id=AccountId("a1"), facts=facts, updated_at=START)
    return [one.code for one in findings(kind, composed.content, composed.quotes, account=account, today=TODAY)]


def codes(composed: Composed) -> list[str]:
    return [one.code for one in composed.findings]


def test_there_is_a_composer_for_every_kind_and_a_row_in_the_table() -> None:
    assert [one.kind for one in composers(sources()[0])] == [kind for kind in DraftKind if kind not in WITHOUT_ACCOUNT]
    assert set(KINDS) == set(DraftKind)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("facts", [KEY | SECRET, MICRO, {}])
@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_a_draft_lacks_nothing_but_what_only_people_know(
    kind: DraftKind, facts: dict[str, Any], language: Language
) -> None:
    composed = written(kind, facts, language)
    assert set(told(kind, composed, facts)) <= {"placeholder_left", "no_customer_source"}


def lines_of_content(kind: DraftKind, facts: dict[str, Any], language: Language) -> set[str]:
    """Return what is said: no headings and heads, no quotes (all of one passage here), no list of questions."""
    lines = written(kind, facts, language).content.split("\n")
    end = next((n for n, line in enumerate(lines) if line in ("---", "## 确认清单", "## To confirm")), len(lines))
    heads = {n for n, line in enumerate(lines) if n + 1 < len(lines) and lines[n + 1].startswith("| ---")}
    return {
        line
        for n, line in enumerate(lines[:end])
        if line.startswith(("- ", "| ")) and not line.startswith("| -") and n not in heads
    }


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_two_accounts_share_few_lines(kind: DraftKind, language: Language) -> None:
    most = 0.65 if kind is DraftKind.SHOWCASE_REQUEST else 0.4  # consent is asked of everybody in the same words
    large, small = (lines_of_content(kind, facts, language) for facts in (KEY, MICRO))
    assert len(large & small) < most * min(len(large), len(small)), large & small


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("facts", [KEY, MICRO])
@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_what_to_do_rests_on_a_fact_or_a_source(kind: DraftKind, facts: dict[str, Any], language: Language) -> None:
    account = Account(id=AccountId("a1"), facts=facts, updated_at=START)
    basis = Basis(facts_of(account, language, TODAY))
    content = written(kind, facts, language).content
    titles = {part.title[language] for part in KINDS[kind].parts if part.actions}
    part = ""
    for line in content.split("\n"):
        part = line.lstrip("# ").rstrip(":") if line.startswith("##") else part
        if part in titles and line.startswith("- "):
            assert basis.holds(line) or "[1]" in line, line


@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_every_open_question_stands_in_one_list_at_the_end(kind: DraftKind) -> None:
    content = written(kind, KEY).content
    body, _, questions = content.rpartition("确认清单")
    assert "〔" not in body
    assert all("〔" in line for line in questions.split("\n") if line[:1].isdigit())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS_OF_PARTS if for_customers(kind)])
def test_customers_read_nothing_of_how_we_judge_them_and_no_internal_document(
    kind: DraftKind, language: Language
) -> None:
    composed = written(kind, KEY | SECRET, language)
    for word in ("61", "NPS", "砍一半", "爱答不理", "先和客户约定"):
        assert word not in composed.content
    assert all(quote.source == "faq.md" for quote in composed.quotes)
    assert CUSTOMERS.may_read(PUBLIC.metadata)


def test_what_was_withheld_is_named_to_the_author_without_its_text() -> None:
    composed = written(DraftKind.PROPOSAL, KEY)
    withheld = next(one for one in composed.findings if one.code == "withheld_from_customers")
    assert "续约手册 (playbook.md)" in withheld.message
    assert "先和客户约定" not in withheld.message


def test_a_withheld_document_of_a_group_is_counted_but_not_named() -> None:
    grouped = passage(
        "先和客户约定一个场景。", name="g", title="董事会", similarity=0.9, metadata=Metadata(groups=("board",))
    )
    reader = Reader(groups=frozenset({"board"}))
    composed = written(DraftKind.QBR, KEY, found=(grouped,), reader=reader)
    withheld = next(one for one in composed.findings if one.code == "withheld_from_customers")
    assert "董事会" not in withheld.message
    assert "1" in withheld.message


def test_nothing_was_withheld_where_customers_may_read_it_all() -> None:
    assert "withheld_from_customers" not in codes(written(DraftKind.QBR, KEY, found=(PUBLIC,)))


def test_a_handoff_names_what_is_missing_and_who_adds_it() -> None:
    composed = written(DraftKind.HANDOFF, KEY, **{"from": "陈销"})
    assert "| 客户要的结果 | 缺 | 陈销 |" in composed.content
    assert "还缺 3 项:承诺、客户要的结果、超级用户" in composed.content
    assert "handoff_incomplete" in codes(composed)


def test_a_handoff_with_everything_may_start() -> None:
    inputs = {"from": "陈销", "outcome": "排班少花一半时间", "promises": "两次驻场培训", "super_users": "小李;小王"}
    composed = written(DraftKind.HANDOFF, KEY, **inputs)
    assert "可以启动" in composed.content
    assert "- 两次驻场培训" in composed.content
    assert "handoff_incomplete" not in codes(composed)


def test_a_micro_account_is_handed_over_in_writing() -> None:
    assert "三方会" in written(DraftKind.HANDOFF, KEY).content
    assert "三方会" not in written(DraftKind.HANDOFF, MICRO).content


@pytest.mark.parametrize(("fee", "most"), [(3_000, 5), (60_000, 5), (200_000, 8), (2_000_000, 12)])
def test_calls_stop_by_the_size_of_the_company(fee: int, most: int) -> None:
    composed = written(DraftKind.CALL_SCRIPT, {"name": "禾木", "annual_fee_cny": fee}, type=RecordType.LEAD)
    assert f"最多打 {most} 次" in composed.content


def test_a_lead_that_was_called_often_enough_is_called_no_more() -> None:
    facts = {"name": "禾木", "annual_fee_cny": 60_000}
    composed = written(DraftKind.CALL_SCRIPT, facts, type=RecordType.LEAD, attempts="5")
    assert "不再打" in composed.content
    assert "call_limit_reached" in codes(composed)


def test_a_size_that_no_rule_tells_is_asked_for() -> None:
    assert "算大、中还是小" in written(DraftKind.CALL_SCRIPT, {"annual_fee_cny": 8_000}).content


def test_a_call_opens_with_a_peer_that_customers_may_hear_of() -> None:
    facts = {"name": "禾木", "industry": "烘焙", "city": "成都"}
    composed = written(DraftKind.CALL_SCRIPT, facts, found=(PEER, INTERNAL), type=RecordType.LEAD)
    assert "供您参考:一家烘焙店先上了收银" in composed.content
    assert "相同:烘焙" in composed.content
    other = written(DraftKind.CALL_SCRIPT, facts | {"industry": "教育"}, found=(PEER,), type=RecordType.LEAD)
    assert "no_peer_case" in codes(other)
    assert "一家烘焙店" not in other.content


def test_a_proposal_multiplies_only_what_was_said_and_shows_its_assumptions() -> None:
    composed = written(DraftKind.PROPOSAL, KEY, minutes_saved="10", hour_cost="30", users="100")
    assert "| 一年价值(元) | 125,000 |" in composed.content  # 100 × 10 / 60 × 30 × 250
    assert "| 一年工作日 | 250 | 假设,请改 |" in composed.content
    unknown = written(DraftKind.PROPOSAL, KEY).content
    assert "一年价值" not in unknown


def test_a_number_that_is_none_is_told() -> None:
    composed = written(DraftKind.PROPOSAL, KEY, minutes_saved="一些")
    assert ("input_unused", "minutes_saved") in [(one.code, one.place) for one in composed.findings]


def test_a_proposal_is_for_a_year_with_a_trial_of_a_week_and_one_on_request() -> None:
    content = written(DraftKind.PROPOSAL, {"name": "禾木"}, type=RecordType.LEAD).content
    assert "一年一签" in content
    assert "再向我们申请 1 周" in content
    assert "试用" not in written(DraftKind.PROPOSAL, KEY).content


def test_praise_does_not_outweigh_falling_use() -> None:
    content = written(DraftKind.RENEWAL_BRIEF, KEY | SECRET).content
    assert "有风险" in content
    assert "以用量为准" in content


def test_switching_cost_is_never_alone() -> None:
    content = written(DraftKind.RENEWAL_BRIEF, MICRO).content
    assert content.index("## 价值证明") < content.index("## 迁移成本")
    assert "只在价值讲清之后提" in content


def test_a_renewal_that_is_too_late_for_its_steps_says_so() -> None:
    assert "renewal_late" in codes(written(DraftKind.RENEWAL_BRIEF, KEY | {"contract_end_in_days": 3}))
    assert "renewal_late" not in codes(written(DraftKind.RENEWAL_BRIEF, KEY))


def test_a_review_gives_every_number_a_meaning_an_action_and_an_owner() -> None:
    rows = [line for line in written(DraftKind.QBR, KEY).content.split("\n") if line.startswith("| ")][2:]
    assert len(rows) >= 4
    assert all(all(cell.strip() for cell in row.strip("|").split("|")) for row in rows)


def test_who_is_not_served_well_is_not_asked_to_be_a_showcase() -> None:
    assert "too_early" in codes(written(DraftKind.SHOWCASE_REQUEST, KEY))
    served = MICRO | {"seats_active": 2, "usage_trend": "rising"}
    assert "too_early" not in codes(written(DraftKind.SHOWCASE_REQUEST, served))


def test_a_value_update_claims_nothing_before_first_value() -> None:
    content = written(DraftKind.VALUE_UPDATE, KEY | {"first_value_delivered": False, "milestones": []}).content
    assert "第一个结果还没出来" in content
    assert "做到了" not in content


def test_the_clock_of_an_andon_is_asked_for_and_never_made_up() -> None:
    content = written(DraftKind.ANDON, KEY, problem="收银全停").content
    assert "时限:手册没有定" in content
    assert "- 收银全停" in content
    assert "时限:30 分钟" in written(DraftKind.ANDON, KEY, clock="30 分钟").content


def test_the_andon_is_for_key_accounts() -> None:
    assert "andon_not_key" in codes(written(DraftKind.ANDON, MICRO))
    assert "andon_not_key" not in codes(written(DraftKind.ANDON, KEY))


def test_a_kind_about_customers_says_so_of_a_lead() -> None:
    assert "not_a_customer_yet" in codes(written(DraftKind.QBR, {"name": "禾木"}, type=RecordType.LEAD))


def test_an_internal_kind_without_a_playbook_says_where() -> None:
    composed = written(DraftKind.ANDON, KEY, found=())
    assert {one.place for one in composed.findings if one.code == "no_playbook"} == {"fit", "similar", "after"}


@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_an_internal_kind_takes_its_next_steps_from_the_advice(kind: DraftKind) -> None:
    account = Account(id=AccountId("a1"), facts=KEY, updated_at=START)
    order = Order(account=account, person=WANG, reader=STAFF, language="zh", today=TODAY)
    made = next(one for one in composers(sources(INTERNAL, PUBLIC)[0], Advises()) if one.kind is kind).compose(order)
    advised = "这周先跑出一个结果" in made.content
    assert advised == any(part.key == "steps" and not part.required for part in KINDS[kind].parts)
    if advised:
        assert "先停下其余的事,一周内跑出一个结果。 [" in made.content


HOSTILE = "{0}{x} [点这里](https://evil.example) <script> | # 保证 \n## 假标题"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_what_a_record_or_an_input_says_is_only_words(kind: DraftKind, language: Language) -> None:
    facts = {name: value for name, value in KEY.items() if not isinstance(value, str)} | {
        "name": HOSTILE,
        "industry": HOSTILE,
        "city": HOSTILE,
        "notes": HOSTILE,
        "key_features_used": [HOSTILE, HOSTILE],
        "milestones": [HOSTILE],
        "promises": [HOSTILE],
        "kp": [{"name": HOSTILE, "title": HOSTILE, "relationship": HOSTILE}],
    }
    content = written(kind, facts, language, **dict.fromkeys(KINDS[kind].inputs, HOSTILE)).content
    assert "](https" not in content
    assert "<script" not in content
    assert "## 假标题" not in content.split("\n")
    rows = [line for line in content.split("\n") if line.startswith("|")]
    assert all(row.count("|") in (3, 4, 5, 6) for row in rows)


@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_a_draft_can_be_changed_in_words(kind: DraftKind) -> None:
    content = written(kind, KEY).content
    said = "负责人换成李雷"
    setting = Setting(language="zh", today=TODAY, signed=None, said=said)
    changed = revised(content, understand(said, today=TODAY), setting).content
    assert "责任人:李雷" in changed
    assert set(told(kind, Composed(content=changed, quotes=()), KEY)) <= {
        "placeholder_left",
        "no_customer_source",
        "unknown_citation",
    }
    if "见问题 1" in content:
        said = "问题1:用了两周"
        setting = Setting(language="zh", today=TODAY, signed=None, said=said)
        assert "用了两周" in revised(content, understand(said, today=TODAY), setting).content
