"""The accounts and people that an answer for everybody must not name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from copilot.accounts.account import Account, AccountId
from copilot.accounts.store import AccountStore
from knowledge.text import fold

_AT_ONCE = 500
_NAME_NOTE = re.compile(r"[(（][^()（）]*[)）]\s*$")
#: Shorter names are everyday words; a person's name of two characters counts beside a form of address.
_SHORTEST, _SHORTEST_ID = 3, 4
_ADDRESSED = r"(?=总|经理|老师|女士|先生|小姐|那边|那里|的(?:合同|账号|订单|客户|手机|电话|微信|公司|单子|项目))"


@dataclass(frozen=True, kw_only=True)
class KnownAccount:
    """How an account may be named in a text, folded."""

    id: str
    name: str
    contacts: Sequence[str]

    def named_in(self, folded: str) -> str | None:
        """Return what names it."""
        if len(self.name) >= _SHORTEST and self.name in folded:
            return self.name
        # Looked for first as it stands: a pattern for each of thousands of accounts takes seconds to make.
        if len(self.id) >= _SHORTEST_ID and self.id in folded and _is_word(self.id, folded):
            return self.id
        return next((one for one in self.contacts if _is_named(one, folded)), None)


#: Asked anew for every text: records come and go.
KnownAccounts = Callable[[], Iterator[KnownAccount]]


def known_accounts(store: AccountStore) -> KnownAccounts:
    """Return the accounts of a store, read in pages."""

    def read() -> Iterator[KnownAccount]:
        after: AccountId | None = None
        while page := store.list(_AT_ONCE, after):
            yield from map(_known, page)
            after = page[-1].id

    return read


def _known(account: Account) -> KnownAccount:
    people = account.facts.get("kp")
    entries = people if isinstance(people, Sequence) and not isinstance(people, str) else []
    names = [one.get("name") for one in entries if isinstance(one, dict)]
    return KnownAccount(
        id=fold(account.id),
        name=fold(_NAME_NOTE.sub("", account.text("name") or "").strip()),
        contacts=[fold(one.strip()) for one in names if isinstance(one, str) and len(one.strip()) > 1],
    )


def _is_word(id: str, folded: str) -> bool:
    return re.search(rf"(?<![a-z0-9-]){re.escape(id)}(?![a-z0-9-])", folded) is not None


def _is_named(name: str, folded: str) -> bool:
    if name not in folded:
        return False
    return len(name) >= _SHORTEST or re.search(re.escape(name) + _ADDRESSED, folded) is not None
