"""Representatives that a group elects are workers of the group already; they do not make it larger."""

import pytest
from sqlalchemy import select

from mediation.cases.models import Case, Proceeding
from mediation.cases.parties import PartyIn, add_party
from mediation.clock import TestClock
from mediation.db import Database
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


@pytest.mark.parametrize(("role", "count"), [("elected_representative", 2), ("party", 3)])
def test_only_workers_who_join_are_counted(office: Office, role: str, count: int) -> None:
    case = office.register(workers=[{"name": "张三"}, {"name": "李四"}])
    with office.database.write() as session:
        revision = session.scalars(select(Proceeding.revision).where(Proceeding.id == case.proceeding_id)).one()
        data = PartyIn(name="王五", role=role)
        add_party(
            session,
            office.runtime,
            case.case_id,
            "worker",
            data,
            revision=revision,
            key=office.key(),
            actor=office.mediator,
        )
    with office.database.read() as session:
        assert session.get_one(Case, case.case_id).workers_count == count
