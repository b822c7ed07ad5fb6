"""A mediator is proposed by language, load, absence and earlier work; a person chooses, and both are on record."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mediation.assignments.mediators import mediators_for
from mediation.cases.models import AuditEntry, Party
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.models import Organisation, Person
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from tests.api.counter import Counter, open_counter
from tests.api.desk import fields_of
from tests.office import Office


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as opened:
        yield opened


def colleague(office: Office, name: str, *languages: str) -> int:
    with office.database.write() as session:
        person = register_person(session, PersonData(name=name), at=office.clock.now())
        person.languages = list(languages)
        grant_role(session, person.id, office.street_id, "mediator", office.clock.today().replace(month=1, day=1))
        return person.id


def proposed(office: Office, case_id: int) -> list[tuple[str, bool]]:
    with office.database.read() as session:
        path = session.get_one(Organisation, office.street_id).path
        return [(one.name, one.last) for one in mediators_for(session, office.runtime, case_id, path)]


def test_language_then_load_and_who_knows_the_employer_last(counter: Counter) -> None:
    office = counter.office
    speaks, idle = colleague(office, "川调解", "sichuan", "mandarin"), colleague(office, "闲调解")
    earlier = office.register()
    office.fire(earlier.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    case = office.register(employers=[{"name": "另一公司"}], workers=[{"name": "李四", "phone": "13900000000"}])
    assert [name for name, _ in proposed(office, case.case_id)] == ["川调解", "闲调解", "李调解"]
    with office.database.write() as session:
        worker = session.scalars(select(Person).where(Person.name == "李四")).one()
        worker.languages = ["sichuan"]
        theirs = Party.side == "employer"
        firm = session.scalars(select(Party.employer_id).where(Party.case_id == earlier.case_id, theirs))
        party = session.scalars(select(Party).where(Party.case_id == case.case_id, theirs)).one()
        party.employer_id = firm.one()
    assert proposed(office, case.case_id) == [("川调解", False), ("闲调解", False), ("李调解", True)]
    form = f"/cases/{case.case_id}/events/{case.proceeding_id}/assign_mediator"
    page = counter.client(office.supervisor).get(form).text
    assert "会说四川话、重庆话，劳动者用得上" in page
    assert "曾办理涉及同一用人单位的案件1件" in page
    assert f'<option value="{speaks}" selected' in page
    assert fields_of(page, form)["mediator"] == str(speaks)
    told = counter.get(office.supervisor, f"/cases/{case.case_id}/mediators").json()
    assert (told[0]["name"], told[0]["speaks"], told[0]["last"]) == ("川调解", ["sichuan"], False)
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": idle}, actor=office.supervisor)
    with office.database.read() as session:
        entries = select(AuditEntry.payload).where(AuditEntry.proceeding_id == case.proceeding_id)
        last = json.loads(session.scalars(entries.order_by(AuditEntry.seq.desc())).first() or "")
    people = [speaks, idle, office.mediator.person_id]
    assert last["result"]["suggested"] == {"people": people, "chosen": 2}
    assert last["answers"] == {"mediator": idle}
