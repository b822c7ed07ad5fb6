"""The application over a throw-away SQLite database, with one mediator's account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.accounts import create_account
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.settings import Settings

LOGIN, PASSWORD = "chen", "何当共剪西窗烛 2026"


@dataclass(frozen=True)
class BareShell:
    """As much of a runtime as the shell needs."""

    settings: Settings
    clock: TestClock
    database: Database


@pytest.fixture
def shell(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> BareShell:
    settings = Settings(data_folder=tmp_path, secret_key="only for tests", upload_limit_mb=1)
    with sqlite_database.write() as session:
        person = register_person(session, PersonData("陈调解"), at=clock.now())
        create_account(session, person.id, LOGIN, PASSWORD, at=clock.now())
        street = add_organisation(session, "甲街道总工会", "甲", "street")
        grant_role(session, person.id, street.id, "mediator", date(2026, 1, 1), date(2026, 12, 31))
    return BareShell(settings, clock, sqlite_database)


@pytest.fixture
def app(shell: BareShell) -> FastAPI:
    return create_app(shell)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def logged_in(client: TestClient) -> TestClient:
    """A browser of the mediator; sends the session's token with every request."""
    answer = client.post("/api/v1/session", json={"login": LOGIN, "password": PASSWORD})
    client.headers["x-csrf-token"] = answer.json()["csrf_token"]
    return client
