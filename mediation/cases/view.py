"""One case as one person may see it: everything that the case page and the interface show, in frozen rows.

Evidence that only mediators see and private notes never reach anybody else: they are left out here, not in a template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..engine.definition import Definition, State
from ..engine.machine import Option
from ..people.actor import Actor
from ..people.models import Organisation, Person
from ..runtime import Runtime
from .access import seen
from .dues import Due, dues_of
from .evidence_rows import CONFIDANTS, EvidenceRow, evidence_of
from .facts import Facts
from .file_rows import (
    ActivityRow,
    Colleague,
    DemandRow,
    PaperRow,
    PartyRow,
    Reader,
    activities_of,
    colleagues_at,
    demands_of,
    papers_of,
    parties_of,
)
from .models import UNDONE, Case, Party, Proceeding, Subgroup
from .proceedings import dispute_of


@dataclass(frozen=True, slots=True)
class ProceedingView:
    """One proceeding with what this person may do in it. `due` is the deadline its state waits for."""

    id: int
    workflow: str
    title: str
    about: str
    """What tells it apart from others of its kind in the case: to whom, before whom."""
    version: int
    state: str
    shown: State | None
    state_title: str
    acts_next: str
    owner_id: int | None
    owner: str | None
    since: datetime
    revision: int
    outcome: str | None
    ended: bool
    due: Due | None
    definition: Definition
    options: tuple[Option, ...]
    subgroup: str | None = None
    """The part of the workers that it is about; None: all of them."""
    parent_id: int | None = None
    """The proceeding that opened it."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """The file. `roles` are the reader's own in this case; the first proceeding is the main one."""

    id: int
    number: str
    organisation: str
    channel: str
    cause: str
    summary: str
    request: str
    received_at: datetime
    received_on: date
    since_on: date | None
    workplace: str | None
    workers_count: int
    gravity: str
    risk_level: str | None
    reference: str | None
    merged_into: tuple[int, str] | None
    roles: frozenset[str]
    proceedings: tuple[ProceedingView, ...]
    parties: tuple[PartyRow, ...]
    demands: tuple[DemandRow, ...]
    evidence: tuple[EvidenceRow, ...]
    activities: tuple[ActivityRow, ...]
    papers: tuple[PaperRow, ...]
    dues: tuple[Due, ...]
    today: date
    colleagues: tuple[Colleague, ...] = field(default=())
    path: str = ""
    """Of the organisation."""

    @property
    def main(self) -> ProceedingView:
        return self.proceedings[0]

    @property
    def confidential(self) -> bool:
        """Whether the reader may see what only mediators see."""
        return bool(self.roles & CONFIDANTS)

    def proceeding(self, id: int) -> ProceedingView | None:
        return next((p for p in self.proceedings if p.id == id), None)


def options(session: Session, runtime: Runtime, proceeding_id: int, actor: Actor) -> tuple[Option, ...]:
    """Every event this person may ever fire here, those of the present state first; NotFound if they may not look."""
    row, roles = _seen(session, runtime, proceeding_id, actor)
    return _options(runtime, row, roles, actor)


def case_view(session: Session, runtime: Runtime, case_id: int, actor: Actor) -> CaseView:
    """The file as this person may see it; NotFound where there is none, or none for them."""
    row, roles = _seen(session, runtime, dispute_of(session.connection(), case_id), actor)
    case, organisation = session.execute(
        select(Case, Organisation).join(Organisation, Organisation.id == Case.organisation_id).where(Case.id == case_id)
    ).one()
    dues = dues_of(session, case_id, runtime.clock.now())
    parties = parties_of(session, case_id, Reader(runtime, roles))
    confidential = bool(roles & CONFIDANTS)
    return CaseView(
        id=case.id,
        number=case.number,
        organisation=organisation.name,
        channel=runtime.title("channels", case.channel),
        cause=runtime.title("causes", case.cause),
        summary=case.summary,
        request=case.request,
        received_at=case.received_at,
        received_on=case.received_on,
        since_on=case.since_on,
        workplace=case.workplace,
        workers_count=case.workers_count,
        gravity=case.gravity,
        risk_level=case.risk_level,
        reference=case.reference,
        merged_into=_merged(session, case.merged_into_id),
        roles=roles,
        proceedings=_proceedings(session, runtime, case_id, actor, row["proceeding_id"], dues),
        parties=parties,
        demands=demands_of(session, case_id),
        evidence=evidence_of(session, case_id, roles),
        activities=activities_of(session, case_id, confidential),
        papers=papers_of(session, case_id),
        dues=dues,
        today=runtime.clock.today(),
        colleagues=colleagues_at(session, organisation.path, runtime.clock.today()),
        path=organisation.path,
    )


def _seen(session: Session, runtime: Runtime, proceeding_id: int, actor: Actor) -> Any:
    return seen(actor, runtime.reading.row(session.connection(), proceeding_id, runtime.clock.now()))


def _options(runtime: Runtime, row: Any, roles: frozenset[str], actor: Actor) -> tuple[Option, ...]:
    machine = runtime.machines.get((row["workflow"], row["version"]))
    if machine is None or row["state"] not in machine.definition.states or row["outcome"] == UNDONE:
        return ()
    return machine.options(row["state"], roles, Facts(row, runtime.clock.now(), None, actor.person_id))


def _merged(session: Session, case_id: int | None) -> tuple[int, str] | None:
    number = session.scalar(select(Case.number).where(Case.id == case_id)) if case_id else None
    return (case_id, number) if case_id and number else None


def _proceedings(
    session: Session, runtime: Runtime, case_id: int, actor: Actor, main_id: int, dues: Sequence[Due]
) -> tuple[ProceedingView, ...]:
    query = (
        select(Proceeding, Person.name, Subgroup.name)
        .outerjoin(Person, Person.id == Proceeding.owner_id)
        .outerjoin(Subgroup, Subgroup.id == Proceeding.subgroup_id)
        .where(Proceeding.case_id == case_id)
        .order_by(Proceeding.id != main_id, Proceeding.id)
    )
    names = dict(session.execute(select(Party.id, Party.name).where(Party.case_id == case_id)).all())
    return tuple(
        replace(_proceeding(session, runtime, p, owner, actor, dues, names), subgroup=subgroup)
        for p, owner, subgroup in session.execute(query).all()
    )


def _proceeding(
    session: Session,
    runtime: Runtime,
    row: Proceeding,
    owner: str | None,
    actor: Actor,
    dues: Sequence[Due],
    names: Mapping[int, str],
) -> ProceedingView:
    definition = runtime.machine(row.workflow, row.version).definition
    state = definition.states.get(row.state)
    facts, roles = _seen(session, runtime, row.id, actor)
    awaited = [d for d in dues if d.proceeding_id == row.id and d.closed_at is None]
    return ProceedingView(
        id=row.id,
        workflow=row.workflow,
        title=definition.title,
        about=_about(definition, row.answers, names),
        version=row.version,
        state=row.state,
        shown=state,
        state_title=state.title if state else row.state,
        acts_next=runtime.title("roles", state.acts_next) if state else "",
        owner_id=row.owner_id,
        owner=owner,
        since=row.state_since,
        revision=row.revision,
        outcome=runtime.title("outcomes", row.outcome) if row.outcome else None,
        ended=row.ended_at is not None,
        due=next((d for d in awaited if state and d.name == state.within), None),
        definition=definition,
        options=_options(runtime, facts, roles, actor),
        parent_id=row.parent_id,
    )


def _about(definition: Definition, said: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """The answer named by `about`, in words: the names of parties, else the text itself."""
    value = said.get(definition.about or "")
    several = value if isinstance(value, list) else [value]
    return "、".join(names.get(one, "") if isinstance(one, int) else str(one or "") for one in several)
