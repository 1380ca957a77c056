"""Records that change → moves that are kept."""

from __future__ import annotations

from collections.abc import Callable

from copilot.accounts.account import Account, AccountId
from copilot.accounts.contract_end import ContractEnd
from copilot.suggesting.outlook.move import BandOf, Move, Place, Transition, end_of, state_of
from copilot.suggesting.outlook.store import TransitionStore
from copilot.transaction import Transaction

SOURCE = "record"
#: The action that was last taken for an account, as somebody accepted it; None when there was none since its last move.
ActionBefore = Callable[[AccountId], str | None]


def nothing_done(_: AccountId) -> str | None:
    """Say that no action was taken: for whoever keeps no reactions."""
    return None


class TransitionRecorder:
    """Implements `Observer`: keeps a move whenever stage, band or outcome of a record has changed."""

    def __init__(self, store: TransitionStore, band_of: BandOf, action_before: ActionBefore = nothing_done) -> None:
        self._store = store
        self._band_of = band_of
        self._action_before = action_before

    def changed(self, transaction: Transaction, before: Account | None, after: Account) -> None:
        """Keep the move between two states of a record, if there was one; a new record has made none yet."""
        start = None if before is None else state_of(before, self._band_of)
        if before is None or start is None:
            return
        place = self._place(before, after)
        if place is None or place == start:
            return
        move = Move(before=start, action=self._action_before(after.id), after=place)
        self._store.add(transaction, Transition(account_id=after.id, move=move, at=after.updated_at, source=SOURCE))

    def _place(self, before: Account, after: Account) -> Place | None:
        """Return where a record stands now. An outcome is news once; who has gone, or comes back, makes no move."""
        was, end = end_of(before), end_of(after)
        if was is ContractEnd.CHURNED:
            return None
        return end if end is not None and end is not was else state_of(after, self._band_of)
