"""The approval policy as a file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from copilot.approval.policy import Mode, Rule
from copilot.approval.policy_file import read_policy
from copilot.drafting.draft import DraftKind
from copilot.errors import ConfigurationError
from copilot.people.person import Role


def written(folder: Path, text: str) -> Path:
    path = folder / "approval.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_is_the_built_in_policy(tmp_path: Path) -> None:
    assert read_policy(written(tmp_path, "")).rule(DraftKind.SUCCESS_PLAN) == Rule()


def test_a_kind_says_only_what_differs_from_the_default(tmp_path: Path) -> None:
    policy = read_policy(
        written(
            tmp_path,
            """
            [default]
            own = false
            undecided_days = 7
            approved_days = 0.5
            [kinds.success_plan]
            approvals = 2
            approvers = ["manager", "admin"]
            authors = []
            mode = "auto"
            """,
        )
    )
    plan = policy.rule(DraftKind.SUCCESS_PLAN)
    assert (plan.approvals, plan.own, plan.mode, plan.authors) == (2, False, Mode.AUTO, frozenset())
    assert plan.approvers == {Role.MANAGER, Role.ADMIN}
    message = policy.rule(DraftKind.CUSTOMER_MESSAGE)
    assert (message.approvals, message.undecided, message.approved) == (1, timedelta(days=7), timedelta(hours=12))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[default]\napprovals = 0", "default.approvals"),
        ("[default]\napprovals = 9", "default.approvals"),
        ('[default]\napprovers = ["boss"]', "default.approvers"),
        ("[default]\napprovers = []", "default.approvers"),
        ("[default]\nundecided_days = 0", "default.undecided_days"),
        ("[default]\napproved_days = inf", "default.approved_days"),
        ('[default]\nmode = "never"', "default.mode"),
        ("[default]\nmood = 1", "default.mood"),
        ("[kinds.poem]\nown = true", "kinds.poem"),
        ("[default", "no TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        read_policy(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_APPROVAL_POLICY"):
        read_policy(tmp_path / "missing.toml")


def test_a_rule_approves_digests_by_itself(tmp_path: Path) -> None:
    text = '[[auto_approve]]\nname = "inside"\nkind = "weekly_digest"\nchannels = ["file"]\n'
    policy = read_policy(written(tmp_path, text))
    found = policy.auto_rule(DraftKind.WEEKLY_DIGEST, "file")
    assert found is not None
    assert found.name == "inside"
    assert policy.auto_rule(DraftKind.WEEKLY_DIGEST, "email") is None


@pytest.mark.parametrize("kind", ["customer_message", "renewal_brief", "success_plan"])
def test_nothing_about_an_account_is_approved_by_itself(tmp_path: Path, kind: str) -> None:
    text = f'[[auto_approve]]\nname = "inside"\nkind = "{kind}"\nchannels = ["file"]\n'
    with pytest.raises(ConfigurationError, match=r"auto_approve.*waits for a person"):
        read_policy(written(tmp_path, text))
