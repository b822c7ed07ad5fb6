"""Short words for booking in the small office."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from mediation.cases.change import Change
from mediation.cases.intake import Registered
from mediation.clock import SHANGHAI
from mediation.meetings.asked import MeetingIn
from mediation.meetings.book import book_meeting, move_meeting
from mediation.meetings.models import Meeting
from mediation.meetings.rooms import RoomIn, add_room
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from tests.office import Office


def at(text: str) -> datetime:
    """ "09-22 09:00" of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


def room(office: Office, name: str = "一号调解室", **changes: Any) -> int:
    told: dict[str, Any] = {"name": name, "address": "东街1号二层", "seats": 8, **changes}
    with office.database.write() as session:
        data = RoomIn.model_validate(told)
        return add_room(session, office.runtime, office.street_id, data, key=office.key(), actor=office.supervisor)


def book(office: Office, case: Registered, when: str, room_id: int | None, **changes: Any) -> int:
    data = MeetingIn.model_validate({"starts_at": at(when), "room": room_id, **changes})
    with office.database.write() as session:
        done = book_meeting(
            session, office.runtime, case.case_id, data, key=office.key(), actor=changes.get("actor", office.mediator)
        )
    meeting: int = (done.repeated or done.result)["meeting"]
    return meeting


def move(office: Office, case: Registered, meeting: int, when: str, room_id: int | None, **changes: Any) -> Change:
    data = MeetingIn.model_validate({"starts_at": at(when), "room": room_id, **changes})
    with office.database.write() as session:
        return move_meeting(
            session, office.runtime, case.case_id, meeting, data, key=office.key(), actor=office.mediator
        )


def meeting_row(office: Office, id: int) -> Meeting:
    with office.database.read() as session:
        return session.scalars(select(Meeting).where(Meeting.id == id)).one()


def another_mediator(office: Office, name: str = "周调解") -> Actor:
    """Somebody else at the street."""
    with office.database.write() as session:
        person = register_person(session, PersonData(name=name), at=office.clock.now())
        grant_role(session, person.id, office.street_id, "mediator", office.clock.today().replace(month=1, day=1))
        id = person.id
    with office.database.read() as session:
        return load_actor(session, id, office.clock.today())
