"""What a team might see in Slack, as our contracts carry it: for files of blocks and pictures. All is made up."""

from __future__ import annotations

from datetime import UTC, date, datetime

from copilot.accounts.health import Band
from copilot.drafting.draft import DraftKind
from copilot.interfaces.advice_contract import AdviceBody
from copilot.interfaces.cases_contract import CaseMatchesBody
from copilot.interfaces.contract import AnswerBody, NavigationBody, ProblemBody
from copilot.interfaces.draft_contract import DraftReply
from copilot.interfaces.slack.home_view import Home, MyAccount, OwnedGap, WaitingDraft
from copilot.interfaces.slack.texts import Language
from copilot.suggesting.advice import Urgency

NOW = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
_SAID = {
    "zh": {
        "question": "续约要提前多久开始准备?",
        "answer": "续约从到期前 **90 天** 开始准备。[1] 先核对结果,再约关键人。[1][2]\n\n"
        "1. 到期前 90 天:整理客户拿到的结果 [1]\n2. 到期前 60 天:和关键人过一遍价值 [2]\n3. 到期前 30 天:发合同 [1]\n\n"
        "**说法不一:提前几天**\n- 大型客户提前 180 天启动 [2]（大型）\n- 所有客户提前 90 天启动 [1]（中小）",
        "explanation": "两份打法都写了续约的启动时间,最相关的是《续约打法》的时间表。",
        "title": "续约打法",
        "title_2": "大客户续约清单",
        "heading": "时间表",
        "quote": "续约从到期前九十天开始准备。",
        "topic": "提前几天",
        "sides": ("所有客户提前 90 天启动", "大型客户提前 180 天启动"),
        "abstained": "知识库里没有找到能回答这个问题的内容。最接近的是《续约打法》,但它没有直接回答。",
        "asked": "续约合同可以用电子章吗?",
        "clarify": "你说的是哪一类客户?做法不一样。",
        "choices": ("大型客户", "中小客户", "小微客户"),
        "account": "晨光连锁茶饮",
        "author": "李雯",
    },
    "en": {
        "question": "How early do we prepare a renewal?",
        "answer": "Begin **90 days** before the contract ends. [1] Check results first, then meet the key person. "
        "[1][2]\n\n1. 90 days before: collect what the customer reached [1]\n2. 60 days before: walk the key person "
        "through it [2]\n3. 30 days before: send the contract [1]\n\n**Sources disagree: days ahead**\n"
        "- Large customers begin 180 days ahead [2] (large)\n- Every customer begins 90 days ahead [1] (small, medium)",
        "explanation": "Two playbooks name the start of a renewal; the timetable of the renewal playbook fits best.",
        "title": "Renewal playbook",
        "title_2": "Checklist for large renewals",
        "heading": "Timetable",
        "quote": "A renewal is prepared from ninety days before the end.",
        "topic": "days ahead",
        "sides": ("Every customer begins 90 days ahead", "Large customers begin 180 days ahead"),
        "abstained": "Nothing in the knowledge answers this. The closest is “Renewal playbook”, which does not.",
        "asked": "May a renewal be signed with an electronic seal?",
        "clarify": "Which kind of customer do you mean? The steps differ.",
        "choices": ("Large customers", "Small and medium", "Micro"),
        "account": "Morninglight Tea",
        "author": "Li Wen",
    },
}


def _citation(n: int, language: Language, *, stale: bool = False) -> dict[str, object]:
    said = _SAID[language]
    return {
        "n": n,
        "document_id": f"doc-{n}",
        "source": f"playbooks/renewal-{n}.md",
        "version": 3,
        "title": said["title"] if n == 1 else said["title_2"],
        "kind": "playbook",
        "heading_path": [said["heading"]],
        "quote": said["quote"],
        "start": 0,
        "end": len(str(said["quote"])),
        "page": 4 if n == 2 else None,
        "url": "https://wiki.example.com/renewal" if n == 1 else None,
        "verified_until": date(2027, 3, 1) if n == 1 else date(2026, 8, 1),
        "stale": stale,
    }


def _answer(language: Language, **changed: object) -> AnswerBody:
    said = _SAID[language]
    body: dict[str, object] = {
        "id": "a-1",
        "answer_id": "a-1",
        "conversation_id": "c-1",
        "question": said["question"],
        "standalone_question": said["question"],
        "language": language,
        "status": "answered",
        "answer": said["answer"],
        "explanation": said["explanation"],
        "citations": [_citation(1, language), _citation(2, language, stale=True)],
        "conflicts": [
            {
                "topic": said["topic"],
                "sides": [{"claim": claim, "citation": n} for n, claim in enumerate(said["sides"], 1)],
            }
        ],
        "passages": [
            {
                "document_id": f"doc-{n}",
                "source": f"playbooks/renewal-{n}.md",
                "title": said["title"] if n == 1 else said["title_2"],
                "heading_path": [said["heading"]],
                "text": str(said["quote"]) * 3,
                "score": 0.91 - n / 10,
                "found_by": ["vector", "words"],
            }
            for n in (1, 2, 3)
        ],
        "composer": "extractive",
        "confidence": 0.83,
        "timings_ms": {"understand": 12, "retrieve": 143, "judge": 20, "evidence": 31, "compose": 4},
    }
    return AnswerBody.model_validate(body | changed)


def answered(language: Language) -> AnswerBody:
    """An answer with sources, one of them stale, and sources that disagree."""
    return _answer(language)


def partial(language: Language) -> AnswerBody:
    """Half an answer, without disagreement."""
    text = str(_SAID[language]["answer"]).split("\n\n**", maxsplit=1)[0]
    return _answer(language, status="partial", answer=text, conflicts=[])


def abstained(language: Language, reason: str = "not_in_knowledge") -> AnswerBody:
    """No answer, for a reason."""
    said = _SAID[language]
    changed: dict[str, object] = {
        "status": "abstained",
        "reason": reason,
        "question": said["asked"],
        "answer": said["abstained"],
        "explanation": "",
        "citations": [],
        "conflicts": [],
        "confidence": 0.21,
    }
    if reason != "not_in_knowledge":
        from copilot.answering.abstaining import explain_abstention
        from copilot.answering.answer import AbstentionReason

        changed["answer"] = explain_abstention(AbstentionReason(reason), language, [])
        changed["passages"] = []
    return _answer(language, **changed)


def clarify(language: Language) -> AnswerBody:
    """A question back."""
    said = _SAID[language]
    return _answer(
        language,
        status="clarify",
        answer=said["clarify"],
        explanation="",
        citations=[],
        conflicts=[],
        choices=[{"label": one, "action": "ask", "payload": {"question": one}} for one in said["choices"]],
    )


def account_name(language: Language) -> str:
    """The account that everything is about."""
    return str(_SAID[language]["account"])


def draft(language: Language, **changed: object) -> DraftReply:
    """A success plan that waits for a decision."""
    said = _SAID[language]
    content = {
        "zh": "# 客户成功计划\n\n## 场景与预期成果\n\n- 门店会员复购率从 18% 提到 25% [1]\n- 负责人:王店长\n\n"
        "## 第一价值\n\n上线后 **14 天** 内跑通一次会员日活动。[1]\n\n"
        "## 里程碑\n\n| 里程碑 | 负责人 | 日期 |\n|---|---|---|\n"
        "| 会员导入完成 | 周敏 | 2026-12-05 |\n| 第一次会员日 | 王店长 | 2026-12-18 |\n\n"
        "## 待确认\n\n- 谁来审批活动预算?\n",
        "en": "# Success plan\n\n## Scenario and outcome\n\n- Raise repeat purchases of members from 18% to 25% [1]\n"
        "- Owner: the store manager\n\n## First value\n\nRun one members’ day within **14 days** of going live. [1]\n\n"
        "## Milestones\n\n| milestone | owner | day |\n|---|---|---|\n| members imported | Zhou Min | 2026-12-05 |\n"
        "| first members’ day | store manager | 2026-12-18 |\n\n## To confirm\n\n- Who approves the budget?\n",
    }[language]
    finding = {
        "zh": ("第一价值没有写衡量办法", "里程碑二晚于合同约定的 14 天"),
        "en": ("The first value has no measure", "The second milestone is later than the 14 days promised"),
    }[language]
    body: dict[str, object] = {
        "id": "d-1a2b3c4d",
        "kind": "success_plan",
        "account_id": "a1",
        "language": language,
        "revision": 2,
        "latest": 2,
        "status": "open",
        "content": content,
        "findings": [
            {"code": "no_measure", "severity": "error", "message": finding[0]},
            {"code": "late_milestone", "severity": "warning", "message": finding[1]},
        ],
        "citations": [
            {key: value for key, value in _citation(1, language).items() if key not in ("kind", "page", "url")}
        ],
        "author": said["author"],
        "created_by": said["author"],
        "created_at": NOW,
        "updated_at": NOW,
        "decisions": [],
    }
    return DraftReply.model_validate(body | changed)


def decided(language: Language, decision: str, status: str) -> DraftReply:
    """The draft after a decision."""
    reason = {"zh": "第一价值太晚,客户等不到。", "en": "The first value comes too late for this customer."}[language]
    line = {
        "id": "x-1",
        "revision": 2,
        "decision": decision,
        "person": {"zh": "陈经理", "en": "Chen"}[language],
        "reason": reason if decision == "reject" else None,
        "surface": "slack",
        "at": NOW,
    }
    return draft(language, decisions=[line], status=status)


def advice(language: Language) -> AdviceBody:
    """Two steps, one thing to leave alone, and what could not be judged."""
    zh = language == "zh"
    return AdviceBody.model_validate(
        {
            "id": "a1",
            "segment": {"value": "中型", "reason": "年费 8 万" if zh else "80,000 a year"},
            "stage": "adoption",
            "health": {
                "score": 54,
                "band": "watch",
                "model": "narrow",
                "dimensions": [
                    {
                        "name": "usage",
                        "score": 48,
                        "signals": ["40 个席位里 14 个活跃" if zh else "14 of 40 seats are active"],
                    },
                    {
                        "name": "business_result",
                        "score": 62,
                        "signals": ["第一价值已达成" if zh else "the first value is reached"],
                    },
                ],
            },
            "outlook": {
                "renewed": 0.7,
                "expanded": 0.1,
                "churned": 0.2,
                "interval": [0.6, 0.9],
                "transitions_used": 40,
                "prior_weight": 0.3,
            },
            "actions": [
                {
                    "id": "s-1",
                    "action": "raise_usage",
                    "title": "把活跃席位提到一半" if zh else "Bring half of the seats to life",
                    "why": "席位买了 40 个只用了 14 个,续约时最先被问到。"
                    if zh
                    else "14 of 40 seats are used; that is the first question of a renewal.",
                    "signals": ["40 个席位里 14 个活跃" if zh else "14 of 40 seats are active"],
                    "citations": [_citation(1, language)],
                    "playbook": "renewal",
                    "uplift": 0.06,
                    "urgency": "week",
                    "due": date(2026, 12, 3),
                    "draft_kind": "customer_message",
                    "owner": "周敏" if zh else "Zhou Min",
                },
                {
                    "id": "s-2",
                    "action": "meet_kp",
                    "title": "约关键人过一遍结果" if zh else "Show the key person the results",
                    "why": "关键人换过,新人还没看过结果。"
                    if zh
                    else "The key person is new and has not seen the results.",
                    "signals": ["关键人在 20 天前换了" if zh else "the key person changed 20 days ago"],
                    "citations": [_citation(2, language, stale=True)],
                    "playbook": "renewal",
                    "uplift": None,
                    "urgency": "month",
                    "due": None,
                    "draft_kind": None,
                    "owner": "CSM",
                },
            ],
            "avoid": [
                {
                    "key": "no_discount",
                    "title": "先别谈折扣" if zh else "No talk of discounts yet",
                    "why": "价值还没讲清楚,降价只会让客户怀疑价格。"
                    if zh
                    else "Before the value is clear, a lower price only raises doubts.",
                    "citations": [_citation(1, language)],
                }
            ],
            "not_judged": ["满意度(没有 NPS)" if zh else "satisfaction (no NPS)"],
        }
    )


def cases(language: Language) -> CaseMatchesBody:
    """One case that fits, one that is near, and a ledger."""

    def case(number: int, *, fits: bool) -> dict[str, object]:
        return {
            "document_id": f"case-{number}",
            "source": f"case_studies/tea-{number}.md",
            "title": f"茶饮连锁 {number} 号:会员复购" if number == 1 else "烘焙品牌:周二会员日",
            "title_en": "A tea chain: members come back" if number == 1 else "A bakery: members’ Tuesday",
            "summary": "半年内会员复购率提高。",
            "summary_en": "Members bought again more often within half a year.",
            "audience": "internal" if number == 2 else "customer",
            "industries": ["餐饮"],
            "cities": ["杭州"],
            "segments": ["中型"],
            "fits": fits,
            "score": 90.0 - number,
            "levels": {"industry": 3, "city": 3 if fits else 1, "size": 2, "situation": 0.7},
            "alike_zh": ["行业:餐饮", "城市:杭州"],
            "alike_en": ["industry: food", "city: Hangzhou"],
            "unlike_zh": [] if fits else ["规模:小微"],
            "unlike_en": [] if fits else ["size: micro"],
            "section": ["结果"],
            "figures": [
                {
                    "document_id": f"case-{number}",
                    "source": f"case_studies/tea-{number}.md",
                    "version": 1,
                    "heading_path": ["结果"],
                    "quote": "会员复购率从 18% 升到 27%。"
                    if language == "zh"
                    else "Repeat purchases rose from 18% to 27%.",
                    "start": 0,
                    "end": 10,
                }
            ],
        }

    return CaseMatchesBody.model_validate(
        {
            "account_id": "a1",
            "profile": {
                "industry": "餐饮",
                "city": "杭州",
                "annual_fee_cny": 80000,
                "size": "中型",
                "situation": None,
            },
            "fits": True,
            "told_zh": "按行业、城市、规模的顺序匹配,有 1 个案例完全符合。",
            "told_en": "Matched by industry, city and size in this order; one case fits fully.",
            "matches": [case(1, fits=True), case(2, fits=False)],
            "ledger": {
                "status": "estimated",
                "summary_zh": "按同行的结果,每年可多 9 万到 21 万元。",
                "summary_en": "By the results of peers, 90,000 to 210,000 yuan more a year.",
                "values": [
                    {
                        "name_zh": "多卖的",
                        "name_en": "More sales",
                        "low": 90000,
                        "mid": 150000,
                        "high": 210000,
                        "worked": "1,000,000 × 9%",
                    }
                ],
                "costs": [{"name_zh": "年费", "name_en": "Annual fee", "amount": 80000}],
                "budget": 80000,
                "returns": [1.1, 1.9, 2.6],
                "effects": [],
                "assumptions_zh": ["会员销售额不变"],
                "assumptions_en": ["sales to members stay as they are"],
                "ask_zh": ["去年会员销售额是多少?"],
                "ask_en": ["What were the sales to members last year?"],
            },
        }
    )


def problem() -> ProblemBody:
    """Something that was not understood."""
    return ProblemBody(
        title="Not understood",
        status=422,
        detail="没看懂要改哪一处 (which part is to be changed is not clear).",
        code="instruction_unclear",
        choices=["把里程碑一推迟一周", "move the first milestone by a week"],
        reference="r-7f3a",
    )


def navigation() -> NavigationBody:
    """Five stages with a few documents each."""
    stages = (
        ("lead", "线索", "Lead"),
        ("opportunity", "商机", "Opportunity"),
        ("onboarding", "上手", "Onboarding"),
        ("growth", "成长", "Growth"),
        ("renewal", "续费", "Renewal"),
    )
    return NavigationBody.model_validate(
        {
            "stages": [
                {
                    "key": key,
                    "title": title,
                    "title_en": title_en,
                    "topics": [
                        {
                            "key": topic,
                            "title": {"C": "成功计划与上手", "I": "续费与增购"}[topic],
                            "title_en": {"C": "Success plans", "I": "Renewal and expansion"}[topic],
                            "documents": [
                                {
                                    "id": f"{key}-{topic}-{n}",
                                    "source": f"playbooks/{key}-{n}.md",
                                    "title": f"{title}打法 {n}",
                                    "title_en": f"{title_en} playbook {n}",
                                    "kind": "playbook",
                                }
                                for n in (1, 2, 3)
                            ],
                        }
                        for topic in ("C", "I")
                    ],
                }
                for key, title, title_en in stages
            ]
        }
    )


def home(language: Language) -> Home:
    """A full Home."""
    zh = language == "zh"
    said = _SAID[language]
    return Home(
        language=language,
        name="周敏" if zh else "Zhou Min",
        navigation=navigation(),
        stage="renewal",
        accounts=[
            MyAccount(
                id="a1",
                name=account_name(language),
                band=Band.WATCH,
                score=54,
                next_action="把活跃席位提到一半" if zh else "Bring half of the seats to life",
                urgency=Urgency.WEEK,
                due=date(2026, 12, 3),
            ),
            MyAccount(id="a2", name="海风酒店" if zh else "Seawind Hotels", band=Band.HEALTHY, score=86),
            MyAccount(
                id="a3",
                name="绿谷物流" if zh else "Greenvale Logistics",
                band=Band.RISK,
                score=31,
                next_action="今天回电投诉" if zh else "Call back about the complaint",
                urgency=Urgency.NOW,
            ),
        ],
        drafts=[
            WaitingDraft(
                id="d-1",
                kind=DraftKind.SUCCESS_PLAN,
                revision=2,
                account=account_name(language),
                author=str(said["author"]),
                updated_at=NOW,
            )
        ],
        gaps=[OwnedGap(id="g-1", question=str(said["asked"]), asked=4)],
    )
