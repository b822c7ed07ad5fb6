"""The small office behind its web doors: one logged-in client for each person."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor
from mediation.settings import Settings
from tests.api.desk import PASSWORD, give_account, login_of
from tests.office import Office, open_office

NUMBERS = itertools.count(1)


@dataclass
class Counter:
    """`client(actor)` is that person's browser or program; JSON requests carry the token and a fresh key."""

    office: Office
    app: FastAPI
    stack: ExitStack
    clients: dict[int, TestClient] = field(default_factory=dict)

    def client(self, actor: Actor) -> TestClient:
        person_id = actor.person_id or 0
        if person_id not in self.clients:
            self.clients[person_id] = self._logged_in(actor)
        return self.clients[person_id]

    def _logged_in(self, actor: Actor) -> TestClient:
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        self.stack.enter_context(client)
        give_account(self.office, actor)
        told = client.post("/api/v1/session", json={"login": login_of(actor), "password": PASSWORD}).json()
        client.headers["x-csrf-token"] = told["csrf_token"]
        return client

    def get(self, actor: Actor, path: str, **parameters: Any) -> Any:
        return self.client(actor).get("/api/v1" + path, params=parameters)

    def post(self, actor: Actor, path: str, body: Any = None, *, key: str | None = None, method: str = "POST") -> Any:
        headers = {"idempotency-key": key or f"request-{next(NUMBERS)}"}
        return self.client(actor).request(method, "/api/v1" + path, json=body, headers=headers)


@contextmanager
def open_counter(database: Database, clock: TestClock, folder: Path) -> Iterator[Counter]:
    settings = Settings(data_folder=folder, secret_key="only for tests", upload_limit_mb=1, session_idle_minutes=720)
    office = open_office(database, clock, settings)
    with ExitStack() as stack:
        yield Counter(office, create_app(office.runtime), stack)
