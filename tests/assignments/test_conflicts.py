"""Conflicts of interest: found before somebody gets a case, with the reason in words."""

from datetime import date, timedelta

import pytest

from mediation.assignments.conflicts import conflicts_of
from mediation.assignments.interests import InterestIn, declare_interest, end_interest, interests_of
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotFound, Refused
from mediation.findings.verify import verify_all
from mediation.people.actor import Actor
from mediation.people.models import Employer, Person
from tests.office import Office, open_office

FIRM = "北京某餐饮有限公司"


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def declare(office: Office, actor: Actor, name: str = FIRM, **more: object) -> int:
    with office.database.write() as session:
        data = InterestIn.model_validate({"kind": "adviser", "name": name, **more})
        return declare_interest(session, office.runtime, data, key=office.key(), actor=actor)


def kinds(office: Office, actor: Actor, case_id: int) -> list[tuple[str, bool]]:
    assert actor.person_id is not None
    with office.database.read() as session:
        found = conflicts_of(session, actor.person_id, case_id, office.clock.today())
    return [(conflict.kind, conflict.grave) for conflict in found]


def test_nothing_is_known_and_nothing_is_said(office: Office) -> None:
    case = office.register()
    assert kinds(office, office.lawyer, case.case_id) == []


def test_an_adviser_of_the_employer_gets_no_case_against_it(office: Office) -> None:
    case = office.register()
    interest = declare(office, office.mediator)
    assert kinds(office, office.mediator, case.case_id) == [("declared", True)]
    with pytest.raises(Refused) as refused:
        office.fire(
            case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id}, actor=office.supervisor
        )
    assert FIRM in refused.value.refusals[0].sentence
    office.clock.move(days=2)
    with office.database.write() as session:
        yesterday = office.clock.today() - timedelta(days=1)
        end_interest(session, office.runtime, interest, yesterday, key=office.key(), actor=office.mediator)
    assert kinds(office, office.mediator, case.case_id) == [("declared", False)]
    done = office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    assert FIRM in done.result["conflicts"][0]
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_a_company_with_the_same_head_is_the_same_hand(office: Office) -> None:
    case = office.register(employers=[{"name": FIRM, "legal_representative": "赵老板"}])
    office.register(employers=[{"name": "北京某物流有限公司", "legal_representative": "赵老板"}])
    declare(office, office.lawyer, "北京某物流有限公司")
    assert kinds(office, office.lawyer, case.case_id) == [("group", True)]


def test_the_head_of_the_employer_is_named_like_the_mediator(office: Office) -> None:
    case = office.register(employers=[{"name": FIRM, "legal_representative": "李调解"}])
    assert kinds(office, office.mediator, case.case_id) == [("namesake", False)]


def test_whoever_mediated_is_told_before_acting_for_one_side(office: Office) -> None:
    case = office.accepted()
    assert kinds(office, office.mediator, case.case_id) == [("mediator", False)]


def test_a_party_does_not_work_on_its_own_case(office: Office) -> None:
    with office.database.write() as session:
        lawyer = session.get_one(Person, office.lawyer.person_id)
        lawyer.id_kind, lawyer.id_number = "resident_id", "11010519491231002X"
    case = office.register(workers=[{"name": "赵律师", "id_kind": "resident_id", "id_number": "11010519491231002X"}])
    assert ("party", True) in kinds(office, office.lawyer, case.case_id)


def test_declarations_are_ones_own_and_in_order(office: Office) -> None:
    office.register()
    interest = declare(office, office.lawyer, from_on="2026-01-01")
    assert office.lawyer.person_id is not None
    with office.database.read() as session:
        (row,) = interests_of(session, office.lawyer.person_id)
        assert row.known
        assert session.get(Employer, 1) is not None
    with pytest.raises(NotFound), office.database.write() as session:
        end_interest(session, office.runtime, interest, date(2026, 2, 1), key=office.key(), actor=office.other_lawyer)
    with pytest.raises(BadInput), office.database.write() as session:
        end_interest(session, office.runtime, interest, date(2025, 2, 1), key=office.key(), actor=office.lawyer)
    with pytest.raises(BadInput):
        declare(office, office.lawyer, kind="friend")
    with pytest.raises(BadInput):
        declare(office, office.lawyer, from_on="2026-05-01", until_on="2026-04-01")
    with pytest.raises(Forbidden):
        declare(office, Actor(None, "无人", ()))
