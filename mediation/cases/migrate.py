"""Running proceedings go over to a new version of their definition: shown first, then done on purpose.

Every open proceeding of a workflow that still follows an older version is judged alone: into which state it comes,
which of its deadlines go on, which end, which begin. One that would be left without a state, without a day or without
anybody to act is stranded: it stays on its old version, and the reason says what to do. Each migration is one
transaction under the proceeding's lock with one audit entry, so whoever stops half-way leaves every proceeding on
either version, and running again does what is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from ..db import connection_of, dump
from ..deadlines.models import Deadline
from ..deadlines.run import Course, close_deadline, course
from ..engine.definition import TODAY, DeadlineRule, Definition, State
from ..errors import MediationError, NotFound
from ..people.actor import CLOCK
from ..people.models import Membership, Organisation
from ..reminders.plan import cancel_deadlines, plan_anew
from ..runtime import Runtime
from .audit import Entry, append
from .facts import Facts
from .models import Case, Proceeding
from .proceedings import stamp
from .schedule import chosen, open_one, start_of
from .step import Step

WORD = "migrate"
GONE = "新版流程没有这个期限"
REPLANNED = "流程已迁移，提醒按新版安排"


@dataclass(frozen=True, slots=True)
class Begins:
    """A deadline that the new state waits for and that does not run yet. `passed`: its last day is already over."""

    name: str
    title: str
    start_on: date
    due_on: date
    passed: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """What becomes of one proceeding. `stranded` tells why it cannot go over and what to do; empty: it can.

    `keeps` and `ends` are titles of deadlines; those that end have no rule in the new version.
    """

    proceeding_id: int
    case_id: int
    number: str
    from_version: int
    to_version: int
    from_state: str
    from_title: str
    to_state: str
    to_title: str
    keeps: tuple[str, ...]
    ends: tuple[str, ...]
    begins: tuple[Begins, ...]
    stranded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """The answer with what is needed to carry it out."""

    shown: Transition
    step: Step
    old: Definition | None
    new: Definition
    running: Sequence[Deadline]
    opens: Sequence[tuple[DeadlineRule, date]]


def outdated(session: Session, runtime: Runtime, workflow: str, *, number: str | None = None) -> Sequence[int]:
    """The open proceedings of this workflow on an older version than the current one, by case number."""
    current = runtime.machine(workflow).definition.version
    query = (
        select(Proceeding.id)
        .join(Case, Case.id == Proceeding.case_id)
        .where(Proceeding.workflow == workflow, Proceeding.version < current, Proceeding.ended_at.is_(None))
        .order_by(Case.number, Proceeding.id)
    )
    if number is not None:
        query = query.where(Case.number == number)
    return session.scalars(query).all()


def preview(session: Session, runtime: Runtime, proceeding_id: int) -> Transition | None:
    """What a migration would do to this proceeding; None where there is nothing to do. Writes and locks nothing."""
    judged = _judge(session, runtime, proceeding_id, lock=False)
    return judged.shown if judged else None


def migrate_proceeding(session: Session, runtime: Runtime, proceeding_id: int) -> Transition | None:
    """Bring one proceeding to the current version of its workflow, as the program's own doing.

    What is stranded is left as it is and comes back with its reasons; None: it ended or went over in the meantime.
    """
    judged = _judge(session, runtime, proceeding_id, lock=True)
    if judged is not None and not judged.shown.stranded:
        _go_over(judged)
    return judged.shown if judged else None


# ── judging ──


def _judge(session: Session, runtime: Runtime, proceeding_id: int, *, lock: bool) -> _Judged | None:
    connection, now = connection_of(session), runtime.clock.now()
    row = (runtime.loading if lock else runtime.reading).row(connection, proceeding_id, now)
    if row is None:
        raise NotFound("没有这个程序。")
    new = runtime.machine(row["workflow"]).definition
    if row["ended_at"] is not None or row["version"] >= new.version:
        return None
    versions = {v: m.definition for (name, v), m in runtime.machines.items() if name == new.name}
    old, target = versions.get(row["version"]), _target(versions, row["version"], new, row["state"])
    step = Step(session, connection, runtime, CLOCK, Facts(row, now, None), WORD, now)
    running = _running(session, proceeding_id)
    state = new.states.get(target)
    reasons, opens, begins = _unfit(step, old, new, state, target), [], []
    if state is not None and not reasons and state.within not in {d.name for d in running}:
        found = _begin(step, row, new, new.deadlines[state.within or ""])
        if isinstance(found, str):
            reasons = [found]
        else:
            opens, begins = [found[:2]], [found[2]]
    before = old.states.get(row["state"]) if old else None
    shown = Transition(
        proceeding_id=proceeding_id,
        case_id=row["case_id"],
        number=row["number"],
        from_version=row["version"],
        to_version=new.version,
        from_state=row["state"],
        from_title=before.title if before else row["state"],
        to_state=target,
        to_title=state.title if state else target,
        keeps=tuple(d.title for d in running if d.name in new.deadlines),
        ends=tuple(d.title for d in running if d.name not in new.deadlines),
        begins=tuple(begins),
        stranded=tuple(reasons),
    )
    return _Judged(shown, step, old, new, running, opens)


def _target(versions: dict[int, Definition], since: int, new: Definition, state: str) -> str:
    """The state under its present name: through the `renamed` of every version after the old one."""
    for version in sorted(v for v in versions if since < v <= new.version):
        definition = versions[version]
        if state not in definition.states:
            state = definition.renamed.get(state, state)
    return state


def _running(session: Session, proceeding_id: int) -> Sequence[Deadline]:
    query = select(Deadline).where(Deadline.proceeding_id == proceeding_id, Deadline.closed_at.is_(None))
    return session.scalars(query.order_by(Deadline.id).execution_options(populate_existing=True)).all()


def _unfit(step: Step, old: Definition | None, new: Definition, state: State | None, target: str) -> list[str]:
    """Why the proceeding has no place in the new version."""
    version = f"第{step.facts.version}版"
    if old is None:
        return [f"{version}的定义文件已经没有，无从比较。请把它放回 versions/{new.name}.v{step.facts.version}.yaml。"]
    if state is None:
        return [f"新版没有状态“{target}”，也没有写明它变成了哪个状态。请在新版的 renamed 中写明，或者先办到别的状态。"]
    if state.final:
        return [f"新版中“{state.title}”是终点，迁移会让没有办完的程序直接结束。请先按{version}办结。"]
    before = old.states.get(step.facts.state)
    if state.acts_next != (before.acts_next if before else None) and not _held(step, state.acts_next or ""):
        role = step.runtime.title("roles", state.acts_next)
        return [f"新版的“{state.title}”由{role}办理，而本单位及上级现在没有人担任{role}。请先指定人员。"]
    return []


def _held(step: Step, role: str) -> bool:
    """Whether anybody has this role today at the organisation of the case or above it."""
    path, today = step.facts.path, step.today
    chain = [path[: i + 1] for i, letter in enumerate(path) if letter == "/" and i]
    held = exists().where(
        Membership.organisation_id == Organisation.id,
        Organisation.path.in_(chain),
        Membership.role == role,
        Membership.from_on <= today,
        or_(Membership.until_on.is_(None), Membership.until_on >= today),
    )
    return bool(step.session.scalar(select(held)))


def _begin(
    step: Step, row: Mapping[str, Any], new: Definition, rule: DeadlineRule
) -> tuple[DeadlineRule, date, Begins] | str:
    """The deadline that the new state waits for, counted from what is known; or why it cannot be counted.

    A deadline that counts from the day of its event counts from the day on which the present state began: that is when
    the event would have happened.
    """
    since: datetime = step.facts.state_since
    then = Step(step.session, step.connection, step.runtime, CLOCK, Facts(row, since, None), WORD, since)
    rule = chosen(then, rule)
    start = None if rule.each else start_of(then, new, rule)
    if start is None:
        name = rule.on or rule.from_ or TODAY
        return (
            f"新版在此需要期限“{rule.title}”，但不知道从哪天起算（{name}）。请先登记该日期，或者按旧版办到下一个状态。"
        )
    try:
        timed = course(step.runtime.law, rule, start)
    except MediationError as error:
        return f"新版在此需要期限“{rule.title}”，但无法推算：{error.sentence}"
    passed = _passed(timed, step.at)
    if passed and rule.on_missed:
        due = timed.legal_due.isoformat()
        return f"新版的期限“{rule.title}”已于{due}届满，迁移后系统会立即自动处理。请先按旧版办理。"
    return rule, start, Begins(rule.name, rule.title, timed.start_on, timed.legal_due, passed)


def _passed(timed: Course, now: datetime) -> bool:
    return timed.due_at < now if timed.due_at is not None else timed.legal_due < now.date()


# ── doing ──


def _go_over(judged: _Judged) -> None:
    step, new, shown = judged.step, judged.new, judged.shown
    for deadline in judged.running:
        if deadline.name in new.deadlines:
            _carry_on(step, deadline, judged.old, new.deadlines[deadline.name])
        else:
            _end(step, deadline)
    for rule, start in judged.opens:
        open_one(step, rule, start)
    assert judged.old is not None
    given = {"from_version": shown.from_version, "to_version": shown.to_version}
    before = {"definition_before": stamp(judged.old, step.runtime), "kept": shown.keeps, "ended": shown.ends}
    _seal(judged, dump({"answers": given, "result": {**before, **step.results}}))


def _carry_on(step: Step, deadline: Deadline, old: Definition | None, rule: DeadlineRule) -> None:
    """The day stays as it was reckoned. Who answers for it, what its passing does and who is reminded, the new version
    says; a ladder that is the same is left alone, so that nobody hears anything twice."""
    known = {"owner": rule.owner, "on_missed": rule.on_missed}
    step.session.execute(update(Deadline).where(Deadline.id == deadline.id).values(known))
    before = old.deadlines.get(deadline.name) if old else None
    if deadline.suspended_on is not None or (before is not None and before.remind == rule.remind):
        return
    plan_anew(
        step.connection,
        deadline.id,
        rule.remind,
        nominal_due=deadline.nominal_due,
        legal_due=deadline.legal_due,
        due_at=deadline.due_at,
        at=step.at,
        reason=REPLANNED,
    )


def _end(step: Step, deadline: Deadline) -> None:
    closed = close_deadline(step.connection, step.proceeding_id, deadline.name, deadline.subject, WORD, step.at)
    cancel_deadlines(step.connection, closed, step.at, GONE)


def _seal(judged: _Judged, payload: str) -> None:
    step, shown, facts = judged.step, judged.shown, judged.step.facts
    revision, seq = facts.revision + 1, facts.audit_seq + 1
    entry = Entry(
        event=WORD,
        from_state=shown.from_state,
        to_state=shown.to_state,
        actor=CLOCK,
        role="clock",
        at=step.at,
        revision=revision,
        payload=payload,
        definition=stamp(judged.new, step.runtime),
        idempotency_key=f"{WORD}:{step.proceeding_id}:{shown.to_version}",
    )
    head = append(step.connection, entry, seq=seq, previous=facts.audit_head, proceeding_id=step.proceeding_id)
    moved: dict[str, Any] = {"version": shown.to_version, "state": shown.to_state, "revision": revision}
    step.connection.execute(
        update(Proceeding)
        .where(Proceeding.id == step.proceeding_id)
        .values({**moved, "audit_seq": seq, "audit_head": head})
    )
