"""What must always hold of live cases: somebody acts, by a day, and is reminded; what is closed as paid is paid."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from ..assignments.models import Assignment
from ..cases.models import Case, Proceeding
from ..deadlines.models import Deadline
from ..limitation.keep import LIMITATION
from ..money import yuan_grouped
from ..people.models import Membership, Organisation, Person
from ..recovery.models import Agreement, Promise, Receipt
from ..reminders.models import Reminder
from ..reminders.plan import rungs
from ..runtime import Runtime
from .faults import Fault

PAID_OUT = ("performed_full", "performed_on_spot")
"""Outcomes that say: nothing is owed any more."""


def invariant_faults(session: Session, runtime: Runtime, *, batch: int = 500) -> Iterator[Fault]:
    """Every live proceeding, running deadline and sum that does not hold, in batches."""
    staff = _Staff(session, runtime.clock.today())
    after = 0
    while rows := _open_proceedings(session, after, batch):
        for row in rows:
            yield from _proceeding_faults(runtime, staff, row)
        after = rows[-1].id
    yield from _unreminded(session, runtime, batch)
    yield from _open_promises_of_closed_cases(session)
    yield from _sums(session)


class _Staff:
    """Who holds which role where, today; read once for the whole check."""

    def __init__(self, session: Session, today: date) -> None:
        rows = session.execute(
            select(Membership.person_id, Membership.role, Organisation.path)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Membership.from_on <= today, or_(Membership.until_on.is_(None), Membership.until_on >= today))
        )
        self._places: dict[tuple[int | None, str], set[str]] = {}
        for person_id, role, path in rows:
            self._places.setdefault((person_id, ""), set()).add(path)
            self._places.setdefault((None, role), set()).add(path)

    def works_at(self, person_id: int, path: str) -> bool:
        """Whether the person holds any role at the organisation or above it."""
        return any(path.startswith(place) for place in self._places.get((person_id, ""), ()))

    def holds(self, role: str, path: str) -> bool:
        """Whether anybody holds the role at the organisation or above it."""
        return any(path.startswith(place) for place in self._places.get((None, role), ()))


def _open_proceedings(session: Session, after: int, batch: int) -> Sequence[Any]:
    main, lawyer = aliased(Proceeding), aliased(Person)
    running = (
        select(func.count(Deadline.id))
        .where(Deadline.proceeding_id == Proceeding.id, Deadline.closed_at.is_(None))
        .correlate(Proceeding)
    )
    main_owner = select(func.max(main.owner_id)).where(main.case_id == Case.id, main.workflow == "dispute")
    query = (
        select(
            Proceeding.id,
            Proceeding.case_id,
            Proceeding.workflow,
            Proceeding.version,
            Proceeding.state,
            Proceeding.owner_id,
            main_owner.correlate(Case).scalar_subquery().label("main_owner_id"),
            running.scalar_subquery().label("running"),
            Assignment.person_id.label("lawyer_id"),
            lawyer.name.label("lawyer"),
            Case.number,
            Organisation.path,
        )
        .join(Case, Case.id == Proceeding.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .outerjoin(Assignment, (Assignment.proceeding_id == Proceeding.id) & Assignment.ended_at.is_(None))
        .outerjoin(lawyer, lawyer.id == Assignment.person_id)
        .where(Proceeding.ended_at.is_(None), Proceeding.id > after)
        .order_by(Proceeding.id)
        .limit(batch)
    )
    return session.execute(query).all()


def _proceeding_faults(runtime: Runtime, staff: _Staff, row: Any) -> Iterator[Fault]:
    machine = runtime.machines.get((row.workflow, row.version))
    state = machine.definition.states.get(row.state) if machine else None
    if machine is None or state is None:
        sentence = f"程序“{row.workflow}”第{row.version}版的状态“{row.state}”没有定义，无法继续办理，请联系管理员迁移。"
        yield _fault("state_unknown", f"proceeding:{row.id}:state", row, sentence)
        return
    named = f"“{machine.definition.title}”的“{state.title}”"
    if state.acts_next is not None and (why := _nobody(staff, row, state.acts_next)):
        role = runtime.title("roles", state.acts_next)
        yield _fault("nobody_acts", f"proceeding:{row.id}:actor", row, f"{named}应由{role}办理，但{why}，请改派。")
    if not state.final and row.running == 0:
        sentence = f"{named}没有任何进行中的期限，不会有人被提醒；请办理下一步，或由主管核对。"
        yield _fault("no_deadline", f"proceeding:{row.id}:deadline", row, sentence)


def _nobody(staff: _Staff, row: Any, role: str) -> str | None:
    """Why nobody acts; None where somebody can."""
    person = {"lawyer": row.lawyer_id, "mediator": _mediator(row)}.get(role)
    if person is not None and not staff.works_at(person, row.path):
        return "承办人已不在岗"
    if person is None and not staff.holds(role, row.path):
        return "本单位和上级都没有这一角色的人"
    return None


def _mediator(row: Any) -> int | None:
    own = row.owner_id if row.owner_id != row.lawyer_id else None
    return own if own is not None else row.main_owner_id  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Unreminded:
    """A running deadline whose ladder of reminders is gone, with the ladder it should have."""

    deadline: Deadline
    number: str
    ladder: Mapping[str, tuple[int, ...]]


def unreminded(session: Session, runtime: Runtime, batch: int = 500) -> Iterator[Unreminded]:
    """Running deadlines that should remind somebody and have no reminder, sent or waiting.

    Limitations that end on one day share the ladder of one of them.
    """
    after, alike = 0, aliased(Deadline)
    live = select(Reminder.id).where(Reminder.deadline_id == Deadline.id, Reminder.state != "cancelled")
    shared = (
        select(Reminder.id)
        .join(alike, alike.id == Reminder.deadline_id)
        .where(
            Deadline.name == LIMITATION,
            alike.proceeding_id == Deadline.proceeding_id,
            alike.name == LIMITATION,
            alike.legal_due == Deadline.legal_due,
            alike.closed_at.is_(None),
            Reminder.state != "cancelled",
        )
    )
    query = (
        select(Deadline, Proceeding.workflow, Proceeding.version, Case.number)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .join(Case, Case.id == Deadline.case_id)
        .where(Deadline.closed_at.is_(None), Deadline.suspended_on.is_(None), ~live.exists(), ~shared.exists())
        .order_by(Deadline.id)
        .limit(batch)
    )
    while rows := session.execute(query.where(Deadline.id > after)).all():
        for deadline, workflow, version, number in rows:
            machine = runtime.machines.get((workflow, version))
            rule = machine.definition.deadlines.get(deadline.name) if machine else None
            if rule is not None and rungs(
                rule.remind,
                nominal_due=deadline.nominal_due,
                legal_due=deadline.legal_due,
                due_at=deadline.due_at,
                at=deadline.opened_at,
            ):
                yield Unreminded(deadline, number, rule.remind)
        after = rows[-1][0].id


def _unreminded(session: Session, runtime: Runtime, batch: int) -> Iterator[Fault]:
    for found in unreminded(session, runtime, batch):
        row, due = found.deadline, found.deadline.legal_due.isoformat()
        sentence = f"期限“{row.title}”（{due}）没有任何提醒，不会有人被提醒；可以点“修复”重新安排。"
        yield Fault("reminder_missing", f"deadline:{row.id}:reminders", row.case_id, found.number, sentence)


def _open_promises_of_closed_cases(session: Session) -> Iterator[Fault]:
    paid = (
        select(func.coalesce(func.sum(Receipt.amount), 0))
        .where(Receipt.promise_id == Promise.id)
        .correlate(Promise)
        .scalar_subquery()
    )
    query = (
        select(Promise.id, Promise.case_id, Case.number, Promise.amount, paid.label("paid"))
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .join(Case, Case.id == Promise.case_id)
        .join(Proceeding, (Proceeding.case_id == Case.id) & (Proceeding.workflow == "dispute"))
        .where(
            Agreement.signed_on.is_not(None),
            Agreement.replaced_at.is_(None),
            Promise.taken_over_at.is_(None),
            Proceeding.ended_at.is_not(None),
            Proceeding.outcome.in_(PAID_OUT),
            or_(Promise.amount > paid, Promise.amount.is_(None) & Promise.done_on.is_(None)),
        )
        .order_by(Promise.id)
    )
    for row in session.execute(query):
        rest = f"尚欠{yuan_grouped(row.amount - int(row.paid))}元" if row.amount else "义务没有完成"
        sentence = f"案件按“已履行”结案，但第{row.id}项{rest}；请重新启动或冲正核对。"
        yield Fault("open_promise", f"promise:{row.id}:open", row.case_id, row.number, sentence)


def _sums(session: Session) -> Iterator[Fault]:
    """More received on a promise than it says, less than nothing, or for somebody else."""
    total = func.sum(Receipt.amount)
    sums = (
        select(Promise.id, Promise.case_id, Case.number, Promise.amount, total.label("paid"))
        .join(Receipt, Receipt.promise_id == Promise.id)
        .join(Case, Case.id == Promise.case_id)
        .group_by(Promise.id, Promise.case_id, Case.number, Promise.amount)
        .having(or_(total < 0, total > func.coalesce(Promise.amount, 0)))
    )
    for row in session.execute(sums):
        agreed, paid = yuan_grouped(row.amount or 0), yuan_grouped(int(row.paid))
        sentence = f"第{row.id}项约定{agreed}元，登记到账合计{paid}元，对不上。"
        yield Fault("sums", f"promise:{row.id}:sum", row.case_id, row.number, sentence)
    strays = (
        select(Receipt.id, Receipt.case_id, Case.number)
        .join(Promise, Promise.id == Receipt.promise_id)
        .join(Case, Case.id == Receipt.case_id)
        .where(or_(Promise.party_id != Receipt.party_id, Promise.case_id != Receipt.case_id))
    )
    for id, case_id, number in session.execute(strays):
        sentence = f"第{id}笔到账记在另一个人或另一案的义务上。"
        yield Fault("sums", f"receipt:{id}:party", case_id, number, sentence)
    opposite = aliased(Receipt)
    halves = (
        select(opposite.id, opposite.case_id, Case.number)
        .join(Receipt, Receipt.id == opposite.reverses_id)
        .join(Case, Case.id == opposite.case_id)
        .where(or_(opposite.amount != -Receipt.amount, opposite.party_id != Receipt.party_id))
    )
    for id, case_id, number in session.execute(halves):
        sentence = f"第{id}笔冲正与原到账的金额或收款人不一致。"
        yield Fault("sums", f"receipt:{id}:reversal", case_id, number, sentence)


def _fault(kind: str, subject: str, row: Any, sentence: str) -> Fault:
    return Fault(kind, subject, row.case_id, row.number, sentence)
