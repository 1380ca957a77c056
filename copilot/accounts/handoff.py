"""From lead to opportunity, from sales to customer success: what has to be there first (B5, B7)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.accounts.account import Account
from copilot.accounts.finding import FactFinding
from copilot.accounts.lifecycle import Stage
from knowledge.text import fold

#: What sales hands over, under the names in the field `handoff` (B5).
HANDOFF_ITEMS: Mapping[str, tuple[str, str]] = {
    "client_info": ("客户信息", "who the customer is"),
    "promises": ("已作出的承诺", "what was promised"),
    "owner": ("接手人", "who takes over"),
    "method": ("交接方式", "how it is handed over"),
}
_NEED = re.compile(
    r"需求|诉求|痛点|想要|希望|想把|想解决|要解决|needs?\b|wants?\b|pain point|looking for|would like", re.IGNORECASE
)
_NO_NEED = re.compile(
    r"(?:没有?|无|暂无|不明确|未确认|不清楚|没说)[^,。;]{0,6}(?:需求|诉求|痛点)|(?:需求|诉求|痛点)[^,。;]{0,4}(?:不明|未知|不清|没有|待)"
    r"|\b(?:no|not|don't|doesn't|does not|unknown)\b[^.;]{0,20}\b(?:needs?|wants?|pain)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。!?;\n.]+")


def handoff_missing(account: Account) -> tuple[str, ...]:
    """Return the items of the handoff that nobody has written down; none once it is done (B5)."""
    told = account.facts.get("handoff")
    handoff = told if isinstance(told, dict) else {}
    if handoff.get("done") is True:
        return ()
    return tuple(item for item in HANDOFF_ITEMS if handoff.get(item) in (None, "", [], {}, False))


def handoff_findings(account: Account, stage: Stage | None) -> tuple[FactFinding, ...]:
    """Tell that onboarding begins before sales has handed over; told, not refused, since the CRM says what is."""
    missing = handoff_missing(account)
    if stage is not Stage.ONBOARDING or not missing:
        return ()
    zh = "、".join(HANDOFF_ITEMS[item][0] for item in missing)
    en = ", ".join(HANDOFF_ITEMS[item][1] for item in missing)
    return (
        FactFinding(
            field="handoff",
            code="handoff_incomplete",
            message_zh=f"已进入新手启动,但销售交接还缺:{zh}。先补齐交接再启动(B5)。",
            message_en=f"Onboarding has begun, but the handoff lacks: {en}. Complete it before the start (B5).",
        ),
    )


def may_convert(account: Account) -> tuple[str, ...]:
    """Return what a lead lacks to become an opportunity: `contact`, `business_need` or both (B7).

    A contact is a person in `kp` with a name, or the field `contact`. A need is the field `business_need`, or a
    sentence of the notes that tells one and does not deny it.
    """
    people = account.facts.get("kp")
    named = isinstance(people, list) and any(
        isinstance(one, dict) and str(one.get("name") or "").strip() for one in people
    )
    missing = () if named or account.text("contact") else ("contact",)
    needed = account.text("business_need") or _tells_need(account.text("notes") or "")
    return missing if needed else (*missing, "business_need")


def _tells_need(notes: str) -> bool:
    return any(_NEED.search(one) and not _NO_NEED.search(one) for one in _SENTENCE.split(fold(notes)))
