"""The rows of a person on SQL, by the rules of every table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, and_, delete, func, or_, select, update

from copilot.adapters.sql.personal_rules import Rule, rules
from copilot.adapters.sql.tables import answers, conversations, slack_messages
from copilot.adapters.sql.transactions import connection_of
from copilot.people.erasure import Done, Outcome, Subject
from copilot.privacy.masking import MASK, strictly_masked
from copilot.transaction import Transaction


class SqlPersonalRecords:
    """Implements `PersonalRecords`."""

    def __init__(self, engine: Engine, knowledge: MetaData) -> None:
        """`knowledge`: the tables of the documents."""
        self._engine = engine
        self._rules = rules(knowledge)
        self._documents, self._versions = knowledge.tables["documents"], knowledge.tables["document_versions"]

    def export(self, subject: Subject) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return their rows by table."""
        found: dict[str, Sequence[Mapping[str, object]]] = {}
        with self._engine.connect() as connection:
            subject = _known_in_slack(connection, subject)
            for rule in self._rules:
                shown = [column for column in rule.table.c if column.name not in rule.sealed.split()]
                rows = connection.execute(select(*shown).where(rule.rows_of(subject)).order_by(*_key(rule))).mappings()
                plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
                if plain:
                    found[rule.table.name] = plain
        return found

    def documents(self, subject: Subject) -> Sequence[str]:
        """Return the sources of current documents that name the person."""
        words = (subject.id, *subject.words)
        documents, document_versions = self._documents, self._versions
        current = and_(
            document_versions.c.document_id == documents.c.id, document_versions.c.version == documents.c.version
        )
        query = select(documents.c.source, documents.c.metadata, document_versions.c.text).join(
            document_versions, current
        )
        likely = or_(*(document_versions.c.text.contains(word, autoescape=True) for word in subject.words or ("\0",)))
        with self._engine.connect() as connection:
            in_text = {row.source for row in connection.execute(query.where(likely))} if subject.words else set()
            heads = connection.execute(select(documents.c.source, documents.c.metadata))
            in_head = {
                row.source for row in heads if any(row.metadata.get(name) in words for name in ("owner", "deputy"))
            }
        return sorted(in_text | in_head)

    def erase(self, transaction: Transaction, subject: Subject, pseudonym: str) -> Sequence[Outcome]:
        """Delete and empty first, while the rows can still be told by their person; then rename."""
        connection = connection_of(transaction)
        subject = _known_in_slack(connection, subject)
        counts = {rule.table.name: _count(connection, rule, subject) for rule in self._rules}
        for rule in self._rules:
            if counts[rule.table.name] and rule.deleted:
                connection.execute(delete(rule.table).where(rule.rows_of(subject)))
            elif counts[rule.table.name]:
                _empty(connection, rule, subject)
        for rule in self._rules:
            for name in rule.people.split():
                column = rule.table.c[name]
                connection.execute(update(rule.table).where(column == subject.id).values({name: pseudonym}))
        return [_outcome(rule, counts[rule.table.name]) for rule in self._rules if counts[rule.table.name]]


def _known_in_slack(connection: Connection, subject: Subject) -> Subject:
    """Add the users of Slack who were answered as this person: whom Slack knows by address is written down nowhere."""
    theirs = select(answers.c.id).join(conversations).where(conversations.c.person == subject.id)
    query = select(slack_messages.c.person).where(slack_messages.c.subject.in_(theirs)).distinct()
    return replace(subject, slack=tuple(dict.fromkeys([*subject.slack, *connection.execute(query).scalars()])))


def _count(connection: Connection, rule: Rule, subject: Subject) -> int:
    return connection.execute(select(func.count()).select_from(rule.table).where(rule.rows_of(subject))).scalar_one()


def _empty(connection: Connection, rule: Rule, subject: Subject) -> None:
    if rule.cleared:
        connection.execute(update(rule.table).where(rule.rows_of(subject)).values(dict(rule.cleared)))
    names = rule.cleaned.split()
    if not names:
        return
    key = _key(rule)
    columns = [rule.table.c[name] for name in names]
    for row in connection.execute(select(*key, *columns).where(rule.rows_of(subject))).all():
        values = row._mapping  # SQLAlchemy's public name for a row by its columns
        cleaned = {column.name: _cleaned(values[column], subject) for column in columns if values[column]}
        if cleaned:
            same = and_(*(column == values[column] for column in key))
            connection.execute(update(rule.table).where(same).values(cleaned))


def _cleaned(text: str, subject: Subject) -> str:
    """Return a text without numbers and addresses, and without the name of the person."""
    for word in sorted((subject.id, *subject.words), key=len, reverse=True):
        edge = r"(?<!\w){}(?!\w)" if word.isascii() else "{}"
        text = re.sub(edge.format(re.escape(word)), MASK, text, flags=re.IGNORECASE)
    return strictly_masked(text)


def _key(rule: Rule) -> list[Any]:
    return list(rule.table.primary_key.columns)


def _outcome(rule: Rule, rows: int) -> Outcome:
    done: Done = "renamed" if rule.people else "kept"
    if rule.deleted:
        done = "deleted"
    elif rule.cleared or rule.cleaned:
        done = "emptied"
    zh, en = rule.why
    return Outcome(table=rule.table.name, done=done, rows=rows, why=en, why_zh=zh)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else json.loads(json.dumps(value))
