"""Gaps and their observations on SQL."""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy import update as changing

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import gap_observations, gaps
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.curating.gap import Gap, GapId, GapStatus, Observation, ObservationKind
from copilot.curating.sameness import key_of
from copilot.transaction import Transaction

_CLOSED = (GapStatus.ANSWERED.value, GapStatus.DISMISSED.value)
#: Any number that no other lock of this database has.
_LOCK = 0x6A705
_counted = gap_observations.c.withdrawn.is_(False)


class SqlGapStore:
    """Implements `GapStore`."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def add(self, transaction: Transaction, observation: Observation, gap: GapId) -> bool:
        """Put an observation into a gap, which begins with it when it is new; False: it is there already."""
        connection = connection_of(transaction)
        at = utc(observation.at)
        begun = {
            "id": gap,
            "question": observation.question,
            "language": observation.language,
            "status": GapStatus.OPEN.value,
            "observations": 0,
            "askers": 0,
            "first_at": at,
            "last_at": at,
            "document_id": observation.document_id,
        }
        insert_new(connection, gaps, begun)
        if self.find(transaction, observation.id) is not None:
            return False
        first = not _has_asked(connection, gap, observation.person)
        values = vars(observation) | {
            "kind": observation.kind.value,
            "at": at,
            "gap_id": gap,
            "key": key_of(observation.question),
            "withdrawn": False,
        }
        connection.execute(insert(gap_observations).values(values))
        _count(connection, gap, 1, int(first), at)
        return True

    def lock(self, transaction: Transaction, id: GapId) -> Gap | None:
        """Return a gap that nobody else may change; on SQLite the transaction as a whole keeps others waiting."""
        connection = connection_of(transaction)
        row = connection.execute(select(gaps).where(gaps.c.id == id).with_for_update()).first()
        if row is not None and row.merged_into is not None:
            row = connection.execute(select(gaps).where(gaps.c.id == row.merged_into).with_for_update()).first()
        return None if row is None else _read(connection, [row])[0]

    def change(
        self,
        transaction: Transaction,
        id: GapId,
        *,
        status: GapStatus | None = None,
        owner: str | None = None,
        draft_id: str | None = None,
        published_id: str | None = None,
        reason: str | None = None,
        question: str | None = None,
        language: str | None = None,
        former_owner: str | None = None,
    ) -> None:
        """Change what is named; None leaves it as it is, an empty text takes an owner or a former owner away."""
        connection = connection_of(transaction)
        named = {
            "status": status.value if status else None,
            "owner": owner,
            "draft_id": draft_id,
            "published_id": published_id,
            "reason": reason,
            "question": question,
            "language": language,
            "former_owner": former_owner,
        }
        values: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
        values |= {name: None for name in ("owner", "former_owner") if values.get(name) == ""}
        before = connection.execute(select(gaps.c.status).where(gaps.c.id == id)).scalar()
        if status is not None and before != status.value:
            values["changed_at"] = utc(self._now())
            if before in _CLOSED and status is GapStatus.OPEN:
                values["reopened_at"] = values["changed_at"]
        if values:
            connection.execute(changing(gaps).where(gaps.c.id == id).values(values))

    def alone(self, transaction: Transaction) -> None:
        """Wait until nobody else puts observations into gaps; a transaction on SQLite is alone as it is."""
        connection = connection_of(transaction)
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))

    def find(self, transaction: Transaction, observation: str) -> GapId | None:
        """Return the gap that an observation was put into, withdrawn or not."""
        query = select(gap_observations.c.gap_id).where(gap_observations.c.id == observation)
        found = connection_of(transaction).execute(query).scalar()
        return None if found is None else GapId(found)

    def repeated(self, transaction: Transaction, observation: Observation) -> bool:
        """Tell whether another observation of its kind in its conversation asks the same, in the normal form."""
        if observation.conversation_id is None:
            return False
        query = select(gap_observations.c.id).where(
            gap_observations.c.conversation_id == observation.conversation_id,
            gap_observations.c.key == key_of(observation.question),
            gap_observations.c.kind == observation.kind.value,
            gap_observations.c.id != observation.id,
            _counted,
        )
        return connection_of(transaction).execute(query.limit(1)).first() is not None

    def refresh(self, transaction: Transaction, observation: Observation) -> None:
        """Keep what was said of a miss since; one that was withdrawn counts again."""
        connection = connection_of(transaction)
        row = _locked(connection, observation.id)
        if row is None:
            return
        first = row.withdrawn and not _has_asked(connection, row.gap_id, row.person)
        values = {"reason": observation.reason, "comment": observation.comment, "withdrawn": False}
        connection.execute(changing(gap_observations).where(gap_observations.c.id == observation.id).values(values))
        if row.withdrawn:
            _count(connection, row.gap_id, 1, int(first))

    def withdraw(self, transaction: Transaction, observation: str) -> None:
        """Let an observation count no more: who made it has taken it back."""
        connection = connection_of(transaction)
        row = _locked(connection, observation)
        if row is None or row.withdrawn:
            return
        taken = changing(gap_observations).where(gap_observations.c.id == observation).values(withdrawn=True)
        connection.execute(taken)
        last = not _has_asked(connection, row.gap_id, row.person)
        _count(connection, row.gap_id, -1, -int(last))

    def merge(self, transaction: Transaction, id: GapId, into: GapId) -> None:
        """Move all observations of a gap to another; who asks for it gets the other from then on."""
        connection = connection_of(transaction)
        moved = changing(gap_observations).where(gap_observations.c.gap_id == id).values(gap_id=into)
        connection.execute(moved)
        gone = {"observations": 0, "askers": 0, "merged_into": into}
        connection.execute(changing(gaps).where(gaps.c.id == id).values(gone))
        connection.execute(changing(gaps).where(gaps.c.merged_into == id).values(merged_into=into))
        of_both = and_(gap_observations.c.gap_id == into, _counted)
        people = func.count(gap_observations.c.person.distinct())
        counted = {
            "observations": select(func.count()).where(of_both).scalar_subquery(),
            "askers": select(people).where(of_both).scalar_subquery(),
            "first_at": select(func.min(gap_observations.c.at)).where(of_both).scalar_subquery(),
            "last_at": select(func.max(gap_observations.c.at)).where(of_both).scalar_subquery(),
        }
        connection.execute(changing(gaps).where(gaps.c.id == into).values(counted))

    def get(self, id: GapId) -> Gap | None:
        """Return one gap; in place of one that was merged, the one that it was merged into."""
        return next(iter(self._gaps(_standing(gaps.c.id == id))), None)

    def list(self, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Return gaps: those that most people asked first, then by observations and the newest; None: in any state."""
        return self._gaps(_ordered(status, limit))

    def of_person(self, person: str, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Return the gaps that a person asked about or owns, in the order of `list`."""
        asked = select(gap_observations.c.gap_id).where(gap_observations.c.person == person, _counted)
        return self._gaps(_ordered(status, limit, or_(gaps.c.owner == person, gaps.c.id.in_(asked))))

    def by_draft(self, draft_id: str) -> Gap | None:
        """Return the gap that a draft answers."""
        return next(iter(self._gaps(_standing(gaps.c.draft_id == draft_id))), None)

    def observations(self, id: GapId, limit: int) -> Sequence[Observation]:
        """Return observations of a gap, the newest first."""
        query = (
            select(gap_observations)
            .where(gap_observations.c.gap_id == id, _counted)
            .order_by(gap_observations.c.at.desc(), gap_observations.c.id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_observation(row) for row in connection.execute(query)]

    def last_asked(self, person: str, ids: Collection[GapId]) -> Mapping[GapId, Observation]:
        """Return the newest observation of a person in each of these gaps that they asked about."""
        if not ids:
            return {}
        query = (
            select(gap_observations)
            .where(gap_observations.c.person == person, gap_observations.c.gap_id.in_(ids), _counted)
            .order_by(gap_observations.c.at, gap_observations.c.id.desc())
        )
        with self._engine.connect() as connection:
            return {GapId(row.gap_id): _observation(row) for row in connection.execute(query)}

    def askers(self, id: GapId) -> Sequence[str]:
        """Return everybody who asked, by their first observation."""
        query = (
            select(gap_observations.c.person)
            .where(gap_observations.c.gap_id == id, _counted)
            .group_by(gap_observations.c.person)
            .order_by(func.min(gap_observations.c.at), gap_observations.c.person)
        )
        with self._engine.connect() as connection:
            return builtins.list(connection.execute(query).scalars())

    def _gaps(self, query: Select[Any]) -> Sequence[Gap]:
        with self._engine.connect() as connection:
            return _read(connection, connection.execute(query).all())


def _standing(fits: ColumnElement[bool]) -> Select[Any]:
    """Find a gap, or the one that it was merged into."""
    merged = select(gaps.c.merged_into).where(fits, gaps.c.merged_into.is_not(None))
    return select(gaps).where(or_(and_(fits, gaps.c.merged_into.is_(None)), gaps.c.id.in_(merged)))


def _ordered(status: GapStatus | None, limit: int, *also: ColumnElement[bool]) -> Select[Any]:
    query = select(gaps).where(gaps.c.observations > 0, *also)
    if status is not None:
        query = query.where(gaps.c.status == status.value)
    order = (gaps.c.askers.desc(), gaps.c.observations.desc(), gaps.c.last_at.desc(), gaps.c.id)
    return query.order_by(*order).limit(limit)


def _locked(connection: Connection, observation: str) -> Row[Any] | None:
    query = select(gap_observations).where(gap_observations.c.id == observation).with_for_update()
    return connection.execute(query).first()


def _has_asked(connection: Connection, gap: str, person: str) -> bool:
    mine = and_(gap_observations.c.gap_id == gap, gap_observations.c.person == person, _counted)
    return bool(connection.execute(select(exists().where(mine))).scalar())


def _count(connection: Connection, gap: str, observations: int, askers: int, came: datetime | None = None) -> None:
    """Count what came or went; only where something went, or counts again, the times are looked up."""
    inside = and_(gap_observations.c.gap_id == gap, _counted)
    first, last = (select(side(gap_observations.c.at)).where(inside).scalar_subquery() for side in (func.min, func.max))
    values: dict[str, Any] = {
        "observations": gaps.c.observations + observations,
        "askers": gaps.c.askers + askers,
        "first_at": func.coalesce(first, gaps.c.first_at),
        "last_at": func.coalesce(last, gaps.c.last_at),
    }
    if came is not None:
        counted = gaps.c.observations > 0
        values["first_at"] = case((counted & (gaps.c.first_at < came), gaps.c.first_at), else_=came)
        values["last_at"] = case((counted & (gaps.c.last_at > came), gaps.c.last_at), else_=came)
    connection.execute(changing(gaps).where(gaps.c.id == gap).values(values))


def _read(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[Gap]:
    """Return gaps with their stages and kinds, which are counted for those that are shown alone."""
    ids = [row.id for row in rows]
    stages = _by_count(connection, gap_observations.c.stage, ids)
    kinds = _by_count(connection, gap_observations.c.kind, ids)
    return [_gap(row, stages[row.id], kinds[row.id]) for row in rows]


def _by_count(connection: Connection, column: Any, ids: Collection[str]) -> dict[str, builtins.list[str]]:
    found: dict[str, builtins.list[str]] = defaultdict(builtins.list)
    if ids:
        query = (
            select(gap_observations.c.gap_id, column)
            .where(gap_observations.c.gap_id.in_(ids), _counted, column.is_not(None))
            .group_by(gap_observations.c.gap_id, column)
            .order_by(func.count().desc(), column)
        )
        for gap, value in connection.execute(query):
            found[gap].append(value)
    return found


def _gap(row: Row[Any], stages: builtins.list[str], kinds: builtins.list[str]) -> Gap:
    return Gap(
        id=GapId(row.id),
        question=row.question,
        language=row.language,
        status=GapStatus(row.status),
        observations=row.observations,
        askers=row.askers,
        stages=stages,
        kinds=[ObservationKind(kind) for kind in kinds],
        first_at=aware(row.first_at),
        last_at=aware(row.last_at),
        owner=row.owner,
        document_id=row.document_id,
        draft_id=row.draft_id,
        published_id=row.published_id,
        reason=row.reason,
        changed_at=aware(row.changed_at) if row.changed_at else None,
        reopened_at=aware(row.reopened_at) if row.reopened_at else None,
        former_owner=row.former_owner,
    )


def _observation(row: Row[Any]) -> Observation:
    return Observation(
        id=row.id,
        kind=ObservationKind(row.kind),
        answer_id=row.answer_id,
        question=row.question,
        language=row.language,
        person=row.person,
        at=aware(row.at),
        account_id=row.account_id,
        stage=row.stage,
        reason=row.reason,
        comment=row.comment,
        document_id=row.document_id,
        version=row.version,
        conversation_id=row.conversation_id,
    )
