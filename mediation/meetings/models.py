"""Tables of mediation meetings. (`sessions` are log-ins; a mediation session is a Meeting.)"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, key, link
from ..sealing.classes import ORDINARY, sealed_text

BOOKED = text("state = 'booked'")


class MeetingRoom(Base):
    """调解室: a room of one body, open to its own cases and those of the bodies below."""

    __tablename__ = "meeting_rooms"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = key()
    organisation_id: Mapped[int] = link("organisations.id")
    name: Mapped[str] = mapped_column(String(100), info=ORDINARY)
    address: Mapped[str] = mapped_column(String(300), info=ORDINARY)
    seats: Mapped[int]
    accessible: Mapped[bool]
    """Reached and used by wheelchair."""
    video: Mapped[bool]
    """Has what a party needs to be joined by video."""
    days: Mapped[str] = mapped_column(String(7), info=ORDINARY)
    """ISO weekdays on which it is open: "12345"; holidays are closed, make-up working days count as "1" to "5"."""
    hours: Mapped[str] = mapped_column(String(60), info=ORDINARY)
    """When it is open: "09:00-12:00,13:30-17:30"."""
    note: Mapped[str] = mapped_column(String(300), default="", info=ORDINARY)
    closed: Mapped[bool] = mapped_column(default=False)
    """No longer used; what is booked stays."""
    revision: Mapped[int] = mapped_column(default=0)


class BusyTime(Base):
    """不能安排的时间: stated by a colleague for themselves."""

    __tablename__ = "busy_times"

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("persons.id", index=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    note: Mapped[str] = sealed_text("narrative", 200, default="")
    """Only the person sees it."""
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class PartyTime(Base):
    """当事人的时间: hours in which a party cannot come; without hours a wish in words."""

    __tablename__ = "party_times"
    __table_args__ = (CheckConstraint("(from_at IS NULL) = (until_at IS NULL)", name="both_or_none"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    party_id: Mapped[int] = link("parties.id")
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Meeting(Base):
    """调解会: one appointment of one case. Moving it keeps the row and counts `sequence` up."""

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="some_time"),
        Index("ix_meetings_starts_at", "starts_at"),
        Index("ix_meetings_booked", "proceeding_id", sqlite_where=BOOKED, postgresql_where=BOOKED),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("cases.id", index=True)
    proceeding_id: Mapped[int] = link("proceedings.id")
    state: Mapped[str] = mapped_column(String(20), default="booked", info=ORDINARY)
    """booked, held, cancelled, unrecorded (its hour was over, and the case left mediation before anybody noted it)."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    form: Mapped[str] = mapped_column(String(20), info=ORDINARY)
    """joint, back_to_back, online, on_site (codes/session_forms)."""
    room_id: Mapped[int | None] = link("meeting_rooms.id", nullable=True)
    place: Mapped[str] = sealed_text("contact", 300, default="")
    """Where there is no room of ours: the employer's address, a meeting point."""
    video_link: Mapped[str] = sealed_text("contact", 500, default="")
    interpreter: Mapped[str] = sealed_text("identity", 200, default="")
    accessible: Mapped[bool] = mapped_column(default=False)
    """A party needs a way without steps."""
    note: Mapped[str] = sealed_text("narrative", 500, default="")
    """What both sides are told besides: what to bring."""
    uid: Mapped[str] = mapped_column(String(36), unique=True, info=ORDINARY)
    sequence: Mapped[int] = mapped_column(default=0)
    flag: Mapped[str | None] = mapped_column(String(30), info=ORDINARY)
    """host_busy: who answers for the case now was not free and the host has not changed."""
    no_show: Mapped[str | None] = mapped_column(String(10), info=ORDINARY)
    """worker, employer, both: who did not come, once it was held or recorded."""
    booked_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    booked_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = sealed_text("narrative", 500, default="")


class MeetingPerson(Base):
    """A colleague at a meeting: the host who answers for the case, or another mediator beside."""

    __tablename__ = "meeting_people"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = link("meetings.id")
    person_id: Mapped[int] = link("persons.id", index=True)
    host: Mapped[bool]


class MeetingHold(Base):
    """Half an hour of a room or a colleague, taken by a live meeting. The unique index is what forbids two at once."""

    __tablename__ = "meeting_holds"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "cell"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = link("meetings.id", index=True)
    kind: Mapped[str] = mapped_column(String(10), info=ORDINARY)
    """room, person."""
    subject_id: Mapped[int]
    cell: Mapped[datetime]
    """When the half hour begins."""


class MeetingNotice(Base):
    """What one party is told about one state of a meeting, and whether they were."""

    __tablename__ = "meeting_notices"
    __table_args__ = (UniqueConstraint("meeting_id", "party_id", "sequence"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = link("meetings.id")
    party_id: Mapped[int] = link("parties.id")
    sequence: Mapped[int]
    """Of the meeting, when this was written."""
    cancels: Mapped[bool] = mapped_column(default=False)
    document_id: Mapped[int | None] = link("documents.id", nullable=True)
    """None: to be told in words."""
    told_at: Mapped[datetime | None]
    told_by_id: Mapped[int | None] = link("persons.id", nullable=True)
    told_how: Mapped[str | None] = mapped_column(String(20), info=ORDINARY)
    """codes/meeting_tellings"""


class CalendarFeed(Base):
    """A private address from which a calendar program reads one colleague's meetings; the database has its hash."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("persons.id", index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=ORDINARY)
    hint: Mapped[str] = mapped_column(String(8), info=ORDINARY)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
