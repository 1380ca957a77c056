"""Gaps in memory."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from copilot.curating.gap import Gap, GapId, GapStatus, Observation
from copilot.transaction import Transaction


@dataclass
class InMemoryGapStore:
    """Implements `GapStore`; what a failed transaction changed is not taken back."""

    observed: dict[str, tuple[GapId, Observation]] = field(default_factory=dict)
    states: dict[GapId, Gap] = field(default_factory=dict)

    def add(self, transaction: Transaction, observation: Observation, gap: GapId) -> bool:
        """Put an observation into a gap, which begins with it when it is new."""
        if observation.id in self.observed:
            return False
        self.observed[observation.id] = gap, observation
        if gap not in self.states:
            self.states[gap] = Gap(
                id=gap,
                question=observation.question,
                language=observation.language,
                status=GapStatus.OPEN,
                observations=0,
                askers=0,
                stages=(),
                kinds=(),
                first_at=observation.at,
                last_at=observation.at,
                document_id=observation.document_id,
            )
        return True

    def lock(self, transaction: Transaction, id: GapId) -> Gap | None:
        """Return a gap."""
        return self.get(id)

    def change(
        self,
        transaction: Transaction,
        id: GapId,
        *,
        status: GapStatus | None = None,
        owner: str | None = None,
        draft_id: str | None = None,
        published_id: str | None = None,
        reason: str | None = None,
        question: str | None = None,
    ) -> None:
        """Change what is named."""
        named = {
            "status": status,
            "owner": owner,
            "draft_id": draft_id,
            "published_id": published_id,
            "reason": reason,
            "question": question,
        }
        self.states[id] = replace(
            self.states[id],
            **{name: value for name, value in named.items() if value is not None},  # type: ignore[arg-type]
        )

    def get(self, id: GapId) -> Gap | None:
        """Return one gap with what is counted of it."""
        state = self.states.get(id)
        if state is None:
            return None
        of_it = self._of(id)
        stages = Counter(one.stage for one in of_it if one.stage is not None)
        return replace(
            state,
            observations=len(of_it),
            askers=len(self.askers(id)),
            stages=tuple(stage for stage, _ in stages.most_common()),
            kinds=tuple(sorted({one.kind for one in of_it})),
            first_at=min((one.at for one in of_it), default=state.first_at),
            last_at=max((one.at for one in of_it), default=state.last_at),
        )

    def list(self, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Return gaps, those that most people asked first."""
        found = [one for id in self.states if (one := self.get(id)) is not None and status in (None, one.status)]
        return sorted(found, key=lambda one: (-one.askers, -one.observations, -one.last_at.timestamp(), one.id))[:limit]

    def by_draft(self, draft_id: str) -> Gap | None:
        """Return the gap that a draft answers."""
        id = next((one.id for one in self.states.values() if one.draft_id == draft_id), None)
        return None if id is None else self.get(id)

    def observations(self, id: GapId, limit: int) -> Sequence[Observation]:
        """Return observations of a gap, the newest first."""
        return sorted(self._of(id), key=lambda one: (one.at, one.id), reverse=True)[:limit]

    def askers(self, id: GapId) -> Sequence[str]:
        """Return everybody who asked, by their first observation."""
        first: dict[str, datetime] = {}
        for one in self._of(id):
            first[one.person] = min(first.get(one.person, datetime.max.replace(tzinfo=UTC)), one.at)
        return sorted(first, key=lambda person: (first[person], person))

    def _of(self, id: GapId) -> builtins.list[Observation]:
        return [one for gap, one in self.observed.values() if gap == id]
