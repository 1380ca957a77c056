"""Verifying, the review queue and answers from verified documents alone, by command."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.integration.conftest import Run

TODAY = datetime.now(UTC).date()
TRIAL, RENEWAL = "trial.md", "renewal.md"
ASKED = "服续一体时由谁负责续费"


def test_the_commands_say_the_same(run: Run, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus", "--json")
    until = (TODAY + timedelta(days=9)).isoformat()
    told = json.loads(run("documents", "verify", TRIAL, "--review-by", until, "--owner", "li", "--json").stdout)
    assert (told["state"], told["review_by"], told["owner"], told["verified_by"]) == ("verified", until, "li", "owner")
    listed = json.loads(run("documents", "review", "--json").stdout)["documents"]
    assert [(one["source"], one["reason"]) for one in listed] == [(TRIAL, "due_soon"), (RENEWAL, "unverified")]
    for arguments in (("list",), ("show", TRIAL), ("review",)):
        printed = run("documents", *arguments, COLUMNS="200").stdout
        assert "li" in printed
        assert until in printed
    assert json.loads(run("documents", "unverify", TRIAL, "--json").stdout)["state"] == "unverified"
    assert run("documents", "verify", TRIAL, "--review-by", "2020-01-01").returncode == 1
    assert run("documents", "verify", TRIAL, "--review-by", "soon").returncode == 2


def test_a_setting_makes_it_the_rule(run: Run, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus", "--json")
    run("documents", "verify", TRIAL)

    def found(*arguments: str, **variables: str) -> set[str]:
        printed = run("search", ASKED, "--json", *arguments, **variables).stdout
        return {one["source"] for one in json.loads(printed)["passages"]}

    assert found("--all", COPILOT_VERIFIED_ONLY="true") == {TRIAL, RENEWAL}
    assert found("--verified-only") == found(COPILOT_VERIFIED_ONLY="true") == {TRIAL}
    assert json.loads(run("ask", ASKED, "--json", "--verified-only").stdout)["status"] == "abstained"
