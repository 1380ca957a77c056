"""Facts of an account in sentences that its own people may read.

Nothing of how we judge it: no notes, no NPS, no relationship.
"""

from __future__ import annotations

from collections.abc import Sequence

from copilot.accounts.account import Account, RecordType
from copilot.answering.inert import inert
from copilot.drafting.composer import Language

#: Fewer active seats than this share are worth a word.
FEW_ACTIVE = 0.6
#: Days before the end of a contract from which it is spoken of.
RENEWAL_WINDOW_DAYS = 90


def number(account: Account, name: str) -> int | float | None:
    """Return a fact that is a number."""
    value = account.facts.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def texts(account: Account, name: str) -> list[str]:
    """Return the texts of a fact that is a list of them, inert and on one line each."""
    value = account.facts.get(name)
    found = value if isinstance(value, Sequence) and not isinstance(value, str) else []
    return [plain(one) for one in found if isinstance(one, str) and one.strip()]


def contact(account: Account) -> str | None:
    """Return the name of the first key person."""
    people = account.facts.get("kp")
    for person in people if isinstance(people, Sequence) and not isinstance(people, str) else []:
        name = person.get("name") if isinstance(person, dict) else None
        if isinstance(name, str) and name.strip():
            return plain(name)
    return None


def our_owner(account: Account, person: str) -> str:
    """Return who of us answers for the account: as the record says, else the person who asks."""
    return plain(account.text("owner") or "") or person


def plain(text: str) -> str:
    """Return text of a record as it may stand in Markdown that we send."""
    return inert(" ".join(text.split())).replace("|", "/")


def shared(account: Account, language: Language) -> list[str]:
    """Return one sentence per fact that both sides know."""
    zh = language == "zh"
    days, end = number(account, "days_since_signing"), number(account, "contract_end_in_days")
    bought, active = number(account, "seats_bought"), number(account, "seats_active")
    features, done = texts(account, "key_features_used"), texts(account, "milestones")
    told = []
    if days is not None:
        told.append(f"签约到今天是第 {days} 天。" if zh else f"Today is day {days} since signing.")
    if bought:
        told.append(
            f"购买了 {bought} 个账号,目前有 {active} 个在用。"
            if zh and active is not None
            else f"{active} of {bought} seats are in use."
            if active is not None
            else f"购买了 {bought} 个账号。"
            if zh
            else f"You have {bought} seats."
        )
    if features:
        joined = "、".join(features) if zh else ", ".join(features)
        told.append(f"正在使用:{joined}。" if zh else f"In use: {joined}.")
    if done and account.type is RecordType.ACCOUNT:
        joined = "、".join(done) if zh else ", ".join(done)
        told.append(f"已经走到:{joined}。" if zh else f"Reached so far: {joined}.")
    if end is not None and 0 <= end <= RENEWAL_WINDOW_DAYS:
        told.append(f"本期合同还有 {end} 天到期。" if zh else f"The contract ends in {end} days.")
    return told


def few_active(account: Account) -> bool:
    """Tell whether many bought seats are not used."""
    bought, active = number(account, "seats_bought"), number(account, "seats_active")
    return bool(bought) and active is not None and active < FEW_ACTIVE * float(bought or 0)


def ends_soon(account: Account) -> bool:
    """Tell whether the contract ends within the window."""
    end = number(account, "contract_end_in_days")
    return end is not None and 0 <= end <= RENEWAL_WINDOW_DAYS
