"""What is deployed by: compose.yaml against the schema of the Compose Specification, and the samples for systemd."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jsonschema  # type: ignore[import-untyped]  # brings no types
import pytest

from copilot.settings import Settings
from tests.topology import COMPOSE, read_compose

ROOT = COMPOSE.parent
UNITS = sorted((ROOT / "copilot" / "ops" / "systemd").glob("*.service"))
OURS = ("migrate", "api", "worker", "slack")
#: The package brings the schema; it is kept as a file, as the Makefile says.
WHEELS = Path(sys.prefix) / "wheels"
_SCHEMA = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found = sorted(WHEELS.glob("check_jsonschema-*.whl"))
    if not found:
        reason = "the schema of Compose is not here: `make test` fetches it"
        pytest.fail(reason) if os.environ.get("COPILOT_TEST_NO_SKIP") else pytest.skip(reason)
    with ZipFile(found[-1]) as wheel:
        told: dict[str, Any] = json.loads(wheel.read(_SCHEMA))
        return told


def test_compose_follows_the_specification(schema: dict[str, Any]) -> None:
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(read_compose())] == []
    broken = read_compose()
    broken["services"]["api"]["comand"] = broken["services"]["api"].pop("command")
    assert [error.message for error in validator.iter_errors(broken)] != []


def test_every_service_has_limits_and_a_fixed_image() -> None:
    for name, service in read_compose()["services"].items():
        assert re.fullmatch(r"[a-z/.-]+:[\w.-]*\d[\w.-]*", service["image"]), name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name


@pytest.mark.parametrize("name", OURS)
def test_our_services_may_write_nowhere_but_where_they_must(name: str) -> None:
    service = read_compose()["services"][name]
    assert service["read_only"]
    assert service["user"].split(":")[0] not in ("0", "root")
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert service["env_file"] == ["copilot.env"]


def test_settings_in_the_files_exist_and_no_secret_stands_in_compose() -> None:
    known = {f"COPILOT_{name.upper()}" for name in Settings.model_fields}
    example = (ROOT / "copilot.env.example").read_text(encoding="utf-8")
    units = "".join(path.read_text(encoding="utf-8") for path in UNITS)
    compose = COMPOSE.read_text(encoding="utf-8")
    for text in (compose, example, units):
        assert set(re.findall(r"(COPILOT_[A-Z_]+)[=:]", text)) <= known
    assert not re.search(r"(PASSWORD|SECRET_KEY|API_KEY|DATABASE_URL)[\w]*: *\S", compose)


def test_containers_get_longer_to_stop_than_their_answers_get_to_end() -> None:
    api = read_compose()["services"]["api"]
    told = api["environment"]
    wanted = float(told["COPILOT_DRAIN_S"]) + float(told["COPILOT_FINISH_S"])
    assert float(api["stop_grace_period"].removesuffix("s")) > wanted


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_samples(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    # A command that is there, since none is installed in /opt here; an instance for what is a template.
    text = re.sub(r"/opt/copilot/bin/\w+", "/bin/true", unit.read_text(encoding="utf-8"))
    copy = tmp_path / unit.name.replace("@.", "@8001.")
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
