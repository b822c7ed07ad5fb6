"""调解室: which rooms a body has, kept by its administrators and supervisors; each change in the body's own chain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..cases.models import AuditEntry
from ..engine.ask_types import Integer, Text, YesNo
from ..errors import BadInput, Forbidden, NotFound, StateHasChanged
from ..people.actor import Actor
from ..people.identity import clean_name
from ..people.models import Organisation
from ..people.places import stands_within
from ..people.rights import roles_of
from ..runtime import Runtime
from .models import MeetingRoom
from .opening import OFFICE_HOURS, WEEK, Opening, opening, written

WRONG = "填写的内容有误，请按提示修改。"


class RoomIn(BaseModel):
    """All that is known of a room."""

    model_config = ConfigDict(extra="forbid", title="调解室")

    name: Text = Field(title="名称", max_length=100)
    address: Text = Field(title="地址", max_length=300)
    seats: Integer = Field(title="座位数")
    accessible: YesNo = Field(default=False, title="无障碍")
    video: YesNo = Field(default=False, title="可以接入视频")
    days: list[Text] = Field(default_factory=lambda: list(WEEK), title="开放的星期（1至7）", min_length=1, max_length=7)
    hours: Text = Field(default=OFFICE_HOURS, title="开放时间", max_length=60)
    note: Text | None = Field(default=None, title="备注", max_length=300)
    closed: YesNo = Field(default=False, title="停用")


@dataclass(frozen=True, slots=True)
class Room:
    id: int
    organisation_id: int
    organisation: str
    name: str
    address: str
    seats: int
    accessible: bool
    video: bool
    days: str
    hours: str
    note: str
    closed: bool
    revision: int

    @property
    def opening(self) -> Opening:
        return opening(self.days, self.hours)


def add_room(session: Session, runtime: Runtime, organisation_id: int, data: RoomIn, *, key: str, actor: Actor) -> int:
    """The id of the new room; the same key gives it again."""
    body = _body(session, actor, organisation_id)
    if (before := _done_before(session, key)) is not None:
        return before
    room = MeetingRoom(organisation_id=body.id, revision=0)
    _write(session, room, data)
    session.add(room)
    session.flush()
    _note(session, runtime, room, "add_room", data, key, actor)
    return room.id


def change_room(
    session: Session, runtime: Runtime, room_id: int, data: RoomIn, *, revision: int, key: str, actor: Actor
) -> int:
    """Its new revision. What is booked there stays; whoever narrows the hours sees it in the week."""
    room = session.get(MeetingRoom, room_id, with_for_update=True)
    if room is None:
        raise NotFound("没有这个调解室。")
    _body(session, actor, room.organisation_id)
    if _done_before(session, key) is not None:
        return room.revision
    if revision != room.revision:
        raise StateHasChanged("他人已先修改了这个调解室，请核对后再保存。", room.revision, [])
    _write(session, room, data)
    room.revision += 1
    session.flush()
    _note(session, runtime, room, "change_room", data, key, actor)
    return room.revision


def _write(session: Session, room: MeetingRoom, data: RoomIn) -> None:
    name = clean_name(data.name)
    same = select(MeetingRoom.id).where(
        MeetingRoom.organisation_id == room.organisation_id, MeetingRoom.name == name, MeetingRoom.id != (room.id or 0)
    )
    wrong = {}
    if session.scalars(same).first() is not None:
        wrong["name"] = f"“{name}”已登记，请勿重复添加。"
    if not 2 <= data.seats <= 500:
        wrong["seats"] = "座位数应为2至500。"
    if any(day not in set("1234567") for day in data.days):
        wrong["days"] = "请从列表中选择星期。"
    try:
        hours = opening("".join(data.days), data.hours)
    except ValueError:
        wrong["hours"] = "请写成“09:00-12:00,13:30-17:30”，以整点或半点起止，先后不重叠。"
    if wrong:
        raise BadInput(WRONG, wrong)
    room.name, room.address, room.seats = name, data.address, data.seats
    room.accessible, room.video, room.closed, room.note = data.accessible, data.video, data.closed, data.note or ""
    room.days, room.hours = hours.days, written(hours.hours)


def _body(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """The body, where this person keeps its rooms."""
    roles = roles_of("keep_rooms")
    if not actor.has(*roles):
        raise Forbidden("调解室由主管或管理员维护。")
    query = select(Organisation).where(Organisation.id == organisation_id, stands_within(actor, *roles))
    if (found := session.scalars(query).one_or_none()) is None:
        raise NotFound("没有这个单位，或者不在您的管理范围内。")
    return found


def _note(
    session: Session, runtime: Runtime, room: MeetingRoom, event: str, data: RoomIn, key: str, actor: Actor
) -> None:
    path = session.scalars(select(Organisation.path).where(Organisation.id == room.organisation_id)).one()
    role = next(role for role in roles_of("keep_rooms") if role in actor.roles_at(path))
    told: dict[str, Any] = {"room": room.id, **data.model_dump(mode="json")}
    now = runtime.clock.now()
    note_outside_cases(session, room.organisation_id, event, told, actor=actor, role=role, at=now, key=key)


def _done_before(session: Session, key: str) -> int | None:
    """The room that a request with this key was about."""
    query = select(AuditEntry.payload).where(AuditEntry.idempotency_key == key)
    payload = session.scalar(query)
    return None if payload is None else int(_room_in(payload))


def _room_in(payload: str) -> int:
    return int(json.loads(payload).get("room", 0))


_ROOM: Any = (
    select(MeetingRoom, Organisation.name)
    .join(Organisation, Organisation.id == MeetingRoom.organisation_id)
    .order_by(Organisation.path, MeetingRoom.name)
)


def rooms_seen(session: Session, actor: Actor) -> Sequence[Room]:
    """The rooms of the bodies where the actor works, of those below, and of those above, which are open to them."""
    above = [path[: i + 1] for path in actor.paths() for i, letter in enumerate(path) if letter == "/" and i]
    query = _ROOM.where(or_(stands_within(actor), Organisation.path.in_(above)))
    return [_room(*row) for row in session.execute(query)]


def rooms_for(session: Session, path: str) -> Sequence[Room]:
    """Open to cases of the body with this path: its own rooms and those of the bodies above, the nearest first."""
    chain = [path[: i + 1] for i, letter in enumerate(path) if letter == "/" and i]
    query = _ROOM.where(Organisation.path.in_(chain), MeetingRoom.closed.is_(False))
    found = [_room(*row) for row in session.execute(query)]
    return found[::-1] if len(chain) > 1 else found


def kept_rooms(session: Session, actor: Actor) -> Sequence[int]:
    """The rooms that this person may change."""
    query = (
        select(MeetingRoom.id)
        .join(Organisation, Organisation.id == MeetingRoom.organisation_id)
        .where(stands_within(actor, *roles_of("keep_rooms")))
    )
    return list(session.scalars(query))


def bodies_kept(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    """(id, name) of the bodies to which this person may add rooms."""
    query = select(Organisation.id, Organisation.name).where(
        stands_within(actor, *roles_of("keep_rooms")), Organisation.closed_on.is_(None)
    )
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.path))]


def _room(room: MeetingRoom, organisation: str) -> Room:
    same = ("id", "organisation_id", "name", "address", "seats", "accessible", "video", "days", "hours", "note")
    told = {name: getattr(room, name) for name in same}
    return Room(organisation=organisation, closed=room.closed, revision=room.revision, **told)
