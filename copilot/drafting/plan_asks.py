"""What is looked up in the playbooks for each part of a plan, by where the account stands and how it is served."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.drafting.composer import Language
from copilot.drafting.plan_facts import Course, PlanFacts, Tier

Ask = Mapping[Language, str]

_ALWAYS: Mapping[str, Ask] = {
    "promises": {"zh": "交付期怎样让客户觉得靠谱", "en": "What feeling does the customer need most during delivery?"},
    "expansion": {"zh": "交付时怎么记下扩张机会", "en": "How does delivering first value reveal expansion openings?"},
}
_BY_COURSE: Mapping[Course, Mapping[str, Ask]] = {
    Course.START: {
        "quick_wins": {
            "zh": "客户成功计划怎么界定场景、挑快赢场景",
            "en": "How do I pick a quick win scenario?",
        },
        "first_value": {
            "zh": "签约后怎么尽快交付第一价值",
            "en": "How do I deliver first value soon after signing?",
        },
        "milestones": {"zh": "成功里程碑怎么一个接一个排", "en": "How do I order success milestones?"},
        "calendar": {"zh": "上线第一个月客户抱怨怎么应对", "en": "How do I handle complaints in the first 30 days?"},
    },
    Course.ADOPT: {
        "quick_wins": {"zh": "账号开了没人用怎么办", "en": "Seats are bought but hardly used. What can I do?"},
        "first_value": {"zh": "怎么让客户看见已经兑现的价值", "en": "How do I make delivered value visible?"},
        "milestones": {
            "zh": "怎么按客户行为而不是按时间触发跟进",
            "en": "How do I trigger outreach by behaviour instead of time?",
        },
        "calendar": {"zh": "签约90天使用回顾怎么做", "en": "How do I run the day 90 usage review?"},
    },
    Course.GROW: {
        "quick_wins": {"zh": "增购从简单到难有哪些方式", "en": "Which ways of getting deeper value come first?"},
        "first_value": {"zh": "达成里程碑后怎么提扩张", "en": "How do I raise expansion at a milestone?"},
        "milestones": {"zh": "怎么把试点推广到全部门店", "en": "How do I roll out from pilot stores to all stores?"},
        "calendar": {"zh": "怎么给客户管理者数据抓手", "en": "How do I give managers a data view?"},
    },
    Course.RENEW: {
        "quick_wins": {"zh": "快到期的客户用量下降怎么拉回来", "en": "Use falls before renewal. What can I do?"},
        "first_value": {"zh": "续费简报怎么写价值证明", "en": "How do I prove value in a renewal brief?"},
        "milestones": {"zh": "续费前看什么行为信号", "en": "Which behaviour signals tell whether they renew?"},
        "calendar": {"zh": "续约提前多久开始准备", "en": "How early do we prepare a renewal?"},
    },
}
_BY_TIER: Mapping[Tier, Mapping[str, Ask]] = {
    Tier.KEY: {
        "people": {"zh": "什么情况下给客户配置高层赞助人,做哪些动作", "en": "How do I set up an executive sponsor?"},
        "effort": {"zh": "关键客户紧急问题怎么按灯升级", "en": "How does andon escalation work for key accounts?"},
    },
    Tier.STANDARD: {
        "people": {"zh": "怎么弄清项目对客户公司和KP的意义", "en": "What does the project mean for client and KP?"},
        "effort": {"zh": "怎么分配客户成功经理的时间和注意力", "en": "How do I divide a CSM's attention?"},
    },
    Tier.LIGHT: {
        "people": {"zh": "怎么找到超级用户带动别人用", "en": "How do super users bring others along?"},
        "effort": {"zh": "小客户怎么做一对多培训", "en": "How do I train many small customers at once?"},
    },
    Tier.SELF_SERVICE: {
        "effort": {
            "zh": "小微客户怎么设投入上限,又守住合同承诺的下限",
            "en": "How do I cap effort for low-value accounts and keep the contract floor?",
        },
    },
}


#: What a source says of itself, or of accounts of another size, is no advice for this one.
_ABOUT_THE_SOURCE = re.compile(r"资料(?:没有|里)|原文|综述|the sources? (?:give|say|name)", re.IGNORECASE)
_ABOUT_OTHERS: Mapping[Tier, re.Pattern[str]] = {
    Tier.SELF_SERVICE: re.compile(
        r"关键客户|高价值客户|强人压强盘|赞助人|\bkey accounts?\b|\bhigh-value\b", re.IGNORECASE
    ),
    Tier.LIGHT: re.compile(r"赞助人|强人压强盘|\bsponsors?\b", re.IGNORECASE),
}


def fits(facts: PlanFacts, quote: str) -> bool:
    """Tell whether a quote advises on an account like this one."""
    others = _ABOUT_OTHERS.get(facts.tier)
    lead = re.split(r"[。.!?！？]", quote, maxsplit=1)[0]
    return not _ABOUT_THE_SOURCE.search(lead) and not (others and others.search(quote))


def asks_of(facts: PlanFacts) -> Mapping[str, str]:
    """Return by section what is asked."""
    by_course = _BY_COURSE[facts.course]
    if facts.tier is Tier.SELF_SERVICE:
        by_course = {key: ask for key, ask in by_course.items() if key in ("first_value", "milestones")}
    asks = {**by_course, **_ALWAYS, **_BY_TIER[facts.tier]}
    return {section: ask[facts.language] for section, ask in asks.items()}
