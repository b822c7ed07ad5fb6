"""Who cannot come when: a colleague's own times, told by themselves; a party's times and wishes, noted in the case."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..cases.change import Change, changing
from ..cases.models import AuditEntry, Party
from ..engine.ask_types import Instant, Integer, Text
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.rights import role_for, roles_of
from ..runtime import Runtime
from .models import BusyTime, PartyTime

WRONG = "填写的内容有误，请按提示修改。"
LONGEST_DAYS = 366


class BusyIn(BaseModel):
    """A stretch of time in which one cannot be booked."""

    model_config = ConfigDict(extra="forbid", title="不能安排的时间")

    from_at: Instant = Field(title="自")
    until_at: Instant = Field(title="至")
    note: Text | None = Field(default=None, title="说明（仅本人可见）", max_length=200)


class PartyTimeIn(BaseModel):
    """Hours in which a party cannot come; a wish in words where no hours are told."""

    model_config = ConfigDict(extra="forbid", title="当事人的时间")

    party: Integer = Field(title="当事人")
    from_at: Instant | None = Field(default=None, title="不能来：自")
    until_at: Instant | None = Field(default=None, title="至")
    note: Text | None = Field(default=None, title="愿望或说明", max_length=500)


@dataclass(frozen=True, slots=True)
class BusyRow:
    id: int
    from_at: datetime
    until_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class PartyTimeRow:
    """Without hours it is a wish."""

    id: int
    party_id: int
    party: str
    from_at: datetime | None
    until_at: datetime | None
    note: str


def add_busy(session: Session, runtime: Runtime, data: BusyIn, *, key: str, actor: Actor) -> int:
    """One's own; its id. What is booked already stays and shows as colliding."""
    role = _own(actor)
    if (first := _first_time(session, key)) is not None:
        return first
    _in_order(data.from_at, data.until_at)
    row = BusyTime(
        person_id=actor.person_id or 0,
        from_at=data.from_at,
        until_at=data.until_at,
        note=data.note or "",
        added_at=runtime.clock.now(),
    )
    session.add(row)
    session.flush()
    _note(session, runtime, "add_busy_time", {"busy": row.id, **_hours(data)}, role, key, actor)
    return row.id


def remove_busy(session: Session, runtime: Runtime, busy_id: int, *, key: str, actor: Actor) -> None:
    role = _own(actor)
    row = session.get(BusyTime, busy_id, with_for_update=True)
    if row is None or row.person_id != actor.person_id:
        raise NotFound("没有这一段时间，请从“我的时间”页面进入。")
    if row.removed_at is None and _first_time(session, key) is None:
        row.removed_at = runtime.clock.now()
        session.flush()
        _note(session, runtime, "remove_busy_time", {"busy": row.id}, role, key, actor)


def busy_of(session: Session, runtime: Runtime, person_id: int) -> Sequence[BusyRow]:
    """What is still to come of one's own."""
    query = select(BusyTime).where(
        BusyTime.person_id == person_id, BusyTime.removed_at.is_(None), BusyTime.until_at > runtime.clock.now()
    )
    return [BusyRow(b.id, b.from_at, b.until_at, b.note) for b in session.scalars(query.order_by(BusyTime.from_at))]


def add_party_time(
    session: Session, runtime: Runtime, case_id: int, data: PartyTimeIn, *, key: str, actor: Actor
) -> Change:
    """It collides with nothing; `result.time` is its id."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(
        session, runtime, case_id, "party_time", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            made.result["time"] = _add(session, runtime, case_id, data)
    return made


def _add(session: Session, runtime: Runtime, case_id: int, data: PartyTimeIn) -> int:
    party = session.get(Party, data.party)
    if party is None or party.case_id != case_id or party.left_on is not None:
        raise BadInput(WRONG, {"party": "请从本案当事人中选择。"})
    if (data.from_at is None) != (data.until_at is None):
        raise BadInput(WRONG, {"until_at": "起止时间要么都填，要么都不填。"})
    if data.from_at is None and data.note is None:
        raise BadInput(WRONG, {"note": "请填写不能来的时间，或者写明愿望。"})
    if data.from_at is not None and data.until_at is not None:
        _in_order(data.from_at, data.until_at)
    row = PartyTime(
        case_id=case_id,
        party_id=party.id,
        from_at=data.from_at,
        until_at=data.until_at,
        note=data.note or "",
        added_at=runtime.clock.now(),
    )
    session.add(row)
    session.flush()
    return row.id


def remove_party_time(
    session: Session, runtime: Runtime, case_id: int, time_id: int, *, key: str, actor: Actor
) -> Change:
    given = {"removed": time_id}
    with changing(
        session, runtime, case_id, "party_time", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            row = session.get(PartyTime, time_id)
            if row is None or row.case_id != case_id:
                raise NotFound("本案没有登记这一段时间。")
            row.removed_at = row.removed_at or runtime.clock.now()
    return made


def party_times(session: Session, case_id: int) -> Sequence[PartyTimeRow]:
    """What the parties of a case have said, the newest last."""
    query = (
        select(PartyTime, Party.name)
        .join(Party, Party.id == PartyTime.party_id)
        .where(PartyTime.case_id == case_id, PartyTime.removed_at.is_(None), Party.left_on.is_(None))
        .order_by(PartyTime.id)
    )
    return [PartyTimeRow(t.id, t.party_id, name, t.from_at, t.until_at, t.note) for t, name in session.execute(query)]


def _in_order(from_at: datetime, until_at: datetime) -> None:
    if until_at <= from_at:
        raise BadInput(WRONG, {"until_at": "结束时间应晚于开始时间。"})
    if (until_at - from_at).days > LONGEST_DAYS:
        raise BadInput(WRONG, {"until_at": "一段时间不能超过一年。"})


def _own(actor: Actor) -> str:
    """The role in which somebody keeps their own times."""
    role = role_for("own_times", {grant.role for grant in actor.grants})
    if actor.person_id is None or role is None:
        raise Forbidden("只有本单位人员可以登记自己的时间。")
    return role


def _hours(data: BusyIn) -> dict[str, Any]:
    return {"from_at": data.from_at.isoformat(), "until_at": data.until_at.isoformat()}


def _first_time(session: Session, key: str) -> int | None:
    payload = session.scalar(select(AuditEntry.payload).where(AuditEntry.idempotency_key == key))
    return None if payload is None else int(json.loads(payload).get("busy", 0))


def _note(
    session: Session, runtime: Runtime, what: str, payload: dict[str, Any], role: str, key: str, actor: Actor
) -> None:
    grant = next(g for g in actor.grants if g.role == role)
    assert role in roles_of("own_times")
    note_outside_cases(
        session, grant.organisation_id, what, payload, actor=actor, role=role, at=runtime.clock.now(), key=key
    )
