"""Brings a database to the newest schema, once, however many replicas start at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, String, column, inspect, select, table, text

if TYPE_CHECKING:
    from alembic.config import Config

from ..clock import Clock
from ..sealing.starting import have_keys, keys_are_here
from ..sealing.stored import seal_what_is_clear
from ..tables import metadata

_LOCK = 4_052_026
"""Key of the PostgreSQL advisory lock; any number that no other program uses on the same database."""


def migrate(engine: Engine) -> None:
    """Apply every step that is missing, in one transaction: all of them or none. Columns that a step made sealed ones
    are sealed in it; the first start makes the keys.

    Replicas that start together wait for each other (an advisory lock on PostgreSQL, the write lock on SQLite); the
    later ones then find nothing to do.
    """
    if schema_version(engine) == newest() and _has_keys(engine):
        return
    from alembic import command  # not needed, and not waited for, by a start that finds everything in place

    with exclusive(engine) as connection:
        behind = _version(connection) != newest()
        command.upgrade(configuration(connection), "head")
        have_keys(connection, metadata, Clock().now())
        sealed = seal_what_is_clear(connection, metadata) if behind else 0
    if sealed and engine.dialect.name == "sqlite":
        _forget_what_was_clear(engine)


def _has_keys(engine: Engine) -> bool:
    with engine.connect().execution_options(readonly=True) as connection:
        return keys_are_here(connection, metadata)


def _forget_what_was_clear(engine: Engine) -> None:
    """SQLite leaves what it overwrote in free pages of the file; writing the file anew takes them away."""
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.cursor().execute("vacuum")
        driver.cursor().execute("pragma wal_checkpoint(truncate)")


def newest() -> str:
    """The number of the last step there is; steps are files that begin with their number."""
    return max(path.name.split("_")[0] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py"))


def schema_version(engine: Engine) -> str | None:
    """The step this database is at; None for an empty one."""
    with engine.connect().execution_options(readonly=True) as connection:
        return _version(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalars(select(column("version_num", String)).select_from(table("alembic_version"))).one_or_none()


def configuration(connection: Connection | None = None) -> "Config":
    """Alembic's settings without any alembic.ini, so that it works from a wheel and from any folder."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """One transaction that nobody else can migrate in."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with _without_foreign_keys(connection), connection.begin():
                yield connection
                _refuse_dangling_rows(connection)
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying and dropping it; with foreign keys on, the drop would harm the referring rows.

    The pragma does nothing inside a transaction, so it goes to the driver's connection before one begins.
    """
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.cursor().execute("pragma foreign_keys=off")
    try:
        yield
    finally:
        driver.cursor().execute("pragma foreign_keys=on")


def _refuse_dangling_rows(connection: Connection) -> None:
    dangling = connection.exec_driver_sql("pragma foreign_key_check").fetchall()
    if dangling:
        raise RuntimeError(f"a migration left rows that refer to nothing: {dangling[:5]}")
