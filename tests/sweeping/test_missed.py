"""Missed deadlines: what is to happen by itself happens once, in its own transaction; one bad case stops nothing."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from mediation.cases.models import AuditEntry, Proceeding
from mediation.clock import SHANGHAI
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.reminders.models import Reminder
from mediation.reports.overdue import overdue
from mediation.sweeping.health import health, release_quarantined

from .conftest import Sweeper


def test_a_promise_not_kept_puts_the_case_in_default_on_the_next_day(sweeper: Sweeper) -> None:
    case = sweeper.office.signed()
    assert sweeper.until(9, 28, 23).fired == 0
    assert sweeper.office.state(case.proceeding_id) == "performance"
    result = sweeper.until(9, 29, 0)
    assert (result.fired, result.missed, result.quarantined) == (1, 1, 0)
    assert sweeper.office.state(case.proceeding_id) == "default"
    promise = sweeper.deadline("promise_due")
    assert promise.missed_at == sweeper.office.clock.now()
    assert promise.closed_at is None
    assert sweeper.deadline("default_action").closed_at is None
    with sweeper.office.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "promise_missed")).one()
    assert (entry.actor_id, entry.role) == (None, "clock")
    assert entry.idempotency_key == f"missed:{promise.id}:2026-09-28"
    assert sweeper.sweep().missed == 0


def test_mediation_that_ran_out_is_failed_and_its_paper_is_issued(sweeper: Sweeper) -> None:
    case = sweeper.office.accepted()
    sweeper.until(10, 8, 23)
    assert sweeper.office.state(case.proceeding_id) == "mediation"
    assert sweeper.until(10, 9, 0).fired == 1
    assert sweeper.office.state(case.proceeding_id) == "failed"
    with sweeper.office.database.read() as session:
        papers = session.scalars(select(Document.template).order_by(Document.id.desc())).all()
    assert papers[0] == "mediation_failed_notice"


def test_two_promises_missed_on_one_day_make_one_default(sweeper: Sweeper) -> None:
    case = sweeper.office.accepted()
    worker = sweeper.office.parties(case.case_id, "worker")[0]
    two = [{"party": worker, "amount": amount, "due_on": "2026-09-25"} for amount in ("100", "200")]
    _sign(sweeper, case.proceeding_id, case.case_id, two)
    result = sweeper.until(9, 26, 0)
    assert (result.fired, result.missed) == (1, 2)
    with sweeper.office.database.read() as session:
        missed = session.scalars(select(Deadline.missed_at).where(Deadline.name == "promise_due")).all()
    assert None not in missed
    assert sweeper.sweep().missed == 0


def _sign(sweeper: Sweeper, proceeding_id: int, case_id: int, promises: list[dict[str, object]]) -> None:
    office = sweeper.office
    everybody = [*office.parties(case_id, "worker"), *office.parties(case_id, "employer")]
    office.fire(proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": promises})
    signing = {"signed_on": office.clock.today().isoformat(), "signed_by": everybody}
    office.fire(proceeding_id, "sign_agreement", {**signing, "mediator_signed": True, "sealed": True})


def test_what_was_not_possible_then_happens_once_it_is_possible(sweeper: Sweeper) -> None:
    """The fifteen days end while a draft waits for signatures; when the draft is dropped, mediation is over."""
    case = sweeper.office.accepted()
    worker = sweeper.office.parties(case.case_id, "worker")[0]
    later = {"party": worker, "amount": "100", "due_on": "2026-12-25"}
    sweeper.office.clock.move(days=19)
    sweeper.office.fire(case.proceeding_id, "draft_agreement", {"agreement_scope": "full", "promises": [later]})
    result = sweeper.until(10, 9, 0)
    assert (result.fired, result.quarantined) == (0, 0)
    assert sweeper.deadline("mediation_finish").missed_at is not None
    assert sweeper.sweep(minutes=1).missed == 0
    sweeper.office.fire(case.proceeding_id, "drop_draft", {"drop_reason": "不签了"})
    assert sweeper.sweep(minutes=1).fired == 1
    assert sweeper.office.state(case.proceeding_id) == "failed"


def test_deadlines_at_which_nothing_happens_are_noted_once(sweeper: Sweeper) -> None:
    sweeper.office.register()
    result = sweeper.until(9, 21, 0)
    assert (result.missed, result.fired) == (1, 0)
    assert sweeper.deadline("intake_screening").missed_at == sweeper.office.clock.now()
    assert sweeper.sweep(minutes=1).missed == 0


def test_hours_are_missed_by_the_hour(sweeper: Sweeper) -> None:
    case = sweeper.office.register()
    signal = next(iter(sweeper.office.runtime.codes["risk_signals"].titles))
    answers = {"risk_signals": [signal], "risk_note": "欠薪三个月以上。"}
    sweeper.office.fire(case.proceeding_id, "raise_red_warning", answers)
    sweeper.sweep(hours=2)
    assert sweeper.deadline("warning_verify_red").missed_at is None
    sweeper.sweep(seconds=1)
    assert sweeper.deadline("warning_verify_red").missed_at == sweeper.office.clock.now()


def test_suspended_deadlines_are_never_missed(sweeper: Sweeper) -> None:
    case = sweeper.office.accepted()
    with sweeper.office.database.write() as session:
        session.execute(update(Deadline).values(suspended_on=sweeper.office.clock.today()))
    assert sweeper.until(10, 30, 0).missed == 0
    assert sweeper.office.state(case.proceeding_id) == "mediation"


def test_one_bad_case_is_set_aside_with_its_number_and_the_others_go_on(sweeper: Sweeper) -> None:
    bad, good = sweeper.office.signed(), sweeper.office.signed()
    with sweeper.office.database.write() as session:
        broken = update(Proceeding).where(Proceeding.id == bad.proceeding_id).values(version=99)
        session.execute(broken)
    result = sweeper.until(9, 29, 9)
    assert result.fired == 1
    assert sweeper.office.state(good.proceeding_id) == "default"
    with sweeper.office.database.read() as session:
        seen = health(session, sweeper.office.clock.now())
        head = session.get_one(Proceeding, bad.proceeding_id)
        assert head.state == "performance"
    assert {stuck.case_number for stuck in seen.quarantined} == {bad.number}
    assert "第99版" in seen.quarantined[0].why
    assert len(sweeper.lines(sweeper.office.mediator.person_id, f"{good.number} 协议约定的履行日")) == 3
    assert sweeper.sweep(minutes=5).quarantined == 0
    with sweeper.office.database.write() as session:
        session.execute(update(Proceeding).where(Proceeding.id == bad.proceeding_id).values(version=1))
        assert release_quarantined(session) == len(seen.quarantined)
    again = sweeper.sweep()
    assert (again.fired, again.quarantined) == (1, 0)
    assert sweeper.office.state(bad.proceeding_id) == "default"


def test_health_tells_the_last_tick_and_what_is_late(sweeper: Sweeper) -> None:
    office = sweeper.office
    with office.database.read() as session:
        assert health(session, office.clock.now()).last_tick is None
    office.accepted()
    office.clock.move(days=9, hours=3)
    with office.database.read() as session:
        assert health(session, office.clock.now()).late == 1
    sweeper.sweep()
    with office.database.read() as session:
        seen = health(session, office.clock.now())
    assert (seen.last_tick, seen.late, seen.quarantined) == (office.clock.now(), 0, ())
    assert seen.sound(office.clock.now(), timedelta(minutes=1))
    assert not seen.sound(office.clock.now() + timedelta(minutes=2), timedelta(minutes=1))


def test_a_provisional_day_has_no_consequence_but_the_supervisor_reads_why(sweeper: Sweeper) -> None:
    """2027 has no holiday table: the fifteen days from 21 December end on a day nobody can know yet."""
    sweeper.office.clock.set(datetime(2026, 12, 21, 9, tzinfo=SHANGHAI))
    case = sweeper.office.accepted()
    sweeper.office.clock.set(datetime(2027, 1, 20, 9, tzinfo=SHANGHAI))
    assert sweeper.sweep().fired == 0
    assert sweeper.office.state(case.proceeding_id) == "mediation"
    with sweeper.office.database.read() as session:
        stuck = health(session, sweeper.office.clock.now()).quarantined
    assert [s for s in stuck if "暂定" in s.why]


def test_a_window_that_nobody_used_closes_and_makes_nobody_late(sweeper: Sweeper) -> None:
    """The joint applications (15 and 30 days after signing) are rights of the parties, not duties of the mediator."""
    promise = [{"party": 1, "amount": "100", "due_on": "2026-12-31"}]
    sweeper.office.signed(promise)
    sweeper.until(10, 30, 0)
    with sweeper.office.database.read() as session:
        windows = select(Deadline).where(Deadline.name.in_(["joint_review_apply", "judicial_confirmation_apply"]))
        assert {d.closed_by for d in session.scalars(windows)} == {"lapsed"}
        waiting = (
            select(Reminder)
            .join(Deadline, Deadline.id == Reminder.deadline_id)
            .where(Deadline.closed_by == "lapsed", Reminder.state == "waiting")
        )
        assert session.scalars(waiting).all() == []
        late = overdue(session, sweeper.office.runtime, sweeper.office.supervisor)
        assert late.total == 0
