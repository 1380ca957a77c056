"""What is learned of accounts: moves that are kept, and the outlook that is counted from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from copilot.accounts.account import Account, AccountId
from copilot.accounts.cadence import read_cadence
from copilot.accounts.health import Band
from copilot.accounts.weights import read_weights
from copilot.adapters.sql.suggestion_store import SqlSuggestionStore
from copilot.adapters.sql.transition_store import SqlTransitionStore
from copilot.settings import Settings
from copilot.suggesting.outlook.acceptance import Reactions
from copilot.suggesting.outlook.learned import LearnedOutlook
from copilot.suggesting.outlook.prior_file import read_prior, shipped_prior
from copilot.suggesting.outlook.recording import TransitionRecorder
from copilot.suggesting.standing import Judge

#: So long what was accepted for an account counts as what was done before its next move.
_DONE_BEFORE = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Learning:
    """Moves of accounts: where they are kept, what notices them, what is told from them."""

    moves: SqlTransitionStore
    recorder: TransitionRecorder
    model: LearnedOutlook


def judge_of(settings: Settings) -> Judge:
    """Return how accounts are judged; the same for advice and for what is learned.

    Raises:
        ConfigurationError: weights or days of the settings cannot be used.
    """
    return Judge(
        model=settings.health_model,
        weights=read_weights(settings.health_model, settings.health_weights),
        cadence=read_cadence(settings.contact_days),
    )


def learning_of(settings: Settings, engine: Engine) -> Learning:
    """Wire what advice asks of history.

    Raises:
        ConfigurationError: the prior or the health of the settings cannot be used.
    """
    moves, suggestions, judge = SqlTransitionStore(engine), SqlSuggestionStore(engine), judge_of(settings)

    def band_of(account: Account) -> Band:
        return judge.health(account, "en").band

    def action_before(account: AccountId) -> str | None:
        return suggestions.accepted(account, datetime.now(UTC) - _DONE_BEFORE)

    prior = read_prior(settings.outlook_prior) if settings.outlook_prior else shipped_prior()
    return Learning(
        moves=moves,
        recorder=TransitionRecorder(moves, band_of, action_before),
        model=LearnedOutlook(history=moves, prior=prior, band_of=band_of, reactions=_Counted(suggestions)),
    )


class _Counted:
    """Implements `ReactionCounts` on the store of suggestions."""

    def __init__(self, suggestions: SqlSuggestionStore) -> None:
        self._suggestions = suggestions

    def counts(self) -> Mapping[str, Reactions]:
        """Return by playbook how often its suggestions were accepted, put off and rejected."""
        return {
            playbook: (counts.accepted, counts.later, counts.rejected)
            for playbook, counts in self._suggestions.counts().items()
        }
