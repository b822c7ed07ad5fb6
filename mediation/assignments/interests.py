"""Declaring whom one is close to, so that conflicts are found before a case is opened."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..cases.models import AuditEntry
from ..engine.ask_types import Day, Text
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.identity import clean_name
from ..people.models import Employer, Interest
from ..runtime import Runtime


class InterestIn(BaseModel):
    """Somebody the person is or was close to. A known employer is found by its name or its code."""

    model_config = ConfigDict(extra="forbid", title="利害关系")

    kind: Text = Field(title="种类")
    name: Text = Field(title="单位或个人", max_length=200)
    note: Text | None = Field(default=None, title="说明")
    from_on: Day | None = Field(default=None, title="自")
    until_on: Day | None = Field(default=None, title="至")


@dataclass(frozen=True, slots=True)
class InterestRow:
    """One declared interest. `known`: it was matched with an employer on record."""

    id: int
    kind: str
    name: str
    note: str
    from_on: date | None
    until_on: date | None
    known: bool


def declare_interest(session: Session, runtime: Runtime, data: InterestIn, *, key: str, actor: Actor) -> int:
    """Declare one for oneself; its id. BadInput for an unknown kind or days in the wrong order."""
    if actor.person_id is None or not actor.grants:
        raise Forbidden("只有本单位人员可以申报利害关系。")
    if (first := _first_time(session, key)) is not None:
        return first
    if data.kind not in runtime.codes["interest_kinds"]:
        raise BadInput("请选择种类。", {"kind": "不在可选范围内，请从列表中选择。"})
    if data.from_on and data.until_on and data.until_on < data.from_on:
        raise BadInput("起止日期不对。", {"until_on": "不能早于起始日期。"})
    row = Interest(
        person_id=actor.person_id,
        employer_id=_employer(session, data.name),
        declared_at=runtime.clock.now(),
        declared_by_id=actor.person_id,
        **{**data.model_dump(), "note": data.note or ""},
    )
    session.add(row)
    session.flush()
    _note(session, runtime, "declare_interest", {"interest": row.id, **data.model_dump(mode="json")}, key, actor)
    return row.id


def end_interest(
    session: Session, runtime: Runtime, interest_id: int, until_on: date, *, key: str, actor: Actor
) -> None:
    """It is over; the row stays, because a past interest is still told."""
    if _first_time(session, key) is not None:
        return
    row = session.get(Interest, interest_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound("没有这项申报。")
    if row.from_on and until_on < row.from_on:
        raise BadInput("起止日期不对。", {"until_on": "不能早于起始日期。"})
    row.until_on = until_on
    _note(session, runtime, "end_interest", {"interest": row.id, "until_on": until_on.isoformat()}, key, actor)


def interests_of(session: Session, person_id: int) -> Sequence[InterestRow]:
    """What this person has declared, the newest first."""
    query = select(Interest).where(Interest.person_id == person_id).order_by(Interest.id.desc())
    return [
        InterestRow(i.id, i.kind, i.name, i.note, i.from_on, i.until_on, i.employer_id is not None)
        for i in session.scalars(query)
    ]


def _first_time(session: Session, key: str) -> int | None:
    """The interest that this key was about, where it was used before."""
    payload = session.scalar(select(AuditEntry.payload).where(AuditEntry.idempotency_key == key))
    return None if payload is None else int(json.loads(payload)["interest"])


def _employer(session: Session, name: str) -> int | None:
    clean = clean_name(name)
    matches = select(Employer.id).where((Employer.name == clean) | (Employer.uscc == clean.upper()))
    return session.scalars(matches.order_by(Employer.id)).first()


def _note(session: Session, runtime: Runtime, what: str, payload: dict[str, object], key: str, actor: Actor) -> None:
    grant = actor.grants[0]
    note_outside_cases(
        session,
        grant.organisation_id,
        what,
        payload,
        actor=actor,
        role=grant.role,
        at=runtime.clock.now(),
        key=key,
    )
