"""Digests as drafts: gathered, written and kept, for whoever may have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from copilot.audit.surface import Surface
from copilot.drafting.composer import Composed
from copilot.drafting.draft import DraftId, DraftKind
from copilot.drafting.service import Written
from copilot.errors import InvalidRequest, NotPermitted
from copilot.insight.digest import DigestScope
from copilot.insight.digest_gathering import DigestGathering
from copilot.insight.digest_writing import digest
from copilot.insight.report import Language
from copilot.insight.week import Covered
from copilot.people.caller import Caller
from copilot.people.person import Person
from copilot.people.scope import Scope as Permission


class Keeping(Protocol):
    """The part of the draft service that keeps what is written here."""

    def keep(
        self,
        kind: DraftKind,
        composed: Composed,
        person: Person,
        surface: Surface,
        *,
        inputs: Mapping[str, str],
        language: Language,
        id: DraftId | None = None,
    ) -> Written:
        """Keep a first revision; the same id again returns the draft there is."""
        ...


class DigestService:
    """One path for people who want a digest now and for schedules."""

    def __init__(self, gathering: DigestGathering, drafts: Keeping) -> None:
        self._gathering = gathering
        self._drafts = drafts

    def make(
        self,
        person: Person,
        scope: DigestScope,
        covered: Covered,
        language: Language,
        *,
        surface: Surface,
        id: DraftId | None = None,
        asked_by: Person | None = None,
    ) -> Written:
        """Write the digest of a person and keep it as a draft; the same id again returns the draft there is.

        Raises:
            InvalidRequest: they are no longer active.
            NotPermitted: they may not see what it tells.
        """
        if not person.active:
            raise InvalidRequest(f"{person.id!r} has left, so there is no digest for them. Name somebody who is here.")
        material = self._gathering.gather(person, scope, covered, language)
        inputs = {
            "person": person.id,
            "scope": scope,
            "since": covered.period.since.isoformat(),
            "until": covered.period.until.isoformat(),
        }
        return self._drafts.keep(
            DraftKind.WEEKLY_DIGEST,
            digest(material, language),
            asked_by or person,
            surface,
            inputs=inputs,
            language=language,
            id=id,
        )


def check_may_have(caller: Caller, person: str) -> None:
    """See that a caller may have the digest of a person made, or be sent.

    Raises:
        NotPermitted: it is another's, and they see figures of their own alone.
    """
    if person != caller.person.id and Permission.INSIGHT_READ not in caller.scopes:
        raise NotPermitted(
            f"The digest of {person!r} is theirs: {caller.person.id!r} may have their own alone. Ask a manager."
        )
