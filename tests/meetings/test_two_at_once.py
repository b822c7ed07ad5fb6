"""Two people book at the same moment over two real connections: one wins, the other is told, nobody is there twice."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from mediation.cases.intake import Registered
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import Refused
from mediation.meetings.asked import MeetingIn
from mediation.meetings.book import book_meeting
from mediation.meetings.models import Meeting, MeetingHold
from mediation.people.actor import Actor
from tests.meetings.arranging import another_mediator, at, room
from tests.office import Office, open_office

ROUNDS = 4


def test_a_room_goes_to_one_of_two(database: Database, clock: TestClock) -> None:
    """Two mediators, two cases, one room."""
    office = open_office(database, clock)
    other = another_mediator(office)
    mine, theirs = office.accepted(), office.accepted()
    office.fire(theirs.proceeding_id, "assign_mediator", {"mediator": other.person_id})
    for number in range(ROUNDS):
        place = room(office, f"{number}号室")
        hour = f"09-2{2 + number % 2} {9 + number // 2:02d}:00"
        told = _together(office, hour, [(mine, office.mediator, place), (theirs, other, place)])
        assert [bool(sentence) for sentence in sorted(told)] == [False, True], told
    with database.read() as session:
        assert session.scalar(select(func.count(Meeting.id))) == ROUNDS
        assert session.scalar(select(func.count(MeetingHold.id))) == ROUNDS * 4


def test_a_mediator_is_in_one_of_two_rooms(database: Database, clock: TestClock) -> None:
    """One mediator answers for both cases; two clerks' hands, two rooms."""
    office = open_office(database, clock)
    cases = office.accepted(), office.accepted()
    rooms = room(office, "甲室"), room(office, "乙室")
    wanted = [(case, office.mediator, place) for case, place in zip(cases, rooms, strict=True)]
    told = _together(office, "09-23 09:00", wanted)
    assert [bool(sentence) for sentence in sorted(told)] == [False, True], told
    assert "已有安排" in "".join(told)


def _together(office: Office, when: str, wanted: list[tuple[Registered, Actor, int]]) -> list[str]:
    """What each was told; "" is a booking."""
    start = threading.Barrier(len(wanted))

    def one(case: Registered, actor: Actor, place: int) -> list[str]:
        data = MeetingIn(starts_at=at(when), room=place, minutes=60)
        start.wait()
        try:
            with office.database.write() as session:
                book_meeting(session, office.runtime, case.case_id, data, key=office.key(), actor=actor)
        except Refused as refused:
            return [refusal.sentence for refusal in refused.refusals]
        return []

    with ThreadPoolExecutor(len(wanted)) as threads:
        return ["".join(done) for done in threads.map(lambda each: one(*each), wanted)]
