"""A home out of a backup: laid out and proven beside the one before, then put in its place."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL, Engine, text

from copilot.adapters.home_swap import STAGING, Move, Swap, abandon, begin, swap
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.copied_rows import audit_end, copied, sound, transfer
from copilot.adapters.sql.database import Revision, connected, open_database, revision
from copilot.adapters.sql.held_back import hold_back
from copilot.adapters.sql.restored_tables import drop_schema, filled, new_schema, others_connected, within
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.entry import Event
from copilot.audit.surface import Surface
from copilot.backup.asking import Comeback, come_back, enough
from copilot.backup.making import StageListener
from copilot.backup.manifest import CALIBRATION, DATABASE, FOLDERS, MODELS, AuditHead, Manifest
from copilot.backup.unpacking import HOME, is_database, only_database, unpack
from copilot.bootstrap.application import Application, open_application
from copilot.bootstrap.backing_up import RetrieverAsker
from copilot.bootstrap.home import address_of, swap_in, take_home
from copilot.bootstrap.models import fresh_embedder, remembering
from copilot.bootstrap.restored_vectors import FIELDS, places_of, portions, put_back, rename_set
from copilot.errors import BackupDamaged, BackupRefused, HomeNotEmpty, IndexLocked, RestoreFailed
from copilot.interfaces.backup_contract import ComebackLine, RestoreBody
from copilot.people.caller import the_owner
from copilot.settings import Settings
from ingest.progress import Progress
from ingest.rebuild import complete
from knowledge.adapters.chroma_index import ChromaIndex, close_client, embedded_client, server_client
from knowledge.adapters.chroma_set import ChromaSet, filled_sets
from knowledge.adapters.embedding_models import embedder_of
from knowledge.adapters.sql.copying import index_words, unindexed
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of
from knowledge.adapters.sql.question_store import SqlQuestionStore
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.adapters.sql.vector_sets import SqlVectorSets
from knowledge.embedder import Embedder, ModelIdentity
from knowledge.errors import NotEnoughSpace, ReportableError
from knowledge.space import is_full
from knowledge.vector_sets import set_name

_TABLES = (knowledge_metadata, copilot_metadata)
_DATABASE_FILES = ("copilot.db", "copilot.db-wal", "copilot.db-shm")
#: What a home consists of, besides the database and trained models.
_ENTRIES = ("chroma", *FOLDERS, CALIBRATION, "corpus-pending")


def look(file: Path, listen: StageListener = lambda *_: None) -> RestoreBody:
    """Check a backup without restoring it; nothing is written that stays.

    Raises:
        BackupRefused, BackupDamaged: says what is wrong with it.
    """
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="copilot-backup-") as folder:
        copy = Path(folder) / DATABASE
        manifest = None
        if is_database(file):
            shutil.copyfile(file, copy)
        else:
            manifest = unpack(file, Path(folder), listen, wanted=only_database)
        found = _usable(copy, file)
        engine = copied(copy)
        try:
            audit = audit_end(engine)
        finally:
            engine.dispose()
    _same_end(manifest, audit)
    return _report(file, manifest, found, audit, begun).model_copy(update={"status": "sound"})


def restore(settings: Settings, file: Path, *, replacing: bool, listen: StageListener = lambda *_: None) -> RestoreBody:
    """Make a home of a backup, or of a copy of the database from before an upgrade. What was there is kept aside.

    Raises:
        BackupRefused, BackupDamaged: the backup cannot be used.
        HomeNotEmpty: there is something already, and it is not to be replaced.
        IndexLocked: the home or the database is in use.
        NotEnoughSpace: the disk cannot hold it.
        RestoreFailed: what was restored is not what was backed up.
        In each case nothing has been replaced.
    """
    file = file.resolve()
    lock = take_home(settings)
    try:
        restoring = _Restoring(settings, file, listen)
        try:
            restoring.refuse_taken(replacing=replacing)
            return restoring.copy() if is_database(file) else restoring.archive()
        except OSError as error:
            restoring.abandon()
            raise _told(error) from error
        except BaseException:
            restoring.abandon()
            raise
    finally:
        lock.release()


@dataclass(frozen=True, kw_only=True)
class _Proof:
    """What was found when the restored rows and vectors were opened."""

    loaded: int
    embedded: int
    held: int
    audit: AuditHead
    comebacks: Sequence[Comeback]
    not_asked: str | None


class _Restoring:
    """One run; the home is ours."""

    def __init__(self, settings: Settings, file: Path, listen: StageListener) -> None:
        self._settings = settings
        self._file = file
        self._listen = listen
        self._home = settings.home.resolve()
        self._begun = time.monotonic()
        self._aside = self._home / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        self._address = address_of(settings)
        self._postgres = self._address.get_backend_name() == "postgresql"
        self._schema: str | None = None
        self._set: ChromaSet | None = None  #: that this run has begun on a server

    def refuse_taken(self, *, replacing: bool) -> None:
        """Refuse what is in use, and what holds something unless it is to be replaced."""
        there = [name for name in (*_DATABASE_FILES[:1], *_ENTRIES) if (self._home / name).exists()]
        full = [f"{str(self._home)!r} has {', '.join(there)}"] if there else []
        if self._postgres:
            with self._connected() as engine, engine.connect() as connection:
                others = others_connected(connection)
                if others:
                    raise IndexLocked(
                        f"{others} connections of a copilot use the database. Stop every process on it, then restore."
                    )
                full += ["the database of COPILOT_DATABASE_URL has rows"] if filled(connection) else []
        elif self._database_file().exists() and self._database_file().parent != self._home:
            full.append(f"{str(self._database_file())!r} exists")
        if self._settings.chroma_url and not is_database(self._file):
            client = server_client(self._settings.chroma_url)
            full += ["the Chroma server has vectors"] if filled_sets(client) else []
            close_client(client)
        if full and not replacing:
            raise HomeNotEmpty(
                f"{'; '.join(full)}. Name an empty home (--into), or add --replace, which keeps what is there aside."
            )

    def abandon(self) -> None:
        """Leave everything as it was."""
        if (self._home / STAGING / "journal.json").exists():
            return  # past the point of return: the next start finishes it
        if self._set is not None:
            self._set.drop()
        if self._schema is not None:
            with self._connected() as engine, engine.begin() as connection:
                drop_schema(connection, self._schema)
        abandon(self._home)

    def archive(self) -> RestoreBody:
        """Restore a backup."""
        staging = begin(self._home)
        home = staging / HOME
        home.mkdir(mode=0o700)
        manifest = unpack(self._file, staging, self._listen)
        rows = home / "copilot.db"
        (staging / DATABASE).rename(rows)
        found = _usable(rows, self._file)
        address = self._laid_out(rows)
        staged = self._staged(home, address)
        proof = self._proven(staged, address, manifest, staging)
        if not self._postgres:
            _one_file(rows)
        else:
            rows.unlink()
        if not enough(proof.comebacks):
            missed = [one.question for one in proof.comebacks if not one.same]
            raise RestoreFailed(
                f"{len(missed)} of {len(proof.comebacks)} questions do not find what they found when the backup was "
                f"made, {missed[0]!r} among them. Nothing was replaced. Try another backup, and report this one."
            )
        moves = [*self._database_moves(None if self._postgres else rows), *self._moves(home), *self._model_moves(home)]
        swap(
            self._home,
            Swap(moves=moves, schema=self._schema, aside_schema=self._aside.name.replace("-", "_").lower()),
            partial(swap_in, self._settings),
        )
        report = _report(self._file, manifest, found, proof.audit, self._begun)
        return report.model_copy(
            update={
                "vectors": proof.loaded,
                "embedded": proof.embedded,
                "files": sum(member.path is not None for member in manifest.members),
                "held": proof.held,
                "asked": [ComebackLine.model_validate(asdict(one)) for one in proof.comebacks],
                "not_asked": manifest.not_asked or proof.not_asked,
                "kept": self._kept(),
                "notes": self._notes(manifest),
            }
        )

    def copy(self) -> RestoreBody:
        """Restore a copy of the database alone; files and vectors stay, and vectors that it lacks are made."""
        if self._postgres:
            raise BackupRefused("A copy of a SQLite database cannot replace PostgreSQL. Unset COPILOT_DATABASE_URL.")
        staging = begin(self._home)
        rows = staging / "copilot.db"
        shutil.copyfile(self._file, rows)
        rows.chmod(0o600)
        found = _usable(rows, self._file)
        engine = open_database(_sqlite(rows), _TABLES)
        url = self._settings.chroma_url
        index = ChromaIndex(
            server_client(url) if url else embedded_client(self._home / "chroma"), SqlVectorSets(engine)
        )
        try:
            embedder = remembering(fresh_embedder(self._settings), self._settings)
            held_set, embedded = self._completed_copy(engine, index, embedder)
            held, audit = self._closed(engine, self._file.name)
            wanted = {field: places_of(engine, field) for field in FIELDS}
            engine.dispose()
            _one_file(rows)
            swap(self._home, Swap(moves=[*self._database_moves(rows)]), partial(swap_in, self._settings))
            for field in FIELDS:
                if held_set is not None:
                    held_set.discard(field, [name for name in held_set.entries(field) if name not in wanted[field]])
        finally:
            engine.dispose()
            index.close()
        report = _report(self._file, None, found, audit, self._begun)
        return report.model_copy(update={"embedded": embedded, "held": held, "kept": self._kept()})

    def _completed_copy(self, engine: Engine, index: ChromaIndex, embedder: Embedder) -> tuple[ChromaSet | None, int]:
        store = SqlKnowledgeStore(engine, full_text_of(engine, self._settings.home / "cache"))
        if not store.count():
            return None, 0
        sets = SqlVectorSets(engine)
        identity = index.named(sets.live()).identity()
        if identity != embedder.identity:
            identity = embedder.identity
            sets.switch(set_name(identity))
        held = index.named(sets.live(), identity)
        report = complete(
            held,
            embedder=embedder,
            sets=sets,
            store=store,
            questions=SqlQuestionStore(engine, full_text_of(engine, self._settings.home / "cache")),
            listen=self._embedding,
        )
        return held, report.embedded

    def _laid_out(self, rows: Path) -> URL:
        """Bring the rows to where they will be, with the tables of this release, and return their address."""
        engine = open_database(_sqlite(rows), _TABLES)
        try:
            if not self._postgres:
                with engine.begin() as connection:
                    if unindexed(connection):
                        self._index(engine)
                return _sqlite(rows)
            with self._connected() as target:
                self._schema = new_schema(target)
            address = within(self._address, self._schema)
            target = open_database(address, _TABLES)
            try:
                with engine.connect() as source, target.begin() as connection:
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                    transfer(source, connection, _TABLES)
                self._index(target)
            finally:
                target.dispose()
            return address
        finally:
            engine.dispose()

    def _index(self, engine: Engine) -> None:
        done = 0
        full_text = full_text_of(engine, self._settings.home / "cache")
        with engine.begin() as connection:
            total = sum(
                connection.execute(text(f"SELECT count(*) FROM {field}s")).scalar_one()  # noqa: S608  # one of two
                for field in FIELDS
            )

            def listen(more: int) -> None:
                nonlocal done
                done += more
                self._listen(done, total, "words")

            index_words(connection, full_text, listen)

    def _staged(self, home: Path, address: URL) -> Settings:
        """Return settings that open what lies ready, and tell nobody outside."""
        return self._settings.model_copy(
            update={
                "home": home,
                "blobs": None,  # opened with a store, its files would be carried over before anything is proven
                "database_url": SecretStr(address.render_as_string(hide_password=False)) if self._postgres else None,
                "model_folder": self._settings.models,
                "watch": (),
                "slack_bot_token": None,
                "slack_signing_secret": None,
                "slack_app_token": None,
                "chat_model": None,
                "chat_record": None,
            }
        )

    def _proven(self, staged: Settings, address: URL, manifest: Manifest, staging: Path) -> _Proof:
        identity = None if manifest.embedding is None else ModelIdentity(**vars(manifest.embedding))
        embedder = None if identity is None else self._embedder(identity, staged.home)
        engine = open_database(address, _TABLES)
        try:
            with open_application(staged, embedder=embedder) as application:
                loaded, embedded, lacking = self._load(application, engine, identity, embedder, staging)
                held, audit = self._closed(engine, self._file.name, manifest)
                comebacks, not_asked = self._asked(application, manifest, lacking)
        finally:
            engine.dispose()
        return _Proof(
            loaded=loaded, embedded=embedded, held=held, audit=audit, comebacks=comebacks, not_asked=not_asked
        )

    def _embedder(self, identity: ModelIdentity, home: Path) -> Embedder | None:
        """Return the model of the vectors, also one that was trained and comes with the backup."""
        trained = (home / MODELS / identity.model.split("#")[0]).is_dir()
        found = embedder_of(identity, home / MODELS if trained else self._settings.models)
        return None if found is None else remembering(found, self._settings)

    def _load(
        self,
        application: Application,
        engine: Engine,
        identity: ModelIdentity | None,
        embedder: Embedder | None,
        staging: Path,
    ) -> tuple[int, int, int]:
        """Put vectors back; returns how many, how many were made anew, and how many could not be."""
        if identity is None:
            return 0, 0, 0
        taken = application.vectors.names() if self._settings.chroma_url else set()
        name = set_name(identity)
        while name in taken:  # of what is replaced, or of somebody else: nothing of theirs is touched
            name = os.urandom(6).hex()
        rename_set(engine, name)
        held = application.vectors.named(name, identity)
        self._set = held if self._settings.chroma_url else None
        wanted = {field: places_of(engine, field) for field in FIELDS}
        total, loaded = sum(map(len, wanted.values())), 0
        for field in FIELDS:
            for ids, vectors in portions(staging / "vectors", field, identity.dimension):
                loaded += put_back(held, field, wanted[field], ids, vectors)
                self._listen(loaded, total, "loading")
        lacking = total - loaded
        if not lacking or embedder is None:
            return loaded, 0, lacking
        report = complete(
            held,
            embedder=embedder,
            sets=SqlVectorSets(engine),
            store=application.store,
            questions=SqlQuestionStore(engine, full_text_of(engine, self._settings.home / "cache")),
            listen=self._embedding,
        )
        return loaded, report.embedded, 0

    def _embedding(self, progress: Progress) -> None:
        self._listen(progress.done, progress.total, "embedding")

    def _closed(self, engine: Engine, subject: str, manifest: Manifest | None = None) -> tuple[int, AuditHead]:
        """Check the audit log, hold back what was on its way, and record both; returns what was held and the log."""
        audit = audit_end(engine)
        _same_end(manifest, audit)
        caller = the_owner(Surface.CLI)
        with engine.begin() as connection:
            held = hold_back(connection)
        if audit.faults == 0:  # a broken log takes no entry; it is reported as it is
            event = Event(
                action="backup.restored",
                actor=caller.person.id,
                subject=subject,
                surface=caller.surface,
                at=datetime.now(UTC),
                details={"held": held, "made_at": None if manifest is None else manifest.created_at.isoformat()},
            )
            with SqlTransactions(engine).begin() as transaction:
                SqlAuditLog(engine).append(transaction, event)
            audit = audit_end(engine)
        return held, audit

    def _asked(
        self, application: Application, manifest: Manifest, lacking: int
    ) -> tuple[Sequence[Comeback], str | None]:
        if lacking:
            return [], f"{lacking} vectors are missing, and their model cannot be loaded here. Run `copilot ingest`."
        asker = RetrieverAsker(application.retriever)
        comebacks: list[Comeback] = []
        try:
            for done, question in enumerate(manifest.questions, start=1):
                comebacks += come_back([question], asker)
                self._listen(done, len(manifest.questions), "asking")
        except ReportableError as error:  # without its model: rows, files and vectors are right all the same
            return [], f"{error.code}: {error.message}"
        return comebacks, None

    def _database_file(self) -> Path:
        return Path(self._address.database or "").resolve()

    def _database_moves(self, rows: Path | None) -> Iterator[Move]:
        """Take the database away with all that belongs to it, before the new one comes."""
        place = self._home / "copilot.db" if self._postgres else self._database_file()
        for ending in ("-wal", "-shm"):
            yield self._move(None, place.with_name(place.name + ending))
        if rows is not None:
            yield self._move(rows, place)

    def _moves(self, home: Path) -> Iterator[Move]:
        for name in _ENTRIES:
            if name == "chroma" and self._settings.chroma_url:
                continue
            new = home / name
            yield self._move(new if new.exists() else None, self._home / name)

    def _model_moves(self, home: Path) -> Iterator[Move]:
        """Take trained models along: their names are hashes, so one that is there already is the same."""
        models = self._settings.models.resolve()
        for name in ("active.json", "last-training.json"):  # of the home before; models that several share stay
            if models.is_relative_to(self._home) and not (home / MODELS / name).exists():
                yield self._move(None, models / name)
        for new in sorted((home / MODELS).glob("*")) if (home / MODELS).is_dir() else ():
            if new.name.startswith("trained-") and (models / new.name).exists():
                continue
            if models.exists() and models.stat().st_dev != new.stat().st_dev:
                new = _beside(new, models)
            yield self._move(new, models / new.name.removeprefix(".restored-"))

    def _move(self, new: Path | None, place: Path) -> Move:
        aside = (
            self._aside / place.name
            if place.parent == self._home
            else place.with_name(f"{place.name}.{self._aside.name}")
        )
        return Move(new=None if new is None else str(new), place=str(place), aside=str(aside))

    def _kept(self) -> list[str]:
        kept = [str(self._aside)] if self._aside.is_dir() else []
        if not self._postgres:
            other = self._database_file().with_name(f"{self._database_file().name}.{self._aside.name}")
            kept += [str(other)] if other.exists() else []
        else:
            name = self._aside.name.replace("-", "_").lower()
            with self._connected() as engine, engine.connect() as connection:
                there = connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": name})
                kept += [f"schema {name} in the database"] if there.first() else []
        return kept

    def _notes(self, manifest: Manifest) -> list[str]:
        notes = []
        if manifest.audit.faults:
            notes.append(f"The audit log was not whole when the backup was made: {manifest.audit.faults} faults.")
        if self._settings.chroma_url and self._set is not None:
            notes.append("Vectors of what was replaced go from the Chroma server with the next ingestion.")
        return notes

    @contextmanager
    def _connected(self) -> Iterator[Engine]:
        engine = connected(self._address)
        try:
            yield engine
        finally:
            engine.dispose()


def _told(error: OSError) -> ReportableError:
    """Say what a disk that does not do as it is told means for whoever restores."""
    where = f" at {error.filename!r}" if error.filename else ""
    if is_full(error):
        return NotEnoughSpace(f"The disk is full{where}. Make room, then restore again.")
    return RestoreFailed(
        f"It could not be written{where}: {error.strerror}. What was there is unchanged, or is put right by the next "
        "start. Restore again."
    )


def _usable(copy: Path, file: Path) -> Revision:
    """Tell the revision of unpacked rows.

    Raises:
        BackupDamaged: the file is no sound database.
        BackupRefused: a newer release has written it.
    """
    wrong = sound(copy)
    if wrong is not None:
        raise BackupDamaged(f"The database in {str(file)!r} is damaged ({wrong}). Use another backup.")
    engine = copied(copy)
    try:
        found = revision(engine)
    finally:
        engine.dispose()
    if found.stored is None:
        raise BackupRefused(f"The database in {str(file)!r} is none of Frontline Copilot. Name a backup.")
    if not found.known:
        raise BackupRefused(
            f"The backup has revision {found.stored}, of a newer release; this one knows {found.own}. Restore it with "
            "that release or a newer one."
        )
    return found


def _same_end(manifest: Manifest | None, audit: AuditHead) -> None:
    """Refuse rows whose audit log is not the one that the manifest tells of."""
    if manifest is not None and audit != manifest.audit:
        raise BackupDamaged(
            f"The audit log ends at {audit.number} with {audit.faults} faults, not at {manifest.audit.number} with "
            f"{manifest.audit.faults}. Use another copy of the backup."
        )


def _report(file: Path, manifest: Manifest | None, found: Revision, audit: AuditHead, begun: float) -> RestoreBody:
    return RestoreBody(
        status="restored",
        path=str(file),
        created_at=None if manifest is None else manifest.created_at,
        product_version=None if manifest is None else manifest.product_version,
        database="sqlite" if manifest is None else manifest.database,
        revision=found.stored or "",
        upgraded_to=None if found.stored == found.own else found.own,
        counts={} if manifest is None else manifest.counts,
        audit_entries=audit.number,
        audit_faults=audit.faults,
        seconds=round(time.monotonic() - begun, 3),
    )


def _sqlite(file: Path) -> URL:
    return URL.create("sqlite", database=str(file.resolve()))


def _one_file(rows: Path) -> None:
    """Let a closed database be one file, so that it can be moved."""
    engine = copied(rows)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    finally:
        engine.dispose()


def _beside(new: Path, models: Path) -> Path:
    """Copy a model to the disk that it will stay on."""
    copy = models / f".restored-{new.name}"
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(new, copy) if new.is_dir() else shutil.copy(new, copy))
