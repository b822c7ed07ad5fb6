"""Meetings follow their case: held, nobody came, closed, handed over, undone."""

import pytest
from sqlalchemy import func, select

from mediation.assignments.hand_over import HandOverIn, hand_over
from mediation.cases.models import Activity, AuditEntry, Proceeding
from mediation.cases.undo import undo
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.meetings.models import MeetingHold, MeetingPerson
from mediation.meetings.queries import held_proposal, meetings_of
from mediation.meetings.times import BusyIn, add_busy
from mediation.reminders.models import Delivery
from tests.meetings.arranging import another_mediator, at, book, meeting_row, move, room
from tests.office import Office, open_office


@pytest.fixture
def office(sqlite_database: Database, clock: TestClock) -> Office:
    return open_office(sqlite_database, clock)


def running(office: Office) -> int:
    """Days of meetings that are still watched."""
    with office.database.read() as session:
        query = select(func.count(Deadline.id)).where(Deadline.name == "meeting_day", Deadline.closed_at.is_(None))
        return session.scalar(query) or 0


def held(office: Office, proceeding_id: int, result: str = "progress") -> None:
    answers = {"held_on": office.clock.today().isoformat(), "session_form": "joint", "session_result": result}
    office.fire(proceeding_id, "hold_session", answers)


def test_recording_a_session_marks_its_booking_as_held(office: Office, clock: TestClock) -> None:
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    with office.database.read() as session:
        assert held_proposal(session, office.runtime, case.case_id) == {}
    clock.set(at("09-23 11:30"))
    with office.database.read() as session:
        proposed = held_proposal(session, office.runtime, case.case_id)
    assert (proposed["held_on"], proposed["session_form"]) == ("2026-09-23", "joint")
    assert "一号调解室" in proposed["session_note"]
    held(office, case.proceeding_id)
    assert meeting_row(office, meeting).state == "held"
    assert running(office) == 0
    with office.database.read() as session:
        noted = session.scalars(select(Activity.at).where(Activity.kind == "session")).one()
    assert noted == at("09-23 09:00")


def test_who_did_not_come_is_kept(office: Office, clock: TestClock) -> None:
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    clock.set(at("09-23 10:00"))
    held(office, case.proceeding_id, "no_show_employer")
    assert meeting_row(office, meeting).no_show == "employer"


def test_an_undone_record_leaves_the_booking_as_it_was(office: Office, clock: TestClock) -> None:
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    clock.set(at("09-23 10:00"))
    held(office, case.proceeding_id, "no_show_both")
    take_back(office, case.proceeding_id)
    row = meeting_row(office, meeting)
    assert (row.state, row.no_show, row.held_at) == ("booked", None, None)
    assert running(office) == 1


def take_back(office: Office, proceeding_id: int) -> None:
    with office.database.write() as session:
        revision = session.scalar(select(Proceeding.revision).where(Proceeding.id == proceeding_id)) or 0
        undo(
            session,
            office.runtime,
            proceeding_id,
            reason=None,
            revision=revision,
            key=office.key(),
            actor=office.mediator,
        )


def fail(office: Office, proceeding_id: int) -> None:
    office.fire(
        proceeding_id, "declare_failed", {"failure": "failed_divergence", "failed_on": office.clock.today().isoformat()}
    )


def test_a_case_that_leaves_mediation_calls_its_meetings_off(office: Office) -> None:
    case, place = office.accepted(), room(office)
    other = another_mediator(office)
    meeting = book(office, case, "09-23 09:00", place, co_mediators=[other.person_id])
    fail(office, case.proceeding_id)
    row = meeting_row(office, meeting)
    assert row.state == "cancelled"
    assert "不再安排调解会" in row.cancelled_why
    assert running(office) == 0
    with office.database.read() as session:
        assert session.scalar(select(func.count(MeetingHold.id))) == 0
        papers = session.scalars(select(Document).where(Document.template == "meeting_notice")).all()
        assert all(paper.voided_at for paper in papers)
        [shown] = meetings_of(session, case.case_id)
        assert [(n.cancels, n.document_id) for n in shown.notices if n.current] == [(True, None), (True, None)]
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert f'"meetings_cancelled":[{meeting}]' in entry.payload
        told = session.scalars(select(Delivery.text).where(Delivery.person_id == other.person_id)).all()
    assert any("【调解会取消】" in text and "张三" not in text for text in told)
    take_back(office, case.proceeding_id)
    assert (meeting_row(office, meeting).state, running(office)) == ("cancelled", 0)


def test_what_nobody_recorded_in_time_says_so(office: Office, clock: TestClock) -> None:
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    clock.set(at("09-23 15:00"))
    fail(office, case.proceeding_id)
    assert meeting_row(office, meeting).state == "unrecorded"


def hand_everything(office: Office, receiver: int | None) -> None:
    with office.database.write() as session:
        query = select(Proceeding.id).where(Proceeding.owner_id == office.mediator.person_id)
        mine = list(session.scalars(query))
        data = HandOverIn(giver=office.mediator.person_id or 0, kind="leaving", reason="调离")
        receivers = dict.fromkeys(mine, receiver or 0)
        hand_over(session, office.runtime, data, receivers, key=office.key(), actor=office.supervisor)


def hosts(office: Office, meeting: int) -> list[int]:
    with office.database.read() as session:
        query = select(MeetingPerson.person_id).where(MeetingPerson.meeting_id == meeting, MeetingPerson.host)
        return list(session.scalars(query))


def test_a_hand_over_takes_the_meetings_along(office: Office) -> None:
    case, place, other = office.accepted(), room(office), another_mediator(office)
    meeting = book(office, case, "09-23 09:00", place)
    hand_everything(office, other.person_id)
    assert hosts(office, meeting) == [other.person_id]
    with office.database.read() as session:
        [shown] = meetings_of(session, case.case_id)
    assert shown.stale
    assert shown.flag is None
    mine = office.accepted(workers=[{"name": "王五", "phone": "13900139000"}])
    book(office, mine, "09-23 09:00", room(office, "二号调解室"))


def test_a_hand_over_to_somebody_who_is_busy_is_flagged(office: Office) -> None:
    case, place, other = office.accepted(), room(office), another_mediator(office)
    meeting = book(office, case, "09-23 09:00", place)
    away = BusyIn(from_at=at("09-23 08:00"), until_at=at("09-23 12:00"))
    with office.database.write() as session:
        add_busy(session, office.runtime, away, key=office.key(), actor=other)
    hand_everything(office, other.person_id)
    assert hosts(office, meeting) == [office.mediator.person_id]
    assert meeting_row(office, meeting).flag == "host_busy"
    move(office, case, meeting, "09-23 14:00", place)
    assert hosts(office, meeting) == [other.person_id]
    assert meeting_row(office, meeting).flag is None


def test_another_mediator_named_in_the_file_becomes_the_host(office: Office) -> None:
    case, place, other = office.accepted(), room(office), another_mediator(office)
    meeting = book(office, case, "09-23 09:00", place)
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": other.person_id})
    assert hosts(office, meeting) == [other.person_id]
