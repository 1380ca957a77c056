"""Every kind of draft in one table: who reads it, what it is called, what it takes, what it must hold, and why.

Who reads decides what may be cited. A kind for customers rests on documents for customers alone and tells nothing of
how we judge an account: no NPS, no notes, no relationship.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.drafting.composer import Language
from copilot.drafting.draft import DraftKind
from knowledge.document import Audience


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section: its heading, and what has to stand under it."""

    key: str
    title: Mapping[Language, str]
    required: bool = True
    owner: bool = False  #: names who is responsible
    date: bool = False  #: names a day
    actions: bool = False  #: says what to do: every item rests on a fact of the account or on a source


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of draft."""

    audience: Audience  #: who reads it
    title: Mapping[Language, str]
    purpose: Mapping[Language, str]  #: a sentence for a list of kinds
    inputs: tuple[str, ...]  #: names of inputs that it uses
    parts: tuple[Part, ...] = ()  #: in their order; empty where the kind has a validator of its own
    requirements: tuple[str, ...] = ()
    spoken: bool = False  #: for our people, but parts of it are said to customers
    customers_only: bool = False  #: makes no sense before somebody has bought
    letter: bool = False  #: one text to one person: titles of parts are labels, no headings

    def part(self, key: str) -> Part:
        """Return a part by its key."""
        return next(one for one in self.parts if one.key == key)


def _part(
    key: str,
    zh: str,
    en: str,
    *,
    required: bool = True,
    owner: bool = False,
    date: bool = False,
    actions: bool = False,
) -> Part:
    return Part(key=key, title={"zh": zh, "en": en}, required=required, owner=owner, date=date, actions=actions)


KINDS: Mapping[DraftKind, Kind] = {
    DraftKind.CUSTOMER_MESSAGE: Kind(
        audience=Audience.CUSTOMER,
        title={"zh": "客户消息", "en": "Customer message"},
        purpose={"zh": "一封短消息:要点、下一步、选时间", "en": "a short message: the point, a next step, times"},
        inputs=("point", "to", "from"),
        requirements=("B9", "K7"),
    ),
    DraftKind.SUCCESS_PLAN: Kind(
        audience=Audience.INTERNAL,  # written with the client; its last part is ours alone
        title={"zh": "客户成功计划", "en": "Success plan"},
        purpose={
            "zh": "场景、预期成果、第一价值、里程碑",
            "en": "scenario, desired outcome, first value, milestones",
        },
        inputs=("scenario", "outcome", "measure", "first_value", "first_value_date", "owner", "sponsor", "promises"),
        requirements=("C1", "C18"),
    ),
    DraftKind.HANDOFF: Kind(
        audience=Audience.INTERNAL,
        title={"zh": "销售交接单", "en": "Sales handoff"},
        purpose={
            "zh": "销售转客户成功:信息、承诺、人、缺什么",
            "en": "from sales to customer success: facts, promises, people, what is missing",
        },
        inputs=("outcome", "promises", "super_users", "owner", "from", "meeting_date"),
        parts=(
            _part("info", "客户信息", "The client"),
            _part("promises", "销售答应过什么", "What was promised"),
            _part("outcome", "客户为什么买", "Why the client bought"),
            _part("people", "关键人", "Key people"),
            _part("super_users", "超级用户", "Super users", actions=True),
            _part("way", "交接方式", "How it is handed over", owner=True, date=True),
            _part("risks", "风险", "Risks", required=False),
            _part("checklist", "交接清单", "Checklist"),
            _part("steps", "接手后头两周", "The first two weeks", required=False, actions=True),
        ),
        requirements=("B5", "B6", "A5", "C15"),
    ),
    DraftKind.CALL_SCRIPT: Kind(
        audience=Audience.INTERNAL,
        spoken=True,
        title={"zh": "通话提纲", "en": "Call script"},
        purpose={
            "zh": "同行案例开场,问结果不问功能,何时停打",
            "en": "opens with a peer, asks for outcomes, knows when to stop",
        },
        inputs=("goal", "attempts", "owner", "next_step", "next_date"),
        parts=(
            _part("goal", "这通电话要什么", "What this call is for"),
            _part("opening", "开场", "Opening", actions=True),
            _part("interview", "问结果,不问功能", "Ask for outcomes, not features", actions=True),
            _part("answers", "听到这些怎么接", "What to answer", required=False, actions=True),
            _part("next", "下一步", "Next step", owner=True, date=True),
            _part("stop", "什么时候停", "When to stop"),
            _part("avoid", "不要说", "Leave unsaid", required=False),
        ),
        requirements=("G8", "G17", "B9", "C10", "G4"),
    ),
    DraftKind.PROPOSAL: Kind(
        audience=Audience.CUSTOMER,
        title={"zh": "方案", "en": "Proposal"},
        purpose={
            "zh": "给一家客户的方案:重点、同行、价值估算、条款",
            "en": "for one client: focus points, a peer, estimated value, terms",
        },
        inputs=("focus", "outcome", "users", "minutes_saved", "hour_cost", "workdays", "price", "owner", "next_date"),
        parts=(
            _part("understanding", "我们的理解", "What we have understood"),
            _part("focus", "重点", "Focus points"),
            _part("case", "别人怎么做", "How others went about it"),
            _part("value", "价值估算与假设", "Estimated value and assumptions"),
            _part("steps", "怎么开始", "How we begin"),
            _part("terms", "合作方式", "Terms"),
            _part("next", "下一步", "Next step", owner=True, date=True),
        ),
        requirements=("G15", "G1", "G3", "G6", "G7", "G19"),
    ),
    DraftKind.RENEWAL_BRIEF: Kind(
        audience=Audience.INTERNAL,
        customers_only=True,
        title={"zh": "续约简报", "en": "Renewal brief"},
        purpose={
            "zh": "行为、价值证明、扩张假设、价格立场",
            "en": "behaviour, proof of value, expansion hypothesis, price stance",
        },
        inputs=("value", "expansion", "switching", "owner", "floor"),
        parts=(
            _part("verdict", "一句话", "In one sentence"),
            _part("behaviour", "他怎么做", "What they do"),
            _part("words", "他怎么说", "What they say", required=False),
            _part("value", "价值证明", "Proof of value", actions=True),
            _part("switching", "迁移成本(只作补充)", "Switching cost (never alone)"),
            _part("expansion", "扩张假设", "Expansion hypothesis"),
            _part("price", "价格立场", "Price stance"),
            _part("schedule", "到期前的步骤", "Until the term ends", owner=True, date=True),
            _part("risks", "风险", "Risks", required=False),
            _part("steps", "接下来两周", "The next two weeks", required=False, actions=True),
            _part("avoid", "先不做", "Not now", required=False),
        ),
        requirements=("I1", "I3", "D3", "D5", "G4"),
    ),
    DraftKind.QBR: Kind(
        audience=Audience.CUSTOMER,
        customers_only=True,
        title={"zh": "季度回顾", "en": "Quarterly review"},
        purpose={
            "zh": "每个数字带说明、行动、责任人",
            "en": "every number with what it means, what follows and who does it",
        },
        inputs=("goal", "quote", "owner", "next_goal", "date"),
        parts=(
            _part("goal", "这次要定下什么", "What we decide this time", date=True),
            _part("numbers", "数字、说明与行动", "Numbers, meaning, action", owner=True, date=True, actions=True),
            _part("results", "已经做到的", "What was reached"),
            _part("open", "还没做好的", "What is not good yet", required=False, actions=True),
            _part("next_goal", "下一季的目标", "The next quarter's goal", owner=True),
            _part("agenda", "议程", "Agenda"),
        ),
        requirements=("J1", "J2", "J3", "C13", "C17"),
    ),
    DraftKind.SHOWCASE_REQUEST: Kind(
        audience=Audience.CUSTOMER,
        customers_only=True,
        letter=True,
        title={"zh": "样板客户邀请", "en": "Showcase request"},
        purpose={
            "zh": "请客户做样板:征得同意、本人参与、讲清条件和成本",
            "en": "asks for a showcase: consent, the key person takes part, conditions and cost are told",
        },
        inputs=("to", "from", "owner", "form", "result", "next_date"),
        parts=(
            _part("why", "为什么想到您", "Why we thought of you"),
            _part("ask", "想请您做什么", "What we ask of you"),
            _part("conditions", "会一并讲清的", "What is told along with it"),
            _part("consent", "您说了算", "You decide"),
            _part("next", "下一步", "Next step", owner=True, date=True),
        ),
        requirements=("E8", "E2"),
    ),
    DraftKind.VALUE_UPDATE: Kind(
        audience=Audience.CUSTOMER,
        customers_only=True,
        letter=True,
        title={"zh": "价值同步", "en": "Value update"},
        purpose={
            "zh": "给关键人:数字、原话、接下来",
            "en": "for the key person: numbers, words, what is next",
        },
        inputs=("to", "from", "owner", "result", "quote", "next_step", "next_date"),
        parts=(
            _part("numbers", "数字", "The numbers"),
            _part("quote", "你们自己的话", "In your own words"),
            _part("next", "接下来", "What is next", owner=True, date=True),
        ),
        requirements=("C13", "J1", "J2"),
    ),
    DraftKind.ANDON: Kind(
        audience=Audience.INTERNAL,
        customers_only=True,
        title={"zh": "按灯单", "en": "Andon"},
        purpose={
            "zh": "关键客户的急事:谁牵头、多久、谁通知谁",
            "en": "a key account's urgent matter: who leads, by when, who informs whom",
        },
        inputs=("problem", "impact", "owner", "clock", "sponsor", "product"),
        parts=(
            _part("problem", "发生了什么", "What happened"),
            _part("impact", "影响", "Impact"),
            _part("fit", "该不该按灯", "Is this one for the andon"),
            _part("owner", "牵头与时限", "Who leads, and by when", owner=True),
            _part("informs", "谁通知谁", "Who informs whom"),
            _part("words", "对客户先说什么", "First words to the client", actions=True),
            _part("similar", "同类客户检查", "Similar accounts", actions=True),
            _part("after", "收尾", "Closing it", required=False, actions=True),
        ),
        requirements=("E3", "E4", "M"),
    ),
    DraftKind.WEEKLY_DIGEST: Kind(
        audience=Audience.INTERNAL,
        title={"zh": "每周简报", "en": "Weekly digest"},
        purpose={
            "zh": "给客户成功经理或主管:先做什么,变了什么,每个数字带说明、行动、负责人",
            "en": "for a CSM or a manager: what to do first, what changed, every number with its action and owner",
        },
        inputs=("person", "scope", "since", "until"),
        requirements=("J1", "J2", "J3", "K7"),
    ),
    DraftKind.KNOWLEDGE: Kind(
        audience=Audience.INTERNAL,  # who reads it once it is published stands in its front matter
        title={"zh": "知识条目", "en": "Knowledge entry"},
        purpose={
            "zh": "专家对一个知识缺口的回答,批准后进知识库",
            "en": "an expert's answer to a gap, which joins the knowledge once approved",
        },
        inputs=(),
        requirements=("F4", "F8", "F10", "F11"),
    ),
}

#: Begins with an answer to a gap (`copilot gaps answer`) or with a person (`copilot digest`), not with an account.
WITHOUT_ACCOUNT = frozenset({DraftKind.KNOWLEDGE, DraftKind.WEEKLY_DIGEST})
#: What a schedule may have approved by the policy alone: told to our own people, and changes nothing.
SCHEDULED = frozenset({DraftKind.WEEKLY_DIGEST})


def for_customers(kind: DraftKind) -> bool:
    """Tell whether customers read it."""
    return KINDS[kind].audience is Audience.CUSTOMER
