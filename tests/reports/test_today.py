"""What must be done today: order, turns, the day in words, what others did, and the cost of it."""

from typing import Any

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor
from mediation.reports.today import Task, TaskPage, changed_since, tasks
from tests.cases.test_queries import counting, newcomer
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def listed(office: Office, actor: Actor | None = None, **asked: Any) -> TaskPage:
    with office.database.read() as session:
        return tasks(session, office.runtime, actor or office.mediator, **asked)


def by_case(page: TaskPage) -> dict[int, Task]:
    return {row.case_id: row for row in page.rows}


def told_risk(office: Office) -> dict[str, Any]:
    level = next(iter(office.runtime.codes["warning_levels"]))
    return {
        "risk_level": level,
        "risk_signals": [next(iter(office.runtime.codes["risk_signals"]))],
        "risk_note": "欠薪",
    }


def red(office: Office) -> int:
    case = office.register()
    signals = [next(iter(office.runtime.codes["risk_signals"]))]
    office.fire(case.proceeding_id, "raise_red_warning", {"risk_signals": signals, "risk_note": "欠薪三个月"})
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    return case.case_id


def test_red_and_late_come_first_and_harm_decides_between_them(office: Office) -> None:
    unpaid = office.signed().case_id
    office.clock.move(days=13)
    distant = office.accepted().case_id
    danger = red(office)
    page = listed(office)
    assert [row.case_id for row in page.rows] == [danger, unpaid, distant]
    assert [row.urgency for row in page.rows] == ["now", "now", "later"]
    rows = by_case(page)
    assert [harm.name for harm in rows[unpaid].harms] == ["money"]
    assert rows[unpaid].due is not None
    assert rows[unpaid].days_left < 0
    assert next(row.case_id for row in listed(office, order="day").rows) == unpaid


def test_each_line_tells_whose_turn_the_day_and_the_next_step(office: Office) -> None:
    case = office.accepted()
    row = by_case(listed(office))[case.case_id]
    assert (row.turn, row.state, row.owner) == ("mine", "调解中", "李调解")
    assert row.due is not None
    assert row.due.reasons
    assert row.days_left == office.runtime.law.calendar.count_working(office.clock.today(), row.due.due_on)
    assert row.step is not None
    assert row.step.name == "hold_session"


def test_a_step_that_lacks_something_is_not_proposed(office: Office) -> None:
    case = office.register()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    assert office.fire(case.proceeding_id, "raise_warning", told_risk(office))
    row = by_case(listed(office))[case.case_id]
    assert row.step is not None
    assert row.step.name == "warning_handled"


def test_what_is_awaited_from_others_is_told_apart_until_it_is_late(office: Office) -> None:
    signed = office.signed()
    row = by_case(listed(office))[signed.case_id]
    assert (row.turn, row.awaits, row.step) == ("others", "约定的一方", None)
    assert by_case(listed(office, turn="others")).keys() == {signed.case_id}
    assert listed(office, turn="mine").rows == ()
    office.clock.move(days=13)
    page = listed(office)
    assert (by_case(page)[signed.case_id].turn, page.counts) == ("mine", {"mine": 1})


def test_only_my_own_cases(office: Office) -> None:
    office.accepted()
    colleague = newcomer(office, "mediator")
    assert listed(office, colleague) == TaskPage((), {}, 0)
    registered = office.register(actor=colleague)
    assert by_case(listed(office, colleague)).keys() == {registered.case_id}
    assert registered.case_id not in by_case(listed(office))


def test_a_lawyer_sees_what_they_hold(office: Office) -> None:
    case = office.accepted()
    assert listed(office, office.lawyer).total == 0
    office.aid(case)
    assert all(row.case_id == case.case_id for row in listed(office, office.lawyer).rows)


def test_what_others_did_since(office: Office) -> None:
    case = office.accepted()
    since = office.clock.now()
    office.clock.move(hours=1)
    again = {"mediator": office.mediator.person_id}
    office.fire(case.proceeding_id, "assign_mediator", again)
    office.fire(case.proceeding_id, "assign_mediator", again, actor=office.supervisor)
    with office.database.read() as session:
        changes = changed_since(session, office.runtime, office.mediator, since)
        assert changed_since(session, office.runtime, office.lawyer, since) == ()
    told = [(one.number, one.title, one.by) for one in changes]
    assert told == [(case.number, "指派调解员", office.supervisor.name)]


def test_the_pages_turn_and_a_line_costs_a_bounded_number_of_statements(office: Office) -> None:
    for _ in range(3):
        office.accepted()
    with counting(office) as few:
        assert len(listed(office, limit=3).rows) == 3
    for _ in range(5):
        office.accepted()
    with counting(office) as many:
        page = listed(office, limit=3)
    assert (len(page.rows), page.total, len(listed(office, offset=6, limit=3).rows)) == (3, 8, 2)
    assert len(many) == len(few) <= 3 + 3 * 8
