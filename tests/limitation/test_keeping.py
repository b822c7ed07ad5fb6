"""Each demand has a limitation deadline that follows the file: from registration to the last event."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mediation.cases.change import Change
from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry, Demand
from mediation.cases.parties import (
    DemandChange,
    DemandIn,
    PartyCorrection,
    add_demand,
    change_demand,
    change_party,
)
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline, DeadlineChange
from mediation.errors import BadInput, Forbidden, NotFound
from mediation.limitation.clocks import DemandClock, clocks_of, events_of
from mediation.limitation.events import (
    LimitationEventIn,
    StrikeOut,
    add_limitation_event,
    recount_limitation,
    strike_limitation_event,
)
from mediation.reminders.models import Reminder
from mediation.runtime import Runtime
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

LEFT = {"name": "张三", "employment_ended_on": "2025-12-31"}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def dues(office: Office, case: Registered, name: str = "limitation") -> dict[str, date]:
    query = select(Deadline.subject, Deadline.legal_due).where(
        Deadline.case_id == case.case_id, Deadline.name == name, Deadline.closed_at.is_(None)
    )
    with office.database.read() as session:
        return {row.subject: row.legal_due for row in session.execute(query)}


def clocks(office: Office, case: Registered) -> tuple[DemandClock, ...]:
    with office.database.read() as session:
        return clocks_of(session, office.runtime, case.case_id)


def changed(office: Office, use_case: Any, case: Registered, *given: Any, actor: Any = None) -> Change:
    with office.database.write() as session:
        revision = session.scalar(
            select(func.max(AuditEntry.revision)).where(AuditEntry.proceeding_id == case.proceeding_id)
        )
        done: Change = use_case(
            session,
            office.runtime,
            case.case_id,
            *given,
            revision=revision,
            key=office.key(),
            actor=actor or office.mediator,
        )
        return done


def told(**given: Any) -> LimitationEventIn:
    return LimitationEventIn.model_validate({"proof": "快递底单", **given})


def test_it_runs_from_the_first_day_with_the_assumption_shown(office: Office) -> None:
    case = office.register(since_on="2025-11-03")
    (one,) = clocks(office, case)
    assert one.state == "running"
    assert one.clock.legal_due == date(2026, 11, 3)
    assert any("没有登记劳动者是否在职" in doubt for doubt in one.clock.doubts)
    assert dues(office, case) == {f"demand:{one.demand_id}": date(2026, 11, 3)}
    with office.database.read() as session:
        rows = session.execute(
            select(Reminder.recipient, Reminder.rung).join(Deadline).where(Deadline.name == "limitation")
        )
        found = {(recipient, rung) for recipient, rung in rows}
    assert found == {(role, rung) for role in ("mediator", "supervisor") for rung in (-30, -7, -3, -1, 0)}


def test_nothing_known_counts_from_the_application_and_says_so(office: Office) -> None:
    (one,) = clocks(office, office.register())
    assert one.clock.start.on == date(2026, 9, 18)
    assert any("可能已经届满" in doubt for doubt in one.clock.doubts)


def test_wages_do_not_run_while_employed_until_the_end_of_the_employment_is_told(office: Office) -> None:
    case = office.register(workers=[{"name": "张三", "employed": True}], since_on="2024-01-05")
    assert dues(office, case) == {}
    assert clocks(office, case)[0].state == "not_running"
    worker = office.parties(case.case_id, "worker")[0]
    ended = PartyCorrection.model_validate({"employment_ended_on": "2026-03-02", "reason": "已离职"})
    changed(office, change_party, case, worker, ended)
    assert list(dues(office, case).values()) == [date(2027, 3, 2)]
    again = PartyCorrection.model_validate({"employed": True, "reason": "仍在职，误登"})
    changed(office, change_party, case, worker, again)
    assert dues(office, case) == {}


def test_demands_that_come_later_and_demands_that_go(office: Office) -> None:
    case = office.register(workers=[LEFT])
    worker = office.parties(case.case_id, "worker")[0]
    more = DemandIn.model_validate({"party": worker, "head": "severance", "amount": "9000"})
    added = changed(office, add_demand, case, more).result["demand"]
    assert dues(office, case)[f"demand:{added}"] == date(2026, 12, 31)
    gone = DemandChange.model_validate({"withdrawn_on": "2026-09-18", "reason": "不再要求"})
    changed(office, change_demand, case, added, gone)
    assert f"demand:{added}" not in dues(office, case)


def test_those_that_end_on_one_day_are_reminded_of_once(office: Office) -> None:
    demands = [{"party": 0, "head": head, "amount": "100"} for head in ("wages", "severance", "bonus")]
    case = office.register(workers=[LEFT], demands=demands)
    with office.database.read() as session:
        reminded = session.scalars(
            select(Reminder.deadline_id).join(Deadline).where(Deadline.name == "limitation").distinct()
        ).all()
        titles = session.scalars(select(Deadline.title).where(Deadline.name == "limitation")).all()
    assert len(reminded) == 1
    assert titles[0] == "时效：张三·拖欠工资等3项"
    assert len(dues(office, case)) == 3


def test_each_event_of_the_dispute_that_interrupts_is_noted_with_its_article(office: Office, clock: TestClock) -> None:
    case = office.register(workers=[LEFT])
    today = clock.today().isoformat()
    employer = office.parties(case.case_id, "employer")[0]
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": today})
    clock.move(days=2)
    said = {"consent_party": employer, "consent": "refused", "consent_on": clock.today().isoformat()}
    office.fire(case.proceeding_id, "record_consent", said)
    with office.database.read() as session:
        found = [(e.ground, e.cites[0].id, e.on) for e in events_of(session, office.runtime, case.case_id)]
        moves = session.scalars(select(DeadlineChange.reason).where(DeadlineChange.kind == "limitation")).all()
    assert found == [
        ("mediation_applied", "AR-27", date(2026, 9, 18)),
        ("mediation_refused", "ER-31.5", date(2026, 9, 20)),
    ]
    assert list(moves) == ["审查通过并征询对方", "记录意愿"]
    assert list(dues(office, case).values()) == [date(2027, 9, 20)]


def test_a_worker_who_refuses_interrupts_nothing(office: Office) -> None:
    case = office.register(workers=[LEFT])
    worker = office.parties(case.case_id, "worker")[0]
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    office.fire(case.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": "2026-09-18"})
    said = {"consent_party": worker, "consent": "refused", "consent_on": "2026-09-18"}
    office.fire(case.proceeding_id, "record_consent", said)
    with office.database.read() as session:
        assert [e.ground for e in events_of(session, office.runtime, case.case_id)] == ["mediation_applied"]


def test_a_claim_recorded_by_hand_counts_and_a_struck_one_does_not(office: Office) -> None:
    case = office.register(workers=[LEFT])
    done = changed(office, add_limitation_event, case, told(ground="claimed", on="2026-05-06"))
    assert list(dues(office, case).values()) == [date(2027, 5, 6)]
    (event,) = done.result["limitation_events"]
    changed(office, strike_limitation_event, case, event, StrikeOut(reason="底单是另一件事的"))
    assert list(dues(office, case).values()) == [date(2026, 12, 31)]
    with office.database.read() as session:
        assert [e.struck_why for e in events_of(session, office.runtime, case.case_id)] == ["底单是另一件事的"]
    with pytest.raises(NotFound):
        changed(office, strike_limitation_event, case, event, StrikeOut(reason="再删一次"))


def test_an_obstacle_stops_the_clock_and_its_end_lets_it_run_on(office: Office) -> None:
    case = office.register(workers=[LEFT])
    changed(office, add_limitation_event, case, told(ground="force_majeure", on="2026-08-01"))
    assert clocks(office, case)[0].state == "suspended"
    with office.database.read() as session:
        row = session.scalars(select(Deadline).where(Deadline.name == "limitation")).one()
        assert row.suspended_on == date(2026, 8, 1)
        waiting = session.scalar(
            select(func.count()).where(Reminder.deadline_id == row.id, Reminder.state == "waiting")
        )
        assert waiting == 0
    changed(office, add_limitation_event, case, told(ground="obstacle_ended", on="2026-08-11"))
    assert list(dues(office, case).values()) == [date(2027, 1, 11)], "10 January is a Sunday"


def test_an_event_of_one_demand_leaves_the_others_alone(office: Office) -> None:
    demands = [{"party": 0, "head": head, "amount": "100"} for head in ("wages", "severance")]
    case = office.register(workers=[LEFT], demands=demands)
    with office.database.read() as session:
        first = session.scalars(select(Demand.id).where(Demand.case_id == case.case_id).order_by(Demand.id)).first()
    changed(office, add_limitation_event, case, told(ground="claimed", on="2026-05-06", demand=first))
    assert sorted(dues(office, case).values()) == [date(2026, 12, 31), date(2027, 5, 6)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ground": "rain", "on": "2026-05-06"}, "ground"),
        ({"ground": "claimed", "on": "2026-09-19"}, "on"),
        ({"ground": "claimed", "on": "2026-05-06", "until": "2026-05-07"}, "until"),
        ({"ground": "force_majeure", "on": "2026-05-06", "until": "2026-05-05"}, "until"),
        ({"ground": "claimed", "on": "2026-05-06", "demand": 999}, "demand"),
        ({"ground": "claimed", "on": "2026-05-06", "evidence": 999}, "evidence"),
        ({"ground": "obstacle_ended", "on": "2026-05-06"}, "ground"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(office: Office, given: dict[str, Any], field: str) -> None:
    case = office.register(workers=[LEFT])
    with pytest.raises(BadInput) as error:
        changed(office, add_limitation_event, case, told(**given))
    assert field in error.value.fields


def test_only_those_who_work_on_the_case_record_events(office: Office) -> None:
    case = office.register(workers=[LEFT])
    with pytest.raises((Forbidden, NotFound)):
        changed(office, add_limitation_event, case, told(ground="claimed", on="2026-05-06"), actor=office.lawyer)


def test_double_wage_tells_when_the_first_day_and_when_the_last_is_lost(office: Office) -> None:
    window = {"party": 0, "head": "double_wage", "amount": "100", "from_on": "2025-11-01", "until_on": "2026-08-31"}
    case = office.register(demands=[window])
    assert sorted(dues(office, case).values()) == [date(2026, 11, 1), date(2027, 8, 31)]
    lost = office.register(demands=[{**window, "from_on": "2025-09-01"}])
    (one,) = clocks(office, lost)
    assert one.clock.losing
    assert one.urgent
    assert list(dues(office, lost).values()) == [date(2027, 7, 31)], "eleven months at the most"


def test_fewer_than_seven_days_raise_legal_aid_in_advance_once(office: Office, clock: TestClock) -> None:
    case = office.register(workers=[{"name": "张三", "employment_ended_on": "2025-10-12"}])
    assert list(dues(office, case, "advance_aid").values()) == [date(2026, 10, 5)]
    clock.set(datetime(2026, 10, 5, 10, tzinfo=SHANGHAI))
    sweep_once(office.runtime, ())
    assert dues(office, case, "advance_aid_action") == {}
    for _ in range(2):
        clock.set(datetime(2026, 10, 6, 10, tzinfo=SHANGHAI))
        sweep_once(office.runtime, ())
    assert list(dues(office, case, "advance_aid_action").values()) == [date(2026, 10, 8)]
    with office.database.read() as session:
        raised = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "advance_aid_due")
        assert session.scalar(raised) == 1
    changed(office, add_limitation_event, case, told(ground="claimed", on="2026-10-06"))
    assert dues(office, case, "advance_aid_action") == {}, "a year has begun anew: nothing is urgent any more"


def test_what_is_registered_too_late_for_seven_days_is_raised_at_once(office: Office) -> None:
    case = office.register(workers=[{"name": "张三", "employment_ended_on": "2025-09-21"}])
    sweep_once(office.runtime, ())
    assert len(dues(office, case, "advance_aid_action")) == 1


def test_what_is_over_bars_nothing_and_is_no_deadline(office: Office) -> None:
    case = office.accepted(workers=[{"name": "张三", "employment_ended_on": "2024-09-02"}])
    assert dues(office, case) == {}
    (one,) = clocks(office, case)
    assert one.state == "expired"
    assert office.state(case.proceeding_id) == "mediation"


def test_with_the_dispute_the_deadlines_end_and_come_back_when_it_opens_again(office: Office) -> None:
    case = office.register(workers=[LEFT])
    said = {"withdrawal_reason": "other", "withdrawn_on": "2026-09-18"}
    office.fire(case.proceeding_id, "withdraw", said)
    assert dues(office, case) == {}
    assert clocks(office, case)[0].clock.legal_due == date(2026, 12, 31)
    office.fire(case.proceeding_id, "reopen", {"reopen_reason": "又有新的请求"}, actor=office.supervisor)
    assert list(dues(office, case).values()) == [date(2026, 12, 31)]


def test_a_new_calendar_moves_them_too(office: Office) -> None:
    case = office.register(workers=[LEFT])
    with office.database.write() as session:
        session.execute(Deadline.__table__.update().values(calendar="older"))
    with office.database.write() as session:
        recount_limitation(session, office.runtime, case.case_id)
    with office.database.read() as session:
        query = select(Deadline.calendar).where(Deadline.name == "limitation")
        assert session.scalars(query).all() == [office.runtime.law.calendar_version]


def test_every_head_has_a_rule_and_every_ground_an_article_and_its_event(office: Office) -> None:
    runtime: Runtime = office.runtime
    assert set(runtime.codes["limitation_heads"]) >= set(runtime.codes["demand_heads"])
    events = runtime.machine("dispute").definition.events
    deadlines = runtime.machine("dispute").definition.deadlines
    grounds = runtime.codes["limitation_grounds"]
    for code in grounds:
        about = grounds.about(code)
        assert [runtime.law.statute(id.strip()) for id in about["cites"].split(",")]
        if event := about.get("event"):
            assert "interrupt_limitation" in events[event].effects
            assert about["day"] in events[event].asks or about["day"] in deadlines
            assert not about.get("when") or about["when"].split("=")[0] in events[event].asks


def test_time_over_and_a_broken_promise_begin_it_anew(office: Office, clock: TestClock) -> None:
    case = office.accepted(workers=[LEFT])
    clock.move(days=30)
    sweep_once(office.runtime, ())
    with office.database.read() as session:
        found = [(e.ground, e.on) for e in events_of(session, office.runtime, case.case_id)]
    assert found[-1] == ("mediation_over", date(2026, 10, 8))
    other = office.signed(workers=[LEFT])
    clock.move(days=60)
    sweep_once(office.runtime, ())
    with office.database.read() as session:
        grounds = [e.ground for e in events_of(session, office.runtime, other.case_id)]
        breach = events_of(session, office.runtime, other.case_id)[-1]
    assert grounds == ["mediation_applied", "debtor_agreed", "agreement_breached"]
    assert breach.on == clock.today() - timedelta(days=50)


def test_a_settlement_reached_elsewhere_counts_and_so_does_its_breach(office: Office, clock: TestClock) -> None:
    case = office.accepted(workers=[LEFT])
    worker = office.parties(case.case_id, "worker")[0]
    today = clock.today()
    said = {
        "settled_body": "示范区劳动人事争议仲裁委员会",
        "settled_on": today.isoformat(),
        "agreement_scope": "full",
        "promises": [{"party": worker, "amount": "9000", "due_on": (today + timedelta(days=5)).isoformat()}],
    }
    office.fire(case.proceeding_id, "settled_in_procedure", said)
    clock.move(days=7)
    sweep_once(office.runtime, ())
    with office.database.read() as session:
        found = [(e.ground, e.cites[0].id) for e in events_of(session, office.runtime, case.case_id)]
    assert found[-2:] == [("settled_elsewhere", "AR-27"), ("settlement_breached", "ER-31.4")]
