"""Which quotes may stand in what customers get or hear, and which case is near to a client (G1).

A document for customers also tells our own people how to use it; that part is not for a letter.
"""

from __future__ import annotations

import re

from copilot.accounts.account import Account
from copilot.drafting.account_facts import plain
from copilot.drafting.customer_message import fit_to_send
from knowledge.passage import Citation
from knowledge.text import fold

#: Sections about using a document, and what it does not say.
_ABOUT_USE = re.compile(
    r"怎样复用|怎么用|资料没有|没有说|成立条件|误区|话术|沉浸式|\b(?:reuse|how to use|not say|pitfalls?|conditions)\b",
    re.IGNORECASE,
)
#: Words among ourselves, and authors that a customer does not know.
_AMONG_US = re.compile(
    r"^第[一二三四五\d]+[段步级档]|手册|综述|原文|厂商|营销|销售|田原|Murphy|思维实验|不是真实|讲出去"
    r"|\b(?:PLG|CSM|NDR|LTV|CAC|KP|vendor|thought experiment)\b"
)


def fit_for_customers(citation: Citation) -> bool:
    """Tell whether a quote reads as if written to a customer."""
    about_use = any(_ABOUT_USE.search(heading) for heading in citation.heading_path)
    return (
        fit_to_send(citation) and not about_use and not _AMONG_US.search(f"{citation.passage.title}\n{citation.quote}")
    )


def in_common(citation: Citation, account: Account) -> tuple[str, ...]:
    """Return what a case shares with an account: industry before city; empty where nothing is known or alike."""
    metadata = citation.passage.metadata
    own = (
        (plain(account.text("industry") or ""), metadata.industries),
        (plain(account.text("city") or ""), metadata.cities),
    )
    return tuple(text for text, named in own if text and any(fold(one) in fold(text) for one in named))
