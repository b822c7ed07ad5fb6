"""紧急查阅: open for four hours without asking, everybody told, every look written down, reviewed afterwards."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation.access.emergency import EmergencyIn, ReviewIn, count_waiting, open_in_emergency, review, reviews
from mediation.access.restrict import RestrictIn, restrict
from mediation.cases.models import AuditEntry
from mediation.cases.queries import Filters, my_cases
from mediation.cases.view import case_view
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotFound
from mediation.people.actor import Actor, load_actor
from mediation.people.models import Organisation
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reminders.inbox import inbox
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

WHY = "当事人在医院，承办人联系不上，须核对代理权限"


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


@pytest.fixture
def neighbour(office: Office) -> Actor:
    """A mediator of another street of the district."""
    return somebody(office, "mediator", "孙邻街", street="示范区西街总工会")


def somebody(office: Office, role: str, name: str, street: str | None = None) -> Actor:
    today = office.clock.today()
    with office.database.write() as session:
        place = office.district_id
        if street:
            above = session.get_one(Organisation, office.district_id)
            place = add_organisation(session, street, street[3:5], "street", above).id
        person = register_person(session, PersonData(name=name), at=office.clock.now())
        grant_role(session, person.id, place, role, today.replace(month=1, day=1))
        id = person.id
    with office.database.read() as session:
        return load_actor(session, id, today)


def opened(office: Office, number: str, actor: Actor, why: str = WHY, key: str | None = None) -> int:
    with office.database.write() as session:
        data = EmergencyIn(number=number, reason=why)
        return open_in_emergency(session, office.runtime, data, key=key or office.key(), actor=actor)[0]


def reviewed(office: Office, access_id: int, actor: Actor, verdict: str = "justified") -> None:
    with office.database.write() as session:
        data = ReviewIn.model_validate({"verdict": verdict, "review": "已核对通话记录"})
        review(session, office.runtime, access_id, data, key=office.key(), actor=actor)


def may_look(office: Office, case_id: int, actor: Actor) -> bool:
    try:
        with office.database.read() as session:
            case_view(session, office.runtime, case_id, actor)
    except NotFound:
        return False
    return True


def test_opens_for_a_while_for_reading_only(office: Office, neighbour: Actor) -> None:
    case = office.accepted()
    assert not may_look(office, case.case_id, neighbour)
    assert opened(office, case.number, neighbour) == case.case_id
    with office.database.read() as session:
        view = case_view(session, office.runtime, case.case_id, neighbour)
        assert view.roles == {"emergency"}
        assert not view.confidential
        assert not any(option.allowed for p in view.proceedings for option in p.options)
        assert my_cases(session, office.runtime, neighbour, Filters(whose="all")).total == 0
    with pytest.raises(Forbidden):
        office.fire(case.proceeding_id, "note_risk", {}, actor=neighbour)
    office.clock.move(hours=4, minutes=1)
    assert not may_look(office, case.case_id, neighbour)


def test_everybody_is_told_and_it_stands_in_the_chain(office: Office, neighbour: Actor) -> None:
    case = office.accepted()
    opened(office, case.number, neighbour, key="emergency-1")
    opened(office, case.number, neighbour, key="emergency-1")  # the same click twice
    with office.database.read() as session:
        for actor in (office.mediator, office.supervisor, neighbour):
            (line,) = inbox(session, actor.person_id or 0)
            assert "孙邻街紧急查阅" in line.subject
            assert WHY in line.body
            assert line.case_id == case.case_id
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.event == "emergency_access"))
    assert json.loads(entry.payload)["answers"]["reason"] == WHY


def test_what_is_refused(office: Office, neighbour: Actor) -> None:
    case = office.accepted()
    with pytest.raises(BadInput, match="没有这个案号"):
        opened(office, "示东工调案〔2026〕99999号", neighbour)
    with pytest.raises(BadInput, match="至少10个字"):
        opened(office, case.number, neighbour, "看看")
    with pytest.raises(BadInput, match="现在就可以查看"):
        opened(office, case.number, office.mediator)
    with pytest.raises(Forbidden):
        opened(office, case.number, office.lawyer)


def test_a_supervisor_reviews_it(office: Office, neighbour: Actor) -> None:
    case = office.accepted()
    opened(office, case.number, neighbour)
    with office.database.read() as session:
        (row,), total = reviews(session, office.runtime, office.supervisor)
        assert (row.name, row.reason, row.number, total) == ("孙邻街", WHY, case.number, 1)
        assert "西街" in row.roles
        assert not row.overdue
    with pytest.raises(NotFound):
        reviewed(office, row.id, neighbour)
    reviewed(office, row.id, office.supervisor, "unjustified")
    with pytest.raises(BadInput, match="已经复核"):
        reviewed(office, row.id, office.supervisor)
    with office.database.read() as session:
        assert count_waiting(session, office.supervisor) == 0
        assert reviews(session, office.runtime, office.supervisor, waiting=False)[0][0].verdict == "unjustified"
        assert "没有必要" in inbox(session, neighbour.person_id or 0)[0].subject


def test_nobody_reviews_their_own(office: Office) -> None:
    case = office.accepted()
    other = somebody(office, "supervisor", "周主管")
    with office.database.write() as session:
        told = RestrictIn(reason="涉及本单位人员")
        restrict(session, office.runtime, case.case_id, told, key=office.key(), actor=office.supervisor)
    assert not may_look(office, case.case_id, other)
    opened(office, case.number, other)
    assert may_look(office, case.case_id, other)
    with office.database.read() as session:
        assert reviews(session, office.runtime, other) == ([], 0)
        access_id = reviews(session, office.runtime, office.supervisor)[0][0].id
    with pytest.raises(Forbidden, match="其他主管"):
        reviewed(office, access_id, other)


def test_a_supervisor_with_the_case_open_may_name_its_readers(office: Office) -> None:
    """Else a restricted case whose only named supervisor has left would be nobody's."""
    case = office.accepted()
    other = somebody(office, "supervisor", "周主管")
    told = RestrictIn(reason="涉及本单位人员")
    with office.database.write() as session:
        restrict(session, office.runtime, case.case_id, told, key=office.key(), actor=office.supervisor)
    opened(office, case.number, other)
    with office.database.write() as session:
        restrict(session, office.runtime, case.case_id, told, key=office.key(), actor=other)
    office.clock.move(hours=5)
    assert may_look(office, case.case_id, other)


def test_an_overdue_review_goes_to_the_body_above_once(office: Office, neighbour: Actor) -> None:
    """The street has a supervisor of its own, who does nothing; the district hears of it."""
    case = office.accepted()
    today = office.clock.today()
    with office.database.write() as session:
        person = register_person(session, PersonData(name="街主管"), at=office.clock.now())
        grant_role(session, person.id, office.street_id, "supervisor", today)
    opened(office, case.number, neighbour)
    with office.database.read() as session:
        assert not inbox(session, office.supervisor.person_id or 0)
    office.clock.move(days=7)
    for _ in range(2):
        sweep_once(office.runtime, [])
    with office.database.read() as session:
        late = [line for line in inbox(session, office.supervisor.person_id or 0) if "逾期未复核" in line.subject]
        assert len(late) == 1
        (row,), _ = reviews(session, office.runtime, office.supervisor)
        assert row.overdue
        assert row.escalated
    assert office.clock.now() - row.opened_at > timedelta(days=6)
