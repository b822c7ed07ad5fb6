"""Every event is really tried by every role through the JSON: the signed page and what is answered are one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mediation.assignments.claim import claim
from mediation.cases.models import Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.engine.definition import CLOCK, Definition
from mediation.engine.matrix import matrix
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from tests.api.counter import Counter, open_counter
from tests.office import Office

ROLES = ("mediator", "clerk", "supervisor", "lawyer")
NOBODY = "administrator"
"""Sees no case at all."""


def definitions(office: Office) -> Iterator[Definition]:
    for name in office.runtime.current:
        yield office.runtime.machine(name).definition


def allowed(definition: Definition) -> Mapping[tuple[str, str], frozenset[str]]:
    """(event, role) → the states of the signed page."""
    rows = matrix(definition)
    return {
        (row.event.name, role): frozenset(s.name for s in states) for row in rows for role, states in row.states.items()
    }


def staged(office: Office) -> int:
    """A case whose lawyer is the office's; its main procedure is put wherever it is needed."""
    case = office.accepted()
    aid = office.queued(case)
    with office.database.write() as session:
        claim(session, office.runtime, aid, key=office.key(), actor=office.lawyer)
    return case.proceeding_id


def put(session: Session, proceeding_id: int, definition: Definition, state: str) -> None:
    where = {"workflow": definition.name, "version": definition.version, "state": state}
    fresh = {"ended_at": None, "outcome": None}
    session.execute(update(Proceeding).where(Proceeding.id == proceeding_id).values(**where, **fresh))


def people(office: Office) -> Mapping[str, Actor]:
    """One person for each role, with this role and no other, at the street."""
    found = {}
    with office.database.write() as session:
        for role in (*ROLES, NOBODY):
            id = office.lawyer.person_id
            if role != "lawyer":
                person = register_person(session, PersonData(name=f"只是{role}"), at=office.clock.now())
                id = person.id
                grant_role(session, id, office.street_id, role, office.clock.today().replace(month=1, day=1))
            found[role] = load_actor(session, id or 0, office.clock.today())
    return found


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def test_the_json_of_every_event_is_open_to_the_roles_of_the_page_alone(counter: Counter) -> None:
    """In a state in which the event may be: 403 or 404 to whoever the page does not name, and never to
    whom it names."""
    office = counter.office
    here, actors = staged(office), people(office)
    wrong, tried = [], 0
    for definition in definitions(office):
        page = allowed(definition)
        for event in definition.events.values():
            if not set(event.by) - {CLOCK}:
                continue
            for role in (*ROLES, NOBODY):
                with office.database.write() as session:
                    put(session, here, definition, event.from_[0])
                    revision = session.scalar(select(Proceeding.revision).where(Proceeding.id == here))
                body: dict[str, Any] = {"revision": revision, "answers": {}}
                state = counter.post(actors[role], f"/{definition.name}/{here}/{event.name}", body).status_code
                may, tried = event.from_[0] in page.get((event.name, role), ()), tried + 1
                if state not in ((200, 409, 422) if may else (404,) if role == NOBODY else (403, 404)):
                    wrong.append((definition.name, event.name, role, may, state))
    assert wrong == []
    assert tried > 500
