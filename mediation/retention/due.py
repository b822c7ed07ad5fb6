"""What is due: cases closed long enough ago, in which nothing goes on and nobody waits for anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.access_models import ReadingRequest
from ..cases.models import Case, Proceeding
from ..clock import SHANGHAI
from ..deadlines.models import Deadline
from ..recovery.models import Agreement, Award
from ..runtime import Runtime
from .gone import gone
from .models import WAITING, Deletion, LegalHold, PersonalRequest
from .periods import Periods, load_periods

_target = aliased(Proceeding)
OBSTACLES: Mapping[str, Any] = {
    "本案还有程序没有办结": exists().where(Proceeding.case_id == Case.id, Proceeding.ended_at.is_(None)),
    "本案并入的案件还没有办结": exists().where(_target.case_id == Case.merged_into_id, _target.ended_at.is_(None)),
    "还有期限在运行（如申请执行的期间）": exists().where(Deadline.case_id == Case.id, Deadline.closed_at.is_(None)),
    "已暂停销毁": exists().where(LegalHold.case_id == Case.id, LegalHold.lifted_at.is_(None)),
    "当事人关于个人信息的请求还没有答复": exists().where(
        PersonalRequest.case_id == Case.id, PersonalRequest.answered_at.is_(None)
    ),
    "“谁看过”的询问还没有答复": exists().where(ReadingRequest.case_id == Case.id, ReadingRequest.answered_at.is_(None)),
    "本案限制查阅": Case.restricted_at.is_not(None),
}
"""What keeps everything of a case, in words; conditions on `cases`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case: since when it is closed, when each class is due, which classes are gone, and what keeps the rest."""

    case_id: int
    organisation_id: int
    closed_on: date | None
    bound: bool
    """There is an agreement or an award: kept longer."""
    due: Mapping[str, date]
    gone: frozenset[str]
    obstacles: tuple[str, ...]

    def ripe(self, today: date) -> list[str]:
        """Classes that may go today."""
        if self.obstacles:
            return []
        return [name for name, on in self.due.items() if on <= today and name not in self.gone]


def standing(session: Session, runtime: Runtime, case_id: int) -> Standing:
    (found,) = _standings(session, load_periods(runtime.settings.workflows_folder), Case.id == case_id)
    return found


def _standings(session: Session, periods: Periods, *which: Any) -> Iterator[Standing]:
    ends = select(func.max(Proceeding.ended_at)).where(Proceeding.case_id == Case.id).scalar_subquery()
    bound = or_(
        exists().where(Agreement.case_id == Case.id, Agreement.signed_on.is_not(None)),
        exists().where(Award.case_id == Case.id),
    )
    columns = [Case.id, Case.organisation_id, ends.label("ended_at"), bound.label("bound"), *OBSTACLES.values()]
    rows = session.execute(select(*columns).where(*which).order_by(Case.id)).all()
    erased = gone(session, [row.id for row in rows])
    for row in rows:
        why = tuple(words for words, holds in zip(OBSTACLES, row[4:], strict=True) if holds)
        closed = row.ended_at.date() if row.ended_at else None
        due = periods.due(closed, bool(row.bound)) if closed else {}
        yield Standing(row.id, row.organisation_id, closed, bool(row.bound), due, erased.get(row.id, frozenset()), why)


def find_due(runtime: Runtime, *, batch: int = 500) -> int:
    """The nightly job: list what has become due, drop what is not any more; how many cases were added.

    Short transactions; safe in several replicas, because one case can wait only once.
    """
    added, after = 0, 0
    while True:
        with runtime.database.write() as session:
            if after == 0:
                _drop(session)
            cases = _closed(session, runtime, after, batch)
            added += _add(session, runtime, cases)
        if len(cases) < batch:
            return added
        after = cases[-1]


def _closed(session: Session, runtime: Runtime, after: int, batch: int) -> Sequence[int]:
    """Cases that ended longer ago than the shortest period, do not wait already, and still have something."""
    today, periods = runtime.clock.today(), load_periods(runtime.settings.workflows_folder)
    day = date(today.year - periods.shortest, today.month, min(today.day, 28) if today.month == 2 else today.day)
    before = datetime.combine(day, time.max, SHANGHAI)
    ends = select(func.max(Proceeding.ended_at)).where(Proceeding.case_id == Case.id).scalar_subquery()
    waits = exists().where(Deletion.case_id == Case.id, Deletion.state.in_(WAITING))
    query = select(Case.id).where(Case.id > after, ends <= before, ~waits, *(~holds for holds in OBSTACLES.values()))
    return session.scalars(query.order_by(Case.id).limit(batch)).all()


def _add(session: Session, runtime: Runtime, cases: Sequence[int]) -> int:
    today, at, added = runtime.clock.today(), runtime.clock.now(), 0
    for one in _standings(session, load_periods(runtime.settings.workflows_folder), Case.id.in_(cases)):
        if (ripe := one.ripe(today)) and one.closed_on:
            due = max(one.due[name] for name in ripe)
            row = Deletion(case_id=one.case_id, organisation_id=one.organisation_id, classes=ripe, due_on=due)
            row.closed_on, row.state, row.ground, row.found_at = one.closed_on, "due", "period", at
            session.add(row)
            added += 1
    return added


def _drop(session: Session) -> None:
    """Re-opened, held, asked about since: nothing waits there any more."""
    held = select(Case.id).where(or_(*OBSTACLES.values()))
    session.execute(delete(Deletion).where(Deletion.state.in_(WAITING), Deletion.case_id.in_(held)))
