"""The migrated schema is the one the models describe, on both databases, however many replicas migrate at once."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from mediation.clock import SHANGHAI
from mediation.db import Database, make_engine
from mediation.migrations.apply import configuration, exclusive, migrate, newest, schema_version
from mediation.people.models import Account
from mediation.people.sessions import find_session
from mediation.tables import metadata
from tests.databases import opened

HEAD = ScriptDirectory.from_config(configuration()).get_current_head()


def test_the_newest_step_is_the_last_one() -> None:
    assert newest() == HEAD


def test_migrated_database_needs_no_further_step(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrated_schema_is_the_one_of_the_models(empty_url: str) -> None:
    """Alembic overlooks check constraints and the conditions of partial indexes, so both schemas are also read back."""
    with opened(empty_url) as database:
        metadata.create_all(database.engine)
        modelled = _shape(database.engine)
        metadata.drop_all(database.engine)
        migrate(database.engine)
        assert _shape(database.engine) == modelled


def _shape(engine: Engine) -> dict[str, Any]:
    inspector = inspect(engine)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)},
            "key": inspector.get_pk_constraint(table),
            "foreign_keys": _sorted(inspector.get_foreign_keys(table)),
            "unique": _sorted(inspector.get_unique_constraints(table)),
            "checks": _sorted(inspector.get_check_constraints(table)),
            "indexes": _sorted(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _sorted(items: Any) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True, default=str) for item in items)


def test_empty_database_has_no_version_and_migrates_to_the_newest(empty_url: str) -> None:
    with opened(empty_url) as database:
        assert schema_version(database.engine) is None
        migrate(database.engine)
        assert schema_version(database.engine) == HEAD


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = _shape(database.engine)
    migrate(database.engine)
    assert (_shape(database.engine), schema_version(database.engine)) == (before, HEAD)


MIGRATE = """
import sys
from mediation.db import make_engine
from mediation.migrations.apply import migrate
engine = make_engine(sys.argv[1], synchronous="OFF")
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
migrate(engine)
"""


def test_replicas_that_start_together_migrate_once(empty_url: str) -> None:
    replicas = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, empty_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    for replica in replicas:
        assert replica.stdout
        assert replica.stdout.readline() == b"ready\n"
    for replica in replicas:
        assert replica.stdin
        replica.stdin.write(b"go\n")
        replica.stdin.flush()
    for replica in replicas:
        replica.communicate()
    assert [replica.returncode for replica in replicas] == [0, 0, 0]
    engine = make_engine(empty_url)
    assert schema_version(engine) == HEAD
    engine.dispose()


def test_foreign_keys_are_watched_again_after_migrating(empty_sqlite_url: str) -> None:
    with opened(empty_sqlite_url) as database:
        migrate(database.engine)
        with database.read() as session:
            assert session.connection().exec_driver_sql("pragma foreign_keys").scalar() == 1


def test_rows_that_refer_to_nothing_stop_a_migration(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.cursor().execute("pragma foreign_keys=off")
        driver.cursor().execute("insert into memberships values (1, 999, 999, 'mediator', '2026-01-01', null)")
    with pytest.raises(RuntimeError, match="refer to nothing"), exclusive(sqlite_database.engine):
        pass


def test_an_account_and_its_log_in_outlive_the_steps_after_the_first(empty_url: str) -> None:
    """Rows as the first schema held them are found by today's code."""
    with opened(empty_url) as database:
        with exclusive(database.engine) as connection:
            command.upgrade(configuration(connection), "0001")
            at = "2026-09-18 01:00:00.000000" + ("+00" if connection.dialect.name == "postgresql" else "")
            until = at.replace("2026", "2030")
            connection.exec_driver_sql(f"insert into persons (id, name, created_at) values (1, '陈', '{at}')")
            connection.exec_driver_sql(
                "insert into accounts (id, person_id, login, password_hash, active, failed_logins, created_at)"
                f" values (1, 1, 'chen', 'x', true, 0, '{at}')"
            )
            connection.exec_driver_sql(
                "insert into web_sessions (token_hash, account_id, csrf_token, created_at, expires_at)"
                f" values ('{sha256(b'token').hexdigest()}', 1, 'c', '{at}', '{until}')"
            )
        migrate(database.engine)
        with database.read() as session:
            found = find_session(session, "token", datetime(2026, 9, 18, 10, tzinfo=SHANGHAI), timedelta(hours=2))
            assert found is not None
            assert session.get_one(Account, 1).factor_since is None
