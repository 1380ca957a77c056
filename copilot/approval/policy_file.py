"""The approval policy as TOML that people read and change.

[default]
approvers = ["manager"]            # decide on everybody's drafts
authors = ["frontline", "manager"] # decide on drafts they began or wrote
own = true                         # false: four eyes
approvals = 1                      # 2: two people
undecided_days = 30
approved_days = 14
mode = "ask"                       # or "auto"

[kinds.success_plan]
approvals = 2

[[auto_approve]]                   # what a schedule composed leaves without a person, to our own people alone
name = "digests inside"
kind = "weekly_digest"
channels = ["file", "email"]
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from copilot.approval.policy import AutoRule, Mode, Policy, Rule, based_on
from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import SCHEDULED
from copilot.errors import ConfigurationError
from copilot.people.person import Role

_Days = Annotated[float, Field(gt=0, le=3650)]


class _RuleTable(BaseModel):
    """Every key may be left out: then the default table's holds, and without one, the built-in value."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    approvers: set[Role] | None = Field(None, min_length=1)
    authors: set[Role] | None = None
    own: bool | None = None
    approvals: Annotated[int, Field(ge=1, le=5)] | None = None
    undecided_days: _Days | None = None
    approved_days: _Days | None = None
    mode: Mode | None = None

    def over(self, rule: Rule) -> Rule:
        """Return a rule with what this table says."""
        return Rule(
            approvers=rule.approvers if self.approvers is None else frozenset(self.approvers),
            authors=rule.authors if self.authors is None else frozenset(self.authors),
            own=rule.own if self.own is None else self.own,
            approvals=self.approvals or rule.approvals,
            undecided=timedelta(days=self.undecided_days) if self.undecided_days else rule.undecided,
            approved=timedelta(days=self.approved_days) if self.approved_days else rule.approved,
            mode=self.mode or rule.mode,
            keepers=rule.keepers,
        )


class _AutoTable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: DraftKind
    channels: set[Literal["file", "webhook", "email", "slack", "crm"]] = Field(min_length=1)

    @field_validator("kind")
    @classmethod
    def _ours(cls, kind: DraftKind) -> DraftKind:
        if kind not in SCHEDULED:
            fit = ", ".join(one.value for one in SCHEDULED)
            raise ValueError(f"{kind.value} waits for a person; by itself only {fit} is approved")
        return kind

    def rule(self) -> AutoRule:
        """Return what this table says."""
        return AutoRule(name=self.name, kind=self.kind, channels=frozenset(self.channels))


class _PolicyTable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    default: _RuleTable = _RuleTable()
    kinds: dict[DraftKind, _RuleTable] = {}
    auto_approve: list[_AutoTable] = []


def read_policy(path: Path) -> Policy:
    """Read a policy.

    Raises:
        ConfigurationError: it cannot be read, or says what no policy says; the message names the key.
    """
    name = str(path)
    try:
        table = _PolicyTable.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise ConfigurationError(
            f"The approval policy {name!r} cannot be read: {error.strerror}. Correct COPILOT_APPROVAL_POLICY."
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigurationError(
            f"The approval policy {name!r}, key {key!r}: {first['msg'].lower()}. Correct it; copilot/decisions/0016 "
            "shows what there is."
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"The approval policy {name!r} is no TOML ({error}). Correct it.") from error
    default = table.default.over(Rule())
    return Policy(
        default=default,
        kinds={kind: rule.over(based_on(default, kind)) for kind, rule in table.kinds.items()},
        auto=[one.rule() for one in table.auto_approve],
    )
