"""Is the same thing affirmed or denied, and does it point the same way?

Only clauses that share most of their words are compared: a rule cannot tell what a free paraphrase negates, and a
false alarm would drop a right sentence.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.text import terms

#: Share of a clause's content that has to stand in the other for the two to say something about the same thing.
ALIGNED = 0.6
#: And of the other in it: a denial in the rest of a much longer clause is about something else.
_COVERED = 0.34
#: A shorter clause matches by chance.
_FEWEST_TERMS = 2

_CLAUSE_END = re.compile(r"[,，。;；:：!！?？\n()（）]|(?<=[a-z)])\.(?=\s|$)| - |——")
#: Words with a negating character that negate nothing, or negate twice.
_NEUTRAL = re.compile(
    r"(?:不要|不能|不|别)等到?(?=.*[才再])|不得不|不能不|不可不|不会不|无不|莫不|不仅|不但|不只|不光|不单|不止"
    r"|不断|不同|不错|不过|差不多|不管|不论|无论|不妨|不禁|不如|不等|不愧|不久"
    r"|不用说|不(?:超过|多于|高于|大于|少于|低于|小于|足)|不得(?:超过|低于|高于|多于|少于)"
    r"|是不是|能不能|会不会|要不要|有没有|可不可以|好不好|行不行|该不该|值不值得?|要不是|对不起|无非|无疑|非常"
    r"|除非|未来|没错|无线"
    r"|别人|别的|特别|级别|区别|分别|个别|类别|性别|识别|鉴别|判别|辨别|告别|差别|莫过于|并非不"
    r"|\bnot only\b|\bnot just\b|\bno doubt\b|\bno matter\b|\bwhether or not\b|\bif not\b|\bno less than\b"
    r"|\bno more than\b"
    r"|\bnot more than\b|\bnot less than\b|\bno fewer than\b|\bno later than\b"
)
_NEGATION = re.compile(
    r"不(?:允许|应该|可以|能够|需要|得|能|要|应|可|许|准|会|是|该|必|宜|用)?|没有|没|未|无法|无需|无须|毋须|无"
    r"|勿|莫|别(?=[一-鿿a-z])|并非"
    r"|禁止|严禁|禁|避免|切忌|拒绝|杜绝|防止|免得|失去|丧失|缺少|缺乏|去掉|除去|排除|剔除"
    r"|\bnot\b|\bnever\b|\bno\b|\bnone\b|\bneither\b|\bnor\b|\bwithout\b|\bcannot\b|n['’]t\b|\bavoid(?:s|ed|ing)?\b"
    r"|\bforbid(?:s|den)?\b|\bprohibit(?:s|ed)?\b|\brefus(?:e|es|ed)\b|\bnobody\b|\bnothing\b|\bunless\b"
    r"|\brather than\b|\binstead of\b"
    r"|\bforbidden\b|\bbanned\b"
)
#: Carry no content of their own in a comparison of clauses.
_MODAL = re.compile(
    r"应该|可以|能够|需要|必须|允许|一定|已经|应当|务必|[能可要会得应该须了着过的地就都才也还再又将把被]"
    r"|\b(?:should|can|could|must|may|might|will|would|do|does|did|is|are|be|to|the|a|an|has|have)\b"
)

#: Two ways to go; a clause that goes one way does not follow from the same clause going the other.
_OPPOSITES = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        (
            r"提高|提升|增加|上升|上涨|增长|扩大|加大|升高|涨|加快|延长|\b(?:increas|rais|ris|grow|lengthen"
            r"|expand)\w*",
            r"降低|减少|下降|下跌|下滑|缩小|缩短|减小|跌|减慢|放慢|\b(?:decreas|reduc|lower|drop|fall|shrink"
            r"|shorten|declin)\w*",
        ),
        (r"更多|更高|更大|更长|多于|高于|大于|超过|优于|\b(?:more|higher|larger|longer|greater|above)\b",
         r"更少|更低|更小|更短|少于|低于|小于|不足|不如|\b(?:fewer|less|smaller|shorter|below)\b"),
        (r"(?:之|以|提)前|(?<=[期束约签款线周天月])前|前(?=\s*[\d一二两三四五六七八九十])|\b(?:before|prior to"
        r"|ahead of|earlier than)\b",
         r"(?:之|以)后|(?<=[期束约签款线周天月])后|后(?=\s*[\d一二两三四五六七八九十])|延后|推迟|\b(?:after"
         r"|following|later than)\b"),
        (r"最好|最佳|最高|最大|最多|\b(?:best|highest|largest|most)\b",
         r"最差|最坏|最低|最小|最少|\b(?:worst|lowest|smallest|least)\b"),
        (r"主动|\bproactiv\w+", r"被动|\b(?:passiv|reactiv)\w+"),
        (r"鼓励|支持|赞成|\b(?:encourag|support)\w*", r"反对|劝阻|\b(?:discourag|oppos)\w*"),
        (r"(?<!间)直接|\bdirect\w*", r"间接|\bindirect\w*"),
        (r"内部|\binternal\w*", r"外部|\bexternal\w*"),
        (r"线上|\bonline\b", r"线下|\boffline\b"),
        (r"成功(?!经理|部|团队)|\bsucceed\w*", r"失败|\bfail\w*"),
        (r"上限|封顶|\bceiling\b", r"下限|保底|\bfloor\b"),
        (r"先(?=[看做问谈签定补把])", r"后(?=[看做问谈签定补把])"),
    )
)  # fmt: skip


@lru_cache(maxsize=4096)
def denials(folded: str) -> int:
    """Count what negates; an odd count denies."""
    return len(_NEGATION.findall(_NEUTRAL.sub(" ", folded)))


@lru_cache(maxsize=4096)
def content(folded: str) -> frozenset[str]:
    """Return the matching terms of a clause without what negates or turns it and without helping verbs."""
    stripped = _NEGATION.sub(" ", _NEUTRAL.sub(" ", folded))
    for ways in _OPPOSITES:
        for way in ways:
            stripped = way.sub(" ", stripped)
    return frozenset(terms(_MODAL.sub(" ", stripped)))


def clauses(folded: str) -> list[str]:
    """Cut a folded text into clauses."""
    return [clause.strip() for clause in _CLAUSE_END.split(folded) if clause and clause.strip()]


def opposite_ways(one: str, other: str) -> bool:
    """Tell whether two folded clauses go opposite ways, whatever they negate."""
    return any(
        bool((one_way.search(one) and other_way.search(other)) or (other_way.search(one) and one_way.search(other)))
        and not (one_way.search(one) and other_way.search(one))
        and not (one_way.search(other) and other_way.search(other))
        for one_way, other_way in _OPPOSITES
    )


def contradict(one: str, other: str) -> bool:
    """Tell whether two folded clauses about the same thing contradict: one denial more, or the other way, not both."""
    return (denials(one) % 2 != denials(other) % 2) != opposite_ways(one, other)


def contradicts(sentence: str, evidence: str) -> bool:
    """Tell whether a clause of the sentence is denied or reversed by the evidence (both folded).

    Each clause is held against the clause of the evidence that shares most with it; where several share as much, one
    that agrees is enough.
    """
    stated = [(clause, content(clause)) for clause in clauses(evidence)]
    for clause in clauses(sentence):
        said = content(clause)
        if len(said) < _FEWEST_TERMS:
            continue
        shares = [
            (len(said & words) / len(said), text)
            for text, words in stated
            if len(said & words) >= _COVERED * len(words)
        ]
        best = max((share for share, _ in shares), default=0.0)
        if best >= ALIGNED and all(contradict(clause, text) for share, text in shares if share >= best - 1e-9):
            return True
    return False
