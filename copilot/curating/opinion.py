"""What a person says of an answer, and does with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from copilot.errors import InvalidRequest
from knowledge.text import is_storable

#: Characters. A comment says what is wrong; an edit may be as long as a draft.
LONGEST_COMMENT = 4_000
LONGEST_EDIT = 40_000


class DownvoteReason(StrEnum):
    """Why an answer did not help."""

    INCORRECT = "incorrect"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    INAPPROPRIATE = "inappropriate"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What is said now, or what stands of all that was said; None says nothing.

    A word on `helpful` replaces the word before with its reason and comment. An edit stays until other words, or an
    empty text, take its place. Copied and shared happened: each counts once for a person and an answer.
    """

    helpful: bool | None = None
    reason: DownvoteReason | None = None
    comment: str | None = None
    edited_text: str | None = None
    copied: bool = False
    shared: bool = False

    def after(self, before: Opinion) -> Opinion:
        """Return what stands once this is said after that."""
        word = before if self.helpful is None and self.comment is None else self
        edited = before.edited_text if self.edited_text is None else self.edited_text or None
        return Opinion(
            helpful=before.helpful if self.helpful is None else self.helpful,
            reason=before.reason if self.helpful is None else self.reason,
            comment=word.comment or None,
            edited_text=edited,
            copied=before.copied or self.copied,
            shared=before.shared or self.shared,
        )


def checked(opinion: Opinion) -> Opinion:
    """Return an opinion that can be kept, without white space around its texts.

    Raises:
        InvalidRequest: it says nothing, a text is too long or cannot be kept, or a reason stands without a down-vote.
    """
    if opinion == Opinion():
        raise InvalidRequest("The feedback says nothing. Send helpful, comment, edited_text, copied or shared.")
    if opinion.reason is not None and opinion.helpful is not False:
        raise InvalidRequest(
            f"The reason {opinion.reason.value!r} says why an answer did not help. Send it with helpful = false."
        )
    return Opinion(
        helpful=opinion.helpful,
        reason=opinion.reason,
        comment=_text("comment", opinion.comment, LONGEST_COMMENT),
        edited_text=_text("edited_text", opinion.edited_text, LONGEST_EDIT),
        copied=opinion.copied,
        shared=opinion.shared,
    )


def _text(name: str, text: str | None, longest: int) -> str | None:
    if text is None:
        return None
    if len(text) > longest:
        raise InvalidRequest(f"{name} has {len(text)} characters; at most {longest} fit. Shorten it.")
    if not is_storable(text):
        raise InvalidRequest(f"{name} holds a NUL or half a character. Type it again.")
    return text.strip()
