"""The two years to apply for enforcement: whichever title arises, from which day, and until what."""

from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.models import Proceeding
from mediation.cases.undo import undo
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.procedures.titles import BY_RESULT, BY_STATE
from mediation.procedures.windows import KINDS, WINDOW
from mediation.reminders.channels import Inbox
from mediation.reminders.models import Reminder
from mediation.sweeping.sweep import sweep_once
from tests.office import open_office
from tests.procedures.courtroom import Courtroom, courtroom

DAY = "2026-09-18"
COURT = "示范区人民法院"


@pytest.fixture
def room(sqlite_database: Database, clock: TestClock) -> Courtroom:
    return courtroom(open_office(sqlite_database, clock))


def signed(
    database: Database, clock: TestClock, promises: list[dict[str, Any]], workers: int = 1, acceleration: bool = False
) -> Courtroom:
    """An agreement signed today; `party` of a promise is the number of the worker."""
    office = open_office(database, clock)
    people = {"workers": [{"name": f"工{n}"} for n in range(workers)]}
    demands = [{"party": n, "head": "wages", "amount": "24000"} for n in range(workers)]
    case = office.accepted(**people, demands=demands)
    ids, employers = office.parties(case.case_id, "worker"), office.parties(case.case_id, "employer")
    rows = [{**promise, "party": ids[promise["party"]]} for promise in promises]
    office.fire(
        case.proceeding_id,
        "draft_agreement",
        {"agreement_scope": "full", "promises": rows, "acceleration": acceleration},
    )
    told = {"signed_on": DAY, "signed_by": [*ids, *employers], "mediator_signed": True, "sealed": True}
    office.fire(case.proceeding_id, "sign_agreement", told)
    return Courtroom(office, case.case_id, case.proceeding_id)


def confirmed(room: Courtroom) -> Courtroom:
    asked = {"confirmation_applied_on": DAY, "confirmation_court": COURT, "confirmation_jointly": True}
    room.start("apply_judicial_confirmation", **asked)
    room.do("judicial_confirmation", "accept_confirmation", confirmation_accepted_on=DAY)
    ruling = {"confirmation_number": "诉前调确1号", "confirmation_decided_on": DAY, "confirmation_received_on": DAY}
    room.do("judicial_confirmation", "confirm_agreement", **ruling)
    return room


def awarded(room: Courtroom, finality: str) -> Courtroom:
    room.arbitrate()
    room.do("arbitration", "accept_arbitration", award_period_from_on=DAY)
    rows = [{"party": room.worker(), "amount": "16000", "head": "wages"}]
    room.on("2026-09-20").do("arbitration", "make_award", award_on=DAY, decision_result="part", awards=rows)
    served = {"award_served_worker_on": "2026-09-20", "award_served_last_on": "2026-09-20"}
    room.do("arbitration", "serve_award", award_finality=finality, **served)
    return room


def windows(room: Courtroom) -> list[tuple[str, str]]:
    """(the day that is counted from, the nominal last day) of each that runs."""
    with room.office.database.read() as session:
        query = select(Deadline).where(Deadline.case_id == room.case_id, Deadline.name == WINDOW)
        rows = session.scalars(query.where(Deadline.closed_at.is_(None)).order_by(Deadline.start_on)).all()
        return [(row.start_on.isoformat(), row.nominal_due.isoformat()) for row in rows]


def pay(room: Courtroom, worker: int, amount: str) -> None:
    party = room.office.parties(room.case_id, "worker")[worker]
    paid_on = room.office.clock.today().isoformat()
    room.start("record_payment", payments=[{"party": party, "amount": amount, "paid_on": paid_on, "proof": "回单"}])


def take_back(room: Courtroom, proceeding_id: int) -> None:
    """Undo the last step there, by whoever did it."""
    office = room.office
    with office.database.write() as session:
        seen = session.get_one(Proceeding, proceeding_id).revision
        once = {"revision": seen, "key": office.key(), "actor": office.mediator}
        undo(session, office.runtime, proceeding_id, reason=None, **once)


def test_every_title_but_the_order_of_advance_enforcement_opens_one() -> None:
    assert set(KINDS) == {*BY_RESULT, *BY_STATE.values()}


@pytest.mark.parametrize(("told", "start"), [({}, DAY), ({"performance_day": "2026-12-31"}, "2026-12-31")])
@pytest.mark.parametrize("body", ["arbitration", "litigation"])
def test_a_settlement_counts_from_its_period_of_performance_else_from_its_effect(
    room: Courtroom, body: str, told: dict[str, str], start: str
) -> None:
    if body == "arbitration":
        room.arbitrate()
        room.do("arbitration", "accept_arbitration", award_period_from_on=DAY)
        room.on("2026-09-25").do("arbitration", "settle_arbitration", settled_on=DAY, **told)
    else:
        room.start("file_suit", suit_filed_on=DAY, suit_court=COURT, suit_ground="wage_iou")
        room.on("2026-09-25").do("litigation", "settle_suit", settled_on=DAY, **told)
    assert windows(room) == [(start, start.replace("2026", "2028"))]


def test_of_a_debt_in_instalments_the_last_one_counts_and_each_debt_has_its_own(
    sqlite_database: Database, clock: TestClock
) -> None:
    promises = [
        {"party": 0, "amount": "5000", "head": "wages", "due_on": "2026-10-10"},
        {"party": 0, "amount": "5000", "head": "wages", "due_on": "2026-11-10"},
        {"party": 0, "amount": "3000", "head": "severance", "due_on": "2026-10-20"},
        {"party": 1, "amount": "4000", "head": "wages", "due_on": "2026-10-20"},
    ]
    room = confirmed(signed(sqlite_database, clock, promises, workers=2))
    both = [("2026-10-20", "2028-10-20"), ("2026-11-10", "2028-11-10")]
    assert windows(room) == both
    pay(room, 1, "4000")
    assert windows(room) == both
    pay(room, 0, "5000")
    assert windows(room) == both
    pay(room, 0, "5000")
    pay(room, 0, "3000")
    assert windows(room) == []


def test_an_award_counts_from_the_day_after_the_last_day_to_sue_until_its_own_day_is_known(room: Courtroom) -> None:
    awarded(room, "not_final")
    assert windows(room) == []
    room.on("2026-10-20").sweep()
    assert room.proceeding("arbitration").state == "effective"
    assert windows(room) == [("2026-10-09", "2028-10-09")]  # served on 20 September; 5 October rolls over the holidays
    room.do("arbitration", "set_performance_day", performance_day="2026-10-31")
    assert windows(room) == [("2026-10-31", "2028-10-31")]


def test_a_final_award_counts_from_the_day_it_was_made_and_not_once_it_is_annulled(room: Courtroom) -> None:
    awarded(room, "final")
    assert windows(room) == [(DAY, "2028-09-18")]
    room.do("arbitration", "apply_annulment", annulment_applied_on="2026-09-20", annulment_court="第三中级人民法院")
    assert windows(room) == [(DAY, "2028-09-18")]
    room.do("arbitration", "annul_award", annulment_received_on="2026-09-20")
    assert windows(room) == []


def test_a_suit_that_is_withdrawn_revives_the_award_and_its_window(room: Courtroom) -> None:
    awarded(room, "not_final")
    room.do("arbitration", "sue", suit_filed_on="2026-09-20", suit_court=COURT, suing_sides=["employer"])
    assert windows(room) == []
    room.on("2026-10-12").do("litigation", "withdraw_suit", withdrawal_reason="other", withdrawn_on="2026-10-12")
    assert windows(room) == [("2026-10-12", "2028-10-12")]


def test_orders_on_record_are_better_than_the_day_of_effect(room: Courtroom) -> None:
    awarded(room, "final")
    room.office.fire(room.dispute, "wait_for_procedures")
    rows = [{"party": room.worker(), "amount": "16000", "head": "wages", "due_on": "2026-10-30"}]
    room.start("perform_award", award_effective_on=DAY, promises=rows)
    assert windows(room) == [("2026-10-30", "2028-10-30")]
    room.on("2026-11-10").sweep()
    assert room.proceeding("arbitration").state == "effective"
    assert windows(room) == [("2026-10-30", "2028-10-30")]
    told = {"outcome": "in_default", "closing_note": "已告知二年内可以申请执行"}
    room.office.fire(room.dispute, "close_default", told, actor=room.office.supervisor)
    assert windows(room) == [("2026-10-30", "2028-10-30")]


def test_enforcement_ends_it_and_its_undo_or_withdrawal_brings_it_back(
    sqlite_database: Database, clock: TestClock
) -> None:
    promise = {"party": 0, "amount": "20000", "head": "wages", "due_on": "2026-09-25"}
    room = confirmed(signed(sqlite_database, clock, [promise])).on("2026-10-12")
    applied = {"enforcement_applied_on": "2026-10-12", "enforcement_court": COURT}
    running = [("2026-09-25", "2028-09-25")]
    room.start("apply_enforcement", **applied, enforcement_title="confirmed_agreement")
    assert windows(room) == []
    take_back(room, room.dispute)
    assert windows(room) == running
    room.start("apply_enforcement", **applied, enforcement_title="confirmed_agreement")
    withdrawn = {"withdrawal_reason": "other", "withdrawn_on": "2026-10-12"}
    enforcement = room.proceeding("enforcement").id
    room.do("enforcement", "withdraw_enforcement", **withdrawn)
    assert windows(room) == running
    assert waiting(room) == [-180, -60, -30, -30, -7, -7, 0]
    take_back(room, enforcement)
    assert windows(room) == []
    assert waiting(room) == []


def waiting(room: Courtroom) -> list[int]:
    """The rungs of reminders that are still to come."""
    with room.office.database.read() as session:
        query = select(Reminder.rung).join(Deadline, Deadline.id == Reminder.deadline_id)
        ours = query.where(Deadline.name == WINDOW, Reminder.state == "waiting")
        return list(session.scalars(ours.order_by(Reminder.rung)))


def test_mediator_and_supervisor_are_reminded_before_it_is_over(sqlite_database: Database, clock: TestClock) -> None:
    promise = {"party": 0, "amount": "20000", "head": "wages", "due_on": "2026-09-25"}
    room = confirmed(signed(sqlite_database, clock, [promise]))
    room.on("2028-08-26")
    sweep_once(room.office.runtime, [Inbox()])
    with room.office.database.read() as session:
        query = select(Reminder.recipient).join(Deadline, Deadline.id == Reminder.deadline_id)
        ours = query.where(Deadline.name == WINDOW, Reminder.rung == -30, Reminder.state == "sent")
        assert sorted(session.scalars(ours)) == ["mediator", "supervisor"]


def test_what_falls_due_early_is_counted_from_the_earlier_day(sqlite_database: Database, clock: TestClock) -> None:
    promises = [
        {"party": 0, "amount": "5000", "head": "wages", "due_on": "2026-10-10"},
        {"party": 0, "amount": "5000", "head": "wages", "due_on": "2027-03-10"},
        {"party": 1, "amount": "4000", "head": "wages", "due_on": "2027-01-20"},
    ]
    room = confirmed(signed(sqlite_database, clock, promises, workers=2, acceleration=True))
    assert windows(room) == [("2027-01-20", "2029-01-20"), ("2027-03-10", "2029-03-10")]
    room.on("2026-10-11")
    room.start("promise_missed")
    assert windows(room) == [("2026-10-10", "2028-10-10")]
    pay(room, 0, "10000")
    pay(room, 1, "4000")
    assert windows(room) == []


def test_without_that_clause_a_missed_instalment_moves_no_window(sqlite_database: Database, clock: TestClock) -> None:
    promises = [
        {"party": 0, "amount": "5000", "head": "wages", "due_on": "2026-10-10"},
        {"party": 0, "amount": "5000", "head": "wages", "due_on": "2027-03-10"},
    ]
    room = confirmed(signed(sqlite_database, clock, promises))
    room.on("2026-10-11").start("promise_missed")
    assert windows(room) == [("2027-03-10", "2029-03-10")]
