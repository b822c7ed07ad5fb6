"""What must be done today: the cases of one person by harm and urgency, whose turn it is, and what others changed.

A case is as urgent as its nearest running deadline. Filtered, sorted and counted in the database; for each line shown,
and for no other, the next step is judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from ..cases.access import roles_in
from ..cases.dues import Due, as_due, overdue, running
from ..cases.facts import Facts
from ..cases.history import title_of
from ..cases.models import UNDONE, AuditEntry, Case, Proceeding
from ..cases.queries import listed_names, party_names, state_of, visible
from ..cases.urgency import LIVE, main
from ..deadlines.models import Deadline
from ..engine.definition import Event
from ..engine.machine import may_fire
from ..engine.oversight import Harm
from ..law.periods import Period
from ..people.actor import Actor
from ..people.models import Account, Organisation, Person, WebSession
from ..runtime import Runtime
from .harm import judged

Turn = Literal["mine", "others", "nobody"]
Order = Literal["harm", "day", "moved"]
Urgency = Literal["now", "days", "week", "later", "open"]

URGENCIES: tuple[Urgency, ...] = ("now", "days", "week", "later", "open")
"""Red or late; within three days or behind our own aim; within a week; later; without a day."""
CLOCKS = ("limitation", "advance_aid")
"""Clocks of the demands, which run beside the work and set no next step."""
OURS = ("调解", "工会", "主管", "承办", "律师", "法律援助", "预警", "现场负责人", "区或街道")
"""Words by which a period's `who` names somebody of the house; all others are waited for."""
DAYS, WEEK = timedelta(days=3), timedelta(days=7)
FIRST_LOOK = timedelta(days=1)
"""How far back "since your last visit" reaches for somebody who was never here."""


@dataclass(frozen=True, slots=True)
class Task:
    """One case. `turn`: mine; of others; nobody's (no deadline runs). `awaits`: who else has to act, in my turn whom to
    press. `step`: the ordinary one, when it is live now; `wanting`: there is one, but it is barred."""

    case_id: int
    number: str
    workers: str
    employers: str
    cause: str
    owner: str | None
    proceeding_id: int
    procedure: str
    """Title of the procedure that is about to act, where it is not the main one."""
    state: str
    turn: Turn
    awaits: str
    urgency: Urgency
    harms: tuple[Harm, ...]
    due: Due | None
    days_left: int
    """Working days until the day; negative when it has passed."""
    step: Event | None
    wanting: bool


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A stretch of the list, and how many cases each turn has."""

    rows: tuple[Task, ...]
    counts: Mapping[Turn, int]
    total: int


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that somebody else, or the clock, did in a case of mine."""

    case_id: int
    number: str
    title: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the lines of one page are made with."""

    session: Session
    runtime: Runtime
    actor: Actor
    names: Mapping[tuple[int, str], Sequence[str]]
    harms: tuple[str, ...]


_acting = aliased(Proceeding)
_nearest = (
    select(Deadline.id)
    .where(Deadline.case_id == Case.id, running(), Deadline.name.not_in(CLOCKS))
    .order_by(Deadline.legal_due, Deadline.id)
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)


def tasks(
    session: Session,
    runtime: Runtime,
    actor: Actor,
    *,
    turn: Turn | None = None,
    order: Order = "harm",
    offset: int = 0,
    limit: int = 15,
) -> TaskPage:
    """The live cases that lie with this person, or that they registered and nobody has yet."""
    now = runtime.clock.now()
    whose, urgency = _turn(runtime, actor, now), _urgency(now)
    mine = (
        _mine(actor)
        .outerjoin(Deadline, Deadline.id == _nearest)
        .outerjoin(_acting, _acting.id == Deadline.proceeding_id)
    )
    counted = mine.with_only_columns(whose, func.count(Case.id)).group_by(whose)
    counts: dict[Any, int] = {name: int(count) for name, count in session.execute(counted)}
    harm = judged(runtime.oversight, now, outside=True)
    by: Mapping[Order, tuple[Any, ...]] = {
        "harm": (urgency, harm.score.desc()),
        "day": (),
        "moved": (func.coalesce(_acting.state_since, main.state_since).desc(),),
    }
    wanted = mine if turn is None else mine.where(whose == turn)
    query = (
        wanted.outerjoin(Person, Person.id == func.coalesce(_acting.owner_id, main.owner_id))
        .with_only_columns(Case, main, _acting, Deadline, Person.name, whose, urgency, *harm.columns)
        .order_by(*by[order], Deadline.legal_due.is_(None), Deadline.legal_due, Case.id)
        .offset(offset)
        .limit(limit)
    )
    found = session.execute(query).all()
    names = party_names(session, [row[0].id for row in found])
    shown = _Shown(session, runtime, actor, names, harm.names)
    rows = tuple(_task(shown, row[7:], *row[:7]) for row in found)
    return TaskPage(rows, counts, sum(counts.values()) if turn is None else counts.get(turn, 0))


def last_visit(session: Session, person_id: int, now: datetime, csrf_token: str) -> datetime:
    """When this person was last here, in another session than the present one."""
    query = (
        select(
            func.max(func.coalesce(WebSession.last_seen_at, WebSession.created_at), type_=WebSession.created_at.type)
        )
        .join(Account, Account.id == WebSession.account_id)
        .where(Account.person_id == person_id, WebSession.csrf_token != csrf_token)
    )
    return session.scalar(query) or now - FIRST_LOOK


def changed_since(
    session: Session, runtime: Runtime, actor: Actor, since: datetime, *, limit: int = 10
) -> tuple[Change, ...]:
    """What others did in this person's live cases since then, the latest first."""
    cases = _mine(actor).with_only_columns(Case.id)
    query = (
        select(
            AuditEntry.event, AuditEntry.at, Case.id, Case.number, Proceeding.workflow, Proceeding.version, Person.name
        )
        .join(Proceeding, Proceeding.id == AuditEntry.proceeding_id)
        .join(Case, Case.id == Proceeding.case_id)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            Case.id.in_(cases),
            AuditEntry.at > since,
            AuditEntry.actor_id.is_distinct_from(actor.person_id),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    return tuple(
        Change(case_id, number, _title(runtime, workflow, version, event), by or "系统时钟", at)
        for event, at, case_id, number, workflow, version, by in session.execute(query)
    )


def _title(runtime: Runtime, workflow: str, version: int, event: str) -> str:
    machine = runtime.machines.get((workflow, version))
    return title_of(machine.definition, event) if machine else event


def _mine(actor: Actor) -> Select[Any]:
    """By the index of the owners first: a person's cases are few, however many the house has."""
    held, free = aliased(Proceeding), aliased(Proceeding)
    registered = aliased(Case)
    mine = union(
        select(held.case_id).where(held.owner_id == actor.person_id),
        select(free.case_id)
        .join(registered, registered.id == free.case_id)
        .where(
            free.workflow == "dispute",
            free.owner_id.is_(None),
            free.ended_at.is_(None),
            registered.registered_by_id == actor.person_id,
        ),
    )
    return (
        select(Case)
        .join(main, and_(main.case_id == Case.id, main.workflow == "dispute"))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(Case.id.in_(mine), LIVE, visible(actor))
    )


def _urgent(now: datetime) -> ColumnElement[bool]:
    return or_(and_(Case.risk_level == "red", main.ended_at.is_(None)), overdue(now))


def _soon(now: datetime) -> ColumnElement[bool]:
    return or_(Deadline.legal_due <= now.date() + DAYS, Deadline.target_on < now.date())


def _urgency(now: datetime) -> ColumnElement[int]:
    """The place in URGENCIES."""
    return case(
        (_urgent(now), 0),
        (_soon(now), 1),
        (Deadline.legal_due <= now.date() + WEEK, 2),
        (Deadline.id.is_not(None), 3),
        else_=4,
    )


def _turn(runtime: Runtime, actor: Actor, now: datetime) -> ColumnElement[str]:
    """Late or red is always ours to press; an agreed day is the other side's to keep."""
    outside = Deadline.period.in_([id for id, versions in runtime.law.periods.items() if not _ours(versions)])
    theirs = or_(outside, Deadline.period.is_(None), _others_act(runtime, actor))
    return case(
        (_urgent(now), "mine"),
        (Deadline.id.is_(None), "nobody"),
        (theirs, "others"),
        else_="mine",
    )


def _ours(versions: Sequence[Period]) -> bool:
    who = versions[-1].who or ""
    return not who or any(word in who for word in OURS)


def _others_act(runtime: Runtime, actor: Actor) -> ColumnElement[bool]:
    """The states in which a role acts that this person does not hold."""
    roles = {grant.role for grant in actor.grants}
    return or_(
        false(),
        *(
            and_(_acting.workflow == workflow, _acting.version == version, _acting.state.in_(states))
            for (workflow, version), machine in runtime.machines.items()
            if (
                states := [
                    s.name for s in machine.definition.states.values() if not s.final and s.acts_next not in roles
                ]
            )
        ),
    )


def _task(
    shown: _Shown,
    flags: Sequence[int],
    file: Case,
    first: Proceeding,
    acting: Proceeding | None,
    deadline: Deadline | None,
    owner: str | None,
    turn: Any,
    urgency: int,
) -> Task:
    runtime, proceeding = shown.runtime, acting or first
    now = runtime.clock.now()
    due = as_due(deadline, now) if deadline else None
    state = state_of(runtime, proceeding.workflow, proceeding.version, proceeding.state)
    beside = proceeding.id != first.id
    step, wanting = _next_step(shown, proceeding, deadline) if turn == "mine" else (None, False)
    return Task(
        case_id=file.id,
        number=file.number,
        workers=listed_names(shown.names.get((file.id, "worker"), ()), file.workers_count),
        employers=listed_names(shown.names.get((file.id, "employer"), ()), 0),
        cause=runtime.title("causes", file.cause),
        owner=owner,
        proceeding_id=proceeding.id,
        procedure=runtime.machine(proceeding.workflow, proceeding.version).definition.title if beside else "",
        state=state.title if state else proceeding.state,
        turn=turn,
        awaits=_awaited(shown, deadline, state.acts_next if state else None) if turn != "nobody" else "",
        urgency=URGENCIES[urgency],
        harms=_harms(runtime, dict(zip(shown.harms, flags, strict=True)), due),
        due=due,
        days_left=runtime.law.calendar.count_working(now.date(), due.due_on) if due else 0,
        step=step,
        wanting=wanting,
    )


def _awaited(shown: _Shown, deadline: Deadline | None, acts_next: str | None) -> str:
    """Whom we wait for: the body that a period binds, the side that agreed to a day, or a colleague's role; else ""."""
    if deadline is not None and deadline.period is None:
        return "约定的一方"
    versions = shown.runtime.law.periods.get(deadline.period or "") if deadline else None
    if versions and not _ours(versions):
        return versions[-1].who or ""
    return "" if shown.actor.has(acts_next or "") else shown.runtime.title("roles", acts_next)


def _harms(runtime: Runtime, flags: Mapping[str, int], due: Due | None) -> tuple[Harm, ...]:
    """What hurts besides the day itself; money only where it is overdue."""
    hidden = {"right", "office"} if due and due.overdue else {"right", "office", "money"}
    return tuple(harm for harm in runtime.oversight.harms if flags[harm.name] and harm.name not in hidden)


def _next_step(shown: _Shown, proceeding: Proceeding, deadline: Deadline | None) -> tuple[Event | None, bool]:
    """The ordinary step forward that the guide of the state names, when this person may do it and it is live now; and
    whether it only wants for something. No other event is ever proposed: not one that undoes, ends or alarms.

    Of several, the one that closes the deadline that is shown comes first.
    """
    runtime, connection = shown.runtime, shown.session.connection()
    guide, machine = runtime.guide(proceeding.workflow, proceeding.state), runtime.machines.get(_definition(proceeding))
    if not guide or not guide.next or not machine or proceeding.outcome == UNDONE or proceeding.ended_at is not None:
        return None, False
    row = runtime.reading.row(connection, proceeding.id, runtime.clock.now())
    if row is None:
        return None, False
    roles, facts = roles_in(shown.actor, row), Facts(row, runtime.clock.now(), None, shown.actor.person_id)
    here = {event.name: event for event in machine.definition.events_from(proceeding.state) if may_fire(event, roles)}
    usual = [here[name] for name in guide.next if name in here]
    usual.sort(key=lambda event: deadline is None or not _closes(event, deadline.name))
    step = next((event for event in usual if machine.option(proceeding.state, event, facts).allowed), None)
    return step, step is None and bool(usual)


def _closes(event: Event, deadline: str) -> bool:
    return deadline in event.closes or any(deadline in branch.closes for branch in event.branches)


def _definition(proceeding: Proceeding) -> tuple[str, int]:
    return proceeding.workflow, proceeding.version
