"""Restored tables on PostgreSQL: filled in a schema of their own, then put in the place of those in use, at once."""

from __future__ import annotations

import secrets

from sqlalchemy import URL, Connection, Engine, text

_STAGING = "restoring_"
_OWN = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = {schema} AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user
    ORDER BY 1"""
#: Rows of these are there as soon as somebody has started once.
_OF_A_START = {"alembic_version", "live_vectors", "index_changes", "signing_keys", "sessions", "word_totals"}


def others_connected(connection: Connection) -> int:
    """Count the connections of other copilots to this database."""
    query = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'frontline-copilot' AND pid <> pg_backend_pid()"""
    return int(connection.execute(text(query)).scalar_one())


def filled(connection: Connection) -> bool:
    """Tell whether tables in use hold anything that would be missed."""
    tables = connection.execute(text(_OWN.format(schema="current_schema()"))).scalars().all()
    if "alembic_version" not in tables:
        return False
    return any(
        connection.execute(text(f'SELECT EXISTS (SELECT FROM "{table}")')).scalar()  # noqa: S608  # a name of ours
        for table in tables
        if table not in _OF_A_START
    )


def new_schema(engine: Engine) -> str:
    """Make an empty schema to restore into, and drop those of restores that broke off."""
    name = _STAGING + secrets.token_hex(4)
    query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE :ours AND pg_get_userbyid(nspowner) = current_user"
    with engine.begin() as connection:
        for left in connection.execute(text(query), {"ours": _STAGING.replace("_", r"\_") + "%"}).scalars().all():
            drop_schema(connection, left)
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
    return name


def drop_schema(connection: Connection, name: str) -> None:
    """Drop a schema with everything in it."""
    connection.execute(text(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'))


def within(url: URL, schema: str) -> URL:
    """Return the address of the same database, in which names mean the tables of this schema."""
    before = url.query.get("options", "")
    options = " ".join(filter(None, [before if isinstance(before, str) else before[-1], f"-csearch_path={schema}"]))
    return url.update_query_dict({"options": options})


def swap_tables(engine: Engine, schema: str, aside: str) -> None:
    """Put the tables of a schema in the place of those in use, which go into the schema `aside`; all or none.

    Nothing happens when it has been done before.
    """
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '20s'"))
        new = connection.execute(text(_OWN.format(schema=":schema")), {"schema": schema}).scalars().all()
        if not new:
            return
        place = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
        old = connection.execute(text(_OWN.format(schema="current_schema()"))).scalars().all()
        if "alembic_version" in old and not filled(connection):  # a start has made them, and nobody has used them
            for table in old:
                connection.execute(text(f'DROP TABLE {place}."{table}" CASCADE'))
        elif "alembic_version" in old:
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{aside}"'))
            for table in old:
                connection.execute(text(f'ALTER TABLE {place}."{table}" SET SCHEMA "{aside}"'))
        for table in new:
            connection.execute(text(f'ALTER TABLE "{schema}"."{table}" SET SCHEMA {place}'))
        drop_schema(connection, schema)
