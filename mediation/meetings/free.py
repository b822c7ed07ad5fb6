"""When colleagues, rooms and parties are taken: by meetings, by what they said, by leave."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ..assignments.models import HandOver
from ..cases.models import Party
from ..clock import SHANGHAI
from .models import BusyTime, Meeting, MeetingHold, PartyTime
from .opening import CELL, Stretch
from .slots import Busy, Who


def taken(
    session: Session,
    *,
    people: Collection[int],
    rooms: Collection[int],
    case_id: int,
    window: Stretch,
    beside: int | None = None,
) -> Busy:
    """By whom or what: the stretches inside the window. `beside`: a meeting that does not count, for it is moving."""
    found: dict[Who, list[Stretch]] = defaultdict(list)
    _held(session, found, people, rooms, window, beside)
    _said(session, found, people, window)
    _on_leave(session, found, people)
    _parties(session, found, case_id, window)
    return found


def _held(
    session: Session,
    found: dict[Who, list[Stretch]],
    people: Collection[int],
    rooms: Collection[int],
    window: Stretch,
    beside: int | None,
) -> None:
    query = select(MeetingHold.kind, MeetingHold.subject_id, MeetingHold.cell).where(
        MeetingHold.cell >= window[0] - CELL, MeetingHold.cell < window[1], MeetingHold.meeting_id != (beside or 0)
    )
    for kind, subjects in (("person", people), ("room", rooms)):
        mine = query.where(MeetingHold.kind == kind, MeetingHold.subject_id.in_(subjects))
        for row in session.execute(mine):
            found[kind, row.subject_id].append((row.cell, row.cell + CELL))


def _said(session: Session, found: dict[Who, list[Stretch]], people: Collection[int], window: Stretch) -> None:
    query = select(BusyTime.person_id, BusyTime.from_at, BusyTime.until_at).where(
        BusyTime.person_id.in_(people),
        BusyTime.removed_at.is_(None),
        BusyTime.from_at < window[1],
        BusyTime.until_at > window[0],
    )
    for row in session.execute(query):
        found["person", row.person_id].append((row.from_at, row.until_at))


def _on_leave(session: Session, found: dict[Who, list[Stretch]], people: Collection[int]) -> None:
    """From the hand-over of their cases to the morning of their return."""
    query = select(HandOver.giver_id, HandOver.made_at, HandOver.back_on).where(
        HandOver.giver_id.in_(people), HandOver.kind == "absence", HandOver.returned_at.is_(None)
    )
    for row in session.execute(query):
        if row.back_on is not None:
            found["person", row.giver_id].append((row.made_at, datetime.combine(row.back_on, time(), SHANGHAI)))


def _parties(session: Session, found: dict[Who, list[Stretch]], case_id: int, window: Stretch) -> None:
    """What they said, and meetings of other cases in which the same person is a party."""
    said = select(PartyTime.party_id, PartyTime.from_at, PartyTime.until_at).where(
        PartyTime.case_id == case_id, PartyTime.removed_at.is_(None), PartyTime.from_at.is_not(None)
    )
    twin = aliased(Party)
    elsewhere = (
        select(Party.id, Meeting.starts_at, Meeting.ends_at)
        .join(twin, twin.person_id == Party.person_id)
        .join(Meeting, Meeting.case_id == twin.case_id)
        .where(
            Party.case_id == case_id,
            twin.case_id != case_id,
            twin.left_on.is_(None),
            Meeting.state == "booked",
            Meeting.starts_at < window[1],
            Meeting.ends_at > window[0],
        )
    )
    for query in (said, elsewhere):
        for party_id, from_at, until_at in session.execute(query):
            if from_at is not None and until_at is not None:
                found["party", party_id].append((from_at, until_at))
