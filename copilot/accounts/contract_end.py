"""How a contract ends, and how systems and people write that down."""

from __future__ import annotations

from enum import StrEnum

from knowledge.text import fold


class ContractEnd(StrEnum):
    """The values of `contract_outcome`; a record has one from the day it is known until the next contract begins."""

    RENEWED = "renewed"
    EXPANDED = "expanded"  #: renewed for more than before: seats, edition, stores (I1)
    CHURNED = "churned"


_SPELLINGS = {
    ContractEnd.RENEWED: "续约 续签 续费 已续约 已续费 renewal renew",
    ContractEnd.EXPANDED: "增购 扩容 升级 续约并增购 已增购 upsell expansion",
    ContractEnd.CHURNED: "流失 已流失 未续 未续约 不续约 churn lost",
}
_BY_SPELLING = {word: end for end, words in _SPELLINGS.items() for word in words.split()} | {
    end.value: end for end in ContractEnd
}


def contract_end_of(written: str) -> ContractEnd | None:
    """Read an end in Chinese or English; None when it is none of them."""
    return _BY_SPELLING.get(fold(written).strip())
