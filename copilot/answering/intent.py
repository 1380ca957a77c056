"""What a turn is after. A shortcut that is wrong costs more than one that is missing, so every rule asks for two signs.

The lexicon is ours: a subject (客户, 续约, renewal …) together with what one wants to do about it. A question about a
term ("续费率是什么", "What is churn?") stays a question.
"""

from __future__ import annotations

import re
from enum import StrEnum

from copilot.answering.smalltalk import is_smalltalk
from knowledge.text import fold


class Intent(StrEnum):
    """The shortcuts before free chat."""

    OBJECTION = "objection"
    PRICE = "price"
    CASE = "case"
    ONBOARDING = "onboarding"
    RENEWAL = "renewal"
    ESCALATION = "escalation"
    CALCULATOR = "calculator"
    PLAN = "plan"
    NEXT_ACTION = "next_action"
    SMALLTALK = "smalltalk"
    QUESTION = "question"


#: A wish lives in a sentence or two; longer texts are pasted material.
_LONGEST = 200

_SIZES = "ltv|cac|roi|ndr|nrr|arr|mrr|acv|grr|回本|毛利|续费率|流失率|获客成本|客单价|健康分|折扣后"
#: Tried in this order: what a person wants made or computed outranks what it is about.
_RULES: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(pattern))
    for intent, pattern in (
        (
            Intent.CALCULATOR,
            rf"帮我(?!们)[^,，。]{{0,4}}算(?!不)|(?:{_SIZES})[^,，。]{{0,6}}(?:计算器|测算表|怎么算|咋算|帮.{{0,2}}算)|"
            rf"算一下[^,，。]{{0,8}}(?:{_SIZES})|"
            r"计算器|\bcalculator\b|"
            r"\b(?:calculate|compute|work out) (?:the |my |our |their )?(?:ltv|cac|roi|ndr|nrr|arr|mrr|"
            r"churn|payback|renewal rate|discount)\b",
        ),
        (
            Intent.PLAN,
            r"(?:写|做|出|起草|制定|拟|生成|准备)[一份个张]{0,2}[^,，。是吗]{0,10}(?:成功计划|客户计划|推进计划|经营计划书)|"
            r"\b(?:draft|write|create|make|prepare|build)\b[^.?!]{0,40}\b(?:success|account|customer|joint) plan\b",
        ),
        (
            Intent.NEXT_ACTION,
            r"(?:这个客户|这家(?:客户|公司)?|客户|商机|单子|我)[^,，。]{0,12}(?:下一步|接下来|现在)(?:我)?(?:该|应该|要|能)?(?:做什么|怎么做|干什么|干啥|干嘛|怎么推进|咋推进|怎么办)|"
            r""
            r"^(?:那|那么)?(?:下一步|接下来)(?:我)?(?:该|应该|要)?(?:做什么|怎么做|干什么|干啥|干嘛|怎么推进)[?？吗呢]*$|"
            r"\bnext best action|\bwhat(?: should| do) (?:i|we) do next\b|\bnext steps? (?:with|for) (?:this|the|my) "
            r"(?:account|customer|client|deal)",
        ),
        (
            Intent.ESCALATION,
            r"(?:客户|商家|vip|老板|店里|系统|后台|服务)[^,，。?？]{0,8}(?:(?<!不)投诉(?!期)|挂了|宕机|崩了|瘫痪|炸了|发火|骂人|要曝光|闹大)|客诉|按灯|升级投诉|"
            r"\b(?:customer|client|account|merchant)s?\b[^.?!]{0,30}"
            r"\b(?:is down|is furious|is angry|escalat\w+|complain(?:s|ed|ing))\b|"
            r""
            r"\boutage\b|\bescalate\b",
        ),
        (
            Intent.OBJECTION,
            r"(?:客户|对方|老板|他们?|商家|kp)[^,，。?？]{0,6}(?:说|嫌|觉得|认为|抱怨|反馈)[^?？]{0,10}(?:太?贵|没用|不需要|没预算|没有预算|不划算|便宜|用不上|考虑考虑|再看看|再想想|没时间|不着急)|"
            r""
            r"(?:客户|对方|老板|商家)[^,，。?？]{0,4}(?:砍价|压价|嫌贵|不肯签|不想签|不愿意?续|要比价|拿竞品)|异议|"
            r"\bobjections?\b|"
            r"\b(?:customer|client|prospect|buyer|they)s?\b[^.?!]{0,20}\b(?:says?|said|thinks?|claims?)\b[^.?!]{0,25}"
            r"\b(?:too expensive|no budget|not now|no need|cheaper|think about it)\b|"
            r"\bpush(?:es|ing)? back on (?:the )?price\b",
        ),
        (
            Intent.CASE,
            r"(?:有没有|有无|(?<!没)有|找|给我|推荐)[一几]?[个些份]?[^,，。?？是]{0,12}(?:行业|客户|同行|类似|门店|企业)?的?(?:成功)?(?:案例|客户故事)(?!怎么|是什么|要|里|库|的)|"
            r""
            r"(?:案例|客户故事)(?:有哪些|有没有|有吗|推荐|给我)|"
            r"\b(?:any|find|show|share|give me|need|looking for)\b[^.?!]{0,40}"
            r"\b(?:case stud(?:y|ies)|success stor(?:y|ies)|customer stor(?:y|ies)|reference customers?)\b",
        ),
        (
            Intent.RENEWAL,
            r"(?:客户|合同|他们|商家|这家|续约)[^,，。?？]{0,10}(?:快到期|要到期|到期前|还有\d+天到期|不续[约费签]?)|"
            r"(?:续约|续费|续签)(?:前|沟通|谈判|怎么谈|怎么聊|怎么开口|怎么准备|提前多久|话术|提醒|准备|没把握|有风险|被拒)|"
            r"(?:怎么|如何)[^,，。?？]{0,6}(?:催续[费约]|谈续[费约签]|推续[费约])|"
            r"\brenewal (?:conversation|call|talk|meeting|prep\w*|risk|email|is due)\b|"
            r"\b(?:prepare|prep|approach|handle|discuss|save) (?:for )?(?:the |a |our |my |their )?renewal\b|"
            r"\bup for renewal\b",
        ),
        (
            Intent.ONBOARDING,
            r"(?:客户|商家|门店)[^,，。?？]{0,6}(?:刚上线|刚签完|刚开通|刚签约|上线第一|启动会)|新客户[^,，。?？率]{0,6}(?:上线|启动|开通|引导|交付|培训)|新手启动|"
            r"\bonboard(?:ing)? (?:a |the |new |our |this )*(?:customer|client|merchant|account)s?\b|"
            r"\b(?:customer|client) onboarding\b|"
            r"\bkick-?off (?:call|meeting)\b",
        ),
        (
            Intent.PRICE,
            r"(?:报价|收费|售价)(?:多少|是多少|标准)|(?:产品|版|套餐|席位|账号|授权|人头|一年|每个|每年|卖|收)[^,，。?？花省赚]{0,6}多少钱(?!以)|"
            r"最?[高低多]?(?:能)?打(?:到)?几折|价目表|折扣(?:权限|最低|最多|上限|多少|谁批)|"
            r"\b(?:price list|list price|discount (?:approval|limit|policy))\b|"
            r"\bhow much (?:does|do|is|are)\b[^.?!]{0,40}\b(?:cost|plan|licen[sc]e|seat)\b|"
            r"\b(?:quote|quotation) for\b",
        ),
    )
)
#: 标多少钱, 定多少钱: about setting a price, which is knowledge, not a price list.
_NOT_PRICE = re.compile(r"[标定]多少钱|试价|试定价")


def intent_of(text: str) -> Intent:
    """Return the intent of one turn; QUESTION unless a rule is sure."""
    if is_smalltalk(text):
        return Intent.SMALLTALK
    if len(text) > _LONGEST:
        return Intent.QUESTION
    turn = " ".join(fold(text).split())
    for intent, rule in _RULES:
        if rule.search(turn) and not (intent is Intent.PRICE and _NOT_PRICE.search(turn)):
            return intent
    return Intent.QUESTION
