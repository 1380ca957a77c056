"""Why a text must not become knowledge for everybody (REFERENCE #19). Rules on the text and on the accounts we know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from copilot.curating.candidate import gives_orders
from copilot.curating.publishing.known_accounts import KnownAccounts
from copilot.curating.publishing.personal import personal_data
from copilot.drafting.draft import Finding
from copilot.errors import (
    AnswerAccountSpecific,
    AnswerConversation,
    AnswerEmpty,
    AnswerInstructs,
    AnswerLinks,
    AnswerPersonal,
    AnswerSaysNothing,
    KnowledgeRefused,
)
from knowledge.chunk import same_words
from knowledge.text import fold, is_storable

#: Characters of an answer; a longer one is a document, to be ingested as such.
MOST_CHARACTERS = 8_000
_FEWEST = 2
_ONE_OFF = re.compile(
    r"(?:只|仅|就|单单|唯独)(?:给|对|限|限于|为|是)?(?:这|该|此|那|某|他们?|她们?|本)(?:一)?(?:个|家|位|次|单|回|笔)?(?:客户|单子|合同|企业|公司|家|次|回)"
    r"|(?:这|那)(?:个|家|位)客户(?:单独|特殊|例外|特批|专门)|下不为例|特批|破例|开(?:个|了)?(?:口子|后门)"
    r"|(?<!不)(?<!不能)单独(?:给|为|批|打|送|报)[^。;\n]{0,8}?(?:折|优惠|价|减|免|延)|一事一议(?:给|批)|例外(?:给|批|处理)(?:了|一下)"
    r"|\bfor (?:this|that|the one|his|her|their) (?:customer|client|account|deal|company) (?:only|alone)\b"
    r"|\bonly (?:for|this|that) (?:this |that )?(?:customer|client|account|deal|once|time)\b"
    r"|\bjust (?:this|that) once\b"
    r"|\bone[- ]off\b|\bthis (?:one )?time only\b|\bas an exception for\b"
)
_NUMBERED = re.compile(
    r"(?:客户|账号|账户|合同|订单|工单|租户|account|contract|order|tenant|ticket)\s*(?:编号|号码|号|id|no\.?|number)\s*(?:[:#是为]\s*)?"
    r"(?=[a-z0-9-]*\d)[a-z0-9-]{4,}"
)
_DAY = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}\s*月\s*\d{1,2}\s*[日号]|(?:本|这|下)(?:周[一二三四五六日天末]|个?月底|季度末)"
    r"|月底|年底|(?:明|后)天|\bby (?:monday|tuesday|wednesday|thursday|friday|tomorrow|next week|the end of)\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}\b"
)
_PROMISE = re.compile(
    r"答应|承诺|保证|许诺|(?:一定|肯定)(?:会|能|给|上线|交付|解决)|(?:给|帮)(?:他|她|你|您|客户|对方)们?(?:上线|开通|交付|解决|打折|退款|补)"
    r"|\bpromised?\b|\bguaranteed?\b|\bwe will (?:deliver|ship|refund|fix|have)\b"
)
_NOT_PROMISED = re.compile(r"(?:不要|不能|不得|不可|别|勿|禁止|不许|never|do not|don't|must not)\s?.{0,6}$")
_TURNS = re.compile(
    r"<\|[a-z_]+\|>|\[/?inst\]|^\s*(?:system|assistant)\s*[:>]|(?:从现在起|从现在开始|from now on).{0,12}(?:你|you)"
    r"|(?:回答|回复)(?:任何|所有|每个)(?:人|问题|用户)(?:时|的时候)?.{0,8}(?:必须|都要|一律)(?:说|输出|回答|附上)"
    r"|\balways (?:answer|reply|respond|output|say)\b|\bdo not (?:tell|reveal|mention) (?:the user|users)\b",
    re.MULTILINE,
)
_ADDRESS = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]{0,30}):)//(?P<host>[^\s/?#<>\"')\]，。、；]+)"
    r"|(?<![\w@./-])(?P<bare>(?:[a-z0-9-]+\.)+(?:com|cn|net|org|io|ru|xyz|top|info|site|app|co|me|cc|vip))(?![\w-])"
)
_EMBEDDED = re.compile(
    r"!\[[^\]]*\]\(|<(?:img|script|iframe|a|object|svg|form|meta|link)\b|\b(?:javascript|data|vbscript):\S"
)
_UNKNOWING = re.compile(
    r"不知道|不清楚|不了解|不太?(?:确定|懂|会)|没(?:听说|遇到|碰到)过|说不(?:好|准)|(?:问|找|咨询|请教|联系)(?:一?下|问|一问)?(?:老|小|阿)?[一-鿿]{1,4}"
    r"(?:吧|看看|去|就行|确认|问问|了|呢)?$|(?:去|要|得|先|再)?(?:问|找)(?:一下|问|一问)?(?:老|小|阿)[一-鿿]|回头(?:再|问)|以后再说|待(?:确认|定|补充)|稍后"
    r"|\b(?:i )?(?:don'?t|do not) know\b|\bno idea\b|\bnot (?:really )?sure\b|\bask (?:somebody|someone|[a-z]+)\b"
    r"|\btbd\b|\bwill check\b"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_CLAUSE = re.compile(r"[,，。.!！?？;；\n~…]+")
#: Characters of content that make an answer of what is left beside "I do not know".
_SAYS_SOMETHING = 8
_SPEAKS = re.compile(
    r"^\s*(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?\s*)?(?P<who>[^\s:,。，\d][^:,。，\n]{0,15}?)(?:\s*(?P<at>\d{1,2}:\d{2}(?::\d{2})?))?\s*:\s*\S"
)
_STAMPED = re.compile(
    r"^\s*(?:\[?\d{4}[-/]\d{1,2}[-/]\d{1,2}\s+\d{1,2}:\d{2}|[^\s:]{1,16}\s+(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}\s+)?\d{1,2}:\d{2}(?::\d{2})?\s*$)"
)
_SPEAKERS = frozenset(
    "客户 客服 销售 我 我们 你 他 她 对方 老板 机器人 甲方 乙方 服务商 顾问".split()  # noqa: SIM905
    + "customer client agent me you bot user sales csm support rep he she".split()  # noqa: SIM905
)
_VISIBLE_FORMATS = "\u200c\u200d\ufe0f"  # what emoji and some scripts are spelled with


#: What is asked of answers alone.
_OF_ANSWERS = (AnswerEmpty, AnswerSaysNothing, AnswerConversation)


class Refusals:
    """Reads a text as a stranger's: whatever it says, it is data."""

    def __init__(self, accounts: KnownAccounts, allowed_hosts: Collection[str] = ()) -> None:
        """`allowed_hosts`: where links may lead to, each by its own name."""
        self._accounts = accounts
        self._hosts = frozenset(host.lower() for host in allowed_hosts)

    def at_once(self) -> Refusals:
        """Return the same with the accounts as they are now, to read several texts by."""
        known = list(self._accounts())
        return Refusals(lambda: iter(known), self._hosts)

    def of(self, text: str) -> list[KnowledgeRefused]:
        """Return every reason against an answer, the weightiest first; empty when it may be drafted."""
        return list(self._found(text))

    def of_question(self, text: str) -> list[KnowledgeRefused]:
        """Return every reason against a question or title, which need not say anything by itself."""
        return [one for one in self._found(text) if not isinstance(one, _OF_ANSWERS)]

    def check(self, answer: str, *questions: str) -> None:
        """Refuse with the first reason; the message holds all of them.

        Raises:
            KnowledgeRefused: a subclass for each reason.
        """
        reading = self.at_once()
        found = [*reading.of(answer), *(one for text in questions for one in reading.of_question(text))]
        if found:
            message = "\n".join(dict.fromkeys(one.message for one in found))
            raise type(found[0])(message)

    def findings(self, answer: str, *questions: str) -> tuple[Finding, ...]:
        """Return the same as findings of a draft."""
        reading = self.at_once()
        found = [(one, "answer") for one in reading.of(answer)]
        found += [(one, "questions") for text in questions for one in reading.of_question(text)]
        told = (Finding(code=one.code, severity="error", message=one.message, place=place) for one, place in found)
        return tuple(dict.fromkeys(told))

    def _found(self, text: str) -> Iterator[KnowledgeRefused]:
        zh = _HAN.search(text) is not None or not text.strip()
        if not text.strip() or not is_storable(text) or len(same_words(text)) < _FEWEST:
            yield AnswerEmpty(
                "没有回答的内容。写下完整的回答再提交。" if zh else "There is no answer. Write one that is complete."
            )
            return
        if len(text) > MOST_CHARACTERS:
            yield AnswerEmpty(
                f"回答有 {len(text)} 字,最多 {MOST_CHARACTERS} 字。更长的请作为文档上传。"
                if zh
                else f"The answer has {len(text)} characters; at most {MOST_CHARACTERS} fit. Upload it as a document."
            )
            return
        folded = fold(text)
        yield from self._personal(text, zh=zh)
        yield from self._specific(folded, zh=zh)
        if _gives_orders(text, folded):
            yield AnswerInstructs(
                "文字里有给语言模型的指令或看不见的字符。只写给同事看的内容。"
                if zh
                else "It gives orders to a language model, or holds invisible characters. Write to colleagues alone."
            )
        yield from self._links(folded, zh=zh)
        if _says_nothing(folded):
            yield AnswerSaysNothing(
                "这还不是答案。请写下答案本身,或把缺口转给知道的人。"
                if zh
                else "This is no answer yet. Write what is so, or hand the gap to somebody who knows."
            )
        if _is_conversation(folded):
            yield AnswerConversation(
                "这是一段多人对话。把结论改写成一段完整的回答,不带发言人。"
                if zh
                else "This is a piece of a conversation. Write what came of it as one answer, without the speakers."
            )

    def _personal(self, text: str, *, zh: bool) -> Iterator[KnowledgeRefused]:
        found = list(personal_data(text))
        if found and zh:
            shown = "、".join(f"{one.kind_zh} {one.masked}" for one in found)
            yield AnswerPersonal(f"含有个人信息:{shown}。请删去,改写成岗位或公开渠道(如“客服热线”)。")
        elif found:
            shown = ", ".join(f"{one.kind} {one.masked}" for one in found)
            yield AnswerPersonal(f"It holds data of a person: {shown}. Take it out and name a post or public channel.")

    def _specific(self, folded: str, *, zh: bool) -> Iterator[KnowledgeRefused]:
        named = next(filter(None, (account.named_in(folded) for account in self._accounts())), None)
        if named is not None:
            yield AnswerAccountSpecific(
                f"提到了客户或联系人“{named}”。知识写给所有人:去掉名字,写成通用的做法。"
                if zh
                else f"It names the account or contact {named!r}. Write what holds for all, without the name."
            )
        said = _ONE_OFF.search(folded) or _NUMBERED.search(folded)
        if said is not None:
            yield AnswerAccountSpecific(
                f"“{said.group()}”只对一家或一次成立。写成对所有客户都成立的规则,特例不进知识库。"
                if zh
                else f"{said.group()!r} holds for one account or once. Write the rule for all; exceptions stay out."
            )
        promise = next(filter(_promises_a_day, re.split(r"[。!?！？\n]", folded)), None)
        if promise is not None:
            yield AnswerAccountSpecific(
                f"“{promise.strip()[:40]}”是对某一天的承诺。去掉日期和承诺,或写成长期有效的规则。"
                if zh
                else f"{promise.strip()[:40]!r} promises something by a day. Write a rule that lasts, without the day."
            )

    def _links(self, folded: str, *, zh: bool) -> Iterator[KnowledgeRefused]:
        for match in _ADDRESS.finditer(folded):
            host = (match["host"] or match["bare"] or "").rpartition("@")[2]
            if host in self._hosts or host.partition(":")[0] in self._hosts:
                continue
            yield _linked(host, zh=zh)
            return
        if (embedded := _EMBEDDED.search(folded)) is not None:
            yield _linked(embedded.group(), zh=zh)


def _linked(shown: str, *, zh: bool) -> AnswerLinks:
    return AnswerLinks(
        f"链接“{shown[:60]}”不在允许的地址里。写出内容本身,或请管理员加入 COPILOT_WEB_ALLOWED。"
        if zh
        else f"The link {shown[:60]!r} leads to no allowed host. Write what stands there, or have it added to "
        "COPILOT_WEB_ALLOWED."
    )


def _gives_orders(text: str, folded: str) -> bool:
    hidden = any(unicodedata.category(c) in ("Cf", "Co", "Cs") and c not in _VISIBLE_FORMATS for c in text)
    return hidden or gives_orders(folded) or _TURNS.search(folded) is not None


def _promises_a_day(sentence: str) -> bool:
    said = _PROMISE.search(sentence)
    return said is not None and _DAY.search(sentence) is not None and not _NOT_PROMISED.search(sentence[: said.start()])


def _says_nothing(folded: str) -> bool:
    clauses = [one.strip() for one in _CLAUSE.split(folded) if one.strip()]
    unknowing = [one for one in clauses if _UNKNOWING.search(one)]
    left = "".join(same_words(one) for one in clauses if one not in unknowing)
    return bool(unknowing) and len(left) < _SAYS_SOMETHING


def _is_conversation(folded: str) -> bool:
    lines = [line for line in folded.split("\n") if line.strip()]
    if sum(_STAMPED.match(line) is not None for line in lines) > 1:
        return True
    spoken = [match["who"].strip("*- ") for line in lines if (match := _SPEAKS.match(line))]
    who = set(spoken)
    # Labels of steps stand once each; people take turns.
    return len(who) > 1 and (len(who & _SPEAKERS) > 1 or (len(spoken) > 2 and len(spoken) - len(who) >= len(who) - 1))
