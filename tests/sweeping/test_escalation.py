"""What stays late goes up: the owner, the head of the group, the director; each rung once, noted and shown."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reminders.channels import Inbox
from mediation.reminders.inbox import inbox
from mediation.reminders.models import Escalation
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def leader(office: Office) -> Actor:
    """A supervisor at the street itself; the one of the office sits at the district."""
    with office.database.write() as session:
        person = register_person(session, PersonData("孙组长"), at=office.clock.now())
        grant_role(session, person.id, office.street_id, "supervisor", date(2026, 1, 1))
        return load_actor(session, person.id, office.clock.today())


def rungs(office: Office) -> list[tuple[int, date]]:
    with office.database.read() as session:
        rows = session.execute(select(Escalation.step, Escalation.at).order_by(Escalation.id))
        return [(row.step, row.at.date()) for row in rows]


def escalations_told(office: Office, actor: Actor) -> list[str]:
    with office.database.read() as session:
        lines = inbox(session, actor.person_id or 0, limit=200)
    return [line.body for line in reversed(lines) if "升级阶梯" in line.body]


def days(office: Office, n: int) -> None:
    for _ in range(n):
        office.clock.move(days=1)
        sweep_once(office.runtime, [Inbox()])


def an_order(office: Office) -> Any:
    """Given on Friday 18 September, to be answered on Sunday the 20th, which is worked for the holiday in October."""
    case = office.register()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    return office.fire(
        case.proceeding_id,
        "give_order",
        {"order_text": "请说明进展。", "order_pace": "d1"},
        actor=office.supervisor,
    )


def test_each_rung_is_told_after_its_working_days(office: Office) -> None:
    """Due on the 20th: two working days late on the 22nd, three on the 23rd, five on the 28th (25th: a holiday)."""
    head = leader(office)
    an_order(office)
    days(office, 3)
    assert rungs(office) == []
    days(office, 1)
    assert rungs(office) == [(1, date(2026, 9, 22))]
    assert len(escalations_told(office, office.mediator)) == 1
    days(office, 7)
    assert rungs(office) == [(1, date(2026, 9, 22)), (2, date(2026, 9, 23)), (3, date(2026, 9, 28))]
    assert len(escalations_told(office, head)) == 1
    assert "按升级阶梯报组长" in escalations_told(office, head)[0]
    assert ["主任" in body for body in escalations_told(office, office.supervisor)] == [True]
    days(office, 5)
    assert len(rungs(office)) == 3


def test_what_is_found_late_after_a_long_time_tells_the_highest_rung_once(office: Office) -> None:
    office.signed()
    office.clock.move(days=40)
    sweep_once(office.runtime, [Inbox()])
    sweep_once(office.runtime, [Inbox()])
    with office.database.read() as session:
        rows = session.scalars(select(Escalation).order_by(Escalation.deadline_id, Escalation.step)).all()
    by_deadline = {row.deadline_id: [] for row in rows}  # type: dict[int, list[tuple[int, bool]]]
    for row in rows:
        by_deadline[row.deadline_id].append((row.step, row.reminder_id is not None))
    assert set(map(tuple, by_deadline.values())) == {((1, False), (2, False), (3, True))}
    assert len(escalations_told(office, office.supervisor)) == len(by_deadline)


def test_an_answer_in_time_goes_no_higher(office: Office) -> None:
    order = an_order(office).result["started"]["proceeding_id"]
    days(office, 4)
    office.fire(order, "answer_order", {"order_answer": "已联系单位，明日面谈。"})
    days(office, 10)
    with office.database.read() as session:
        titles = set(session.scalars(select(Escalation.title)))
    assert titles == {"调解员"}
