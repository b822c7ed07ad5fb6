"""Brings a database to the newest schema, once, however many replicas start at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

_LOCK = 4_052_026
"""Key of the PostgreSQL advisory lock; any number that no other program uses on the same database."""


def migrate(engine: Engine) -> None:
    """Apply every step that is missing, in one transaction: all of them or none.

    Replicas that start together wait for each other (an advisory lock on PostgreSQL, the write lock on SQLite); the
    later ones then find nothing to do.
    """
    with exclusive(engine) as connection:
        command.upgrade(configuration(connection), "head")


def schema_version(engine: Engine) -> str | None:
    """The step this database is at; None for an empty one."""
    with engine.connect().execution_options(readonly=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings without any alembic.ini, so that it works from a wheel and from any folder."""
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
