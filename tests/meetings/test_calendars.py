"""Calendar files and feeds: one entry through moves and the end, no party in it, an address that can be taken back."""

import pytest
from icalendar import Calendar, Event
from sqlalchemy import select

from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import NotFound
from mediation.meetings.book import CancelIn, cancel_meeting
from mediation.meetings.calendars import calendar_file, end_feed, feed, feeds_of, make_feed
from mediation.meetings.models import CalendarFeed
from mediation.meetings.queries import meetings_of
from mediation.people.accounts import create_account
from tests.meetings.arranging import book, move, room
from tests.office import Office, open_office


@pytest.fixture
def office(sqlite_database: Database, clock: TestClock) -> Office:
    opened = open_office(sqlite_database, clock)
    with opened.database.write() as session:
        create_account(session, opened.mediator.person_id or 0, "li", "a long password 77", at=clock.now())
    return opened


def file_of(office: Office, case_id: int) -> tuple[Calendar, Event]:
    with office.database.read() as session:
        rows = meetings_of(session, case_id)
    calendar = Calendar.from_ical(calendar_file(rows, at=office.clock.now()))
    assert isinstance(calendar, Calendar)
    [event] = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return calendar, event


def test_one_entry_through_moves_and_its_end(office: Office) -> None:
    case, place = office.accepted(), room(office)
    meeting = book(office, case, "09-23 09:00", place)
    calendar, first = file_of(office, case.case_id)
    assert (calendar["method"], first["sequence"], first["status"]) == ("REQUEST", 0, "CONFIRMED")
    assert first.decoded("dtstart").isoformat() == "2026-09-23T09:00:00+08:00"
    move(office, case, meeting, "09-24 14:00", place)
    _, second = file_of(office, case.case_id)
    assert (second["uid"], second["sequence"]) == (first["uid"], 1)
    with office.database.write() as session:
        why = CancelIn(reason="单位负责人出差")
        cancel_meeting(session, office.runtime, case.case_id, meeting, why, key=office.key(), actor=office.mediator)
    calendar, third = file_of(office, case.case_id)
    assert (calendar["method"], third["uid"], third["sequence"]) == ("CANCEL", first["uid"], 2)
    assert third["status"] == "CANCELLED"


def test_a_feed_names_the_case_and_nobody(office: Office) -> None:
    case = office.accepted()
    book(office, case, "09-23 09:00", None, form="on_site", place="北京某餐饮有限公司会议室")
    with office.database.write() as session:
        secret = make_feed(session, office.runtime, key="feed-key-1", actor=office.mediator)
        assert make_feed(session, office.runtime, key="feed-key-1", actor=office.mediator) is None
    assert secret is not None
    with office.database.read() as session:
        told = feed(session, office.runtime, secret).decode().replace("\r\n ", "")
        kept = session.scalars(select(CalendarFeed.token_hash)).one()
    assert "SUMMARY:调解会 " in told
    assert "METHOD:PUBLISH" in told
    assert "张三" not in told
    assert "餐饮" not in told
    assert secret not in kept


def test_an_address_that_was_taken_back_opens_nothing(office: Office) -> None:
    with office.database.write() as session:
        secret = make_feed(session, office.runtime, key="feed-key-1", actor=office.mediator) or ""
        [row] = feeds_of(session, office.mediator.person_id or 0)
        with pytest.raises(NotFound):
            end_feed(session, office.runtime, row.id, key="feed-key-2", actor=office.supervisor)
        end_feed(session, office.runtime, row.id, key="feed-key-3", actor=office.mediator)
    with office.database.read() as session, pytest.raises(NotFound):
        feed(session, office.runtime, secret)
