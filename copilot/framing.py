"""Text of others on its way to a chat model: data between marks that nobody who writes it can know.

Passages, questions, conversations, records of a CRM, drafts and files all go through `framed`; what stands outside of
the frames is ours. A test walks over every prompt there is and closes each frame from inside.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

#: What would number a passage as we do, or belongs to a chat model's own format (`<|…|>` goes with its `<`).
_BRACKETED = re.compile(r"\[(\d{1,3}|/?(?:INST|SYS)[A-Z_ ]*)\]", re.IGNORECASE)


def new_mark() -> str:
    """Return what nobody who writes a document or a question can know beforehand."""
    return secrets.token_hex(6)


def framed(name: str, text: str, mark: str) -> str:
    """Put text that is `neutral` already into a frame; the instructions beside it say what `name` is."""
    return f"<{name}-{mark}>\n{text}\n</{name}-{mark}>"


def neutral(text: str) -> str:
    """Keep text from outside from opening or closing a frame, ours or the model's own.

    No `<` is left to begin a tag, no [n] to begin a passage, and characters that cannot be seen are gone: they hide
    words from people and from the checks, not from a model.
    """
    seen = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    return _BRACKETED.sub(r"［\1］", seen.replace("<", "＜"))
