"""What people asked about their own data and nobody has answered: for supervisors, and up the ladder when late.

Requests (delete, copy, correct) and questions who has looked are two tables of one kind of thing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from ..cases.access_models import ReadingRequest
from ..cases.models import Case, Proceeding
from ..cases.queries import visible
from ..engine.oversight import Rung
from ..people.actor import Actor
from ..people.colleagues import nearest_holders
from ..people.models import Organisation
from ..people.places import stands_within
from ..reminders.notices import tell
from ..runtime import Runtime
from .models import PersonalRequest
from .requests import KINDS

LOOKED = "looked"
TITLES = {**KINDS, LOOKED: "查询谁看过案卷"}
ROLE = "supervisor"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One request. `days`: working days late, 0 while in time; `risen`: titles of the rungs that it has reached."""

    case_id: int
    number: str
    organisation: str
    kind: str
    received_on: date
    due_on: date
    days: int
    late: bool
    risen: tuple[str, ...]

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def page(self) -> str:
        """Where it is answered."""
        return f"/cases/{self.case_id}/" + ("consents#questions" if self.kind == LOOKED else "personal-data")


def unanswered(session: Session, runtime: Runtime, actor: Actor, *, limit: int) -> tuple[Sequence[Unanswered], int]:
    """Those of this supervisor's places, the longest due first, and how many there are."""
    found = _waiting(visible(actor), stands_within(actor, ROLE)).subquery()
    total = session.scalar(select(func.count()).select_from(found)) or 0
    rows = session.execute(select(found).order_by(found.c.due_on, found.c.case_id, found.c.id).limit(limit))
    return [_told(runtime, row) for row in rows], total


def _waiting(*which: Any) -> CompoundSelect[Any]:
    shared = (Case.id.label("case_id"), Case.number, Organisation.name.label("organisation"), Organisation.path)
    asked = (
        (PersonalRequest, PersonalRequest.kind, PersonalRequest.received_on),
        (ReadingRequest, cast(literal(LOOKED), String(20)), ReadingRequest.asked_on),
    )
    return union_all(
        *(
            select(table.id, kind.label("kind"), received_on.label("received_on"), table.due_on, *shared)
            .join(Case, Case.id == table.case_id)
            .join(Organisation, Organisation.id == Case.organisation_id)
            .where(table.answered_at.is_(None), *which)
            for table, kind, received_on in asked
        )
    )


def _told(runtime: Runtime, row: Any) -> Unanswered:
    today = runtime.clock.today()
    days = runtime.law.calendar.count_working(row.due_on, today) if row.due_on < today else 0
    return Unanswered(
        row.case_id,
        row.number,
        row.organisation,
        row.kind,
        row.received_on,
        row.due_on,
        days,
        row.due_on < today,
        tuple(rung.title for rung in _reached(runtime, row.due_on)),
    )


def _reached(runtime: Runtime, due_on: date) -> Iterator[Rung]:
    """The rungs of the ladder that something due on this day has reached by today."""
    today = runtime.clock.today()
    days = runtime.law.calendar.count_working(due_on, today) if due_on < today else 0
    yield from (rung for rung in runtime.oversight.ladder if days >= rung.after)


def escalate_unanswered(runtime: Runtime) -> int:
    """Tell whoever stands on each rung that a late request has reached, once; how many people were told."""
    told = 0
    with runtime.database.write() as session:
        for row in session.execute(_waiting()).all():
            for rung in _reached(runtime, row.due_on):
                told += _tell(session, runtime, row, rung)
    return told


def _tell(session: Session, runtime: Runtime, row: Any, rung: Rung) -> int:
    people = _people(session, runtime, row, rung)
    subject = f"{row.number}：{TITLES[row.kind]}的请求逾期未答复"
    body = f"应在{row.due_on}前答复，按升级阶梯报{rung.title}。"
    key = f"{row.kind}{row.id}-step{rung.step}"
    return len(tell(session, people, subject, body, key=key, at=runtime.clock.now(), case_id=row.case_id))


def _people(session: Session, runtime: Runtime, row: Any, rung: Rung) -> Sequence[int]:
    """Who handles the case, the supervisors nearest to it, or those of the next body above; never nobody."""
    today = runtime.clock.today()
    leaders = nearest_holders(session, row.path, today, ROLE)
    if rung.who == "owner":
        owners = select(Proceeding.owner_id).where(
            Proceeding.case_id == row.case_id, Proceeding.ended_at.is_(None), Proceeding.owner_id.is_not(None)
        )
        return [one for one in session.scalars(owners) if one] or leaders
    if rung.who == "director":
        return nearest_holders(session, row.path.rstrip("/").rpartition("/")[0] + "/", today, ROLE) or leaders
    return leaders
