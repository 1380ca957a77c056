"""A query: what is looked for, and among which documents."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.account_fit import AccountFacts
from knowledge.errors import InvalidQuery
from knowledge.reader import STAFF, Reader

#: A question longer than this is a document; answering it would be guessing what is asked.
MAX_QUESTION_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class Query:
    """Text to look for. `reader` is who will read the result; nothing else is ever looked at.

    Documents written for accounts like `account` come a little before others that say as much.
    """

    text: str
    reader: Reader = STAFF
    limit: int = 10
    account: AccountFacts | None = None
    by_words: bool = False  #: neither embedder nor vectors are asked, as when one of them is down

    def __post_init__(self) -> None:
        """Refuse what cannot be searched for, saying why.

        Raises:
            InvalidQuery: the text is empty or longer than MAX_QUESTION_CHARACTERS.
        """
        if not self.text.strip():
            raise InvalidQuery("The question is empty. Type what you want to know.")
        if any("\ud800" <= character <= "\udfff" for character in self.text):
            raise InvalidQuery("The question holds half a character. Type it again.")
        if len(self.text) > MAX_QUESTION_CHARACTERS:
            raise InvalidQuery(
                f"The question has {len(self.text)} characters; at most {MAX_QUESTION_CHARACTERS} can be searched. "
                "Ask about one point, or ingest the long text as a document."
            )
