"""Meetings follow their case: recorded as held, called off when it is no longer mediated, handed over with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from ..cases.models import Activity, Proceeding
from ..cases.step import Step
from ..deadlines.models import Deadline
from ..engine.machine import Decision
from ..prepared import Prepared
from ..runtime import Effect, Inverse
from .book import DEADLINE, drop, may_be_held, unwatch
from .free import taken
from .holding import release, take
from .models import Meeting, MeetingPerson
from .slots import free

NO_SHOWS = {"no_show_worker": "worker", "no_show_employer": "employer", "no_show_both": "both"}
"""By the code of the session's result: who did not come."""
HANDED = frozenset(("hand_over", "hand_back", "undo"))
"""Changes of the file after which a case may have another owner or state."""

_BOOKED = Prepared(
    select(Meeting.id)
    .where(Meeting.proceeding_id == bindparam("proceeding"), Meeting.state == bindparam("booked"))
    .order_by(Meeting.starts_at)
)


def booked_ids(step: Step) -> list[int]:
    rows = _BOOKED.rows(step.connection, {"proceeding": step.proceeding_id, "booked": "booked"})
    return [row["id"] for row in rows]


def hold_meeting(step: Step) -> None:
    """The meeting booked for that day was held, or somebody did not come: both are kept as facts."""
    told = step.answers
    rows = [step.session.get_one(Meeting, id) for id in booked_ids(step)]
    that_day = [row for row in rows if row.starts_at.date() == told.held_on]
    same_form = [row for row in that_day if row.form == told.session_form]
    meeting = next(iter(same_form or that_day), None)
    if meeting is None:
        return
    meeting.state, meeting.held_at = "held", step.at
    meeting.no_show = NO_SHOWS.get(told.session_result)
    step.session.flush()
    step.ended.append((DEADLINE, f"meeting:{meeting.id}"))
    _note_hour(step, meeting.starts_at)
    step.before["meeting"] = meeting.id
    step.results["meeting"] = {"id": meeting.id, "no_show": meeting.no_show}


def _note_hour(step: Step, at: datetime) -> None:
    """The entry of the work log stands at the hour that was booked."""
    noted = step.before.get("activities", [])[-1:]
    step.session.execute(update(Activity).where(Activity.id.in_(noted)).values(at=at))


def book_again(step: Step, before: Mapping[str, Any]) -> None:
    """It was not held after all: it stands as booked, with the rooms and people that it kept."""
    if (id := before.get("meeting")) is not None:
        values = {"state": "booked", "held_at": None, "no_show": None}
        step.session.execute(update(Meeting).where(Meeting.id == id).values(values))


EFFECTS: Mapping[str, Effect] = {"hold_meeting": hold_meeting}
UNDOES: Mapping[str, Inverse] = {"hold_meeting": book_again}


def follow_event(step: Step, decision: Decision) -> None:
    """After an event that moved the case or gave it to somebody else."""
    moved = decision.from_state != decision.to_state
    if step.facts.workflow != "dispute" or not (moved or "owner_id" in step.changed):
        return
    ids = booked_ids(step)
    if not ids:
        return
    if moved and not may_be_held(step, decision.to_state):
        title = step.runtime.machine(step.facts.workflow, step.facts.version).definition.states[decision.to_state].title
        _call_off(step, ids, f"案件已转入“{title}”，不再安排调解会。")
    elif "owner_id" in step.changed:
        _hand_on(step, ids, step.changed["owner_id"])


def keep_meetings(step: Step) -> None:
    """After changes of the file that may give the case another owner, or take it back to another state."""
    if step.event not in HANDED or step.facts.workflow != "dispute":
        return
    if step.event == "undo":
        _end_clocks(step)
    if not (ids := booked_ids(step)):
        return
    query = select(Proceeding.state, Proceeding.owner_id).where(Proceeding.id == step.proceeding_id)
    now = step.session.execute(query).one()
    if not may_be_held(step, now.state):
        _call_off(step, ids, "上一步已撤销，案件不在调解中。")
    elif now.owner_id is not None:
        _hand_on(step, ids, now.owner_id)


def _call_off(step: Step, ids: Sequence[int], why: str) -> None:
    """Those still to come. Of one whose hour is over nobody has said how it went, and now nobody can."""
    cancelled = []
    for id in ids:
        meeting = step.session.get_one(Meeting, id)
        if meeting.starts_at > step.at:
            drop(step, meeting, why, papers=False)
            cancelled.append(id)
        else:
            meeting.state = "unrecorded"
            unwatch(step, meeting)
    if cancelled:
        step.results["meetings_cancelled"] = cancelled


def _end_clocks(step: Step) -> None:
    """An undo lets the deadlines run on that its event had closed: not those of meetings that are off."""
    query = select(Deadline.subject).where(
        Deadline.proceeding_id == step.proceeding_id, Deadline.name == DEADLINE, Deadline.closed_at.is_(None)
    )
    for subject in step.session.scalars(query).all():
        meeting = step.session.get(Meeting, int(subject.removeprefix("meeting:")))
        if meeting is not None and meeting.state != "booked":
            unwatch(step, meeting)


def _hand_on(step: Step, ids: Sequence[int], owner: int | None) -> None:
    """The new owner is the host, where they are free; otherwise the meeting says so until somebody decides."""
    if owner is None:
        return
    kept: list[int] = []
    flagged: list[int] = []
    for id in ids:
        meeting = step.session.get_one(Meeting, id)
        if meeting.starts_at <= step.at or _hosts(step, id) == owner:
            continue
        (kept if _take_over(step, meeting, owner) else flagged).append(id)
    if kept or flagged:
        step.results["meetings_handed_over"] = {"moved": kept, "conflict": flagged}


def _hosts(step: Step, id: int) -> int | None:
    query = select(MeetingPerson.person_id).where(MeetingPerson.meeting_id == id, MeetingPerson.host)
    return step.session.scalar(query)


def _take_over(step: Step, meeting: Meeting, owner: int) -> bool:
    old = _hosts(step, meeting.id)
    window = meeting.starts_at, meeting.ends_at
    busy = taken(step.session, people=[owner], rooms=[], case_id=step.case_id, window=window, beside=meeting.id)
    release(step.session, meeting, ("person", owner))
    if not free(busy, ("person", owner), window) or take(step.session, meeting, [("person", owner)]):
        meeting.flag = "host_busy"
        step.session.flush()
        return False
    if old is not None:
        release(step.session, meeting, ("person", old))
    beside = (MeetingPerson.meeting_id == meeting.id, MeetingPerson.person_id.in_([one for one in (old, owner) if one]))
    for row in step.session.scalars(select(MeetingPerson).where(*beside)).all():
        step.session.delete(row)
    step.session.flush()
    step.session.add(MeetingPerson(meeting_id=meeting.id, person_id=owner, host=True))
    meeting.flag, meeting.sequence = None, meeting.sequence + 1
    step.session.flush()
    return True
