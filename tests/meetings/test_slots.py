"""Three common times: everybody is free, the room is open, on working days, in time."""

from typing import Any

import pytest

from mediation.cases.intake import Registered
from mediation.clock import TestClock
from mediation.db import Database
from mediation.meetings.opening import opening
from mediation.meetings.queries import Wish, desk_of, three_slots
from mediation.meetings.slots import Found
from mediation.meetings.times import BusyIn, PartyTimeIn, add_busy, add_party_time
from tests.meetings.arranging import at, book, room
from tests.office import Office, open_office


@pytest.fixture
def office(sqlite_database: Database, clock: TestClock) -> Office:
    return open_office(sqlite_database, clock)


def found(office: Office, case: Registered, **wish: Any) -> Found:
    with office.database.read() as session:
        desk = desk_of(session, office.runtime, office.mediator, case.case_id)
        return three_slots(session, office.runtime, desk, Wish(**wish))


def told(found: Found) -> list[str]:
    return [f"{slot.starts_at:%m-%d %H:%M} {slot.room.name if slot.room else '-'}" for slot in found.slots]


def test_the_first_three_half_days_after_the_notice(office: Office) -> None:
    """Today is Friday 09-18, Sunday 09-20 is a make-up working day: two working days of notice end on Monday."""
    case = office.accepted()
    room(office)
    assert told(found(office, case)) == ["09-22 09:00 一号调解室", "09-22 13:30 一号调解室", "09-23 09:00 一号调解室"]


def test_everybodys_times_are_kept_free(office: Office) -> None:
    """The mediator is away on Tuesday, the worker cannot come on Wednesday morning, the room is taken after it;
    Thursday is free until the holiday (09-25 to 09-27)."""
    case, place = office.accepted(), room(office)
    worker = office.parties(case.case_id, "worker")[0]
    away = BusyIn(from_at=at("09-22 00:00"), until_at=at("09-23 00:00"))
    cannot = PartyTimeIn(party=worker, from_at=at("09-23 08:00"), until_at=at("09-23 12:00"))
    once: dict[str, Any] = {"actor": office.mediator}
    with office.database.write() as session:
        add_busy(session, office.runtime, away, key=office.key(), **once)
        add_party_time(session, office.runtime, case.case_id, cannot, key=office.key(), **once)
    other = office.accepted()
    office.fire(other.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    book(office, other, "09-23 13:30", place, minutes=240)
    assert told(found(office, case)) == ["09-24 09:00 一号调解室", "09-24 13:30 一号调解室", "09-28 09:00 一号调解室"]


def test_only_rooms_without_steps_where_they_are_needed(office: Office) -> None:
    case = office.accepted()
    room(office)
    room(office, "无障碍调解室", accessible=True)
    slots = found(office, case, accessible=True).slots
    assert {slot.room.name for slot in slots if slot.room} == {"无障碍调解室"}
    assert len(slots) == 3


def test_a_room_that_is_too_small_is_not_offered(office: Office) -> None:
    room(office, seats=2)
    case = office.accepted()
    assert found(office, case) == Found((), {"room": 1})
    assert told(found(office, case, form="online"))[0] == "09-22 09:00 -"


def test_days_after_the_deadline_say_so(office: Office) -> None:
    case = office.accepted()
    room(office)
    late = found(office, case, first=at("10-12 09:00").date())
    assert [slot.late for slot in late.slots] == [True, True, True]
    assert not any(slot.late for slot in found(office, case).slots)


def test_a_room_of_its_own_hours(office: Office) -> None:
    """Open on Saturdays and in the evening; the mediator works on working days, and 09-20 is one."""
    room(office, hours="18:00-20:00", days=list("1234567"))
    assert [text[:11] for text in told(found(office, office.accepted()))] == [
        "09-22 18:00",
        "09-23 18:00",
        "09-24 18:00",
    ]


@pytest.mark.parametrize(
    "hours", ["", "九点到十二点", "12:00-09:00", "09:00-12:00,11:00-13:00", "09:15-12:00", "23:00-24:30"]
)
def test_hours_that_make_no_sense(hours: str) -> None:
    with pytest.raises(ValueError, match=hours or "^$"):
        opening("12345", hours)


def test_hours_as_people_type_them() -> None:
    assert opening("21", "９：００－１２：００、13:30—17:30").hours == ((540, 720), (810, 1050))
