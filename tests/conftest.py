"""Fixtures for every test: databases (`database` runs a test on both), and a clock that stands still."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.sealing.keys import Keyring
from tests.databases import administer, make_schema, opened, postgres_server, url_on
from tests.programs import program

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
SERVER = pytest.StashKey[Path]()
NUMBER = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """One key file for the whole run of a process, for programs that tests start as well."""
    folder = tempfile.TemporaryDirectory(prefix="mediation-keys-")
    config.add_cleanup(folder.cleanup)
    file = Path(folder.name) / "sealing.keys"
    Keyring(file).make(datetime(2026, 1, 1, tzinfo=SHANGHAI))
    os.environ["MEDIATION_KEY_FILE"] = str(file)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Of several test processes, the one that leads starts the one PostgreSQL server and tells the others."""
    if SERVER not in node.config.stash:
        stack = ExitStack()
        node.config.stash[SERVER] = stack.enter_context(postgres_server())
        node.config.add_cleanup(stack.close)
    node.workerinput["postgres"] = str(node.config.stash[SERVER])


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The one server of this test run, as the folder of its socket."""
    told = getattr(request.config, "workerinput", {}).get("postgres")
    if told:
        yield Path(told)
    else:
        with postgres_server() as server:
            yield server


@pytest.fixture(scope="session")
def _postgres_template(postgres: Path) -> str:
    """The name of a migrated database that others are cloned from."""
    name = f"template_{WORKER}"
    administer(postgres, f"CREATE DATABASE {name}")
    make_schema(url_on(postgres, name))
    return name


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "mediation.db"
    make_schema(f"sqlite:///{file}")
    return file


@pytest.fixture
def empty_postgres_url(postgres: Path) -> Iterator[str]:
    """A new PostgreSQL database without any table."""
    yield from _created(postgres, "template1")


@pytest.fixture
def postgres_url(postgres: Path, _postgres_template: str) -> Iterator[str]:
    """A new PostgreSQL database with all tables, for a test that starts its own process or makes its own engine."""
    yield from _created(postgres, _postgres_template)


def _created(server: Path, template: str) -> Iterator[str]:
    name = f"test_{WORKER}_{next(NUMBER)}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield url_on(server, name)
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Where a SQLite file may be made."""
    return f"sqlite:///{tmp_path / 'mediation.db'}"


@pytest.fixture
def sqlite_url(empty_sqlite_url: str, _sqlite_template: Path) -> str:
    """A new SQLite file with all tables, for a test that starts its own process or makes its own engine."""
    shutil.copyfile(_sqlite_template, empty_sqlite_url.removeprefix("sqlite:///"))
    return empty_sqlite_url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    with opened(postgres_url) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    with opened(sqlite_url) as database:
        yield database


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without any table; the test runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with all tables; the test runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A new database with all tables; the test runs on SQLite and on PostgreSQL."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def clock() -> TestClock:
    """Stands at Friday 18 September 2026, nine in the morning in Shanghai."""
    return TestClock(datetime(2026, 9, 18, 9, tzinfo=SHANGHAI))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    return program("chromium")


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of LibreOffice."""
    return program("soffice")


@pytest.fixture(scope="session")
def pdftoppm() -> str:
    """The path of poppler's PDF renderer."""
    return program("pdftoppm")
