"""What is learned of accounts: moves that are kept, and the outlook that is counted from them."""

from __future__ import annotations

from copilot.accounts.account import Account
from copilot.accounts.health import Band
from copilot.adapters.sql.transition_store import SqlTransitionStore
from copilot.settings import Settings
from copilot.suggesting.outlook.acceptance import ReactionCounts
from copilot.suggesting.outlook.learned import LearnedOutlook
from copilot.suggesting.outlook.move import BandOf
from copilot.suggesting.outlook.prior_file import read_prior, shipped_prior


def unscored(_: Account) -> Band:
    """Say nothing of the health of an account: stages alone are then learned from."""
    return Band.UNKNOWN


def learned_outlook(
    settings: Settings, store: SqlTransitionStore, *, band_of: BandOf, reactions: ReactionCounts
) -> LearnedOutlook:
    """Wire what advice asks of history.

    Raises:
        ConfigurationError: the prior of the settings cannot be used.
    """
    prior = read_prior(settings.outlook_prior) if settings.outlook_prior else shipped_prior()
    return LearnedOutlook(history=store, prior=prior, band_of=band_of, reactions=reactions)
