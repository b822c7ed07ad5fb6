"""Live cases in which nobody acts, no day runs, nobody is reminded, or sums do not tie: found, shown, repaired."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from mediation.cases.models import Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import Forbidden, NotFound, Refused
from mediation.findings.check import nightly_check
from mediation.findings.faults import Fault
from mediation.findings.invariants import invariant_faults
from mediation.findings.queries import OpenFinding, open_findings
from mediation.findings.repair import repair_finding
from mediation.findings.verify import verify_all
from mediation.people.models import Membership
from mediation.recovery.models import Promise, Receipt
from mediation.reminders.channels import Inbox
from mediation.reminders.inbox import inbox
from mediation.reminders.models import Reminder
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def faults(office: Office) -> list[Fault]:
    with office.database.read() as session:
        return list(invariant_faults(session, office.runtime))


def kinds(office: Office) -> list[str]:
    return sorted(fault.kind for fault in faults(office))


def findings(office: Office) -> list[OpenFinding]:
    nightly_check(office.runtime)
    with office.database.read() as session:
        return list(open_findings(session, office.supervisor))


def test_cases_on_their_way_have_nothing_to_be_found(office: Office) -> None:
    office.register()
    office.accepted(workers=[{"name": "李四"}])
    office.signed(workers=[{"name": "王五"}])
    office.clock.move(days=40)
    sweep_once(office.runtime, [Inbox()])
    assert faults(office) == []


def test_the_mediator_has_left_and_the_case_has_nobody(office: Office) -> None:
    case = office.accepted()
    yesterday = office.clock.today() - timedelta(days=1)
    with office.database.write() as session:
        session.execute(
            update(Membership)
            .where(Membership.person_id == office.mediator.person_id)
            .values(from_on=date(2020, 1, 1), until_on=yesterday)
        )
    found = faults(office)
    assert [fault.kind for fault in found] == ["nobody_acts"]
    assert found[0].case_id == case.case_id
    assert "承办人已不在岗" in found[0].sentence


def test_a_role_that_nobody_holds(office: Office) -> None:
    case = office.register()
    with office.database.write() as session:
        session.execute(delete(Membership).where(Membership.role == "mediator"))
    found = faults(office)
    assert {(fault.kind, fault.case_id) for fault in found} == {("nobody_acts", case.case_id)}
    assert "没有这一角色的人" in found[0].sentence


def test_a_state_without_any_running_day(office: Office) -> None:
    case = office.accepted()
    with office.database.write() as session:
        session.execute(update(Deadline).where(Deadline.case_id == case.case_id).values(closed_at=office.clock.now()))
    assert "no_deadline" in kinds(office)


def test_a_state_that_no_definition_knows(office: Office) -> None:
    case = office.accepted()
    with office.database.write() as session:
        session.execute(update(Proceeding).where(Proceeding.id == case.proceeding_id).values(state="vanished"))
    assert "state_unknown" in kinds(office)


def test_lost_reminders_are_found_and_planned_again_by_a_click(office: Office) -> None:
    case = office.accepted()
    with office.database.write() as session:
        finish = session.scalars(
            select(Deadline).where(Deadline.case_id == case.case_id, Deadline.name == "mediation_finish")
        ).one()
        before = sorted(tuple(row) for row in session.execute(_ladder(finish.id)))
        session.execute(delete(Reminder).where(Reminder.deadline_id == finish.id))
    (finding,) = findings(office)
    assert (finding.kind, finding.repairable, finding.case_id) == ("reminder_missing", True, case.case_id)

    with pytest.raises(Forbidden), office.database.write() as session:
        repair_finding(session, office.runtime, finding.id, key=office.key(), actor=office.mediator)
    with pytest.raises(NotFound), office.database.write() as session:
        repair_finding(session, office.runtime, 9999, key=office.key(), actor=office.supervisor)
    key = office.key()
    for _ in range(2):
        with office.database.write() as session:
            repair_finding(session, office.runtime, finding.id, key=key, actor=office.supervisor)
    with office.database.read() as session:
        assert sorted(tuple(row) for row in session.execute(_ladder(finish.id))) == before
    with office.database.read() as session:
        assert list(verify_all(session)) == []
    assert findings(office) == []


def test_reminders_that_are_all_late_are_sent_late(office: Office) -> None:
    case = office.accepted()
    with office.database.write() as session:
        session.execute(delete(Reminder))
        session.execute(
            delete(Reminder).where(
                Reminder.deadline_id.in_(select(Deadline.id).where(Deadline.case_id == case.case_id))
            )
        )
    office.clock.move(days=60)
    found = [one for one in findings(office) if one.kind == "reminder_missing"]
    assert found
    for one in found:
        with office.database.write() as session:
            repair_finding(session, office.runtime, one.id, key=office.key(), actor=office.supervisor)
    sweep_once(office.runtime, [Inbox()])
    assert office.mediator.person_id is not None
    with office.database.read() as session:
        assert inbox(session, office.mediator.person_id, offset=0, limit=50)


def _ladder(deadline_id: int):  # type: ignore[no-untyped-def]
    return select(Reminder.recipient, Reminder.rung, Reminder.remind_at).where(
        Reminder.deadline_id == deadline_id, Reminder.state == "waiting"
    )


def test_closed_as_paid_although_something_is_owed(office: Office) -> None:
    case = office.signed()
    with office.database.write() as session:
        session.execute(
            update(Proceeding)
            .where(Proceeding.id == case.proceeding_id)
            .values(ended_at=office.clock.now(), outcome="performed_full", state="closed")
        )
    found = [fault for fault in faults(office) if fault.kind == "open_promise"]
    with office.database.read() as session:
        promises = session.scalar(select(func.count(Promise.id)))
    assert len(found) == promises
    assert all("尚欠" in fault.sentence for fault in found)


def test_sums_that_do_not_tie(office: Office) -> None:
    case = office.signed()
    worker = office.parties(case.case_id, "worker")[0]
    row = {"party": worker, "amount": "9000", "paid_on": office.clock.today().isoformat(), "proof": "回单"}
    office.fire(case.proceeding_id, "record_payment", {"payments": [row]})
    assert kinds(office) == []
    with office.database.write() as session:
        session.execute(update(Receipt).values(amount=99_999_999))
    found = faults(office)
    assert "sums" in {fault.kind for fault in found}
    assert any("999,999.99元" in fault.sentence for fault in found)
    (first, *_) = [one for one in findings(office) if one.kind == "sums"]
    with pytest.raises(Refused), office.database.write() as session:
        repair_finding(session, office.runtime, first.id, key=office.key(), actor=office.supervisor)


def test_limitations_that_end_on_one_day_share_their_reminders(office: Office) -> None:
    left = {"employed": False, "employment_ended_on": "2026-03-02"}
    case = office.register(
        workers=[{"name": name, **left} for name in ("张三", "李四", "王五")],
        demands=[{"party": n, "head": "wages", "amount": "9000"} for n in range(3)],
    )
    with office.database.read() as session:
        query = select(Deadline.id).where(Deadline.case_id == case.case_id, Deadline.name == "limitation")
        assert len(session.scalars(query).all()) == 3
    assert kinds(office) == []
    with office.database.write() as session:
        session.execute(delete(Reminder).where(Reminder.deadline_id.in_(query)))
    assert set(kinds(office)) == {"reminder_missing"}
