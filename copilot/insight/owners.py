"""Whose an account is: the `owner` of its record, or else its `csm`, found among our people by id, address or name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.accounts.account import Account
from copilot.people.person import Person


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Accounts by the id of their person, in the order in which they came."""

    of: Mapping[str, Sequence[Account]]
    without: Sequence[Account]  #: their record names nobody, or somebody who is not one of our people

    def those_of(self, person: str) -> Sequence[Account]:
        """Return the accounts of a person."""
        return self.of.get(person, ())


def owner_name(account: Account) -> str:
    """Return what a record calls its owner, without blanks around it; empty where it says nothing."""
    return (account.text("owner") or account.text("csm") or "").strip()


def ownership(accounts: Sequence[Account], people: Sequence[Person]) -> Ownership:
    """Find the owner of each account. A name that two people have is nobody's: the id or address tells them apart."""
    known = _known(people)
    of: dict[str, list[Account]] = {}
    without = []
    for account in accounts:
        person = known.get(owner_name(account).casefold())
        if person is None:
            without.append(account)
        else:
            of.setdefault(person, []).append(account)
    return Ownership(of=of, without=without)


def _known(people: Sequence[Person]) -> Mapping[str, str]:
    """Return ids of people by what records may call them; ids win over addresses and these over names."""
    found: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for person in people:
        names.setdefault(person.name.strip().casefold(), set()).add(person.id)
    found.update({name: next(iter(ids)) for name, ids in names.items() if name and len(ids) == 1})
    found.update({person.email.strip().casefold(): person.id for person in people if person.email})
    found.update({person.id.casefold(): person.id for person in people})
    return found
