"""限制查阅: only named people and those who handle the case see it, anywhere; figures go on counting it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mediation.access.restrict import LiftIn, RestrictIn, lift, restrict, restriction_of
from mediation.cases.queries import Filters, my_cases
from mediation.cases.view import case_view
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotFound
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reports.outcomes import listed
from mediation.reports.overdue import overdue
from mediation.reports.recovered import lines, recovered
from mediation.reports.sums import UNSEEN
from tests.api.counter import open_counter
from tests.office import Office, open_office

ALL = Filters(whose="all")
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def colleague(office: Office, role: str = "supervisor", name: str = "周主管") -> Actor:
    """Somebody else with a role at the district."""
    today = office.clock.today()
    with office.database.write() as session:
        person = register_person(session, PersonData(name=name), at=office.clock.now())
        grant_role(session, person.id, office.district_id, role, today)
        id = person.id
    with office.database.read() as session:
        return load_actor(session, id, today)


def restricted(office: Office, case_id: int, *readers: int, actor: Actor | None = None) -> Any:
    data = RestrictIn(reason="当事人受到威胁", readers=list(readers))
    with office.database.write() as session:
        by = actor or office.supervisor
        return restrict(session, office.runtime, case_id, data, key=office.key(), actor=by)


def sees(office: Office, case_id: int, actor: Actor) -> bool:
    with office.database.read() as session:
        listed_there = case_id in {row.id for row in my_cases(session, office.runtime, actor, ALL).rows}
        try:
            case_view(session, office.runtime, case_id, actor)
        except NotFound:
            assert not listed_there
            return False
        assert listed_there
        return True


def test_only_the_named_and_the_handler_see_it(office: Office) -> None:
    case = office.accepted()
    other, clerk = colleague(office), colleague(office, "clerk", "吴书记员")
    assert sees(office, case.case_id, other)
    assert sees(office, case.case_id, clerk)
    restricted(office, case.case_id)
    assert sees(office, case.case_id, office.supervisor)
    assert sees(office, case.case_id, office.mediator)
    assert not sees(office, case.case_id, other)
    assert not sees(office, case.case_id, clerk)
    restricted(office, case.case_id, clerk.person_id or 0)
    assert sees(office, case.case_id, clerk)
    assert not sees(office, case.case_id, other)
    with office.database.read() as session:
        found = restriction_of(session, case.case_id)
    assert found is not None
    assert [name for _, name in found.readers] == ["吴书记员", "王主管"]
    with office.database.write() as session:
        told = LiftIn(reason="危险已经过去")
        lift(session, office.runtime, case.case_id, told, key=office.key(), actor=office.supervisor)
    assert sees(office, case.case_id, other)


def test_who_may_restrict_and_whom_one_may_name(office: Office) -> None:
    case = office.accepted()
    with pytest.raises(Forbidden, match="主管"):
        restricted(office, case.case_id, actor=office.mediator)
    with pytest.raises(BadInput, match="任职"):
        restricted(office, case.case_id, 999_999)
    other = colleague(office)
    restricted(office, case.case_id)
    with pytest.raises(NotFound):
        restricted(office, case.case_id, actor=other)


def test_figures_count_it_and_lines_do_not_name_it(office: Office) -> None:
    case = office.signed()
    worker = office.parties(case.case_id, "worker")[0]
    paid = {"party": worker, "amount": "500", "paid_on": office.clock.today().isoformat(), "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [paid]})
    other = colleague(office)
    restricted(office, case.case_id)
    with office.database.read() as session:
        mine, theirs = (recovered(session, office.runtime, *YEAR, "month", who) for who in (office.supervisor, other))
        assert mine.totals == theirs.totals
        assert mine.totals[-1] == 50_000
        found = lines(session, *YEAR, "month", other, column="received")
        assert [(x.case_id, x.number, x.party, x.amount) for x in found.lines] == [(None, UNSEEN, "", 50_000)]
        assert found.total == 50_000
        named = lines(session, *YEAR, "month", office.supervisor, column="received").lines
        assert [(x.case_id, x.party) for x in named] == [(case.case_id, "张三")]
        told = listed(session, other, from_on=YEAR[0], to_on=YEAR[1], unit="workers")
        assert [(x.number, x.party) for x in told] == [(UNSEEN, "")]


def test_late_work_of_a_restricted_case_is_listed_to_those_who_see_it(office: Office) -> None:
    case = office.accepted()
    other = colleague(office)
    office.clock.move(days=60)
    restricted(office, case.case_id)
    with office.database.read() as session:
        assert overdue(session, office.runtime, other).total == 0
        assert overdue(session, office.runtime, office.supervisor).total > 0


def test_programs_and_downloads_meet_the_same_wall(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> None:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        office = counter.office
        case = office.accepted()
        other = colleague(office)
        with office.database.read() as session:
            paper = case_view(session, office.runtime, case.case_id, other).papers[0].id
        assert counter.get(other, f"/documents/{paper}.docx").status_code == 200
        restricted(office, case.case_id)
        for path in (f"/documents/{paper}.docx", f"/cases/{case.case_id}", f"/cases/{case.case_id}/related"):
            assert counter.get(other, path).status_code == 404
        assert counter.get(other, "/cases", text="张三").json()["total"] == 0
        assert counter.get(other, "/cases").json()["cases"] == []
