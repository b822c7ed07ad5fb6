"""The pages of what is due, proposed and done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..cases.models import Case
from ..cases.queries import CLOSED, closed_among
from ..db import Database
from ..people.actor import Actor
from ..people.models import Organisation, Person
from ..people.places import stands_within
from ..people.rights import roles_of
from .models import Deletion, TrainingMark

STATES: Mapping[str, str] = {"due": "待提出", "proposed": "待批准", "done": "已销毁"}


@dataclass(frozen=True, slots=True)
class Row:
    """One case with the classes to go; numbers and days only, so that whoever decides need not open the file.
    `case_id` None: of a restricted case that the reader may not see."""

    id: int
    case_id: int | None
    number: str
    organisation: str
    classes: tuple[str, ...]
    ground: str
    closed_on: date
    due_on: date
    proposed_by: str | None
    proposed_by_id: int | None
    decided_by: str | None
    decided_at: datetime | None
    declined: str | None
    backups_until: date | None
    document_id: int | None


def deletions(
    session: Session, actor: Actor, state: str, *, offset: int, limit: int
) -> tuple[Sequence[Row], Mapping[str, int]]:
    """One page, the longest due first (done: the newest first), and how many there are in each state."""
    reach = stands_within(actor, *roles_of("propose_deletion"))
    one, two = aliased(Person), aliased(Person)
    query = (
        select(Deletion, Case.number, Organisation.name, one.name, two.name)
        .join(Case, Case.id == Deletion.case_id)
        .join(Organisation, Organisation.id == Deletion.organisation_id)
        .outerjoin(one, one.id == Deletion.proposed_by_id)
        .outerjoin(two, two.id == Deletion.decided_by_id)
        .where(Deletion.state == state, reach)
    )
    order: Any = (Deletion.decided_at.desc(),) if state == "done" else (Deletion.due_on,)
    rows = session.execute(query.order_by(*order, Deletion.id).offset(offset).limit(limit)).all()
    closed = closed_among(session, actor.person_id, (row[0].case_id for row in rows))
    counted = (
        select(Deletion.state, func.count())
        .join(Organisation, Organisation.id == Deletion.organisation_id)
        .where(reach)
        .group_by(Deletion.state)
    )
    counts = {row[0]: row[1] for row in session.execute(counted)}
    return [_row(row[0].case_id in closed, *row) for row in rows], {name: counts.get(name, 0) for name in STATES}


def _row(
    hidden: bool, row: Deletion, number: str, organisation: str, proposed_by: str | None, decided_by: str | None
) -> Row:
    return Row(
        row.id,
        None if hidden else row.case_id,
        CLOSED if hidden else number,
        organisation,
        tuple(row.classes),
        row.ground,
        row.closed_on,
        row.due_on,
        proposed_by,
        row.proposed_by_id,
        decided_by,
        row.decided_at,
        row.declined,
        row.backups_until,
        None if hidden else row.document_id,
    )


def is_training_copy(database: Database) -> bool:
    """Whether this database is an anonymised copy for practice; every page then says so."""
    with database.read() as session:
        return session.scalar(select(TrainingMark.id).limit(1)) is not None
