"""An office with work in many states, and people of every kind before its doors."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import func, literal, select, union_all
from starlette.testclient import TestClient

from api.app import create_app
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.models import Proceeding
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.people.accounts import create_account
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.settings import Settings
from mediation.tables import Base
from tests.api.desk import PASSWORD
from tests.groups.sheets import crowd, handed_in, row, xlsx
from tests.office import Office, open_office
from tests.walks.walker import Walker

NOW = datetime(2026, 9, 18, 9, tzinfo=SHANGHAI)
ROLES = ("mediator", "supervisor", "lawyer", "stranger", "nobody")
"""The stranger is a mediator of another street, with a case of its own."""

_COUNTS = union_all(*(select(literal(t.name), func.count()).select_from(t) for t in Base.metadata.sorted_tables))


@dataclass
class World:
    """`client(role)` is a logged-in program, `forget(role)` makes it log in again."""

    office: Office
    app: FastAPI
    landmarks: Sequence[str]
    """Addresses to look at first, because no short way leads there."""
    clients: dict[str, TestClient] = field(default_factory=dict)

    def client(self, role: str) -> TestClient:
        if role not in self.clients:
            self.clients[role] = self._logged_in(role)
        return self.clients[role]

    def forget(self, role: str) -> None:
        self.clients.pop(role, None)

    def _logged_in(self, role: str) -> TestClient:
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        client.headers["origin"] = "http://testserver"
        if role != "nobody":
            told = client.post("/api/v1/session", json={"login": role, "password": PASSWORD}).json()
            client.headers["x-csrf-token"] = told["csrf_token"]
            client.post("/language", data={"language": "zh"})  # an earlier call may have chosen another for the account
        return client

    def rows(self) -> Mapping[str, int]:
        """How many rows each table has."""
        with self.office.database.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(_COUNTS)}

    def ids(self, table: str, case_id: int) -> Sequence[int]:
        """The rows of a table of this case; none where there is no such table."""
        rows: Any = Base.metadata.tables.get(table)
        if rows is None or "case_id" not in rows.c:
            return ()
        with self.office.database.read() as session:
            return session.scalars(select(rows.c.id).where(rows.c.case_id == case_id).order_by(rows.c.id)).all()

    def proceedings(self) -> Mapping[int, Proceeding]:
        with self.office.database.read() as session:
            return {row.id: row for row in session.scalars(select(Proceeding).order_by(Proceeding.id))}


def open_world(database: Database, folder: Path, seed: int) -> World:
    """The office with a case of every procedure, and one of a group."""
    settings = Settings(data_folder=folder, secret_key="only for tests", upload_limit_mb=1)
    office = open_office(database, TestClock(NOW), settings)
    stranger = _stranger(office)
    landmarks = _work(office, seed)
    office.clock.set(NOW)
    people = {"mediator": office.mediator, "supervisor": office.supervisor, "lawyer": office.lawyer}
    with database.write() as session:
        for role, actor in {**people, "stranger": stranger}.items():
            create_account(session, actor.person_id or 0, role, PASSWORD, at=NOW)
    world = World(office, create_app(office.runtime), landmarks)
    for role in ROLES:
        world.client(role)  # now, while nobody has guessed passwords from this address
    return world


def _stranger(office: Office) -> Actor:
    with office.database.write() as session:
        district = add_organisation(session, "外区总工会", "外", "district", None)
        street = add_organisation(session, "外区西街总工会", "外西", "street", district)
        person = register_person(session, PersonData(name="孙外人"), at=NOW)
        grant_role(session, person.id, street.id, "mediator", NOW.date().replace(month=1, day=1))
        person_id, street_id = person.id, street.id
    with office.database.read() as session:
        actor = load_actor(session, person_id, NOW.date())
    own, office.street_id = office.street_id, street_id
    office.register(actor)
    office.street_id = own
    return actor


def _work(office: Office, seed: int) -> Sequence[str]:
    office.register()
    office.queued(office.accepted())
    group = crowd(office, 12)
    for number, rows in enumerate(([row(1), row(2, phone="12")], [row(3), row(4)])):
        handed_in(office, group.case_id, xlsx(rows), name=f"名单{number}.xlsx")
    workflows = sorted(name for name, _ in office.runtime.machines if name != "dispute")
    for number, workflow in enumerate(workflows):
        case = office.signed()
        _file_evidence(office, case.case_id)
        walker = Walker(office, case.case_id, random.Random(f"{seed} {number}"))
        walker.begin(workflow)
        walker.wander(3)
        office.clock.set(NOW)
    return [
        f"/cases/{group.case_id}/group/lists",
        f"/cases/{group.case_id}/group",
        "/receipts",
        "/outcomes",
        "/referrals",
    ]


def _file_evidence(office: Office, case_id: int) -> None:
    data = EvidenceIn(name="欠条", category="wage_record")
    with office.database.write() as session:
        sent = Upload(f"欠条{case_id}".encode(), "text/plain")
        add_evidence(session, office.runtime, case_id, data, sent, key=office.key(), actor=office.mediator)
