"""What the engine of advices asks of history: the outlook of an account, what a playbook changes, who takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from copilot.accounts.account import Account
from copilot.accounts.contract_end import ContractEnd
from copilot.suggesting.advice import Outlook
from copilot.suggesting.outlook.acceptance import ReactionCounts, acceptance_of
from copilot.suggesting.outlook.move import CONTRACT_STAGES, BandOf, Move, State, end_of, state_of
from copilot.suggesting.outlook.prior import Prior
from copilot.suggesting.outlook.store import TransitionStore

if TYPE_CHECKING:
    from copilot.suggesting.outlook.chain import Chain, Uplift


class Basis(StrEnum):
    """What an outlook rests on, or why there is none."""

    HISTORY = "history"
    ENDED = "ended"  #: the record says that the customer has gone
    NO_CONTRACT = "no_contract"  #: a lead, an opportunity, or a record without a stage
    THIN = "thin"  #: fewer transitions than the prior asks for
    NO_WAY = "no_way"  #: no end can be told: from here none is reached, or a way goes round for ever


@dataclass(frozen=True, kw_only=True)
class Explained:
    """An outlook with what it was counted from."""

    outlook: Outlook
    basis: Basis
    state: State | None
    fewest: int  #: transitions below which nothing is told
    moves: Mapping[Move, int]  #: from this state, as counted
    uplifts: Mapping[str, Uplift]  #: by playbook, those with enough moves after them


class LearnedOutlook:
    """Answers from the moves kept so far; what is computed is remembered until another move is kept.

    Implements what advice asks of history. NumPy and SciPy are loaded with the first question.
    """

    def __init__(self, *, history: TransitionStore, prior: Prior, band_of: BandOf, reactions: ReactionCounts) -> None:
        self._history = history
        self._prior = prior
        self._band_of = band_of
        self._reactions = reactions
        # One chain is enough: history only grows.
        self._chain_at = lru_cache(maxsize=1)(self._counted)
        self._uplift_at = lru_cache(maxsize=4096)(self._valued)

    def outlook(self, account: Account) -> Outlook:
        """Tell how the contract of an account is likely to end; None in its fields where that is not known (K3)."""
        return self._told(account)[1]

    def uplift(self, account: Account, playbook: str) -> float | None:
        """Tell what a playbook changes of the chance of not churning.

        None on thin data, and where the sign is not sure: a few lucky moves must not turn the rules around (0029).
        """
        state, size = state_of(account, self._band_of), self._history.size()
        if state is None or end_of(account) is ContractEnd.CHURNED:
            return None
        found = self._uplift_at(size, state, playbook)
        return found.value if found is not None and found.is_sure else None

    def acceptance(self, playbook: str) -> float | None:
        """Tell how often people take what a playbook suggests, 0 to 1; None when nobody has reacted yet."""
        reactions = self._reactions.counts().get(playbook)
        return None if reactions is None or not sum(reactions) else acceptance_of(reactions).expected

    def explained(self, account: Account) -> Explained:
        """Tell an outlook with everything that it rests on."""
        basis, outlook = self._told(account)
        state, size = state_of(account, self._band_of), self._history.size()
        uplifts = {}
        if state is not None and basis is Basis.HISTORY:
            found = {action: self._uplift_at(size, state, action) for action in self._chain_at(size).actions}
            uplifts = {action: one for action, one in found.items() if one is not None}
        return Explained(
            outlook=outlook,
            basis=basis,
            state=state,
            fewest=self._prior.fewest_transitions,
            moves={move: count for move, count in self._history.counts().items() if move.before == state},
            uplifts=uplifts,
        )

    def _told(self, account: Account) -> tuple[Basis, Outlook]:
        if end_of(account) is ContractEnd.CHURNED:
            return Basis.ENDED, Outlook(renewed=0.0, expanded=0.0, churned=1.0, interval=(0.0, 0.0), prior_weight=0.0)
        state = state_of(account, self._band_of)
        if state is None or state.stage not in CONTRACT_STAGES:
            return Basis.NO_CONTRACT, Outlook()
        chain = self._chain_at(self._history.size())
        if chain.transitions < self._prior.fewest_transitions:
            return Basis.THIN, Outlook(transitions_used=chain.transitions)
        chances = chain.chances(state)
        if chances is None:
            return Basis.NO_WAY, Outlook(transitions_used=chain.transitions)
        return Basis.HISTORY, Outlook(
            renewed=chances.renewed,
            expanded=chances.expanded,
            churned=chances.churned,
            interval=chances.interval,
            transitions_used=chain.transitions,
            prior_weight=chances.prior_weight,
        )

    def _counted(self, size: int) -> Chain:
        from copilot.suggesting.outlook.chain import Chain  # NumPy

        del size  # names the state of the history
        return Chain(self._history.counts(), self._prior)

    def _valued(self, size: int, state: State, playbook: str) -> Uplift | None:
        chain = self._chain_at(size)
        thin = chain.transitions < self._prior.fewest_transitions
        if thin or chain.transitions_of(playbook) < self._prior.fewest_of_action:
            return None
        return chain.uplift(state, playbook)
