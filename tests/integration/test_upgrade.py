"""From the data of an earlier release to this one, and back."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from copilot.adapters.sql import database, upgrade_copies
from copilot.bootstrap import Application, open_application, restore
from copilot.cli.app import app
from copilot.errors import HomeNotEmpty
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience
from knowledge.errors import IndexUnavailable, NotEnoughSpace
from tests.databases import TABLES, AddressOf, open_tables

#: The last revision of the release before, and the one of this release that its data is upgraded to.
BEFORE, AFTER = "0019_slack", "0020_signing_keys"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The migrations as the release before had them."""
    return migrations_before(tmp_path / "earlier")


def migrations_before(folder: Path) -> Path:
    shutil.copytree(database._MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for step in (folder / "versions").glob("*.py"):
        if step.stem > BEFORE:
            step.unlink()
    return folder


@contextmanager
def released(folder: Path) -> Iterator[None]:
    """Be the release that has these migrations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_MIGRATIONS", folder)
        yield


@contextmanager
def opened(home: Path) -> Iterator[Application]:
    with open_application(Settings(home=home, embedding_model="words"), embedder=HashingEmbedder()) as application:
        yield application


@pytest.fixture
def old_home(home: Path, knowledge_folder: Path) -> Path:
    """A home that the release before has filled."""
    with opened(home) as application:
        application.copilot.ingest([str(knowledge_folder)], corpus=False)
    taken_back(home / "copilot.db")
    return home


def taken_back(file: Path) -> None:
    """Give a database the tables that the release before had."""
    config = database._config()
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes.update({"connection": connection, "metadata": list(TABLES)})
        command.downgrade(config, BEFORE)
    engine.dispose()


def found(application: Application) -> str:
    return application.copilot.search("续费由谁负责", 1, Audience.INTERNAL).passages[0].source


def stored_revision(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def copies(home: Path) -> list[Path]:
    return sorted((home / "backups").glob("*.db"))


def diagnosis(home: Path) -> dict[str, dict[str, str]]:
    printed = CliRunner().invoke(app, ["doctor", "--json"], env={"COPILOT_HOME": str(home)}).stdout
    return {check["name"]: check for check in json.loads(printed)["checks"]}


def test_the_first_start_upgrades_and_keeps_what_was(old_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert stored_revision(old_home / "copilot.db") == BEFORE
    told = diagnosis(old_home)["database"]
    assert (told["status"], BEFORE in told["detail"]) == ("warning", True)
    assert copies(old_home) == []  # looking changed nothing
    with opened(old_home) as application:
        assert found(application) == "renewal.md"
    [copy] = copies(old_home)
    assert stored_revision(copy) == BEFORE
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert str(copy) in caplog.text
    assert stored_revision(old_home / "copilot.db") >= AFTER
    told = diagnosis(old_home)["database"]
    assert told["status"] == "ok"
    with opened(old_home):
        assert copies(old_home) == [copy]  # only an upgrade is worth one


def test_the_release_before_says_how_to_go_back(old_home: Path, earlier: Path) -> None:
    with opened(old_home):
        pass
    [copy] = copies(old_home)
    with released(earlier):
        with pytest.raises(IndexUnavailable, match="newer release") as caught, opened(old_home):
            pass
        assert f"copilot restore {str(copy)!r} --replace" in caught.value.message
        assert diagnosis(old_home)["database"]["status"] == "failed"


def test_only_the_newest_copies_stay(old_home: Path) -> None:
    folder = old_home / "backups"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"before-upgrade-2026010{day}T000000Z-0001.db").write_bytes(b"")
    (folder / "mine.db").write_bytes(b"")
    with opened(old_home):
        pass
    names = [path.name for path in copies(old_home)]
    assert names[:2] == [f"before-upgrade-2026010{day}T000000Z-0001.db" for day in (4, 5)]
    assert names[3:] == ["mine.db"]


def test_without_room_for_the_copy_nothing_is_upgraded(old_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade_copies, "_SPARE_BYTES", 2**60)
    with pytest.raises(NotEnoughSpace, match="Make room"), opened(old_home):
        pass
    assert stored_revision(old_home / "copilot.db") == BEFORE


@pytest.mark.databases
def test_an_upgrade_that_breaks_off_is_done_by_the_next_start(
    home: Path, tmp_path: Path, earlier: Path, database: AddressOf
) -> None:
    """The steps of an upgrade are one transaction, on both databases."""
    from copilot.adapters.sql import database as databases

    address = database(home) or f"sqlite:///{tmp_path / 'empty.db'}"
    if address.startswith("sqlite"):
        sqlite3.connect(tmp_path / "empty.db").close()
    engine = create_engine(address)
    if not address.startswith("sqlite"):
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    with released(earlier):
        open_tables(address).dispose()
    broken = tmp_path / "broken"
    shutil.copytree(databases._MIGRATIONS, broken, ignore=shutil.ignore_patterns("__pycache__"))
    (broken / "versions" / "9999_broken.py").write_text(
        f"revision, down_revision = '9999', {_head()!r}\ndef upgrade():\n    raise KeyboardInterrupt\n"
    )
    with released(broken), pytest.raises(KeyboardInterrupt):
        open_tables(address)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == BEFORE
    open_tables(address).dispose()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == _head()
    engine.dispose()


def _head() -> str:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(database._config()).get_current_head() or ""


def test_the_release_before_goes_back_to_what_was(old_home: Path, earlier: Path, tmp_path: Path) -> None:
    """Upgraded, used for a while, and taken back: the rows of then, with a vector for each of them."""
    with opened(old_home) as application:
        [line] = [line for line in application.copilot.documents().documents if line.source == "trial.md"]
        application.copilot.delete_document(line.id)  # its vectors go
        later = tmp_path / "later.md"
        later.write_text("# 后来\n\n升级之后才写的。\n", encoding="utf-8")
        application.copilot.ingest([str(later)], corpus=False)
    [copy] = copies(old_home)
    settings = Settings(home=old_home, embedding_model="words")
    with released(earlier):
        with pytest.raises(HomeNotEmpty):
            restore(settings, copy, replacing=False)
        report = restore(settings, copy, replacing=True)
        assert (report.revision, report.upgraded_to, report.embedded) == (BEFORE, None, 1)
        assert stored_revision(old_home / "copilot.db") == BEFORE
        assert stored_revision(Path(report.kept[0]) / "copilot.db") >= AFTER
    with opened(old_home) as application:  # upgraded once more
        assert {line.source for line in application.copilot.documents().documents} == {"renewal.md", "trial.md"}
        assert application.copilot.search("试用多久", 1, Audience.INTERNAL).passages[0].source == "trial.md"
        names = application.vectors.named(application.indexing._renewal._sets.live()).entries("chunk")
        assert len(names) == 2  # none of what was written since
        assert application.copilot.auditing.check().faults == []
