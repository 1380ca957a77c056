"""What a person asks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.account_fit import AccountFacts
from knowledge.query import Query
from knowledge.reader import STAFF, Reader
from knowledge.text import is_chinese

Language = Literal["zh", "en"]


def request_key(person: str, request_id: str) -> str:
    """Return the name of a person's request in all of the installation: nobody else can make it."""
    return hashlib.sha256(f"{person}\0{request_id}".encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question and who asks it."""

    text: str
    person: str
    reader: Reader = STAFF  #: who will read the answer
    conversation_id: str | None = None
    history: tuple[Turn, ...] = field(default=())
    may_clarify: bool = True  #: whether somebody is there to be asked back; nobody is in a batch
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)  #: known of the account, by `Dimension` value
    account: AccountFacts | None = None  #: the account in context, whose kind of documents come first
    reply_language: Language | None = None  #: asked for by name ("in English please")
    account_id: str | None = None  #: the record the question was asked beside, known to us or not
    request: str | None = None  #: its `request_key`, where its asker named it; such a request is answered once
    by_words: bool = False  #: searched by words alone, because embedder or vectors are down
    surface: str | None = None  #: where it was asked, by the name the audit log uses

    @property
    def language(self) -> Language:
        """The language to answer in: the one asked for, else the one asked in."""
        return self.reply_language or ("zh" if is_chinese(self.text) else "en")

    def query(self) -> Query:
        """Return what to look for.

        Raises:
            InvalidQuery: the question is empty or too long.
        """
        return Query(text=self.text.strip(), reader=self.reader, account=self.account, by_words=self.by_words)
