"""The dashboard and the alert rules ask for what there is, and say what to do."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from typer.main import get_command

from copilot.adapters.prometheus_measures import PrometheusMeasures
from copilot.cli.app import app
from copilot.settings import Settings
from copilot.telemetry.backlog import Backlog
from copilot.telemetry.measures import Replied

FILES = resources.files("copilot.ops")
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load(FILES.joinpath("alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads(FILES.joinpath("dashboard.json").read_text(encoding="utf-8"))
ASKED = [(rule["alert"], rule["expr"]) for rule in ALERTS] + [
    (panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel.get("targets", [])
]

#: What Prometheus itself says of what it fetches.
OF_PROMETHEUS = {"up"}
_WORDS = [
    "sum",
    "by",
    "max",
    "min",
    "avg",
    "rate",
    "increase",
    "delta",
    "histogram_quantile",
    "topk",
    "avg_over_time",
    "and",
    "or",
    "unless",
    "on",
    "ignoring",
    "le",
]


def names_there_are() -> dict[str, set[str]]:
    """Return every sample that a copilot can tell, with its labels."""
    measures = PrometheusMeasures(
        backlog=lambda: Backlog(
            deliveries={("email", "dead"): 1},
            answers={("answered", ""): 1},
            bytes={"database": 1},
        ),
        connections=lambda: {"idle": 1},
        build={"version": "1", "database": "sqlite", "embedding_model": "words"},
    )
    measures.request("GET", "/v1/ask", 200, 0.1)
    measures.replied(
        Replied(status="answered", reason=None, composer="x", stages={"retrieve": 0.1}, found_by=["vector"])
    )
    measures.model("failed", 0.1)
    measures.ingested({"added": 1}, 0.1)
    measures.breaker("chat_model", "open")
    there: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(measures.exposition()[0].decode()):
        for sample in family.samples:
            there.setdefault(sample.name, set()).update(sample.labels)
    return there


THERE = names_there_are()


def parts(expr: str) -> tuple[set[str], set[str], dict[str, set[str]]]:
    """Return names of measures, labels that are grouped by, and labels that are matched, by measure."""
    matched = {
        name: set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside))
        for name, inside in re.findall(r"([a-zA-Z_]\w*)\{([^}]*)\}", expr)
    }
    bare = re.sub(r'"[^"]*"', "", re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", expr))
    grouped = {label.strip() for inside in re.findall(r"\bby\s*\(([^)]*)\)", bare) for label in inside.split(",")}
    bare = re.sub(r"\bby\s*\([^)]*\)", "", bare)
    names = set(re.findall(r"\b[a-zA-Z_]\w*\b", re.sub(r"\b\d[\d.e]*\b", "", bare))) - set(_WORDS)
    return names, grouped, matched


@pytest.mark.parametrize(("where", "expr"), ASKED, ids=[f"{where}-{n}" for n, (where, _) in enumerate(ASKED)])
def test_every_measure_and_label_that_is_asked_for_exists(where: str, expr: str) -> None:
    names, grouped, matched = parts(expr)
    assert names, where
    assert names <= set(THERE) | OF_PROMETHEUS
    labels = {label for name in names for label in THERE.get(name, set())} | {"instance", "job"}
    assert grouped <= labels
    for name, wanted in matched.items():
        assert wanted <= THERE.get(name, set()) | {"job", "instance"}
    assert expr.count("(") == expr.count(")")
    assert expr.count("{") == expr.count("}")


def test_a_name_that_does_not_exist_is_found_out() -> None:
    names, grouped, matched = parts('max by (nothing) (copilot_documnets{kind="x"}) > 1e9 and up == 0')
    assert names == {"copilot_documnets", "up"}
    assert (grouped, matched) == ({"nothing"}, {"copilot_documnets": {"kind"}})


def test_gauges_of_the_database_are_never_summed_over_processes() -> None:
    shared = {
        name for name in THERE if name.startswith("copilot_") and not re.search(r"_(total|bucket|count|sum)$", name)
    }
    shared -= {"copilot_build_info", "copilot_database_connections", "copilot_breaker_open"}
    for where, expr in ASKED:
        for name in re.findall(r"sum(?: by \([^)]*\))? \((copilot_\w+)|sum\((copilot_\w+)", expr):
            assert not set(name) & shared, where


@pytest.mark.parametrize("rule", ALERTS, ids=[rule["alert"] for rule in ALERTS])
def test_every_alert_says_in_both_languages_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))
    for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
        chinese, _, english = text.partition(" / ") if " / " in text else text.partition("/ ")
        assert re.search("[一-鿿]", chinese)
        assert english.strip()
        assert not re.search("[一-鿿]", english)


def test_commands_and_settings_that_alerts_name_exist() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]  # it is a group
    told = " ".join(rule["annotations"]["description"] for rule in ALERTS)
    named = set(re.findall(r"\bcopilot ([a-z]+)", told)) - {"answers", "runs"}
    assert len(named) > 5
    assert named <= commands
    assert {name.lower() for name in re.findall(r"COPILOT_([A-Z_]+)", told)} <= set(Settings.model_fields)


def test_what_an_owner_of_knowledge_must_hear_of_is_there() -> None:
    assert {"CopilotAbstentionJump", "CopilotGapBacklog", "CopilotOutboxOld", "CopilotStaleButUsed"} <= {
        rule["alert"] for rule in ALERTS
    }


def test_panels_lie_beside_each_other_and_say_what_they_show() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        assert " / " in panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
