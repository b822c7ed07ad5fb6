"""What is late: by harm first, in working days, with the owner and with those who were told; nothing hides."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from mediation.cases.intake import Registered
from mediation.cases.models import Case
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.organisations import add_organisation
from mediation.reminders.channels import Inbox
from mediation.reports.overdue import LatePage, overdue
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

LI = {"name": "李四", "phone": "13900139000"}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def late(office: Office, actor: Any = None, **more: Any) -> LatePage:
    with office.database.read() as session:
        return overdue(session, office.runtime, actor or office.supervisor, **more)


def a_late_month(office: Office) -> tuple[Registered, Registered]:
    """One agreed payment missed on 28 September; one application on which nobody was accepted in time."""
    signed = office.signed()
    waiting = office.register(workers=[LI])
    today = office.clock.today().isoformat()
    office.fire(waiting.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    office.fire(waiting.proceeding_id, "ask_consent", {"in_scope": True, "asked_on": today})
    employer = office.parties(waiting.case_id, "employer")[0]
    answers = {"consent_party": employer, "consent": "agreed", "consent_on": today}
    office.fire(waiting.proceeding_id, "record_consent", answers)
    office.clock.move(days=31)
    return signed, waiting


def test_money_a_worker_waits_for_comes_before_what_is_older(office: Office) -> None:
    signed, waiting = a_late_month(office)
    rows = late(office).rows
    assert rows[0].case_id == signed.case_id
    assert (rows[0].harm, rows[0].due.name, rows[0].owner) == ("money", "promise_due", "李调解")
    others = rows[1:]
    assert {row.harm for row in others} == {"right"}
    assert any(row.case_id == waiting.case_id and row.due.name == "mediation_accept" for row in others)
    assert [row.since_on for row in others] == sorted(row.since_on for row in others)
    with office.database.write() as session:
        session.execute(update(Case).where(Case.id == waiting.case_id).values(risk_level="red"))
    assert (late(office).rows[0].case_id, late(office).rows[0].harm) == (waiting.case_id, "danger")


def test_lateness_is_told_in_working_days_with_the_holidays_taken_out(office: Office) -> None:
    """From 28 September to 19 October 2026: seven days of National Day, and Saturday the 10th is worked."""
    a_late_month(office)
    row = late(office).rows[0]
    assert (row.since_on, office.clock.today()) == (date(2026, 9, 28), date(2026, 10, 19))
    assert row.days == 11
    assert row.days_in_case == office.runtime.law.calendar.count_working(date(2026, 9, 18), date(2026, 10, 19))
    assert any("协议约定" in reason for reason in row.due.reasons)


def test_who_was_told_already_stands_beside_it(office: Office) -> None:
    office.signed()
    assert late(office).rows == ()
    for _ in range(15):
        office.clock.move(days=1)
        sweep_once(office.runtime, (Inbox(),))
    row = next(row for row in late(office).rows if row.due.name == "promise_due")
    assert {told.name for told in row.told} == {"李调解", "王主管"}
    assert all(told.at <= office.clock.now() for told in row.told)


def test_targets_of_the_office_are_a_list_of_their_own(office: Office) -> None:
    a_late_month(office)
    office.register(workers=[{"name": "王五", "phone": "13700137000"}])
    office.clock.move(days=10)
    outside, inside = late(office), late(office, kind="office")
    assert {row.harm for row in inside.rows} == {"office"}
    assert any(row.due.name == "intake_screening" for row in inside.rows)
    assert all(row.due.kind != "internal" for row in outside.rows)
    assert not {row.due.id for row in outside.rows} & {row.due.id for row in inside.rows}


def test_a_target_before_the_legal_day_is_behind_but_not_late(office: Office) -> None:
    case = office.accepted()
    office.clock.set(office.clock.now().replace(month=10, day=7))
    assert [r.due.name for r in late(office).rows if r.due.name == "mediation_finish"] == []
    row = next(r for r in late(office, kind="office").rows if r.due.name == "mediation_finish")
    assert (row.case_id, row.since_on, row.due.overdue, row.due.behind) == (
        case.case_id,
        date(2026, 10, 6),
        False,
        True,
    )


def test_filters_pages_and_sight(office: Office) -> None:
    signed, _ = a_late_month(office)
    everything = late(office)
    assert everything.total == len(everything.rows) >= 2
    paged = [late(office, offset=n, limit=1).rows[0].due.id for n in range(everything.total)]
    assert paged == [row.due.id for row in everything.rows]
    assert late(office, street_id=office.street_id).total == everything.total
    assert late(office, street_id=office.district_id).total == 0
    assert late(office, person_id=office.mediator.person_id).total == everything.total
    assert late(office, person_id=0).total == 0
    assert late(office, office.lawyer).total == 0
    with office.database.write() as session:
        elsewhere = add_organisation(session, "别区总工会", "别", "district").id
        session.execute(update(Case).where(Case.id == signed.case_id).values(organisation_id=elsewhere))
    assert signed.case_id not in {row.case_id for row in late(office).rows}
