"""约、改期、取消调解会: each one transaction of the case with its audit entry, papers, reminders and what it holds."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.models import Case
from ..cases.schedule import ENDED, open_one
from ..cases.step import Step
from ..deadlines.run import close_deadline
from ..engine.ask_types import LongText
from ..errors import NotFound, Refusal, Refused
from ..people.actor import Actor
from ..people.colleagues import names_of
from ..reminders.notices import tell
from ..reminders.plan import cancel_deadlines
from ..runtime import Runtime
from .asked import MeetingIn, Plan, doubts, last_day, planned
from .free import taken
from .holding import release, take
from .models import Meeting, MeetingPerson, MeetingRoom
from .notices import announce, call_off, hours
from .slots import Busy, Who, free

DEADLINE = "meeting_day"
KEPT_TABLES: Mapping[str, tuple[str, ...]] = {"meetings": ("meets_on",)}
"""The table that definitions name in `each` and whose deadlines are written here."""
HELD_BY = "hold_session"
"""The event that records a meeting; where it cannot happen, none can be booked."""


class CancelIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="取消调解会")

    reason: LongText = Field(title="原因", max_length=400)


def book_meeting(
    session: Session, runtime: Runtime, case_id: int, data: MeetingIn, *, key: str, actor: Actor
) -> Change:
    """`result.meeting` is its id. Refused where somebody or something is taken, or doubts are not confirmed."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(
        session, runtime, case_id, "book_meeting", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            step = made.step
            meeting = Meeting(
                case_id=case_id,
                proceeding_id=step.proceeding_id,
                state="booked",
                uid=str(uuid4()),
                sequence=0,
                booked_by_id=actor.person_id,
                booked_at=step.at,
            )
            _place(step, meeting, data)
            made.result |= {"meeting": meeting.id}
    return made


def move_meeting(
    session: Session, runtime: Runtime, case_id: int, meeting_id: int, data: MeetingIn, *, key: str, actor: Actor
) -> Change:
    """Another time, place or people: the old notices are void, new ones are written, the calendar entry moves."""
    given = {"meeting": meeting_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(
        session, runtime, case_id, "move_meeting", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            meeting = booked(session, case_id, meeting_id)
            made.result["before"] = {"starts_at": meeting.starts_at.isoformat(), "room": meeting.room_id}
            meeting.sequence += 1
            _place(made.step, meeting, data)
            made.result |= {"meeting": meeting.id}
    return made


def cancel_meeting(
    session: Session, runtime: Runtime, case_id: int, meeting_id: int, data: CancelIn, *, key: str, actor: Actor
) -> Change:
    given = {"meeting": meeting_id, **data.model_dump()}
    with changing(
        session, runtime, case_id, "cancel_meeting", given, revision=None, key=key, actor=actor, bumps=False
    ) as made:
        if made.repeated is None:
            drop(made.step, booked(session, case_id, meeting_id), data.reason, papers=True)
            made.result |= {"meeting": meeting_id}
    return made


def booked(session: Session, case_id: int, meeting_id: int) -> Meeting:
    """The meeting of this case, locked; Refused where it is over."""
    meeting = session.get(Meeting, meeting_id, with_for_update=True)
    if meeting is None or meeting.case_id != case_id:
        raise NotFound("本案没有这次调解会。")
    if meeting.state != "booked":
        over = "已经开过" if meeting.state == "held" else "已经取消"
        raise Refused([Refusal("still_booked", f"这次调解会{over}，不能再改；需要时另约一次。")])
    return meeting


def _place(step: Step, meeting: Meeting, data: MeetingIn) -> None:
    """Judge, write, take what it needs, tell everybody."""
    host = step.facts.owner_id
    if host is None:
        raise Refused([Refusal("has_a_mediator", "本案还没有调解员，请先指派调解员再约调解会。")])
    if not may_be_held(step):
        raise Refused([Refusal("can_be_mediated", "案件现在不在调解中，不能约调解会；受理之后再约。")])
    plan = planned(step.session, step.runtime, step.case_id, step.facts.path, host, data)
    _judge(step, plan, meeting.id)
    _write(step, meeting, plan)
    wanted: list[Who] = [("person", id) for id in plan.people]
    release(step.session, meeting)
    lost = take(step.session, meeting, [*wanted, *([("room", plan.room.id)] if plan.room else [])])
    if lost:
        raise Refused(_collisions(step.session, plan, lost))
    watch(step, meeting)
    announce(step, meeting, plan.parties)
    _tell_colleagues(step, meeting, plan.people)


def may_be_held(step: Step, state: str | None = None) -> bool:
    """Whether a meeting could be recorded in this state of the case."""
    definition = step.runtime.machine(step.facts.workflow, step.facts.version).definition
    event = definition.events.get(HELD_BY)
    return event is not None and (state or step.facts.state) in event.from_


def _judge(step: Step, plan: Plan, beside: int | None) -> None:
    room = [plan.room.id] if plan.room else []
    busy = taken(step.session, people=plan.people, rooms=room, case_id=step.case_id, window=plan.stretch, beside=beside)
    if lost := _taken(plan, busy):
        raise Refused(_collisions(step.session, plan, lost))
    unsure = doubts(plan, busy, step.runtime, last_day(step.session, step.proceeding_id))
    if unsure and not plan.data.confirmed:
        last = "如果仍然要这样约，请勾选“已知上述情况，仍然这样约”后再提交。"
        raise Refused([Refusal("doubt", sentence) for sentence in (*unsure, last)])


def _taken(plan: Plan, busy: Busy) -> list[Who]:
    wanted: list[Who] = [("person", id) for id in plan.people]
    wanted += [("room", plan.room.id)] if plan.room else []
    return [who for who in wanted if not free(busy, who, plan.stretch)]


def _collisions(session: Session, plan: Plan, lost: Sequence[Who]) -> list[Refusal]:
    names = names_of(session, [id for kind, id in lost if kind == "person"])
    return [
        Refusal("nobody_twice", f"{names[id]}这个时间已有安排，请另选时间。")
        if kind == "person"
        else Refusal("no_room_twice", f"“{plan.room.name if plan.room else ''}”这个时间已被约走，请另选时间或地点。")
        for kind, id in lost
    ]


def _write(step: Step, meeting: Meeting, plan: Plan) -> None:
    data, session = plan.data, step.session
    meeting.starts_at, meeting.ends_at, meeting.form = data.starts_at, plan.ends_at, data.form
    meeting.room_id = plan.room.id if plan.room else None
    meeting.place, meeting.video_link = data.place or "", data.video_link or ""
    meeting.interpreter, meeting.note = data.interpreter or "", data.note or ""
    meeting.accessible, meeting.flag = plan.accessible, None
    session.add(meeting)
    session.flush()
    session.execute(delete(MeetingPerson).where(MeetingPerson.meeting_id == meeting.id))
    for id in plan.people:
        session.add(MeetingPerson(meeting_id=meeting.id, person_id=id, host=id == plan.people[0]))
    session.flush()


def watch(step: Step, meeting: Meeting) -> None:
    """The day of the meeting as a deadline of the case: reminders before it, and after it somebody asks how it went."""
    unwatch(step, meeting)
    definition = step.runtime.machine(step.facts.workflow, step.facts.version).definition
    rule = definition.deadlines.get(DEADLINE)
    if rule is None:
        return
    room = step.session.get(MeetingRoom, meeting.room_id) if meeting.room_id else None
    label = f"{hours(meeting)}{f'，{room.name}' if room else ''}"
    why = f"已约定{meeting.starts_at:%Y-%m-%d} {label}；开会前一天请按约定的方式再提醒双方当事人，开会当天登记结果。"
    open_one(step, rule, meeting.starts_at.date(), f"meeting:{meeting.id}", label, why)


def unwatch(step: Step, meeting: Meeting) -> None:
    subject = f"meeting:{meeting.id}"
    closed = close_deadline(step.connection, step.proceeding_id, DEADLINE, subject, step.event, step.at)
    if closed:
        cancel_deadlines(step.connection, closed, step.at, ENDED)


def drop(step: Step, meeting: Meeting, why: str, *, papers: bool) -> None:
    """It will not take place: free what it held, void the notices, tell colleagues and parties."""
    meeting.state, meeting.cancelled_at, meeting.cancelled_why = "cancelled", step.at, why[:500]
    meeting.sequence += 1
    step.session.flush()
    release(step.session, meeting)
    unwatch(step, meeting)
    call_off(step, meeting, papers=papers)
    _tell_colleagues(step, meeting, people_of(step.session, meeting))


def people_of(session: Session, meeting: Meeting) -> list[int]:
    """The host first."""
    query = select(MeetingPerson.person_id).where(MeetingPerson.meeting_id == meeting.id)
    return list(session.scalars(query.order_by(MeetingPerson.host.desc(), MeetingPerson.id)))


def _tell_colleagues(step: Step, meeting: Meeting, people: Sequence[int]) -> None:
    """A line in the inbox of everybody who comes and has not done this themselves. It names no party."""
    words = {"cancelled": "调解会取消"}.get(meeting.state, "调解会改期" if meeting.sequence else "调解会安排")
    when = f"{meeting.starts_at:%Y-%m-%d} {hours(meeting)}"
    told: Any = [id for id in people if id != step.actor.person_id]
    body = meeting.cancelled_why or "时间地点见案件页面；通知书已生成，请送达双方。"
    key = f"meeting-{meeting.id}-{meeting.sequence}"
    tell(step.session, told, f"【{words}】{case_number(step)} {when}", body, key=key, at=step.at, case_id=step.case_id)


def case_number(step: Step) -> str:
    return step.session.scalars(select(Case.number).where(Case.id == step.case_id)).one()
