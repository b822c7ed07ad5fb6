"""Filling demands with what was computed: with its working, in the audit trail, once only, for parties of the case."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry, Demand, Proceeding
from mediation.cases.parties import DemandChange, change_demand
from mediation.clock import TestClock
from mediation.db import Database
from mediation.entitlements.fill import Filled, fill_demand
from mediation.entitlements.known import computed_of, known_inputs
from mediation.errors import BadInput, Forbidden, KeyReused, NotFound, StateHasChanged
from mediation.law.entitlements.registry import formula
from mediation.people.actor import Actor
from mediation.reports.recovered import recovered
from tests.office import Office, open_office

HIRED = {"start": "2020-03-16", "end": "2026-09-10", "average_wage": "15000"}
NOTICE = {**HIRED, "last_wage": "16000"}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def revision(office: Office, case: Registered) -> int:
    with office.database.read() as session:
        return session.scalars(select(Proceeding.revision).where(Proceeding.id == case.proceeding_id)).one()


def fill(office: Office, case: Registered, id: str, raw: dict[str, Any], **more: Any) -> Filled:
    told: dict[str, Any] = {"key": office.key(), "actor": office.mediator, "revision": revision(office, case), **more}
    party = told.pop("party", None) or office.parties(case.case_id, "worker")[0]
    with office.database.write() as session:
        return fill_demand(session, office.runtime, case.case_id, party, id, raw, **told)


def demands(office: Office, case: Registered) -> list[Demand]:
    with office.database.read() as session:
        return list(session.scalars(select(Demand).where(Demand.case_id == case.case_id).order_by(Demand.id)))


def entries(office: Office, case: Registered) -> list[tuple[str, dict[str, Any]]]:
    with office.database.read() as session:
        query = select(AuditEntry).where(AuditEntry.proceeding_id == case.proceeding_id).order_by(AuditEntry.seq)
        return [(entry.event, json.loads(entry.payload)) for entry in session.scalars(query)]


def test_a_demand_keeps_what_computed_it(office: Office) -> None:
    case = office.register()
    done = fill(office, case, "severance", HIRED)
    demand = demands(office, case)[-1]
    assert (demand.id, demand.head, demand.item, demand.amount) == (*done.demands, "severance", "经济补偿", 9_750_000)
    kept = demand.calculation
    assert kept is not None
    assert (kept["formula"], kept["version"], kept["amount"], kept["as_of"]) == ("severance", 1, "97500.00", None)
    assert kept["inputs"] == {**HIRED, "average_wage": "15000.00"}
    assert kept["result"]["steps"][-1] == "经济补偿 = 15,000元 × 6.5 = 97,500元"
    assert demands(office, case)[0].calculation is None
    word, payload = entries(office, case)[-1]
    assert (word, payload["result"]["demand"]) == ("add_demand", demand.id)
    assert payload["answers"]["calculation"]["inputs"]["start"] == "2020-03-16"


def test_two_heads_become_two_demands(office: Office) -> None:
    case = office.register()
    done = fill(office, case, "severance_plus_one", NOTICE)
    new = demands(office, case)[-2:]
    assert [(d.head, d.item, d.amount) for d in new] == [
        ("severance", "经济补偿", 9_750_000),
        ("notice_pay", "代通知金", 1_600_000),
    ]
    assert done.revision == revision(office, case)
    again = fill(office, case, "severance_plus_one", {**NOTICE, "last_wage": "17000"}, update=True)
    assert again.demands == done.demands
    assert [d.amount for d in demands(office, case)[-2:]] == [9_750_000, 1_700_000]


def test_the_only_demand_of_that_head_is_updated_on_purpose(office: Office) -> None:
    case = office.register()
    rows = {"months": [{"month": "2026-07", "payable": "9000", "paid": "1000.50"}]}
    fill(office, case, "arrears", rows, update=True)
    only = demands(office, case)
    assert [(d.amount, d.item) for d in only] == [(799_950, "拖欠工资")]
    word, payload = entries(office, case)[-1]
    assert (word, payload["result"]["before"]["amount"]) == ("change_demand", 2_400_000)
    fill(office, case, "arrears", rows)
    assert len(demands(office, case)) == 2
    with pytest.raises(BadInput, match="几项同类请求"):
        fill(office, case, "arrears", rows, update=True)


def test_what_was_reported_before_an_update_stays_as_it_was(office: Office, clock: TestClock) -> None:
    case, then, today = office.register(), clock.now(), clock.today()
    clock.move(hours=1)
    fill(office, case, "arrears", {"months": [{"month": "2026-07", "payable": "9000"}]}, update=True)
    with office.database.read() as session:
        sums = [
            recovered(session, office.runtime, today, today, "month", office.supervisor, as_of=at).totals[0]
            for at in (then, None)
        ]
    assert sums == [2_400_000, 900_000]


def test_the_same_key_fills_once(office: Office) -> None:
    case = office.register()
    first = fill(office, case, "severance_plus_one", NOTICE, key="fill-once-1")
    again = fill(office, case, "severance_plus_one", NOTICE, key="fill-once-1", revision=0)
    assert (first.demands, first.repeated, again.demands, again.repeated) == (again.demands, False, first.demands, True)
    assert len(demands(office, case)) == 3
    with pytest.raises(KeyReused):
        fill(office, case, "severance_plus_one", {**NOTICE, "last_wage": "1"}, key="fill-once-1")


def test_nothing_is_filled_halfway(office: Office) -> None:
    case = office.register()
    with pytest.raises(StateHasChanged):
        fill(office, case, "severance_plus_one", NOTICE, revision=99)
    assert len(demands(office, case)) == 1


@pytest.mark.parametrize(
    ("id", "raw", "told"),
    [
        ("medical_period", {"career_years": 8, "years_here": 3}, "不能填入请求"),
        ("medical_subsidy", {}, "不能填入请求"),
        ("equal_share", {"total": "100", "people": 3}, "不能填入请求"),
        ("standby_pay", {"months": [{"month": "2026-03", "paid": "1800"}]}, "0元"),
        ("severance", {}, "填写的内容有误"),
        (
            "extra_compensation",
            {"unpaid": "1", "order_number": "1", "ordered_on": "2026-01-01", "due_on": "2026-01-02"},
            "主张的比例",
        ),
    ],
)
def test_what_is_no_demand_is_not_filled(office: Office, id: str, raw: dict[str, Any], told: str) -> None:
    case = office.register()
    with pytest.raises(BadInput, match=told):
        fill(office, case, id, raw)
    assert len(demands(office, case)) == 1


def test_only_parties_of_the_case_demand(office: Office) -> None:
    case, other = office.register(), office.register()
    stranger = office.parties(other.case_id, "worker")[0]
    with pytest.raises(BadInput, match="本案当事人"):
        fill(office, case, "severance", HIRED, party=stranger)


def test_who_may_not_see_the_case_fills_nothing(office: Office) -> None:
    case = office.register()
    with pytest.raises((Forbidden, NotFound)):
        fill(office, case, "severance", HIRED, actor=office.lawyer)
    with pytest.raises(NotFound):
        fill(office, case, "severance", HIRED, actor=Actor(None, "路人", ()))


def test_computed_sums_stand_beside_what_is_demanded(office: Office) -> None:
    """Less than the computed sum may be demanded and agreed; the computed sum stays known."""
    case = office.register()
    worker = office.parties(case.case_id, "worker")[0]
    fill(office, case, "severance", HIRED)
    demand = demands(office, case)[-1]
    lower = DemandChange.model_validate({"amount": "80000", "reason": "双方协商"})
    with office.database.write() as session:
        change_demand(
            session,
            office.runtime,
            case.case_id,
            demand.id,
            lower,
            revision=revision(office, case),
            key=office.key(),
            actor=office.mediator,
        )
    with office.database.read() as session:
        assert computed_of(session, case.case_id) == {(worker, "severance"): 9_750_000}
    assert demands(office, case)[-1].amount == 8_000_000


def test_a_withdrawn_demand_is_no_longer_computed(office: Office) -> None:
    case = office.register()
    fill(office, case, "severance", HIRED)
    with office.database.write() as session:
        session.get_one(Demand, demands(office, case)[-1].id).withdrawn_on = office.clock.today()
    with office.database.read() as session:
        assert computed_of(session, case.case_id) == {}


def test_what_was_told_once_is_known_to_the_next_formula(office: Office) -> None:
    case = office.register()
    worker = office.parties(case.case_id, "worker")[0]
    with office.database.read() as session:
        assert known_inputs(session, case.case_id, worker, formula("severance")) == {}
    fill(office, case, "severance", HIRED)
    with office.database.read() as session:
        known = {
            id: known_inputs(session, case.case_id, worker, formula(id))
            for id in ("unlawful_dismissal", "double_wage", "illegal_probation")
        }
    assert known["unlawful_dismissal"] == {**HIRED, "average_wage": "15000.00"}
    assert known["double_wage"] == {"hired": "2020-03-16", "left": "2026-09-10", "claimed": "2026-09-18"}
    assert known["illegal_probation"] == {}
