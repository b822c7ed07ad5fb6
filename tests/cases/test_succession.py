"""Parties that change: lost, dead, wound up, replaced, succeeded; who owes how."""

from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.models import Demand, Party
from mediation.cases.succession import (
    ConditionIn,
    LiabilityIn,
    SuccessorIn,
    set_condition,
    set_liability,
    succeed,
)
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotFound, StateHasChanged
from mediation.findings.verify import verify_all
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def change(office: Office, use_case: Any, case_id: int, party: int, data: Any, revision: int = 1, **more: Any) -> Any:
    with office.database.write() as session:
        once = {"key": more.pop("key", None) or office.key(), "actor": more.pop("actor", office.mediator)}
        return use_case(session, office.runtime, case_id, party, data, revision=revision, **once)


def party(office: Office, id: int) -> Party:
    with office.database.read() as session:
        return session.scalars(select(Party).where(Party.id == id)).one()


def test_the_employer_cannot_be_found_and_is_found_again(office: Office) -> None:
    case = office.register()
    (firm,) = office.parties(case.case_id, "employer")
    lost = ConditionIn(condition="missing", condition_on=office.clock.today(), reason="登记地址已无人，电话停机")
    done = change(office, set_condition, case.case_id, firm, lost)
    assert party(office, firm).condition == "missing"
    assert done.result["before"] == {"condition": None, "condition_on": None}
    change(office, set_condition, case.case_id, firm, ConditionIn(reason="负责人来电"), revision=2)
    assert (party(office, firm).condition, party(office, firm).condition_on) == (None, None)
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_a_company_does_not_die_and_tomorrow_is_not_known(office: Office) -> None:
    case = office.register()
    (firm,) = office.parties(case.case_id, "employer")
    with pytest.raises(BadInput) as wrong:
        change(office, set_condition, case.case_id, firm, ConditionIn(condition="dead", reason="关门"))
    assert "已注销" in wrong.value.fields["condition"]
    later = office.clock.today().replace(year=2027)
    with pytest.raises(BadInput):
        change(
            office,
            set_condition,
            case.case_id,
            firm,
            ConditionIn(condition="missing", condition_on=later, reason="没人"),
        )
    with pytest.raises(BadInput):
        change(office, set_condition, case.case_id, firm, ConditionIn(condition="bored", reason="没人"))


def test_an_heir_acts_in_the_workers_place_which_keeps_its_demands(office: Office) -> None:
    case = office.register()
    (worker,) = office.parties(case.case_id, "worker")
    change(office, set_condition, case.case_id, worker, ConditionIn(condition="dead", reason="死亡证明"))
    heir = SuccessorIn(name="张小三", role="heir", since_on=office.clock.today(), reason="户口本：独子")
    done = change(office, succeed, case.case_id, worker, heir, revision=2)
    new = party(office, done.result["party"])
    assert (new.represents_id, new.succeeds_id, new.side) == (worker, worker, "worker")
    assert party(office, worker).left_on is None
    with office.database.read() as session:
        assert session.scalars(select(Demand.party_id).where(Demand.case_id == case.case_id)).all() == [worker]


def test_another_worker_is_no_heir(office: Office) -> None:
    case = office.register()
    (worker,) = office.parties(case.case_id, "worker")
    other = SuccessorIn(name="李四", since_on=office.clock.today(), reason="换人")
    with pytest.raises(BadInput) as wrong:
        change(office, succeed, case.case_id, worker, other)
    assert "继承人" in wrong.value.fields["role"]


def test_the_right_respondent_takes_the_place_of_the_wrong_one(office: Office) -> None:
    case = office.register()
    (firm,) = office.parties(case.case_id, "employer")
    basis = LiabilityIn(liability="joint", liability_basis="劳务派遣：劳动合同法第九十二条")
    change(office, set_liability, case.case_id, firm, basis)
    right = SuccessorIn(name="北京某劳务派遣有限公司", since_on=office.clock.today(), reason="合同盖的是派遣公司的章")
    key = office.key()
    done = change(office, succeed, case.case_id, firm, right, revision=2, key=key)
    again = change(office, succeed, case.case_id, firm, right, revision=2, key=key)
    assert again.repeated["party"] == done.result["party"]
    new = party(office, done.result["party"])
    assert party(office, firm).left_on == office.clock.today()
    assert (new.liability, new.consent, new.succeeds_id) == ("joint", None, firm)
    with pytest.raises(BadInput):
        change(office, succeed, case.case_id, firm, right, revision=3)


def test_a_worker_owes_nothing_and_strangers_change_nothing(office: Office) -> None:
    case = office.register()
    (worker,) = office.parties(case.case_id, "worker")
    basis = LiabilityIn(liability="direct", liability_basis="无")
    with pytest.raises(BadInput):
        change(office, set_liability, case.case_id, worker, basis)
    with pytest.raises(NotFound):
        change(office, set_liability, case.case_id, 9_999, basis)
    with pytest.raises((Forbidden, NotFound)):
        change(office, set_liability, case.case_id, worker, basis, actor=office.lawyer)
    (firm,) = office.parties(case.case_id, "employer")
    with pytest.raises(StateHasChanged):
        change(office, set_liability, case.case_id, firm, basis, revision=9)
