"""Where an account stands: what the accounts stage tells of it, gathered once for the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from copilot.accounts.account import Account
from copilot.accounts.cadence import CADENCE, Cadence, contact_of, first_value_of
from copilot.accounts.contradictions import findings_of
from copilot.accounts.handoff import handoff_missing
from copilot.accounts.health import Health, HealthModel
from copilot.accounts.lifecycle import Stage
from copilot.accounts.scoring import health_of
from copilot.accounts.stage import stage_reading
from copilot.accounts.weights import Weights
from copilot.suggesting.advice import Language


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Stage, health and contact of an account, and what of its record cannot be right."""

    stage: Stage | None
    health: Health
    first_value: str  #: delivered | in_time | due_soon | late | unknown (C6)
    contact_overdue: bool | None  #: None: nobody knows when they were last spoken to
    contact_limit_days: int | None  #: how long a silence is allowed now (B11)
    handoff_missing: tuple[str, ...]  #: what sales has not handed over (B5)
    findings: tuple[str, ...]  #: contradictions of the record, a sentence each


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Judges accounts as the settings say."""

    model: HealthModel = "narrow"
    weights: Weights | None = None
    cadence: Cadence = field(default_factory=lambda: CADENCE)

    def standing(self, account: Account, language: Language, today: date, *, kp_changed: bool = False) -> Standing:
        """Return where an account stands; `kp_changed` where only its notes tell of a new key person (D8)."""
        contact = contact_of(account, self.cadence)
        return Standing(
            stage=stage_reading(account).stage,
            health=self.health(account, language, kp_changed=kp_changed),
            first_value=first_value_of(account),
            contact_overdue=None if contact.overdue_days is None else contact.overdue_days > 0,
            contact_limit_days=contact.expected_days,
            handoff_missing=handoff_missing(account),
            findings=tuple(finding.message(language) for finding in findings_of(account, today)),
        )

    def health(self, account: Account, language: Language, *, kp_changed: bool = False) -> Health:
        """Score an account whose facts are as of today."""
        return health_of(
            account, self.model, self.weights, cadence=self.cadence, kp_changed=kp_changed, language=language
        )
