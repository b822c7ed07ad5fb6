"""What every page of a group shows of its case, without reading the whole file of a thousand workers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.access import seen
from ..cases.change import STAFF
from ..cases.facts import PRINCIPAL
from ..cases.models import Party, Proceeding, Subgroup
from ..cases.proceedings import dispute_of
from ..db import connection_of
from ..people.actor import Actor
from ..runtime import Runtime


@dataclass(frozen=True, slots=True)
class GroupHead:
    """The case in a few words. `procedures` are those beside the mediation: (id, title, sub-group)."""

    id: int
    number: str
    employers: str
    workers_count: int
    gravity: str
    revision: int
    proceeding_id: int
    state: str
    staff: bool
    subgroups: Sequence[tuple[int, str]]
    procedures: Sequence[tuple[int, str, int | None]]
    payers: Sequence[tuple[int, str]]
    roles: frozenset[str]
    """The reader's own in this case."""


def head_of(session: Session, runtime: Runtime, case_id: int, actor: Actor) -> GroupHead:
    """NotFound for whoever may not see the case."""
    connection = connection_of(session)
    row, roles = seen(actor, runtime.reading.row(connection, dispute_of(connection, case_id), runtime.clock.now()))
    live = (Party.case_id == case_id, Party.side == "employer", Party.left_on.is_(None), PRINCIPAL)
    payers = [(id, name) for id, name in session.execute(select(Party.id, Party.name).where(*live).order_by(Party.id))]
    groups = select(Subgroup.id, Subgroup.name).where(Subgroup.case_id == case_id).order_by(Subgroup.id)
    definition = runtime.machine(row["workflow"], row["version"]).definition
    state = definition.states.get(row["state"])
    return GroupHead(
        id=case_id,
        number=row["number"],
        employers="、".join(name for _, name in payers),
        workers_count=row["workers_count"],
        gravity=row["gravity"],
        revision=row["revision"],
        proceeding_id=row["proceeding_id"],
        state=state.title if state else row["state"],
        staff=bool(roles & set(STAFF)),
        subgroups=[(id, name) for id, name in session.execute(groups)],
        procedures=_procedures(session, runtime, case_id),
        payers=payers,
        roles=roles,
    )


def _procedures(session: Session, runtime: Runtime, case_id: int) -> Sequence[tuple[int, str, int | None]]:
    query = (
        select(Proceeding)
        .where(Proceeding.case_id == case_id, Proceeding.workflow != "dispute")
        .order_by(Proceeding.id)
    )
    return [
        (p.id, runtime.machine(p.workflow, p.version).definition.title, p.subgroup_id) for p in session.scalars(query)
    ]
