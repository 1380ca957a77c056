"""A first message to a customer: greeting, the point, what customers may read about it, next step, a choice of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from copilot.accounts.account import Account, RecordType
from copilot.drafting import account_facts, dates
from copilot.drafting.composer import Composed, Language, Order
from copilot.drafting.draft import DraftKind
from copilot.drafting.findings import shown
from copilot.drafting.sources import Numbered, Sources
from copilot.drafting.words import PLACEHOLDER, discounts, promises
from knowledge.passage import Citation
from knowledge.reader import CUSTOMERS
from knowledge.text import is_chinese

#: A longer quote is no longer a message.
_LONGEST_QUOTE = 220
#: What a source says of itself is of no use to a customer.
_ABOUT_THE_SOURCE = re.compile(r"本手册|原文|综述|资料(?:没有|里)|this (?:handbook|playbook)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What a message can be about; `asked` is what is looked up among documents for customers."""

    key: str
    asked: Mapping[Language, str]
    point: Mapping[Language, str]
    step: Mapping[Language, str]


FIRST_VALUE = Topic(
    key="first_value",
    asked={"zh": "怎样从小处开始,尽快见到第一个结果", "en": "how to start small and see a first result soon"},
    point={
        "zh": "想和您对齐一件事:先让一个场景跑出第一个看得见的结果。",
        "en": "I would like to agree on one thing with you: one scenario first, with a first result you can see.",
    },
    step={
        "zh": "下一步:我们一起选定 1 个场景,写下什么算见到结果、由谁负责、哪天看结果。",
        "en": "Next step: we pick 1 scenario together and write down what counts as a result, who owns it and when.",
    },
)
RENEWAL = Topic(
    key="renewal",
    asked={"zh": "怎样回顾客户已经得到的价值和成果", "en": "how to review the value a customer has received"},
    point={
        "zh": "本期合同快到期了,想先和您一起看看这一期用出了什么结果、还差什么。",
        "en": "The current term is coming to its end; I would like to look with you at what it has brought.",
    },
    step={
        "zh": "下一步:我整理一页这一期的使用和结果,请您补上您看到的变化。",
        "en": "Next step: I prepare one page on use and results of this term, and you add the changes you have seen.",
    },
)
ADOPTION = Topic(
    key="adoption",
    asked={"zh": "怎样让更多的人真正用起来、用出结果", "en": "how to get more people to really use the product"},
    point={
        "zh": "想和您看看怎样让更多同事用起来,先从最需要它的一组人开始。",
        "en": "I would like to see with you how more colleagues can use it, beginning with the team that needs it.",
    },
    step={
        "zh": "下一步:您指一组人,我们一起看他们每天在哪一步停下来。",
        "en": "Next step: you name one team, and we look together at where they stop every day.",
    },
)
FIRST_TALK = Topic(
    key="first_talk",
    asked={"zh": "怎样问清客户最想要的结果", "en": "how to learn which result a customer wants most"},
    point={
        "zh": "想先听您说说:眼下最想解决的一件事是什么。",
        "en": "First I would like to hear from you: what is the one thing you want to solve now?",
    },
    step={
        "zh": "下一步:您说想要的结果,我据此准备同类的做法。",
        "en": "Next step: you tell me the result you want, and I prepare how others have gone about it.",
    },
)
REVIEW = Topic(
    key="review",
    asked={"zh": "怎样和客户一起定期回顾目标和结果", "en": "how to review goals and results together regularly"},
    point={
        "zh": "想和您一起回顾目前的进展,定下一个目标。",
        "en": "I would like to review progress with you and agree on the next goal.",
    },
    step={
        "zh": "下一步:请您告诉我接下来最想要的一个结果,我们据此定做法和日期。",
        "en": "Next step: tell me the one result you want most, and we set steps and a date from there.",
    },
)


class CustomerMessage:
    """Implements `Composer`. Inputs: `point` (what it is about), `to` (who is addressed), `from` (who signs)."""

    kind = DraftKind.CUSTOMER_MESSAGE

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def compose(self, order: Order) -> Composed:
        """Write a first text."""
        language, account = order.language, order.account
        topic = topic_of(account)
        wanted = account_facts.plain(order.inputs.get("point", ""))
        to = account_facts.plain(order.inputs.get("to", "")) or account_facts.contact(account) or _name(account)
        sender = account_facts.plain(order.inputs.get("from", "")) or order.person.name
        numbered = Numbered()
        source = self._sources.find(wanted or topic.asked[language], CUSTOMERS, accept=fit_to_send)
        support = None
        if source is not None:
            across = language == "en" and is_chinese(source.quote)
            words = _WORDS["support_across" if across else "support"][language].format(quote=shown(source.quote))
            support = f"{words} [{numbered.number(source)}]"
        parts = [
            _WORDS["greeting"][language].format(to=to),
            wanted or topic.point[language],
            ("" if language == "zh" else " ").join(account_facts.shared(account, language)),
            support,
            topic.step[language],
            _times(order),
            _WORDS["close"][language].format(sender=sender),
        ]
        return Composed(content="\n\n".join(part for part in parts if part), quotes=numbered.quotes)


def topic_of(account: Account) -> Topic:
    """Return what is most due; nobody who is no customer yet is spoken to as one."""
    if account.type is not RecordType.ACCOUNT:
        return FIRST_TALK
    if account_facts.ends_soon(account):
        return RENEWAL
    if account.facts.get("first_value_delivered") is False:
        return FIRST_VALUE
    return ADOPTION if account_facts.few_active(account) else REVIEW


def _name(account: Account) -> str:
    return account_facts.plain(account.name)


def fit_to_send(citation: Citation) -> bool:
    """Tell whether a quote may stand in what customers get: short, whole, and neither a promise nor a price break."""
    text = shown(citation.quote)
    unfit = PLACEHOLDER.search(text) or _ABOUT_THE_SOURCE.search(text) or promises(text) or discounts(text)
    return len(text) <= _LONGEST_QUOTE and not unfit


def _times(order: Order) -> str:
    # Not tomorrow: a person still has to read and confirm this.
    _, one, other = dates.working_days(order.today, 3)
    return _WORDS["times"][order.language].format(
        one=dates.spoken(one, order.language), other=dates.spoken(other, order.language)
    )


_WORDS: Mapping[str, Mapping[Language, str]] = {
    "greeting": {"zh": "{to},您好!", "en": "Dear {to},"},
    "support_across": {"en": "For reference (source in Chinese): {quote}"},
    "support": {"zh": "供您参考:{quote}", "en": "For reference: {quote}"},
    "times": {
        "zh": "您看哪个时间方便?\nA. {one} 10:00\nB. {other} 15:00\nC. 您定一个时间",
        "en": "Which time suits you?\nA. {one}, 10:00\nB. {other}, 15:00\nC. Another time of your choice",
    },
    "close": {"zh": "{sender}", "en": "Best regards\n{sender}"},
}
