"""Handing over everything that lies with somebody, in batches that can be resumed; and giving it back.

Each case moves in one transaction's audit entry with a key of its own, so that a batch tried twice moves nothing twice.
Reminders name roles, not people: whoever answers for the case when one is due gets it. What the giver had been told
and not read goes to the receiver's inbox at once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..cases.change import changing
from ..engine.ask_types import Day, LongText
from ..errors import BadInput, Forbidden, MediationError, NotFound, Refusal, Refused
from ..people.actor import Actor, load_actor
from ..runtime import Runtime
from .changing_hands import change_hands, path_of, tell_unread
from .holdings import Holding, held
from .models import HandOver, HandOverItem
from .signing import ask_to_sign, one_list
from .suggesting import barred

BATCH = 200
"""Procedures moved in one transaction."""


class HandOverIn(BaseModel):
    """Who gives everything away, why, and whether it comes back."""

    model_config = ConfigDict(extra="forbid", title="移交")

    giver: int = Field(title="移交人")
    kind: str = Field(title="情形", pattern="^(absence|leaving)$")
    reason: LongText = Field(title="原因", max_length=500)
    back_on: Day | None = Field(default=None, title="返岗日期")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a hand-over is. `refused` could not go to whom was chosen."""

    id: int
    items: int
    moved: int
    refused: int
    finished: bool


def hand_over(
    session: Session,
    runtime: Runtime,
    data: HandOverIn,
    receivers: Mapping[int, int],
    *,
    key: str,
    actor: Actor,
    batch: int = BATCH,
) -> Progress:
    """Write the list and move the first batch. `receivers`: procedure → person, for every procedure that is held.

    Raises Forbidden (no supervisor), BadInput (nobody chosen for something; no day of return for an absence).
    """
    again = session.scalar(select(HandOver.id).where(HandOver.idempotency_key == key))
    if again is not None:
        return progress(session, one_list(session, again, actor).id)
    _check(runtime, data, actor)
    holdings = held(session, runtime, actor, data.giver)
    _all_chosen(holdings, receivers, data.giver)
    row = _listed(session, runtime, data, holdings, receivers, key, actor)
    return go_on(session, runtime, row.id, actor=actor, batch=batch)


def _check(runtime: Runtime, data: HandOverIn, actor: Actor) -> None:
    if not actor.has("supervisor"):
        raise Forbidden("移交只能由主管办理。")
    if data.kind == "absence" and (data.back_on is None or data.back_on <= runtime.clock.today()):
        raise BadInput("填写的内容有误，请按提示修改。", {"back_on": "暂时离岗的，请填写今天以后的返岗日期。"})
    if data.kind == "leaving" and data.back_on is not None:
        raise BadInput("填写的内容有误，请按提示修改。", {"back_on": "离任的没有返岗日期，请留空或改选暂时离岗。"})


def _all_chosen(holdings: Sequence[Holding], receivers: Mapping[int, int], giver: int) -> None:
    if not holdings:
        raise BadInput("这位同事名下没有未办结的事项，不需要移交。", {"giver": "名下没有未办结的事项。"})
    without = [one for one in holdings if receivers.get(one.proceeding_id) in (None, giver)]
    if without:
        numbers = "、".join(dict.fromkeys(one.number for one in without[:5]))
        sentence = f"还有{len(without)}项没有选定接收人（{numbers}{'等' if len(without) > 5 else ''}），请逐项选定。"
        raise BadInput(sentence, {"receiver": sentence})


def _listed(
    session: Session,
    runtime: Runtime,
    data: HandOverIn,
    holdings: Sequence[Holding],
    receivers: Mapping[int, int],
    key: str,
    actor: Actor,
) -> HandOver:
    now = runtime.clock.now()
    assert actor.person_id is not None
    place = next(grant.organisation_id for grant in actor.grants if grant.role == "supervisor")
    row = HandOver(
        organisation_id=place,
        giver_id=data.giver,
        kind=data.kind,
        reason=data.reason,
        back_on=data.back_on,
        made_by_id=actor.person_id,
        made_at=now,
        idempotency_key=key,
    )
    session.add(row)
    session.flush()
    session.add_all(_item(row.id, one, receivers[one.proceeding_id]) for one in holdings)
    ask_to_sign(session, row.id, "out", (data.giver, *{receivers[one.proceeding_id] for one in holdings}), now)
    told = {**data.model_dump(mode="json"), "hand_over": row.id, "items": len(holdings)}
    note_outside_cases(session, place, "hand_over", told, actor=actor, role="supervisor", at=now)
    session.flush()
    return row


def _item(hand_over_id: int, one: Holding, receiver: int) -> HandOverItem:
    same = ("case_id", "proceeding_id", "role", "next_title", "next_due", "deadlines", "reminders", "orders")
    told = asdict(one)
    return HandOverItem(hand_over_id=hand_over_id, receiver_id=receiver, **{name: told[name] for name in same})


def go_on(session: Session, runtime: Runtime, id: int, *, actor: Actor, batch: int = BATCH) -> Progress:
    """Move the next batch of what has not been tried; whole cases only."""
    row = session.get(HandOver, id, with_for_update=True)
    if row is None:
        raise NotFound("没有这份移交清单。")
    query = select(HandOverItem).where(
        HandOverItem.hand_over_id == id, HandOverItem.moved_at.is_(None), HandOverItem.refused.is_(None)
    )
    of_case: dict[int, list[HandOverItem]] = defaultdict(list)
    for item in session.scalars(query.order_by(HandOverItem.case_id, HandOverItem.id)):
        of_case[item.case_id].append(item)
    tried = 0
    for case_id, items in of_case.items():
        if tried >= batch:
            break
        _move_case(session, runtime, row, case_id, items, actor)
        tried += len(items)
    if tried >= sum(len(items) for items in of_case.values()):
        row.finished_at = row.finished_at or runtime.clock.now()
    session.flush()
    return progress(session, id)


def _move_case(
    session: Session, runtime: Runtime, row: HandOver, case_id: int, items: Sequence[HandOverItem], actor: Actor
) -> None:
    """All that lies with the giver in this case, or nothing of it with the reason why."""
    try:
        with session.begin_nested():
            for item in items:
                _fit(session, runtime, item)
            given = {"hand_over": row.id, "items": [[i.proceeding_id, i.receiver_id] for i in items]}
            receivers = "-".join(str(i.receiver_id) for i in items)
            key = f"handover:{row.id}:{case_id}:{receivers}"[:100]
            with changing(
                session,
                runtime,
                case_id,
                "hand_over",
                given,
                revision=None,
                key=key,
                actor=actor,
                bumps=False,
            ) as change:
                if change.repeated is None:
                    change.result["handed_over"] = [_move(session, runtime, row, item) for item in items]
    except MediationError as error:
        for item in items:
            item.refused = error.sentence


def _fit(session: Session, runtime: Runtime, item: HandOverItem) -> None:
    """The receiver works at that place in that role, and no grave conflict bars them."""
    path = path_of(session, item.case_id)
    today = runtime.clock.today()
    receiver = load_actor(session, item.receiver_id, today)
    if item.role not in receiver.roles_at(path):
        title = runtime.title("roles", item.role)
        raise BadInput(f"{receiver.name}不是该单位在岗的{title}，请另选接收人。")
    if why := barred(session, item.receiver_id, item.case_id, today):
        raise BadInput(f"{receiver.name}须回避：{why}请另选接收人。")


def _move(session: Session, runtime: Runtime, row: HandOver, item: HandOverItem) -> dict[str, int]:
    """From the giver to the receiver, if it still lies with the giver."""
    if not change_hands(session, runtime, item.proceeding_id, item.role, row.giver_id, item.receiver_id):
        raise Refused([Refusal("it_lies_with_the_giver", "这一项已经不在移交人名下，没有移动。")])
    tell_unread(session, runtime, item, row.giver_id, item.receiver_id)
    item.moved_at, item.refused = runtime.clock.now(), None
    return {"proceeding": item.proceeding_id, "from": row.giver_id, "to": item.receiver_id}


def choose_again(
    session: Session, runtime: Runtime, id: int, receivers: Mapping[int, int], *, actor: Actor
) -> Progress:
    """Other receivers for what was refused (item → person); they are tried at once."""
    row = one_list(session, id, actor)
    if not actor.has("supervisor"):
        raise Forbidden("移交只能由主管办理。")
    query = select(HandOverItem).where(HandOverItem.hand_over_id == id, HandOverItem.refused.is_not(None))
    now = runtime.clock.now()
    for item in session.scalars(query):
        if (chosen := receivers.get(item.id)) and chosen != row.giver_id:
            item.receiver_id, item.refused = chosen, None
            ask_to_sign(session, id, "out", (chosen,), now)
    session.flush()
    return go_on(session, runtime, id, actor=actor)


def progress(session: Session, id: int) -> Progress:
    row = session.get_one(HandOver, id)
    rows = session.execute(
        select(HandOverItem.moved_at, HandOverItem.refused).where(HandOverItem.hand_over_id == id)
    ).all()
    moved, refused = sum(r.moved_at is not None for r in rows), sum(r.refused is not None for r in rows)
    return Progress(id, len(rows), moved, refused, row.finished_at is not None)
