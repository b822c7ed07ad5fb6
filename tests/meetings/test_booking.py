"""A booking is one whole: audit entry, papers for both sides, reminders, what it holds; moved and called off alike."""

import pytest
from sqlalchemy import func, select

from mediation.cases.models import AuditEntry
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.errors import BadInput, Refused
from mediation.meetings.asked import MeetingIn
from mediation.meetings.book import CancelIn, book_meeting, cancel_meeting
from mediation.meetings.models import MeetingHold, MeetingNotice
from mediation.meetings.notices import ToldIn, tell_party
from mediation.meetings.queries import meetings_of
from mediation.meetings.times import BusyIn, PartyTimeIn, add_busy, add_party_time
from mediation.reminders.models import Reminder
from tests.meetings.arranging import another_mediator, at, book, meeting_row, move, room
from tests.office import Office, open_office


@pytest.fixture
def office(sqlite_database: Database, clock: TestClock) -> Office:
    return open_office(sqlite_database, clock)


def test_a_booking_is_one_whole(database: Database, clock: TestClock) -> None:
    """Today is Friday 2026-09-18; the meeting is on Wednesday."""
    office = open_office(database, clock)
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place, note="请带考勤表。")
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "book_meeting")).one()
        assert entry.actor_id == office.mediator.person_id
        papers = session.scalars(select(Document).where(Document.template == "meeting_notice")).all()
        assert [paper.title for paper in papers] == ["调解会通知书（劳动者）", "调解会通知书（用人单位）"]
        assert all("2026年9月23日" in p.text and "一号调解室（东街1号二层）" in p.text for p in papers)
        assert "张三：" in papers[0].text
        assert "星期三　09:00至11:00" in papers[0].text
        assert "请带考勤表。" in papers[0].text
        assert "可以委托代理人参加" in papers[0].text
        clockwork = session.scalars(select(Deadline).where(Deadline.name == "meeting_day")).one()
        assert (clockwork.legal_due.isoformat(), clockwork.legal) == ("2026-09-23", False)
        query = select(Reminder.remind_at, Reminder.recipient).where(Reminder.deadline_id == clockwork.id)
        told = [(row.remind_at.strftime("%m-%d %H:%M"), row.recipient) for row in session.execute(query)]
        assert told == [("09-22 09:00", "mediator"), ("09-23 09:00", "mediator"), ("09-24 09:00", "supervisor")]
        assert session.scalar(select(func.count(MeetingHold.id)).where(MeetingHold.meeting_id == meeting)) == 8


def test_the_same_request_books_once(office: Office) -> None:
    case, place = office.accepted(), room(office)
    data = MeetingIn(starts_at=at("09-23 09:00"), room=place)
    for _ in range(2):
        with office.database.write() as session:
            book_meeting(session, office.runtime, case.case_id, data, key="the same key", actor=office.mediator)
    with office.database.read() as session:
        assert len(meetings_of(session, case.case_id)) == 1


def test_moving_voids_the_notices_and_writes_new_ones(office: Office) -> None:
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    move(office, case, meeting, "09-24 14:00", place)
    row = meeting_row(office, meeting)
    assert (row.sequence, row.starts_at) == (1, at("09-24 14:00"))
    with office.database.read() as session:
        papers = session.scalars(select(Document).where(Document.template == "meeting_notice")).all()
        assert [paper.voided_at is None for paper in papers] == [False, False, True, True]
        running = select(Deadline.legal_due).where(Deadline.name == "meeting_day", Deadline.closed_at.is_(None))
        assert [day.isoformat() for day in session.scalars(running)] == ["2026-09-24"]
        [shown] = meetings_of(session, case.case_id)
        assert [notice.current for notice in shown.notices] == [True, True, False, False]
    book(office, office.accepted(), "09-23 09:00", place)


def test_cancelling_frees_the_room_and_tells_both_sides(office: Office) -> None:
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    with office.database.write() as session:
        why = CancelIn(reason="单位负责人出差")
        cancel_meeting(session, office.runtime, case.case_id, meeting, why, key=office.key(), actor=office.mediator)
    with office.database.read() as session:
        assert session.scalar(select(func.count(MeetingHold.id))) == 0
        query = select(Document.voided_at).where(Document.template == "meeting_cancelled_notice")
        assert session.scalars(query).all() == [None, None]
        assert session.scalar(select(Deadline.closed_at).where(Deadline.name == "meeting_day")) is not None
    with pytest.raises(Refused, match="已经取消"):
        move(office, case, meeting, "09-24 14:00", place)


def test_nobody_and_no_room_is_booked_twice(office: Office) -> None:
    place, other = room(office), room(office, "二号调解室")
    book(office, office.accepted(), "09-23 09:00", place)
    second = office.accepted()
    with pytest.raises(Refused) as refused:
        book(office, second, "09-23 10:30", place, minutes=60)
    assert [r.guard for r in refused.value.refusals] == ["nobody_twice", "no_room_twice"]
    with pytest.raises(Refused, match="李调解这个时间已有安排"):
        book(office, second, "09-23 10:30", other, minutes=60)
    book(office, second, "09-23 14:00", place)


def test_ones_own_times_are_not_booked(office: Office) -> None:
    case, place = office.accepted(), room(office)
    away = BusyIn(from_at=at("09-23 08:00"), until_at=at("09-23 12:00"), note="培训")
    with office.database.write() as session:
        add_busy(session, office.runtime, away, key=office.key(), actor=office.mediator)
    with pytest.raises(Refused, match="李调解这个时间已有安排"):
        book(office, case, "09-23 09:00", place)


def test_doubts_are_told_and_a_person_decides(office: Office) -> None:
    """The mediation must end on 10-09 (10-03 rolled over the holiday); 10-12 is late, and the worker cannot come."""
    case, place = office.accepted(), room(office)
    worker = office.parties(case.case_id, "worker")[0]
    cannot = PartyTimeIn(party=worker, from_at=at("10-12 08:00"), until_at=at("10-12 12:00"))
    with office.database.write() as session:
        add_party_time(session, office.runtime, case.case_id, cannot, key=office.key(), actor=office.mediator)
    with pytest.raises(Refused) as refused:
        book(office, case, "10-12 09:00", place)
    sentences = [refusal.sentence for refusal in refused.value.refusals]
    assert sentences[0].startswith("调解期限到2026-10-")
    assert sentences[1] == "张三这个时间不能来，或者另有调解会。"
    book(office, case, "10-12 09:00", place, confirmed=True)
    with pytest.raises(Refused, match="不足2个工作日"):
        book(office, office.accepted(), "09-21 09:00", place)


@pytest.mark.parametrize(
    ("when", "changes", "field"),
    [
        ("09-23 09:10", {}, "starts_at"),
        ("09-17 09:00", {}, "starts_at"),
        ("09-23 12:00", {}, "room"),
        ("09-25 09:00", {}, "room"),
        ("09-23 09:00", {"room": None}, "room"),
        ("09-23 09:00", {"room": None, "form": "on_site"}, "place"),
        ("09-23 09:00", {"form": "dance"}, "form"),
        ("09-23 09:00", {"video_link": "javascript:alert(1)"}, "video_link"),
        ("09-23 09:00", {"co_mediators": [999]}, "co_mediators"),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(
    office: Office, when: str, changes: dict[str, object], field: str
) -> None:
    """09-25 is the mid-autumn holiday; at 12:00 the room is closed."""
    case, place = office.accepted(), room(office)
    with pytest.raises(BadInput) as wrong:
        book(
            office,
            case,
            when,
            **{"room_id": place} if "room" not in changes else {"room_id": None},
            **{name: value for name, value in changes.items() if name != "room"},
        )
    assert list(wrong.value.fields) == [field]


def test_needs_of_the_parties_are_met(office: Office) -> None:
    needs = [{"name": "张三", "phone": "13800138000", "needs": ["sign_language", "disabled"]}]
    case = office.accepted(workers=needs)
    steps, level = room(office), room(office, "无障碍调解室", accessible=True)
    with pytest.raises(BadInput) as wrong:
        book(office, case, "09-23 09:00", steps)
    assert set(wrong.value.fields) == {"room", "interpreter"}
    meeting = book(office, case, "09-23 09:00", level, interpreter="孙老师（手语）")
    assert meeting_row(office, meeting).accessible
    with office.database.read() as session:
        papers = session.scalars(select(Document).where(Document.template == "meeting_notice")).all()
        assert all("孙老师（手语）" in paper.text for paper in papers)


def test_only_safe_contact_is_respected(office: Office) -> None:
    worker = {"name": "张三", "phone": "13800138000", "needs": ["safe_contact_only"]}
    case, place = office.accepted(workers=[worker]), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    with office.database.read() as session:
        hers, theirs = meetings_of(session, case.case_id)[0].notices
    assert (hers.safe_only, hers.phone, theirs.safe_only) == (True, None, False)

    def told(notice: int, **how: object) -> None:
        data = ToldIn.model_validate({"notice": notice, "how": "phone", **how})
        with office.database.write() as session:
            tell_party(session, office.runtime, case.case_id, meeting, data, key=office.key(), actor=office.mediator)

    with pytest.raises(BadInput, match="按提示修改"):
        told(hers.id)
    told(hers.id, safely=True)
    told(theirs.id)
    with office.database.read() as session:
        assert session.scalar(select(func.count(MeetingNotice.told_at))) == 2


def test_a_second_mediator_is_held_too(office: Office) -> None:
    place, other = room(office), another_mediator(office)
    book(office, office.accepted(), "09-23 09:00", place, co_mediators=[other.person_id])
    away = office.accepted()
    office.fire(away.proceeding_id, "assign_mediator", {"mediator": other.person_id})
    with pytest.raises(Refused, match="周调解这个时间已有安排"):
        book(office, away, "09-23 09:00", room(office, "二号调解室"))


def test_a_case_that_is_not_mediated_has_no_meeting(office: Office) -> None:
    with pytest.raises(Refused, match="还没有调解员"):
        book(office, office.register(), "09-23 09:00", room(office))
