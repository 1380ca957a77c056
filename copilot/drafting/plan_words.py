"""The words of a success plan in both languages, and what is looked up for each of its sections."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.drafting.composer import Language

#: What only the client can say (C2: written together, never published by itself).
SLOT: Mapping[Language, str] = {"zh": "〔待与客户确认〕", "en": "〔to confirm with the client〕"}

ASKED: Mapping[str, Mapping[Language, str]] = {
    "scenario": {
        "zh": "客户成功计划怎么界定场景、挑快赢场景",
        "en": "How do I pick the scenario of a success plan?",
    },
    "outcome": {
        "zh": "怎么和客户约定预期成果和衡量成功的办法",
        "en": "How do I agree on desired outcome and how success is measured?",
    },
    "first_value": {
        "zh": "签约后怎么尽快交付第一价值",
        "en": "How do I deliver first value soon after signing?",
    },
    "milestones": {"zh": "成功里程碑怎么一个接一个排", "en": "How do I order success milestones?"},
    "meaning": {
        "zh": "怎么弄清项目对客户公司和KP的意义",
        "en": "What does the project mean for the client and the key person?",
    },
    "quick_wins": {"zh": "什么样的场景第一期先不碰", "en": "Which scenarios should wait in the first phase?"},
    "promises": {"zh": "交付期怎样让客户觉得靠谱", "en": "What feeling does the customer need most during delivery?"},
    "expansion": {
        "zh": "交付时怎么记下扩张机会",
        "en": "How does delivering first value reveal expansion openings?",
    },
}

WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "title": "客户成功计划:{name}",
        "status": "这是第一稿,和客户一起改定;方括号〔〕里的由客户来填。",
        "head_facts": "现状",
        "head_scenario": "已界定场景",
        "head_outcome": "预期成果与衡量",
        "head_first_value": "第一价值",
        "head_milestones": "里程碑",
        "head_meaning": "对客户公司与KP的意义",
        "head_quick_wins": "快赢场景(1-2 个)",
        "head_promises": "承诺",
        "head_expansion": "扩张假设",
        "scenario": "场景:",
        "scenario_of": "围绕{features}的一个业务场景",
        "outcome": "必要的结果(预期成果):",
        "measure": "怎样衡量:",
        "experience": "合适的体验:",
        "value": "内容:",
        "first_value": "选定的场景跑出第一个客户看得见的结果",
        "next_value": "第一价值已交付;下一个客户看得见的结果",
        "date": "日期:",
        "owner": "责任人:",
        "table": "| 序 | 客户看到什么 | 产品里发生什么 | 责任人 | 日期 |",
        "m_agreed": "场景、结果和衡量办法已说定",
        "p_agreed": "所需数据和账号已备好",
        "p_first": "选定场景里完成第一笔真实业务",
        "m_habit": "日常工作里离不开它",
        "p_habit": "选定的人每周都在用",
        "m_review": "一起回顾结果,定下一段目标",
        "p_review": "前后对比的数字已备好",
        "for_company": "对公司:",
        "for_kp": "对{kp}本人:",
        "optional": "(可不选)",
        "promise_slot": "签约时答应过什么、何时兑现:",
        "expand_seats": "{bought} 个账号已全部用上,达成里程碑后看还有谁需要。",
        "expand_rising": "使用在上升,达成第一价值后看哪些相邻场景值得做。",
        "expand_later": "先交付第一价值;过程中看到的相邻场景记在这里。",
        "recommendation": "建议:",
    },
    "en": {
        "title": "Success plan: {name}",
        "status": "First version, to be settled with the client; slots marked for the client are the client's to fill.",
        "head_facts": "Where things stand",
        "head_scenario": "Defined scenario",
        "head_outcome": "Desired outcome and how it is measured",
        "head_first_value": "First value",
        "head_milestones": "Milestones",
        "head_meaning": "Meaning for the client and the key person",
        "head_quick_wins": "Quick wins (1-2 scenarios)",
        "head_promises": "Promises",
        "head_expansion": "Expansion hypothesis",
        "scenario": "Scenario: ",
        "scenario_of": "one business scenario around {features}",
        "outcome": "Required outcome (desired outcome): ",
        "measure": "How it is measured: ",
        "experience": "Appropriate experience: ",
        "value": "What: ",
        "first_value": "the chosen scenario yields a first result that the client sees",
        "next_value": "first value is delivered; the next result that the client sees",
        "date": "Date: ",
        "owner": "Owner: ",
        "table": "| # | What the client sees | What happens in the product | Owner | Date |",
        "m_agreed": "Scenario, outcome and measure are agreed",
        "p_agreed": "Data and accounts are ready",
        "p_first": "The first real case goes through in the chosen scenario",
        "m_habit": "Daily work relies on it",
        "p_habit": "The chosen people use it every week",
        "m_review": "Results are reviewed together and the next goal is set",
        "p_review": "Figures before and after are ready",
        "for_company": "For the company: ",
        "for_kp": "For {kp}: ",
        "optional": "(may be left out)",
        "promise_slot": "What was promised at signing, and by when:",
        "expand_seats": "All {bought} seats are in use; after the milestone, see who else needs one.",
        "expand_rising": "Use is rising; after first value, see which neighbouring scenarios are worth it.",
        "expand_later": "First value first; neighbouring scenarios seen on the way are noted here.",
        "recommendation": "Recommendation: ",
    },
}
