"""A revision as customers may have it: without what is ours alone, and what rests on documents they may not read."""

from __future__ import annotations

import re
from dataclasses import replace

from copilot.drafting.access import SourceAccess
from copilot.drafting.content import used
from copilot.drafting.document import BEFORE_SENDING, QUESTIONS
from copilot.drafting.draft import Draft, DraftKind, Revision
from copilot.drafting.kinds import for_customers
from copilot.drafting.plan_words import OUR_SLOT, WORDS
from copilot.errors import AudienceMismatch
from knowledge.reader import CUSTOMERS

#: What stands right above the place of the cut goes with it.
_ABOVE = frozenset({"", "---", *(f"## {text}" for text in QUESTIONS.values())})
_GAP = re.compile(r"\n{3,}")


def customer_copy(draft: Draft, revision: Revision, access: SourceAccess) -> Revision:
    """Return what may be handed over.

    Raises:
        AudienceMismatch: the kind is for our own people, or nothing is left of it.
    """
    if not for_customers(draft.kind) and draft.kind is not DraftKind.SUCCESS_PLAN:
        raise AudienceMismatch(
            f"Drafts of kind {draft.kind.value!r} are for our own people. Export it with "
            "audience internal, or write a kind for customers: `copilot drafts create --kind value_update …`."
        )
    seen = access.visible(revision, CUSTOMERS, draft.language).content.split("\n")
    lines = revision.content.split("\n")
    kept = [line for line, shown in zip(lines, seen, strict=False) if line == shown and not _ours(line)]
    content = _GAP.sub("\n\n", "\n".join(_before_ours(kept))).strip("\n")
    if not content.strip():
        raise AudienceMismatch(
            f"Nothing of draft {draft.id!r} may go to customers. Rewrite what it cites, and try again."
        )
    return replace(revision, content=content, quotes=used(content, revision.quotes))


def for_our_own(kind: DraftKind, content: str) -> bool:
    """Tell whether a draft is for our own people, or a plan still holds the part that is."""
    if for_customers(kind):
        return False
    return kind is not DraftKind.SUCCESS_PLAN or any(_ours(line) or _ends(line) for line in content.split("\n"))


def _ours(line: str) -> bool:
    return any(slot in line for slot in OUR_SLOT.values())


def _ends(line: str) -> bool:
    """Tell whether a line says that the rest is for ourselves, whatever marks people put before it."""
    ends = (*(words["internal"] for words in WORDS.values()), *BEFORE_SENDING.values())
    return any(one in line for one in ends)


def _before_ours(lines: list[str]) -> list[str]:
    """Cut where a line says that the rest is for ourselves, with the rule above it."""
    end = next((n for n, line in enumerate(lines) if _ends(line)), len(lines))
    kept = lines[:end]
    while end < len(lines) and kept and kept[-1].strip() in _ABOVE:
        kept.pop()
    return kept
