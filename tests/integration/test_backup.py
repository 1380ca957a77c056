"""Everything into one file while it is served, and back: on both databases, and from one to the other."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import zstandard
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from copilot.adapters.sql import tables
from copilot.adapters.sql.copied_rows import SECRETS
from copilot.audit.surface import Surface
from copilot.backup import making
from copilot.backup.place import Place
from copilot.bootstrap import Application, look, open_application, restore
from copilot.errors import BackupRefused, HomeNotEmpty, IndexLocked, NotPermitted, RestoreFailed
from copilot.interfaces.api.app import create_app
from copilot.interfaces.draft_contract import DraftBody, DraftDecisionBody
from copilot.people.caller import Caller
from copilot.people.person import Person, Role
from copilot.people.scope import scopes_of
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.sql import tables as knowledge_tables
from knowledge.document import Audience
from knowledge.errors import NotEnoughSpace
from tests.databases import AddressOf
from tests.integration.conftest import Run
from tests.integration.test_upgrade import BEFORE, migrations_before, released, taken_back


def settings_of(home: Path, database: AddressOf | None, **more: Any) -> Settings:
    address = database(home) if database else None
    return Settings(home=home, database_url=address, embedding_model="words", **more)


@contextmanager
def opened(settings: Settings) -> Iterator[Application]:
    with open_application(settings, embedder=HashingEmbedder()) as application:
        yield application


def place(folder: Path, name: str = "all.tar.zst") -> Place:
    return Place.of(folder / name, datetime.now(UTC))


def fill(application: Application, folder: Path) -> None:
    """Let a home have something of every kind."""
    application.copilot.ingest([str(folder)], corpus=False)
    application.copilot.uploads.keep([("票据.md", io.BytesIO("# 票据\n\n发票先登记再寄出。".encode()))])
    application.copilot.ingest([application.copilot.uploads.path], corpus=False)


def found(application: Application, question: str) -> list[str]:
    return [one.source for one in application.copilot.search(question, 3, Audience.INTERNAL).passages]


def vectors_of(application: Application) -> dict[str, list[float]]:
    """Return the vectors of all chunks that are searched."""
    held = application.vectors.named(application.indexing._renewal._sets.live())
    return {name: vector.tolist() for name, vector in held.vectors("chunk", list(held.entries("chunk"))).items()}


@pytest.mark.databases
def test_a_home_comes_back_as_it_was(home: Path, tmp_path: Path, knowledge_folder: Path, database: AddressOf) -> None:
    settings = settings_of(home, database)
    with opened(settings) as application:
        fill(application, knowledge_folder)
        before = (application.copilot.documents(), vectors_of(application), found(application, "谁负责续费"))
        made = application.copilot.backups.make(place(tmp_path))
        assert application.copilot.auditing.page(0, 9).entries[-1].action == "backup.made"
    archive = Path(made.path)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert (made.counts["documents"], made.vectors_missing, made.questions, made.not_asked) == (3, 0, 1, None)
    assert sorted(path.name for path in tmp_path.iterdir() if "unfinished" in path.name) == []
    assert look(archive).status == "sound"

    again = settings_of(tmp_path / "again", database)
    report = restore(again, archive, replacing=False)
    assert (report.embedded, report.audit_faults, report.kept) == (0, 0, [])
    assert all(line.found == line.expected for line in report.asked)
    assert len(report.asked) == made.questions
    with opened(again) as application:
        assert (application.copilot.documents(), vectors_of(application), found(application, "谁负责续费")) == before
        assert application.copilot.auditing.page(0, 9).entries[-1].action == "backup.restored"
        assert application.copilot.auditing.check().faults == []
        assert (again.home / "uploads" / "票据.md").read_text().startswith("# 票据")
        unchanged = application.copilot.ingest([str(knowledge_folder), application.copilot.uploads.path], corpus=False)
        assert (unchanged.unchanged, unchanged.added, unchanged.deleted) == (3, 0, 0)
        new = application.copilot.ingest([str(_another(tmp_path))], corpus=False)  # what counts by itself goes on
        assert new.added == 1


def _another(folder: Path) -> Path:
    path = folder / "another.md"
    path.write_text("# 另一份\n\n新的文档也能入库。\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("way", ["to postgres", "from postgres"])
def test_rows_move_from_one_kind_of_database_to_the_other(
    way: str, request: pytest.FixtureRequest, tmp_path: Path, knowledge_folder: Path
) -> None:
    server = request.getfixturevalue("postgres")
    address = server.lend()
    here = Settings(home=tmp_path / "here", embedding_model="words")
    there = Settings(home=tmp_path / "there", embedding_model="words", database_url=address)
    source, target = (here, there) if way == "to postgres" else (there, here)
    with opened(source) as application:
        fill(application, knowledge_folder)
        application.copilot.accounts.put("a1", {"name": "柚子家居", "stage": "续费", "seats": 7, "note": None})
        before = (application.copilot.documents(), found(application, "续费"), application.copilot.accounts.get("a1"))
        made = application.copilot.backups.make(place(tmp_path, "all.tar.gz"))
    report = restore(target, Path(made.path), replacing=False)
    assert (report.database, report.vectors) == ("sqlite" if way == "to postgres" else "postgresql", made.vectors)
    with opened(target) as application:
        after = (application.copilot.documents(), found(application, "续费"), application.copilot.accounts.get("a1"))
        assert after == before
        assert application.copilot.auditing.check().faults == []
    server.drop(address)


@pytest.mark.databases
def test_a_home_that_has_something_is_replaced_only_when_asked_and_kept_aside(
    home: Path, tmp_path: Path, knowledge_folder: Path, database: AddressOf
) -> None:
    settings = settings_of(home, database)
    with opened(settings) as application:
        fill(application, knowledge_folder)
        made = application.copilot.backups.make(place(tmp_path))
        application.copilot.ingest([str(_another(tmp_path))], corpus=False)
        (home / "exports").mkdir()
        (home / "exports" / "late.md").write_text("later than the backup")
    with pytest.raises(HomeNotEmpty, match="--replace"):
        restore(settings, Path(made.path), replacing=False)
    report = restore(settings, Path(made.path), replacing=True)
    aside = Path(report.kept[0])
    assert (aside / "exports" / "late.md").read_text() == "later than the backup"
    assert not (home / "exports").exists()
    assert len(report.kept) == (2 if database(home) else 1)
    with opened(settings) as application:
        assert application.store.count() == 3
    if database(home):
        with application_engine(settings) as engine, engine.connect() as connection:
            schema = report.kept[1].split()[1]
            assert connection.execute(text(f"SELECT count(*) FROM {schema}.documents")).scalar_one() == 4
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            connection.commit()


@contextmanager
def application_engine(settings: Settings) -> Iterator[Any]:
    from copilot.bootstrap.home import database as database_of

    engine = database_of(settings)
    yield engine
    engine.dispose()


def test_a_home_in_use_is_not_touched(home: Path, tmp_path: Path, knowledge_folder: Path) -> None:
    settings = settings_of(home, None)
    with opened(settings) as application:
        fill(application, knowledge_folder)
        made = application.copilot.backups.make(place(tmp_path))
        with pytest.raises(IndexLocked):
            restore(settings, Path(made.path), replacing=True)


def test_a_database_that_others_use_is_not_touched(
    request: pytest.FixtureRequest, tmp_path: Path, knowledge_folder: Path
) -> None:
    server = request.getfixturevalue("postgres")
    address = server.lend()
    one = Settings(home=tmp_path / "one", embedding_model="words", database_url=address)
    with opened(one) as application:
        fill(application, knowledge_folder)
        made = application.copilot.backups.make(place(tmp_path))
        with pytest.raises(IndexLocked, match="use the database"):
            restore(one.model_copy(update={"home": tmp_path / "two"}), Path(made.path), replacing=True)
    server.take_back(address)


@pytest.mark.databases
def test_secrets_and_what_makes_itself_again_stay_out(
    home: Path, tmp_path: Path, knowledge_folder: Path, database: AddressOf
) -> None:
    settings = settings_of(home, database)
    with opened(settings) as application:
        fill(application, knowledge_folder)
        (home / "secret.env").write_text("COPILOT_API_KEY=do-not-keep-me-anywhere")
        with application_engine(settings) as engine, engine.begin() as connection:
            now = datetime.now(UTC)
            connection.execute(tables.signing_keys.insert().values(id=7, secret="s3cr3t" * 5, created_at=now))
            connection.execute(
                tables.sessions.insert().values(
                    hash="5e5510" * 8, id="5e55", person="owner", way="link", browser="", opened_at=now, seen_at=now
                )
            )
        made = application.copilot.backups.make(place(tmp_path, "all.tar"))
    data = Path(made.path).read_bytes()
    assert b"s3cr3t" not in data
    assert b"5e5510" not in data
    assert b"do-not-keep-me" not in data
    assert any("secret" in line for line in made.left_out)


def test_whoever_adds_a_secret_to_the_database_decides_whether_backups_keep_it() -> None:
    """Hashes that nothing can be made of may be kept; what opens something may not: add its table to SECRETS."""
    kept = {("api_keys", "hash"), ("audit_log", "hash"), ("audit_head", "hash")}
    kept |= {("passwords", "hash"), ("used_tokens", "hash")}  # argon2id; and of tokens that are used up
    suspicious = {
        (table.name, column.name)
        for metadata in (tables.metadata, knowledge_tables.metadata)
        for table in metadata.sorted_tables
        for column in table.c
        if any(word in column.name for word in ("secret", "token", "password", "hash", "nonce", "totp"))
    }
    harmless = {name for name in suspicious if name[1] in ("content_hash", "text_hash", "tokens_in", "tokens_out")}
    assert {table for table, _ in suspicious - kept - harmless} == {table.name for table in SECRETS}


@pytest.mark.databases
def test_what_was_on_its_way_waits_for_a_person(
    home: Path, tmp_path: Path, knowledge_folder: Path, database: AddressOf
) -> None:
    settings = settings_of(home, database)
    with opened(settings) as application:
        fill(application, knowledge_folder)
        copilot = application.copilot
        copilot.accounts.put("a1", {"name": "柚子", "stage": "续费"})
        draft = copilot.drafts.create(DraftBody(kind="customer_message", account_id="a1"))
        copilot.drafts.decide(draft.id, DraftDecisionBody(decision="approve", revision=1), "k1")
        with application_engine(settings) as engine, engine.begin() as connection:
            connection.execute(
                tables.deliveries.insert().values(
                    id="d1", draft_id=draft.id, revision=1, channel="file", destination="x.md", status="queued",
                    attempts=0, due_at=datetime.now(UTC), requested_by="owner", created_at=datetime.now(UTC),
                )
            )  # fmt: skip
        made = copilot.backups.make(place(tmp_path))
    again = settings_of(tmp_path / "again", database)
    report = restore(again, Path(made.path), replacing=False)
    assert report.held == 1
    with opened(again) as application:
        [delivery] = application.copilot.deliveries.list().deliveries
        assert (delivery.status, delivery.code) == ("blocked", "restored")
        application.worker.step()
        assert not (again.home / "exports").exists()


@pytest.mark.databases
def test_a_backup_while_everybody_writes_is_of_one_moment(home: Path, tmp_path: Path, database: AddressOf) -> None:
    """Documents come and go and decisions are taken while it is made; what comes back fits together."""
    settings = settings_of(home, database)
    folder = tmp_path / "busy"
    folder.mkdir()
    stop = threading.Event()
    failures: list[BaseException] = []

    def ingest(application: Application) -> None:
        try:
            for turn in range(10_000):
                for n in range(4):
                    (folder / f"{n}.md").write_text(f"# 门店 {n}\n\n第 {turn} 次改写。\n", encoding="utf-8")
                (folder / f"{turn % 4}.md").unlink()
                application.copilot.ingest([str(folder)], corpus=False)
                if stop.is_set():
                    return
        except BaseException as error:  # noqa: BLE001  # told by the test
            failures.append(error)

    def decide(application: Application) -> None:
        try:
            copilot = application.copilot
            while not stop.is_set():
                draft = copilot.drafts.create(DraftBody(kind="customer_message", account_id="a1"))
                copilot.drafts.decide(draft.id, DraftDecisionBody(decision="approve", revision=1), draft.id)
        except BaseException as error:  # noqa: BLE001  # told by the test
            failures.append(error)

    with opened(settings) as application:
        application.copilot.accounts.put("a1", {"name": "柚子", "stage": "续费"})
        writers = [threading.Thread(target=one, args=(application,)) for one in (ingest, decide)]
        for writer in writers:
            writer.start()
        made = [application.copilot.backups.make(place(tmp_path, f"{n}.tar.zst")) for n in range(3)]
        stop.set()
        for writer in writers:
            writer.join()
    assert failures == []
    for one in made:
        again = settings_of(tmp_path / Path(one.path).stem, database)
        report = restore(again, Path(one.path), replacing=False)
        assert report.audit_faults == 0
        with opened(again) as application:
            assert len(vectors_of(application)) == _count(again, knowledge_tables.chunks)
            assert application.copilot.auditing.check().faults == []
            decided = select(tables.decisions.c.draft_id, tables.decisions.c.revision)
            revisions = select(tables.draft_revisions.c.draft_id, tables.draft_revisions.c.number)
            with application_engine(again) as engine, engine.connect() as connection:
                told = {tuple(row) for row in connection.execute(decided)}
                assert told <= {tuple(row) for row in connection.execute(revisions)}


def _count(settings: Settings, table: Any) -> int:
    with application_engine(settings) as engine, engine.connect() as connection:
        return len(connection.execute(select(table.c.id)).all())


def test_vectors_that_are_gone_are_made_anew(
    home: Path, tmp_path: Path, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(home, None)
    with opened(settings) as application:
        fill(application, knowledge_folder)
        before = vectors_of(application)
        some = sorted(before)[0]
        application.vectors.discard("chunk", [some])  # as an ingestion does with what it replaces
        made = application.copilot.backups.make(place(tmp_path))
    assert made.vectors_missing == 1
    again = settings_of(tmp_path / "again", None)
    assert restore(again, Path(made.path), replacing=False).embedded == 1
    with opened(again) as application:
        assert vectors_of(application) == before


def test_what_does_not_find_what_it_found_replaces_nothing(home: Path, tmp_path: Path, knowledge_folder: Path) -> None:
    settings = settings_of(home, None)
    with opened(settings) as application:
        fill(application, knowledge_folder)
        made = application.copilot.backups.make(place(tmp_path, "all.tar"))
    wrong = tmp_path / "wrong.tar"

    def other_passages(manifest: dict[str, Any]) -> None:
        manifest["questions"] = [{"text": "试用多久", "passages": ["0000000000000000.1.0"]}]

    rewritten(Path(made.path), wrong, other_passages)
    with pytest.raises(RestoreFailed, match="试用多久"):
        restore(settings, wrong, replacing=True)
    with opened(settings) as application:
        assert application.store.count() == 3
    assert [path.name for path in home.iterdir() if "repl" in path.name or "restoring" in path.name] == []


@pytest.mark.parametrize("right", [True, False])
def test_nothing_reaches_the_store_of_files_before_a_restore_is_proven(
    home: Path, tmp_path: Path, knowledge_folder: Path, right: bool
) -> None:
    store = tmp_path / "store"
    settings = settings_of(home, None, blobs=str(store))
    with opened(settings) as application:
        fill(application, knowledge_folder)
        made = application.copilot.backups.make(place(tmp_path, "all.tar"))
    kept = {path.relative_to(store): path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert kept
    for name in kept:
        (store / name).unlink()
    archive = Path(made.path)
    if not right:
        archive = tmp_path / "wrong.tar"
        passages = [{"text": "试用多久", "passages": ["0000000000000000.1.0"]}]
        rewritten(Path(made.path), archive, lambda manifest: manifest.update(questions=passages))
    with nullcontext() if right else pytest.raises(RestoreFailed):
        restore(settings, archive, replacing=True)
    assert not [path for path in store.rglob("*") if path.is_file()]
    with opened(settings) as application:
        assert application.store.count() == 3
    found = {path.relative_to(store): path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert found == (kept if right else {})


def rewritten(archive: Path, to: Path, change: Any, database: Path | None = None) -> None:
    """Write an archive with another manifest, whose hash fits."""
    with tarfile.open(archive) as old, tarfile.open(to, "w", format=tarfile.GNU_FORMAT) as new:
        manifest = json.load(old.extractfile("manifest.json"))  # type: ignore[arg-type]
        change(manifest)
        told = json.dumps(manifest).encode()
        for name, data in (("manifest.json", told), ("manifest.sha256", hashlib.sha256(told).hexdigest().encode())):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
        for member in old.getmembers()[2:]:
            data = old.extractfile(member)
            if database is not None and member.name == "database.sqlite":
                member.size, data = database.stat().st_size, io.BytesIO(database.read_bytes())
            new.addfile(member, data)


def test_trained_models_and_a_fitted_calibration_come_along(home: Path, tmp_path: Path, knowledge_folder: Path) -> None:
    settings, later = settings_of(home, None), tmp_path / "again" / "models"
    model = home / "models" / "trained-0123456789ab" / "model.safetensors"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"weights")
    (home / "models" / "active.json").write_text('{"base": "x"}')
    (home / "models" / "multilingual").mkdir()
    (home / "models" / "multilingual" / "unpacked.bin").write_bytes(b"packaged")
    with opened(settings) as application:
        fill(application, knowledge_folder)
        made = application.copilot.backups.make(place(tmp_path))
    restore(settings_of(tmp_path / "again", None), Path(made.path), replacing=False)
    assert (later / "trained-0123456789ab" / "model.safetensors").read_bytes() == b"weights"
    assert (later / "active.json").read_text() == '{"base": "x"}'
    assert not (later / "multilingual").exists()

    # Replaced by a home without a trained model, none is in use any more.
    (home / "models" / "active.json").unlink()
    with opened(settings) as application:
        without = application.copilot.backups.make(place(tmp_path, "without.tar.zst"))
    restore(settings_of(tmp_path / "again", None), Path(without.path), replacing=True)
    assert not (later / "active.json").exists()


def test_only_admins_back_up(home: Path, tmp_path: Path) -> None:
    curator = Person(id="shen", name="沈", roles=frozenset({Role.CURATOR, Role.MANAGER}))
    caller = Caller(person=curator, scopes=scopes_of(curator), surface=Surface.HTTP)
    with opened(settings_of(home, None)) as application:
        with pytest.raises(NotPermitted, match=r"backups\.make"):
            application.copilot.backups.make(place(tmp_path), caller=caller)
        client = TestClient(
            create_app(copilot=application.copilot, access=application.access, ready=Mock(), version="1")
        )
        assert client.post("/v1/backups", json={}).status_code == 401
        key = {"Authorization": f"Bearer {application.access.run_token}"}
        assert client.get("/v1/backups/none", headers=key).status_code == 404
        run = client.post("/v1/backups", json={"ending": ".tar"}, headers=key).json()
        while run["status"] == "running":
            run = client.get(f"/v1/backups/{run['id']}", headers=key).json()
        assert Path(run["backup"]["path"]).parent == home / "backups"


def test_without_room_nothing_is_begun(
    home: Path, tmp_path: Path, knowledge_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(settings_of(home, None)) as application:
        fill(application, knowledge_folder)
        monkeypatch.setattr(making, "_SPARE_BYTES", 2**60)
        with pytest.raises(NotEnoughSpace):
            application.copilot.backups.make(place(tmp_path))
    assert not (tmp_path / "all.tar.zst").exists()


def test_an_older_revision_is_brought_up_to_date_and_a_newer_one_refused(
    home: Path, tmp_path: Path, knowledge_folder: Path
) -> None:
    with opened(settings_of(home, None)) as application:
        fill(application, knowledge_folder)
        made = application.copilot.backups.make(place(tmp_path, "all.tar"))
    older, database = tmp_path / "older.tar", tmp_path / "older.db"
    with tarfile.open(made.path) as archive:
        database.write_bytes(archive.extractfile("database.sqlite").read())  # type: ignore[union-attr]
    taken_back(database)

    def older_rows(manifest: dict[str, Any]) -> None:
        manifest["revision"] = BEFORE
        [member] = [member for member in manifest["members"] if member["name"] == "database.sqlite"]
        member.update(size=database.stat().st_size, sha256=hashlib.sha256(database.read_bytes()).hexdigest())

    rewritten(Path(made.path), older, older_rows, database)
    again = settings_of(tmp_path / "again", None)
    report = restore(again, older, replacing=False)
    assert (report.revision, report.upgraded_to == made.revision) == (BEFORE, True)
    with opened(again) as application:
        assert application.store.count() == 3
    with released(migrations_before(tmp_path / "earlier")), pytest.raises(BackupRefused, match="newer release"):
        restore(settings_of(tmp_path / "third", None), Path(made.path), replacing=False)
    assert [path.name for path in (tmp_path / "third").iterdir()] == ["copilot.lock"]


def test_commands_in_both_forms(run: Run, home: Path, tmp_path: Path, knowledge_folder: Path) -> None:
    run("ingest", str(knowledge_folder), "--no-corpus")
    printed = run("backup", str(tmp_path / "all.tar.gz"))
    assert "没有加密" in printed.stdout
    assert "keep it safe" in printed.stdout
    gzip.decompress((tmp_path / "all.tar.gz").read_bytes())
    told = json.loads(run("backup", str(tmp_path), "--json").stdout)
    assert told["path"].endswith(".tar.zst")
    with Path(told["path"]).open("rb") as file:
        assert zstandard.ZstdDecompressor().stream_reader(file).read(13) == b"manifest.json"
    again = run("backup", str(tmp_path / "all.tar.gz"))
    assert (again.returncode, "exists" in again.stderr) == (1, True)
    assert json.loads(run("backup", "--json").stdout)["path"].startswith(str(home / "backups"))
    checked = json.loads(run("restore", told["path"], "--check-only", "--json").stdout)
    assert checked["status"] == "sound"
    refused = run("restore", told["path"], "--json")
    assert json.loads(refused.stdout)["error"]["code"] == "home_not_empty"
    into = tmp_path / "copy"
    shown = run("restore", told["path"], "--into", str(into), COPILOT_DATABASE_URL="")
    assert "已恢复 restored" in shown.stdout
    assert "逐题核对" in shown.stdout
    with closing(sqlite3.connect(into / "copilot.db")) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone()[0] == 2
