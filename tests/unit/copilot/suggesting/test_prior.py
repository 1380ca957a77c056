"""The assumptions before anything was counted: the shipped file, and a team's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import ConfigurationError
from copilot.suggesting.outlook.chain import Chain
from copilot.suggesting.outlook.move import Kind, Place, State, kind_of
from copilot.suggesting.outlook.prior import STATES
from copilot.suggesting.outlook.prior_file import read_prior, shipped_prior
from tests.unit.copilot.suggesting.outlook_standins import CHURNED, RENEWED, at

OWN = """
weight = 10
[stages.renewal]
band = 4
renewed = 4
churned = 2
[bands.risk]
churned = 2
[playbooks.review]
weight = 20
better = 1.5
"""


def own(folder: Path, text: str) -> Path:
    path = folder / "prior.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_prior_tells_an_end_from_every_state() -> None:
    chain = Chain({}, shipped_prior(), draws=200)
    kept = {state: chain.chances(state) for state in STATES}
    for stage in {state.stage for state in STATES}:
        healthy, watch, risk = (kept[at(stage.value, band)] for band in ("healthy", "watch", "risk"))
        assert healthy is not None
        assert watch is not None
        assert risk is not None
        assert healthy.churned < watch.churned < risk.churned
        assert risk.prior_weight == 1.0


def test_the_shipped_prior_claims_nothing_of_any_playbook() -> None:
    shipped = shipped_prior()
    assert (shipped.actions, shipped.default.factors, shipped.fewest_transitions) == ({}, {}, 30)


def test_a_row_sums_to_the_weight_and_follows_the_bands(tmp_path: Path) -> None:
    prior = read_prior(own(tmp_path, OWN))
    row = prior.row(at("renewal", "risk"))
    assert sum(row.values()) == pytest.approx(10)
    assert row[CHURNED] == row[RENEWED] == pytest.approx(10 / 3)
    assert row[at("renewal", "watch")] == 3 * row[at("renewal", "healthy")]
    assert prior.row(at("growth")) == {}


def test_what_is_declared_of_a_playbook(tmp_path: Path) -> None:
    declared = read_prior(own(tmp_path, OWN)).of_action("review")
    assert (declared.weight, declared.factors) == (20, {Kind.BETTER: 1.5})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("weight = 0\n[stages.renewal]\nrenewed = 1", "'weight'"),
        ("weight = 4", "'stages'"),
        ("[stages.renewal]\nrenewd = 1", "stages.renewal.renewd"),
        ("[stages.renewal]\nrenewal = 1", "stages.renewal.renewal"),
        ("[stages.lead]\nrenewed = 1", "stages.lead"),
        ("[stages.renewal]\nrenewed = -1", "stages.renewal.renewed"),
        ("[stages.renewal]\nrenewed = nan", "stages.renewal.renewed"),
        ("[stages.renewal]\n[bands.risk]\nwrse = 1", "bands.risk.wrse"),
        ("[stages", "no TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=r"prior\.toml") as caught:
        read_prior(own(tmp_path, text))
    assert told in caught.value.message


def test_a_missing_file_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_OUTLOOK_PRIOR"):
        read_prior(tmp_path / "no.toml")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (at("growth", "risk"), at("growth", "watch"), Kind.BETTER),
        (at("growth", "watch"), at("renewal", "risk"), Kind.WORSE),
        (at("growth"), at("renewal"), Kind.ONWARD),
        (at("renewal"), at("growth"), Kind.BACK),
        (at("renewal", "unknown"), at("renewal", "watch"), Kind.OTHER),
        (at("renewal"), CHURNED, Kind.CHURNED),
    ],
)
def test_what_a_move_means(before: State, after: Place, kind: Kind) -> None:
    assert kind_of(before, after) is kind
