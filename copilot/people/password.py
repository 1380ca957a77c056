"""Passwords: which may be chosen, and how they are kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copilot.errors import PasswordRefused
from copilot.people.person import Person
from copilot.transaction import Transaction

#: NIST SP 800-63B-4 §3.1.1.2: length counts, what it is composed of does not; common ones are refused.
SHORTEST = 12
LONGEST = 256  # characters; hashing a book would be work for nothing
#: So many different characters make no password, however often they come.
_FEW = 4
#: Without the names that everybody knows, this much must be left.
_OWN = 6
_PRODUCT = ("copilot", "frontline", "前线副驾")
#: Of 12 characters or more; shorter ones are too short anyway. Compared in lower case.
_COMMON = frozenset(
    """
    password1234 password12345 password123456 passwordpassword p@ssw0rd1234 passw0rd1234 password@123 admin1234567
    administrator adminadmin123 admin@123456 root12345678 welcome12345 welcome123456 letmein12345 letmeinplease
    iloveyou1234 iloveyou12345 iloveyou520 woaini123456 woaini1314520 woaini5201314 5201314woaini qwertyuiop12
    qwertyuiop123 qwertyuiop[] qwerty123456 qwerty1234567 qwertyuiopasdf qwertyuiopasdfghjkl asdfghjkl123
    asdfghjkl1234 zxcvbnm12345 zxcvbnmasdfgh 1q2w3e4r5t6y 1qaz2wsx3edc 1qaz2wsx3edc4rfv qazwsxedcrfv qazwsx123456
    zaq12wsxcde3 q1w2e3r4t5y6 1234qwerasdf 1234567890qwe qwe1234567890 abc123456789 abcd12345678 abcdefghijkl
    abcdefg12345 abcdefg123456 a123456789012 aa1234567890 a12345678910 123456abcdef 123456789abc 1234567890ab
    123456789qwe 12345678910a 123123123123 112233445566 111222333444 121212121212 147258369000 147258369147
    159753159753 520131452013 changeme1234 changemenow12 secret123456 trustno1trustno1 monkey123456 dragon123456
    sunshine1234 princess1234 football1234 baseball1234 superman1234 michael12345 charlie12345 correcthorsebatterystaple
    """.split()  # noqa: SIM905  # a list that is read by people
)
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")


class Fault(StrEnum):
    """Why a password cannot be chosen."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"  #: hardly more than a name that others know


def normal(password: str) -> str:
    """Return the form that is hashed: the same for every keyboard that composes letters differently (RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password)


def checked(password: str, person: Person) -> str:
    """Return a password that may be chosen, as it is hashed.

    Raises:
        PasswordRefused: says what is wrong with it, never what it was.
    """
    text = normal(password)
    fault = _fault(text, person)
    if fault is not None:
        raise PasswordRefused(_MESSAGES[fault], fault)
    return text


def _fault(text: str, person: Person) -> Fault | None:
    if len(text) < SHORTEST:
        return Fault.SHORT
    if len(text) > LONGEST:
        return Fault.LONG
    low = text.lower()
    if low in _COMMON or len(set(low)) <= _FEW or _is_run(low):
        return Fault.COMMON
    left = low
    for word in (*_PRODUCT, person.name, person.id, *(person.email or "").split("@")):
        left = left.replace(word.lower(), "") if len(word) > 1 else left
    return Fault.PERSONAL if left != low and len(left) < _OWN else None


def _is_run(text: str) -> bool:
    """Tell whether it only follows the keyboard or the alphabet, forwards, backwards or around."""
    return any(text in way * 20 for row in _ROWS for way in (row, row[::-1]))


_MESSAGES = {
    Fault.SHORT: f"The password is too short. Choose {SHORTEST} characters or more; several words are fine.",
    Fault.LONG: f"The password is too long. Choose {LONGEST} characters at most.",
    Fault.COMMON: "This password is among the first that are guessed. Choose another; several words are fine.",
    Fault.PERSONAL: "This password is hardly more than a name that others know. Choose another.",
}


@dataclass(frozen=True, kw_only=True)
class KeptPassword:
    """A password as it is kept."""

    person: str
    hash: str
    set_at: datetime


class PasswordStore(Protocol):
    """Port: the passwords of people, one each."""

    def password(self, person: str) -> KeptPassword | None:
        """Return the password of a person."""
        ...

    def with_password(self) -> frozenset[str]:
        """Return who has one."""
        ...

    def put(self, transaction: Transaction, password: KeptPassword) -> None:
        """Keep a password, in place of the one before."""
        ...

    def take_away(self, transaction: Transaction, person: str) -> bool:
        """Forget the password of a person; False when there was none."""
        ...


class PasswordHasher(Protocol):
    """Port: slow and salted hashing. Few run at a time: each takes memory, and strangers start them."""

    def hash(self, password: str) -> str:
        """Return a hash that names its own parameters."""
        ...

    def fits(self, hash: str, password: str) -> bool:
        """Tell whether this password was hashed."""
        ...

    def outdated(self, hash: str) -> bool:
        """Tell whether it was made with other parameters than are used now."""
        ...
