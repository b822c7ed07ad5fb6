"""Review, confirmation and payment order as time goes by: what silence does, which windows outlive the procedure."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.models import AuditEntry
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import Refused
from mediation.reminders.channels import Inbox
from mediation.reminders.models import Reminder
from mediation.sweeping.sweep import sweep_once
from tests.office import open_office
from tests.procedures.courtroom import Courtroom

COURT = "示范区人民法院"


def signed(database: Database, clock: TestClock, **changes: Any) -> Courtroom:
    office = open_office(database, clock)
    case = office.signed(**changes)
    return Courtroom(office, case.case_id, case.proceeding_id)


def order(room: Courtroom, **answers: Any) -> None:
    """Applied for, accepted, issued and served on one day."""
    today = room.office.clock.today().isoformat()
    told = {"payment_order_applied_on": today, "payment_order_court": COURT, "payment_order_basis": "agreement"}
    room.start("apply_payment_order", **{**told, "payment_order_amount": "20000", **answers})
    room.do("payment_order", "accept_order_application", order_accepted_on=today)
    count = answers.get("payment_orders_count", 1)
    issued = {"order_issued_on": today, "order_number": "民督1号", "orders_issued": count, "order_total": "20000"}
    room.do("payment_order", "issue_order", **issued)
    room.do("payment_order", "serve_order", order_served_on=today)


def test_silence_makes_the_order_enforceable_and_the_two_years_run_from_its_last_day(
    sqlite_database: Database, clock: TestClock
) -> None:
    room = signed(sqlite_database, clock).on("2026-10-10")
    order(room)
    assert room.due("payment_order", "debtor") == "2026-10-26"
    room.on("2026-10-26").sweep()
    assert room.proceeding("payment_order").state == "waiting"
    room.on("2026-11-05").sweep()
    ended = room.proceeding("payment_order")
    assert (ended.state, ended.outcome) == ("effective", "payment_order_effective")
    window = room.deadline("payment_order", "enforcement_window")
    assert (window.start_on.isoformat(), window.nominal_due.isoformat()) == ("2026-10-26", "2028-10-26")
    with room.office.database.read() as session:
        told = session.scalars(select(AuditEntry.event).where(AuditEntry.proceeding_id == room.dispute)).all()
    assert told[-1] == "procedure_ended"


def test_a_window_opened_by_the_end_is_still_reminded_of(sqlite_database: Database, clock: TestClock) -> None:
    room = signed(sqlite_database, clock).on("2026-10-10")
    order(room)
    room.on("2026-11-05").sweep()
    room.on("2028-10-20")
    sweep_once(room.office.runtime, [Inbox()])
    with room.office.database.read() as session:
        query = select(Reminder).join(Deadline, Deadline.id == Reminder.deadline_id)
        ours = query.where(Deadline.name == "enforcement_window", Reminder.recipient == "mediator")
        rungs = session.scalars(ours).all()
    assert {r.state for r in rungs if r.rung <= -7} <= {"sent", "not_sent"}
    assert next(r.state for r in rungs if r.rung == -7) == "sent"


def test_forty_nine_orders_of_one_day_are_one_procedure(sqlite_database: Database) -> None:
    """A published case: 49 orders issued and served on one afternoon, fifteen days from then."""
    clock = TestClock(datetime(2018, 2, 12, 14, tzinfo=SHANGHAI))
    office = open_office(sqlite_database, clock)
    case = office.register(
        workers=[{"name": f"王某{n}"} for n in range(49)],
        demands=[{"party": n, "head": "wages", "amount": "25000"} for n in range(49)],
    )
    room = Courtroom(office, case.case_id, case.proceeding_id)
    order(room, payment_order_basis="arrears", payment_orders_count=49)
    said = room.proceeding("payment_order").answers
    assert (said["payment_orders_count"], said["orders_issued"]) == (49, 49)
    assert room.due("payment_order", "debtor") == "2018-02-27"


def test_objections_to_a_confirmation_lapse_quietly(sqlite_database: Database, clock: TestClock) -> None:
    room = signed(sqlite_database, clock)
    today = {"confirmation_applied_on": "2026-09-18", "confirmation_court": COURT, "confirmation_jointly": True}
    room.start("apply_judicial_confirmation", **today)
    room.do("judicial_confirmation", "accept_confirmation", confirmation_accepted_on="2026-09-18")
    assert room.due("judicial_confirmation", "ruling") == "2026-10-08"
    ruling = {"confirmation_number": "1号", "confirmation_decided_on": "2026-09-18"}
    room.do("judicial_confirmation", "confirm_agreement", **ruling, confirmation_received_on="2026-09-18")
    windows = [room.due("judicial_confirmation", f"{who}_objection") for who in ("party", "third")]
    assert windows == ["2026-10-08", "2027-03-18"]
    room.on("2026-10-12").sweep()
    with room.office.database.read() as session:
        query = select(Deadline).where(Deadline.proceeding_id == room.proceeding("judicial_confirmation").id)
        ended = {d.name: d.closed_by for d in session.scalars(query)}
    assert ended["party_objection"] == "lapsed"
    assert ended["third_objection"] is None


def test_an_agreement_without_wages_gives_no_order(sqlite_database: Database, clock: TestClock) -> None:
    demands = [{"party": 0, "head": "notice_pay", "amount": "20000"}, {"party": 0, "head": "relation"}]
    room = signed(sqlite_database, clock, demands=demands).on("2026-10-10")
    told = {"payment_order_applied_on": "2026-10-10", "payment_order_court": COURT, "payment_order_amount": "1"}
    room.start("apply_payment_order", **told, payment_order_basis="agreement")
    room.do("payment_order", "withdraw_order", order_withdrawn_on="2026-10-10")
    with pytest.raises(Refused) as refused:
        room.start("apply_payment_order", **told, payment_order_basis="arrears")
    (only,) = refused.value.refusals
    assert only.guard == "payment_order_is_open"
    assert "代通知金" in only.sentence
    assert "可以考虑" in only.sentence
