"""`copilot train` as a person and a script see it, on a tiny model."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from copilot.adapters.home_lock import HomeLock
from copilot.bootstrap import open_application
from copilot.settings import Settings
from tests.databases import AddressOf, kept_environment
from tests.doubles.tiny_model import tiny_model, tiny_records
from tests.forked_commands import ForkedCommands

LEARN = ("--epochs", "10", "--learning-rate", "0.005")
#: Long enough to be stopped in the middle.
AGES = ("--epochs", "20", "--learning-rate", "0.005")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def settings(tiny: Path, tmp_path_factory: pytest.TempPathFactory, address_of: AddressOf) -> Settings:
    """A home with 200 small documents."""
    folder = tmp_path_factory.mktemp("team")
    records = folder / "team.jsonl"
    records.write_text("\n".join(json.dumps(record) for record in tiny_records(200)), encoding="utf-8")
    home = folder / "home"
    settings = Settings(home=home, database_url=address_of(home), embedding_model=str(tiny), embedding_engine="fp32")
    with open_application(settings) as application:
        application.indexing.ingest([str(records)], corpus=False)
    return settings


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set on which the tiny model can neither win nor lose: the question is in the passage."""
    folder = tmp_path_factory.mktemp("guards") / "elsewhere"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text('{"id": "1", "text": "s1 s2"}\n', encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"id": "q", "text": "s1", "gold": ["1"]}\n', encoding="utf-8")
    return folder


def environment(settings: Settings) -> dict[str, str]:
    address = settings.database_url
    kept = kept_environment() | ({"COPILOT_DATABASE_URL": address.get_secret_value()} if address else {})
    named = {"HOME": settings.home, "EMBEDDING_MODEL": settings.embedding_model, "EMBEDDING_ENGINE": "fp32"}
    return kept | {f"COPILOT_{name}": str(value) for name, value in named.items()}


class Training:
    """`copilot train` in processes of its own."""

    def __init__(self, commands: ForkedCommands) -> None:
        self._commands = commands

    def __call__(self, settings: Settings, *arguments: str) -> tuple[int, dict[str, Any], str]:
        done = self.printed(settings, *arguments, "--json")
        return done.returncode, json.loads(done.stdout), done.stderr

    def printed(self, settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
        command, folder = ["train", *arguments], settings.home.parent
        return self._commands.run(command, environment=environment(settings), cwd=folder, timeout_s=300)

    def stopped(self, settings: Settings, number: signal.Signals) -> tuple[int, str]:
        """Start a long training, and stop it once it works on its states."""
        with tempfile.TemporaryFile() as out:
            process = self._commands.start(
                ["train", *AGES],
                environment=environment(settings),
                cwd=settings.home.parent,
                out=out.fileno(),
                err=out.fileno(),
            )
            deadline = time.monotonic() + 200
            while not list(settings.models.glob(".training-*/states.f16")):
                assert process.poll() is None, process.returncode
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.send_signal(number)
            status = process.wait(100)
            out.seek(0)
            return status, out.read().decode()


@pytest.fixture
def train(commands: ForkedCommands) -> Training:
    return Training(commands)


def shown(models: Path) -> dict[str, float]:
    return {path.name: path.stat().st_mtime for path in models.iterdir() if not path.name.startswith(".")}


@pytest.mark.parametrize(
    ("number", "status", "leftovers"), [(signal.SIGINT, 130, 0), (signal.SIGKILL, -signal.SIGKILL, 1)]
)
def test_a_training_that_is_stopped_changes_nothing(
    settings: Settings, train: Training, number: signal.Signals, status: int, leftovers: int
) -> None:
    settings.models.mkdir(exist_ok=True)
    before = shown(settings.models)
    found, errors = train.stopped(settings, number)
    assert (found, "Traceback" in errors) == (status, False)
    assert shown(settings.models) == before
    assert len(list(settings.models.glob(".training-*"))) == leftovers


def test_train_promote_tell_and_roll_back(settings: Settings, guard: Path, train: Training) -> None:
    # How a tiny model ends can hang on the rounding of busy cores; whether one is promoted at all must not.
    for seed in ("1", "2", "3"):
        status, report, _ = train(settings, *LEARN, "--seed", seed, "--guard", str(guard))
        assert status == 0
        if report["outcome"] == "promoted":
            break
    assert report["outcome"] == "promoted", report
    (name,) = (path.name for path in settings.models.glob("trained-*") if path.is_dir())
    assert report["model"] == name
    team, others = report["trials"][-1]["team"], report["trials"][-1]["guards"]
    assert team["low"] > 0
    assert [line["name"] for line in others] == ["shipped evaluation set", "elsewhere"] or [
        line["name"] for line in others
    ] == ["questions of the shipped corpus", "elsewhere"]
    assert not list(settings.models.glob(".training-*")), "what a killed run left behind is still there"

    with open_application(settings) as application:
        assert application.embedder.identity.model.startswith(name)
        assert application.indexing.rebuild() is not None

    status, told, _ = train(settings, "--status")
    assert (status, told["active"], told["previous"]) == (0, name, settings.embedding_model)
    assert told["last"]["trials"] == report["trials"]

    status, back, _ = train(settings, "--rollback")
    assert (status, back["active"], back["previous"]) == (0, settings.embedding_model, name)
    assert back["index"]["embedded"] == 0
    assert back["index"]["kept"] >= 600
    with open_application(settings) as application:
        assert name not in application.embedder.identity.model
        assert application.vectors.identity() == application.embedder.identity
        assert application.indexing.rebuild() is None


def test_what_is_no_gain_is_not_promoted_and_that_is_no_failure(settings: Settings, train: Training) -> None:
    before = json.loads((settings.models / "active.json").read_text()) if shown(settings.models) else None
    done = train.printed(settings, "--max-steps", "1", "--learning-rate", "0.000001")
    assert done.returncode == 0
    assert "no sure gain" in done.stdout
    assert "difference of MRR" in done.stdout
    after = json.loads((settings.models / "active.json").read_text()) if before else None
    assert before == after


def test_a_dry_run_says_what_would_be_done(settings: Settings, guard: Path, train: Training) -> None:
    status, report, _ = train(settings, "--dry-run", "--guard", str(guard))
    assert (status, report["outcome"], report["trials"]) == (0, "planned", [])
    assert report["plan"]["train"] + report["plan"]["held_out"] + report["plan"]["dropped"] == 600
    assert any(line.startswith("elsewhere (1 questions over 1 passages)") for line in report["plan"]["guards"])


def test_a_home_in_use_is_named(settings: Settings, train: Training) -> None:
    lock = HomeLock(settings.home)
    try:
        found = [train(settings, *arguments) for arguments in ((), ("--rollback",))]
    finally:
        lock.release()
    assert [(status, body["error"]["code"]) for status, body, _ in found] == [(1, "index_locked")] * 2


@pytest.fixture(scope="module")
def small(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with too few documents; nothing that is refused changes it."""
    return _home_with(20, str(tiny), tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with enough documents, on a model that cannot be trained."""
    return _home_with(100, "words", tmp_path_factory.mktemp("words"))


def _home_with(documents: int, model: str, folder: Path) -> Settings:
    settings = Settings(home=folder / "home", embedding_model=model, embedding_engine="fp32")
    records = folder / "team.jsonl"
    records.write_text("\n".join(json.dumps(record) for record in tiny_records(documents)), encoding="utf-8")
    with open_application(settings) as application:
        application.indexing.ingest([str(records)], corpus=False)
    return settings


@pytest.mark.parametrize(
    ("home_with", "arguments", "code"),
    [
        ("small", (), "too_few_examples"),
        ("small", ("--rollback",), "nothing_to_roll_back"),
        ("words", (), "model_not_trainable"),
        ("small", ("--guard", "nowhere"), "invalid_request"),
    ],
)
def test_refusals_have_codes(
    request: pytest.FixtureRequest, train: Training, home_with: str, arguments: tuple[str, ...], code: str
) -> None:
    status, body, errors = train(request.getfixturevalue(home_with), *arguments)
    assert (status, body["error"]["code"]) == (1, code)
    assert code in errors
    assert "Traceback" not in errors
