"""What the pages show: the meetings of a case, the week of an office, times at which everybody can."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.access import seen
from ..cases.file_rows import PartyRow
from ..cases.models import Case, Party
from ..cases.proceedings import dispute_of
from ..cases.queries import CLOSED, closed_among, visible
from ..clock import SHANGHAI
from ..db import connection_of
from ..documents.models import Document
from ..people.actor import Actor
from ..people.masking import masked_phone
from ..people.models import Organisation, Person
from ..people.places import stands_within
from ..runtime import Runtime
from .asked import Needs, earliest, invited, last_day, needs_of
from .book import HELD_BY
from .free import taken
from .models import Meeting, MeetingNotice, MeetingPerson, MeetingRoom
from .rooms import Room, rooms_for
from .slots import SEARCHED, Found, Sought, common_slots


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What one party is told. `phone` is empty for whoever may be reached only in the way agreed with them."""

    id: int
    party_id: int
    party: str
    side: str
    safe_only: bool
    phone: str | None
    cancels: bool
    document_id: int | None
    number: str | None
    current: bool
    told_at: datetime | None
    told_by: str | None
    told_how: str | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting as those see it who see its case. `stale`: people have changed since the parties were told."""

    id: int
    case_id: int
    number: str
    state: str
    starts_at: datetime
    ends_at: datetime
    form: str
    room_id: int | None
    room: str
    address: str
    place: str
    video_link: str
    interpreter: str
    accessible: bool
    note: str
    people: tuple[tuple[int, str], ...]
    """(id, name), the host first."""
    uid: str
    sequence: int
    flag: str | None
    no_show: str | None
    cancelled_why: str
    booked_at: datetime
    cancelled_at: datetime | None
    notices: tuple[NoticeRow, ...] = ()
    stale: bool = False

    @property
    def where(self) -> str:
        return self.room or self.place


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to arrange a meeting of a case. `bar`: why none can be booked now."""

    case_id: int
    proceeding_id: int
    path: str
    host: int | None
    bar: str
    parties: Sequence[PartyRow]
    needs: Needs
    rooms: Sequence[Room]
    earliest: date
    until: date | None


def desk_of(session: Session, runtime: Runtime, actor: Actor, case_id: int) -> Desk:
    """NotFound where this person may not see the case."""
    connection = connection_of(session)
    row = runtime.reading.row(connection, dispute_of(connection, case_id), runtime.clock.now())
    row, roles = seen(actor, row)
    event = runtime.machine(row["workflow"], row["version"]).definition.events.get(HELD_BY)
    bar = ""
    if event is None or row["state"] not in event.from_:
        bar = "案件现在不在调解中，不能约调解会；受理之后再约。"
    elif row["owner_id"] is None:
        bar = "本案还没有调解员，请先指派调解员再约调解会。"
    parties = invited(session, case_id)
    return Desk(
        case_id=case_id,
        proceeding_id=row["proceeding_id"],
        path=row["path"],
        host=row["owner_id"],
        bar=bar,
        parties=parties,
        needs=needs_of(runtime, parties, roles),
        rooms=rooms_for(session, row["path"]),
        earliest=earliest(runtime),
        until=last_day(session, row["proceeding_id"]),
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """How the meeting should be: the form of the search."""

    minutes: int = 120
    form: str = "joint"
    room: int | None = None
    elsewhere: bool = False
    """At a place that is none of our rooms."""
    co_mediators: tuple[int, ...] = ()
    accessible: bool = False
    video: bool = False
    first: date | None = None


def three_slots(session: Session, runtime: Runtime, desk: Desk, wish: Wish, *, beside: int | None = None) -> Found:
    """At most three times at which everybody can. `beside`: the meeting that is to be moved."""
    if desk.host is None:
        return Found((), {})
    calendar, today = runtime.law.calendar, runtime.clock.today()
    first = max(wish.first or desk.earliest, today)
    window = (
        datetime.combine(first, time(), SHANGHAI),
        datetime.combine(calendar.add_working(first, SEARCHED + 1), time(), SHANGHAI),
    )
    people = (desk.host, *(one for one in wish.co_mediators if one != desk.host))
    parties = tuple(party.id for party in desk.parties)
    rooms = tuple(room for room in desk.rooms if _does(room, wish, len(people) + len(parties)))
    roomless = wish.elsewhere or wish.form in ("online", "on_site")
    sought = Sought(timedelta(minutes=wish.minutes), people, parties, rooms, roomless)
    busy = taken(
        session,
        people=people,
        rooms=[room.id for room in rooms],
        case_id=desk.case_id,
        window=window,
        beside=beside,
    )
    return common_slots(sought, busy, calendar, first=first, now=runtime.clock.now(), until=desk.until)


def _does(room: Room, wish: Wish, seats: int) -> bool:
    if wish.room is not None:
        return room.id == wish.room
    return room.seats >= seats and (room.accessible or not wish.accessible) and (room.video or not wish.video)


_MEETING: Any = (
    select(Meeting, Case.number, MeetingRoom.name, MeetingRoom.address)
    .join(Case, Case.id == Meeting.case_id)
    .outerjoin(MeetingRoom, MeetingRoom.id == Meeting.room_id)
)


def meetings_of(session: Session, case_id: int) -> Sequence[MeetingRow]:
    """Of one case, the newest first, with what its parties are told. The caller has looked whether they may see it."""
    query = _MEETING.where(Meeting.case_id == case_id).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    rows = _rows(session, session.execute(query).all())
    notices = _notices(session, [row.id for row in rows])
    return [_with_notices(row, notices.get(row.id, [])) for row in rows]


def _with_notices(row: MeetingRow, notices: Sequence[tuple[int, NoticeRow]]) -> MeetingRow:
    newest = max((sequence for sequence, _ in notices), default=row.sequence)
    shown = tuple(replace(notice, current=sequence == newest) for sequence, notice in notices)
    return replace(row, notices=shown, stale=row.state == "booked" and newest != row.sequence)


def _notices(session: Session, ids: Collection[int]) -> Mapping[int, list[tuple[int, NoticeRow]]]:
    query = (
        select(MeetingNotice, Party, Document.number, Person.name)
        .join(Party, Party.id == MeetingNotice.party_id)
        .outerjoin(Document, Document.id == MeetingNotice.document_id)
        .outerjoin(Person, Person.id == MeetingNotice.told_by_id)
        .where(MeetingNotice.meeting_id.in_(ids))
        .order_by(MeetingNotice.sequence.desc(), MeetingNotice.id)
    )
    found: dict[int, list[tuple[int, NoticeRow]]] = defaultdict(list)
    for notice, party, number, by in session.execute(query):
        safe_only = "safe_contact_only" in party.needs
        row = NoticeRow(
            id=notice.id,
            party_id=party.id,
            party=party.name,
            side=party.side,
            safe_only=safe_only,
            phone=None if safe_only or not party.phone else masked_phone(party.phone),
            cancels=notice.cancels,
            document_id=notice.document_id,
            number=number,
            current=True,
            told_at=notice.told_at,
            told_by=by,
            told_how=notice.told_how,
        )
        found[notice.meeting_id].append((notice.sequence, row))
    return found


def _rows(session: Session, found: Sequence[Any]) -> list[MeetingRow]:
    ids = [row[0].id for row in found]
    query = (
        select(MeetingPerson.meeting_id, Person.id, Person.name)
        .join(Person, Person.id == MeetingPerson.person_id)
        .where(MeetingPerson.meeting_id.in_(ids))
        .order_by(MeetingPerson.host.desc(), MeetingPerson.id)
    )
    people: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in session.execute(query):
        people[row[0]].append((row[1], row[2]))
    return [_row(one[0], one[1], one[2], one[3], tuple(people[one[0].id])) for one in found]


_SAME = (
    *("id", "case_id", "state", "starts_at", "ends_at", "form", "room_id", "place", "video_link", "interpreter"),
    *("accessible", "note", "uid", "sequence", "flag", "no_show", "cancelled_why", "booked_at", "cancelled_at"),
)


def _row(
    meeting: Meeting, number: str, room: str | None, address: str | None, people: tuple[tuple[int, str], ...]
) -> MeetingRow:
    told = {name: getattr(meeting, name) for name in _SAME}
    return MeetingRow(number=number, room=room or "", address=address or "", people=people, **told)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One meeting in the week. Of a case that the reader may not see only the time and who and what is taken."""

    starts_at: datetime
    ends_at: datetime
    case_id: int | None
    meeting_id: int | None
    number: str
    room_id: int | None
    room: str
    people: tuple[tuple[int, str], ...]
    state: str
    flag: str | None
    form: str


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(
    session: Session, actor: Actor, first: date, days: int = 7, *, room: int | None = None, person: int | None = None
) -> Sequence[WeekLine]:
    """Meetings of the actor's places (or with one of their rooms), in order of time; cancelled ones are left out."""
    from_at = datetime.combine(first, time(), SHANGHAI)
    query = (
        _MEETING.join(Organisation, Organisation.id == Case.organisation_id)
        .where(
            Meeting.starts_at >= from_at,
            Meeting.starts_at < from_at + timedelta(days=days),
            Meeting.state.in_(("booked", "held")),
            _in_sight(actor),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    if room is not None:
        query = query.where(Meeting.room_id == room)
    if person is not None:
        query = query.where(Meeting.id.in_(select(MeetingPerson.meeting_id).where(MeetingPerson.person_id == person)))
    rows = _rows(session, session.execute(query).all())
    case_ids = {row.case_id for row in rows}
    seen_ids = select(Case.id).join(Organisation, Organisation.id == Case.organisation_id)
    allowed = set(session.scalars(seen_ids.where(Case.id.in_(case_ids), visible(actor))))
    return [_line(row, row.case_id in allowed) for row in rows]


def _in_sight(actor: Actor) -> Any:
    """Of one's own bodies and those below."""
    return stands_within(actor, *("mediator", "clerk", "supervisor"))


def _line(row: MeetingRow, allowed: bool) -> WeekLine:
    return WeekLine(
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        case_id=row.case_id if allowed else None,
        meeting_id=row.id if allowed else None,
        number=row.number if allowed else "",
        room_id=row.room_id,
        room=row.room,
        people=row.people,
        state=row.state,
        flag=row.flag if allowed else None,
        form=row.form,
    )


def next_meeting(session: Session, case_id: int) -> MeetingRow | None:
    """The one to come (or due to be recorded), for the case page and the form that records it."""
    query = _MEETING.where(Meeting.case_id == case_id, Meeting.state == "booked").order_by(Meeting.starts_at).limit(1)
    rows = _rows(session, session.execute(query).all())
    return rows[0] if rows else None


def held_proposal(session: Session, runtime: Runtime, case_id: int) -> Mapping[str, Any]:
    """What the form that records a meeting proposes from the one that was booked for today or before."""
    row = next_meeting(session, case_id)
    if row is None or row.starts_at.date() > runtime.clock.today():
        return {}
    place = f"，{row.where}" if row.where else ""
    words = f"时间地点：{row.starts_at:%Y-%m-%d %H:%M}至{row.ends_at:%H:%M}{place}。"
    return {"held_on": row.starts_at.date().isoformat(), "session_form": row.form, "session_note": words}


def of_person(session: Session, person_id: int, since: datetime) -> Sequence[MeetingRow]:
    """One colleague's meetings from then on, cancelled ones too, so that calendars take them out. Those of a restricted
    case that is not theirs to see tell no number."""
    mine = select(MeetingPerson.meeting_id).where(MeetingPerson.person_id == person_id)
    query = _MEETING.where(Meeting.id.in_(mine), Meeting.starts_at >= since).order_by(Meeting.starts_at)
    rows = _rows(session, session.execute(query).all())
    closed = closed_among(session, person_id, (row.case_id for row in rows))
    return [replace(row, number=CLOSED) if row.case_id in closed else row for row in rows]
