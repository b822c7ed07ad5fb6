"""Calendar files and private feeds. They name the case by its number and never a party, nor a place of a party."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..cases.models import AuditEntry
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.models import Account
from ..people.rights import role_for
from ..runtime import Runtime
from .models import CalendarFeed
from .queries import MeetingRow, of_person

BACK = timedelta(days=60)
"""So long a feed remembers what is over."""
MOST = 5
DOMAIN = "meetings.invalid"


@dataclass(frozen=True, slots=True)
class FeedRow:
    id: int
    hint: str
    created_at: datetime
    revoked_at: datetime | None


def calendar_file(rows: Sequence[MeetingRow], *, at: datetime, method: str = "", name: str = "") -> bytes:
    """One .ics. `method`: PUBLISH for a feed; otherwise REQUEST, or CANCEL for a meeting that is off."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//mediation//meetings//ZH")
    off = bool(rows) and all(row.state == "cancelled" for row in rows)
    calendar.add("method", method or ("CANCEL" if off else "REQUEST"))
    if name:
        calendar.add("x-wr-calname", name)
    for row in rows:
        calendar.add_component(_event(row, at))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(row: MeetingRow, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{row.uid}@{DOMAIN}")
    event.add("sequence", row.sequence)
    event.add("dtstamp", row.cancelled_at or at)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", f"调解会 {row.number}")
    if row.room:
        event.add("location", f"{row.room}（{row.address}）")
    event.add("status", "CANCELLED" if row.state == "cancelled" else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event


def make_feed(session: Session, runtime: Runtime, *, key: str, actor: Actor) -> str | None:
    """A new secret for one's own feed, in clear this once. None: this request was carried out already."""
    role = _own(actor)
    if session.scalar(select(AuditEntry.id).where(AuditEntry.idempotency_key == key)) is not None:
        return None
    live = [row for row in feeds_of(session, actor.person_id or 0) if row.revoked_at is None]
    if len(live) >= MOST:
        raise BadInput(f"日历地址最多{MOST}个，请先停用不再使用的。")
    secret = secrets.token_urlsafe(32)
    row = CalendarFeed(person_id=actor.person_id or 0, token_hash=_hashed(secret), hint=secret[:6])
    row.created_at = runtime.clock.now()
    session.add(row)
    session.flush()
    _note(session, runtime, "make_calendar_feed", row.id, role, key, actor)
    return secret


def end_feed(session: Session, runtime: Runtime, feed_id: int, *, key: str, actor: Actor) -> None:
    role = _own(actor)
    row = session.get(CalendarFeed, feed_id, with_for_update=True)
    if row is None or row.person_id != actor.person_id:
        raise NotFound("没有这个日历地址，请从“我的时间”页面进入。")
    if row.revoked_at is None:
        row.revoked_at = runtime.clock.now()
        session.flush()
        _note(session, runtime, "end_calendar_feed", row.id, role, key, actor)


def feeds_of(session: Session, person_id: int) -> Sequence[FeedRow]:
    query = select(CalendarFeed).where(CalendarFeed.person_id == person_id).order_by(CalendarFeed.id.desc()).limit(20)
    return [FeedRow(f.id, f.hint, f.created_at, f.revoked_at) for f in session.scalars(query)]


def feed(session: Session, runtime: Runtime, secret: str) -> bytes:
    """The calendar behind this secret; NotFound where it was revoked, or its owner's account is closed."""
    query = (
        select(CalendarFeed.person_id)
        .join(Account, Account.person_id == CalendarFeed.person_id)
        .where(CalendarFeed.token_hash == _hashed(secret), CalendarFeed.revoked_at.is_(None), Account.active)
    )
    person_id = session.scalar(query)
    if person_id is None:
        raise NotFound("没有这个日历，或者地址已停用。")
    now = runtime.clock.now()
    rows = of_person(session, person_id, now - BACK)
    return calendar_file(rows, at=now, method="PUBLISH", name="调解会")


def _own(actor: Actor) -> str:
    role = role_for("own_times", {grant.role for grant in actor.grants})
    if actor.person_id is None or role is None:
        raise Forbidden("只有本单位人员可以订阅日历。")
    return role


def _note(session: Session, runtime: Runtime, what: str, id: int, role: str, key: str, actor: Actor) -> None:
    place = next(g.organisation_id for g in actor.grants if g.role == role)
    now = runtime.clock.now()
    note_outside_cases(session, place, what, {"feed": id}, actor=actor, role=role, at=now, key=key)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
