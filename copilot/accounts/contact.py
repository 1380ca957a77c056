"""A contact of a customer, as records and texts name them; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from copilot.accounts.account import Account, Facts
from copilot.accounts.events import AccountEvent
from copilot.accounts.signal import SignalValue
from copilot.people.person import Person
from copilot.privacy.masking import MASK, masked
from copilot.privacy.personal import find

#: How people are called who have no name of their own in a record.
_COMMON = frozenset(
    {"客户", "老板", "经理", "总监", "先生", "女士", "店长", "会计", "财务", "boss", "manager", "owner"}
)
_OURS = ("owner", "sponsor")  #: fields of a record that name our own people
_ABOUT_KP = frozenset({AccountEvent.KP_LEFT.value, AccountEvent.KP_CHANGED.value})
_SENTENCES = re.compile("[^\u3002;\uff1b!\uff01?\uff1f\n]*[\u3002;\uff1b!\uff01?\uff1f\n]?")  #: of both scripts
_LEAST = 2  #: characters of a name that is looked for in texts
_LEAST_LATIN = 3  #: two Latin letters are too many other words


@dataclass(frozen=True, kw_only=True)
class Contact:
    """`words`: numbers and addresses of theirs in the record. `limit`: why texts are not searched for the name."""

    name: str
    words: tuple[str, ...] = ()
    limit: tuple[str, str] | None = None  #: zh, en

    def is_named(self, value: object) -> bool:
        """Whether a value of one field is this name, and nothing else."""
        return isinstance(value, str) and _plain(value) == _plain(self.name)

    def is_in(self, value: object) -> bool:
        """Whether any text in a plain value names them, or holds a number or address of theirs."""
        return any(pattern.search(text) for text in _texts(value) for pattern, _ in self._patterns(""))

    def replaced(self, value: object, pseudonym: str) -> object:
        """Return a plain value with the pseudonym for the name and a mask for their numbers, in every text and key.

        Numbers in a sentence that names them are taken for theirs.
        """
        if isinstance(value, str):
            if self.limit is None:
                named, sentences = _pattern(self.name), _SENTENCES.findall(value)
                value = "".join(masked(one) if named.search(one) else one for one in sentences)
            for pattern, instead in self._patterns(pseudonym):
                value = instead.join(pattern.split(value))  # `sub` would read a backslash in what it puts in
            return value
        if isinstance(value, Mapping):
            return {self.replaced(key, pseudonym): self.replaced(one, pseudonym) for key, one in value.items()}
        return [self.replaced(one, pseudonym) for one in value] if isinstance(value, list) else value

    def _patterns(self, pseudonym: str) -> Iterator[tuple[re.Pattern[str], str]]:
        for word in sorted(self.words, key=len, reverse=True):
            yield _pattern(word), MASK
        if self.limit is None:
            yield _pattern(self.name), pseudonym


def contact_of(account: Account, name: str, ours: Collection[Person]) -> Contact:
    """Return whom a name means in a record, and whether it can be looked for in texts without hitting others."""
    bare = Contact(name=name.strip())
    theirs = [one for one in _key_people(account.facts) if bare.is_named(one.get("name"))]
    found = {
        text[one.start : one.end] for person in theirs for text in _texts(person) for one in find(text, unchecked=True)
    }
    return Contact(name=bare.name, words=tuple(sorted(found)), limit=_limit(account, bare, ours))


def people_of(facts: Facts, contact: Contact) -> list[Mapping[str, object]]:
    """Return the entries of the key people that are this contact."""
    return [one for one in _key_people(facts) if contact.is_named(one.get("name"))]


def facts_without(facts: Facts, contact: Contact, pseudonym: str) -> Facts:
    """Return facts without the contact: their entry is gone, texts about others stay with the pseudonym in them."""
    left: dict[str, object] = {}
    for field, value in facts.items():
        if field in _OURS or (field == "contact" and contact.is_named(value)):
            left |= {field: value} if field in _OURS else {}
            continue
        if field == "kp" and isinstance(value, list):
            value = [one for one in value if not (isinstance(one, Mapping) and contact.is_named(one.get("name")))]
        left[field] = contact.replaced(value, pseudonym)
    return left


def value_without(name: str, value: SignalValue, contact: Contact, pseudonym: str) -> SignalValue:
    """Return what an observation says, without the contact: an event about them alone says only that it happened."""
    if name in _OURS:
        return value
    if name in _ABOUT_KP and contact.is_named(value):
        return None
    changed = contact.replaced(value, pseudonym)
    return changed if changed is None or isinstance(changed, bool | int | float | str) else value


def _limit(account: Account, contact: Contact, ours: Collection[Person]) -> tuple[str, str] | None:
    name = contact.name
    if len(name) < (_LEAST_LATIN if name.isascii() else _LEAST) or _plain(name) in _COMMON:
        return "名字太短或太常见", "the name is too short or too common"
    # A part of another name counts: to take 王敏 out of 王敏敏 would change somebody else's.
    inside = [*(part for one in ours for part in (one.id, one.name)), *(account.text(field) for field in _OURS)]
    if any(part and _pattern(name).search(part) for part in inside):
        return "我们自己的人也叫这个名字", "one of our own people has this name too"
    others = [one.get("name") for one in _key_people(account.facts) if not contact.is_named(one.get("name"))]
    if any(isinstance(part, str) and _pattern(name).search(part) for part in [*others, account.text("name")]):
        return "客户名或另一位联系人的名字里也有它", "the name of the account or of another contact holds it"
    return None


def _key_people(facts: Facts) -> list[Mapping[str, object]]:
    people = facts.get("kp")
    return [one for one in people if isinstance(one, Mapping)] if isinstance(people, list) else []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from (*_texts(key), *_texts(one))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _pattern(word: str) -> re.Pattern[str]:
    """Latin words end at Latin letters alone: in 「Anna的」 the name ends before 的."""
    edge = r"(?<![A-Za-z0-9_]){}(?![A-Za-z0-9_])" if word.isascii() else "{}"
    return re.compile(edge.format(re.escape(word)), re.IGNORECASE)
