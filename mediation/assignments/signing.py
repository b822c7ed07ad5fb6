"""Both sides confirm a hand-over list: in the system, or on paper, which a supervisor then notes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.models import Organisation
from ..runtime import Runtime
from .models import HandOver, HandOverSignature


def one_list(session: Session, id: int, actor: Actor) -> HandOver:
    """The list, for those it concerns: its supervisors, the giver, the receivers. NotFound for everybody else."""
    row = session.get(HandOver, id)
    if row is None or not concerns(session, row, actor):
        raise NotFound("没有这份移交清单，或者您无权查看。")
    return row


def concerns(session: Session, row: HandOver, actor: Actor) -> bool:
    """Whether the actor answers for the place, gives or receives."""
    path = session.scalars(select(Organisation.path).where(Organisation.id == row.organisation_id)).one()
    if "supervisor" in actor.roles_at(path):
        return True
    mine = select(HandOverSignature.id).where(
        HandOverSignature.hand_over_id == row.id, HandOverSignature.person_id == actor.person_id
    )
    return session.scalars(mine).first() is not None


def ask_to_sign(session: Session, id: int, leg: str, people: Sequence[int], at: datetime) -> None:
    """A line for everybody who must confirm, once."""
    there = set(
        session.scalars(
            select(HandOverSignature.person_id).where(
                HandOverSignature.hand_over_id == id, HandOverSignature.leg == leg
            )
        )
    )
    for person in dict.fromkeys(people):
        if person not in there:
            session.add(HandOverSignature(hand_over_id=id, person_id=person, leg=leg, asked_at=at))
    session.flush()


def sign(session: Session, runtime: Runtime, id: int, person_id: int, leg: str, note: str, *, actor: Actor) -> None:
    """The person confirms in the system; or a supervisor notes that the paper was signed. Twice does nothing."""
    row = one_list(session, id, actor)
    query = select(HandOverSignature).where(
        HandOverSignature.hand_over_id == id, HandOverSignature.person_id == person_id, HandOverSignature.leg == leg
    )
    signature = session.scalars(query.with_for_update()).one_or_none()
    if signature is None:
        raise NotFound("这份清单不需要这位同事确认。")
    if signature.signed_at is not None:
        return
    if person_id != actor.person_id:
        if not actor.has("supervisor"):
            raise Forbidden("只能确认自己的移交；代为登记纸质签字的，请由主管办理。")
        if not note.strip():
            raise BadInput("填写的内容有误，请按提示修改。", {"note": "请写明纸质清单何时、怎样签的字。"})
    signature.signed_at, signature.recorded_by_id = runtime.clock.now(), actor.person_id
    signature.note = note.strip()[:500]
    told = {"hand_over": id, "person": person_id, "leg": leg, "note": signature.note}
    role = "supervisor" if actor.has("supervisor") else next(iter(sorted(g.role for g in actor.grants)), "")
    note_outside_cases(
        session, row.organisation_id, "sign_hand_over", told, actor=actor, role=role, at=runtime.clock.now()
    )
