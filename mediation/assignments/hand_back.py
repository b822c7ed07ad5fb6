"""What the clock does about hand-overs: go on with a long one, and give back when an absence is over."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.change import changing
from ..cases.models import Proceeding
from ..people.actor import CLOCK, Actor, load_actor
from ..runtime import Runtime
from .changing_hands import change_hands, path_of, tell_unread
from .models import HandOver, HandOverItem
from .signing import ask_to_sign


def unfinished(session: Session, today: date) -> tuple[Sequence[int], Sequence[int]]:
    """Lists with a batch still to move, and absences whose day of return has come."""
    going = session.scalars(select(HandOver.id).where(HandOver.finished_at.is_(None)).order_by(HandOver.id)).all()
    back = select(HandOver.id).where(
        HandOver.finished_at.is_not(None), HandOver.returned_at.is_(None), HandOver.back_on <= today
    )
    return going, session.scalars(back.order_by(HandOver.id)).all()


def give_back(session: Session, runtime: Runtime, id: int) -> int:
    """The absence is over: what is still open and still with the receiver lies with the giver again; how many."""
    row = session.get_one(HandOver, id, with_for_update=True)
    if row.returned_at is not None:
        return 0
    items = session.scalars(
        select(HandOverItem)
        .where(HandOverItem.hand_over_id == id, HandOverItem.moved_at.is_not(None), HandOverItem.returned_at.is_(None))
        .order_by(HandOverItem.case_id, HandOverItem.id)
    ).all()
    giver = load_actor(session, row.giver_id, runtime.clock.today())
    back = sum(_give_back(session, runtime, row, item, giver) for item in items)
    row.returned_at = runtime.clock.now()
    if back:
        receivers = {item.receiver_id for item in items if item.returned_at}
        ask_to_sign(session, id, "back", (row.giver_id, *sorted(receivers)), row.returned_at)
    session.flush()
    return back


def _give_back(session: Session, runtime: Runtime, row: HandOver, item: HandOverItem, giver: Actor) -> bool:
    if item.role not in giver.roles_at(path_of(session, item.case_id)):
        item.stayed = f"{giver.name}已不在该单位任{runtime.title('roles', item.role)}，仍由接收人承办。"
        return False
    proceeding = session.get_one(Proceeding, item.proceeding_id)
    if proceeding.ended_at is not None:
        item.stayed = "离岗期间已经办结。"
        return False
    with changing(
        session,
        runtime,
        item.case_id,
        "hand_back",
        {"hand_over": row.id, "proceeding": item.proceeding_id},
        revision=None,
        key=f"handback:{row.id}:{item.id}",
        actor=CLOCK,
        bumps=False,
    ) as change:
        if change.repeated is None:
            moved = change_hands(session, runtime, item.proceeding_id, item.role, item.receiver_id, row.giver_id)
            change.result["handed_back"] = {"proceeding": item.proceeding_id, "moved": moved, "to": row.giver_id}
            if not moved:
                item.stayed = "离岗期间已另行指派他人。"
                return False
            tell_unread(session, runtime, item, item.receiver_id, row.giver_id)
            item.returned_at = runtime.clock.now()
    return True
