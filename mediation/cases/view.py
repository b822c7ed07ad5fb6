"""One case as one person may see it: everything that the case page and the interface show, in frozen rows.

Evidence that only mediators see and private notes never reach anybody else: they are left out here, not in a template.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from ..documents.models import Document
from ..engine.definition import Definition, State
from ..engine.machine import Option
from ..people.actor import Actor
from ..people.models import Employer, Membership, Organisation, Person
from ..runtime import Runtime
from .access import seen
from .dues import Due, dues_of
from .facts import Facts
from .models import Activity, Case, Demand, Evidence, Party, Proceeding
from .proceedings import dispute_of

CONFIDANTS = frozenset(("mediator", "supervisor"))
"""Who may read what only mediators see."""


@dataclass(frozen=True, slots=True)
class ProceedingView:
    """One proceeding with what this person may do in it. `due` is the deadline its state waits for."""

    id: int
    workflow: str
    title: str
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


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party; `uscc` of an employer."""

    id: int
    side: str
    role: str
    name: str
    phone: str | None
    address: str | None
    uscc: str | None
    represents_id: int | None
    authority: str | None
    authority_until: date | None
    consent: str | None
    consent_on: date | None
    signed_on: date | None
    left_on: date | None

    @property
    def principal(self) -> bool:
        """A party in the matter itself, who is still there."""
        return self.left_on is None and self.represents_id is None and self.role != "elected_representative"


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One demand; `amount` in fen."""

    id: int
    party_id: int
    party: str
    head: str
    item: str
    amount: int | None
    quality: str
    from_on: date | None
    until_on: date | None
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    id: int
    number: int
    name: str
    category: str
    visibility: str
    proves: str
    submitted_by: str | None
    media_type: str
    size: int
    sha256: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ActivityRow:
    id: int
    kind: str
    text: str
    private: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    id: int
    number: str
    title: str
    text_hash: str
    issued_at: datetime
    voided_why: str | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works at the organisation, above it or below it today."""

    id: int
    name: str
    roles: tuple[str, ...]


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
    colleagues: tuple[Colleague, ...] = field(default=())

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
    return _options(runtime, row, roles)


def case_view(session: Session, runtime: Runtime, case_id: int, actor: Actor) -> CaseView:
    """The file as this person may see it; NotFound where there is none, or none for them."""
    row, roles = _seen(session, runtime, dispute_of(session.connection(), case_id), actor)
    case, organisation = session.execute(
        select(Case, Organisation).join(Organisation, Organisation.id == Case.organisation_id).where(Case.id == case_id)
    ).one()
    dues = dues_of(session, case_id, runtime.clock.now())
    parties = _parties(session, case_id)
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
        demands=_demands(session, case_id),
        evidence=_evidence(session, case_id, roles, parties),
        activities=_activities(session, case_id, confidential),
        papers=_papers(session, case_id),
        dues=dues,
        colleagues=_colleagues(session, organisation.path, runtime.clock.today()),
    )


def _seen(session: Session, runtime: Runtime, proceeding_id: int, actor: Actor) -> Any:
    return seen(actor, runtime.reading.row(session.connection(), proceeding_id, runtime.clock.now()))


def _options(runtime: Runtime, row: Any, roles: frozenset[str]) -> tuple[Option, ...]:
    machine = runtime.machines.get((row["workflow"], row["version"]))
    if machine is None or row["state"] not in machine.definition.states:
        return ()
    return machine.options(row["state"], roles, Facts(row, runtime.clock.now(), None))


def _merged(session: Session, case_id: int | None) -> tuple[int, str] | None:
    number = session.scalar(select(Case.number).where(Case.id == case_id)) if case_id else None
    return (case_id, number) if case_id and number else None


def _proceedings(
    session: Session, runtime: Runtime, case_id: int, actor: Actor, main_id: int, dues: Sequence[Due]
) -> tuple[ProceedingView, ...]:
    query = (
        select(Proceeding, Person.name)
        .outerjoin(Person, Person.id == Proceeding.owner_id)
        .where(Proceeding.case_id == case_id)
        .order_by(Proceeding.id != main_id, Proceeding.id)
    )
    return tuple(_proceeding(session, runtime, p, owner, actor, dues) for p, owner in session.execute(query).all())


def _proceeding(
    session: Session, runtime: Runtime, row: Proceeding, owner: str | None, actor: Actor, dues: Sequence[Due]
) -> ProceedingView:
    definition = runtime.machine(row.workflow, row.version).definition
    state = definition.states.get(row.state)
    facts, roles = _seen(session, runtime, row.id, actor)
    awaited = [d for d in dues if d.proceeding_id == row.id and d.closed_at is None]
    return ProceedingView(
        id=row.id,
        workflow=row.workflow,
        title=definition.title,
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
        options=_options(runtime, facts, roles),
    )


def _parties(session: Session, case_id: int) -> tuple[PartyRow, ...]:
    query = (
        select(Party, func.coalesce(Party.phone, Person.phone, Employer.phone), Employer.uscc)
        .outerjoin(Person, Person.id == Party.person_id)
        .outerjoin(Employer, Employer.id == Party.employer_id)
        .where(Party.case_id == case_id)
        .order_by(Party.id)
    )
    copied = ("represents_id", "authority", "authority_until", "consent", "consent_on", "signed_on", "left_on")
    return tuple(
        PartyRow(p.id, p.side, p.role, p.name, phone, p.address, uscc, **{name: getattr(p, name) for name in copied})
        for p, phone, uscc in session.execute(query)
    )


def _demands(session: Session, case_id: int) -> tuple[DemandRow, ...]:
    query = (
        select(Demand, Party.name)
        .join(Party, Party.id == Demand.party_id)
        .where(Demand.case_id == case_id)
        .order_by(Demand.id)
    )
    return tuple(
        DemandRow(d.id, d.party_id, name, d.head, d.item, d.amount, d.quality, d.from_on, d.until_on, d.withdrawn_on)
        for d, name in session.execute(query)
    )


def _evidence(
    session: Session, case_id: int, roles: frozenset[str], parties: Sequence[PartyRow]
) -> tuple[EvidenceRow, ...]:
    submitters = {p.id: p for p in parties}
    rows = session.scalars(select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.number))
    return tuple(
        EvidenceRow(
            e.id,
            e.number,
            e.name,
            e.category,
            e.visibility,
            e.proves,
            submitters[e.submitted_by_id].name if e.submitted_by_id else None,
            e.media_type,
            e.size,
            e.sha256,
            e.received_at,
        )
        for e in rows
        if may_see_evidence(roles, e.visibility, submitters[e.submitted_by_id].side if e.submitted_by_id else None)
    )


def may_see_evidence(roles: frozenset[str], visibility: str, submitted_by_side: str | None) -> bool:
    """Mediators' own material is theirs; one side's is not for a lawyer, who acts for the workers, unless theirs."""
    if roles & CONFIDANTS or visibility == "both_sides":
        return True
    return visibility == "own_side" and ("clerk" in roles or submitted_by_side == "worker")


def _activities(session: Session, case_id: int, confidential: bool) -> tuple[ActivityRow, ...]:
    query = (
        select(Activity, Person.name)
        .outerjoin(Person, Person.id == Activity.by_id)
        .where(Activity.case_id == case_id)
        .order_by(Activity.at.desc(), Activity.id.desc())
        .limit(200)
    )
    if not confidential:
        query = query.where(Activity.private.is_(False))
    return tuple(
        ActivityRow(a.id, a.kind, a.text, a.private, a.at, name or "系统时钟") for a, name in session.execute(query)
    )


def _papers(session: Session, case_id: int) -> tuple[PaperRow, ...]:
    columns = (
        Document.id,
        Document.number,
        Document.title,
        Document.text_hash,
        Document.issued_at,
        Document.voided_why,
    )
    query = select(*columns).where(Document.case_id == case_id).order_by(Document.id.desc())
    return tuple(PaperRow(*row) for row in session.execute(query))


def _colleagues(session: Session, path: str, today: date) -> tuple[Colleague, ...]:
    """The people an event may name: whoever holds a role at the organisation, above or below it today."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    place = aliased(Organisation)
    query = (
        select(Person.id, Person.name, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(place, place.id == Membership.organisation_id)
        .where(
            or_(place.path.in_(above), place.path.startswith(path)),
            Membership.from_on <= today,
            or_(Membership.until_on.is_(None), Membership.until_on >= today),
        )
        .order_by(Person.name, Person.id, Membership.role)
    )
    people: dict[int, tuple[str, list[str]]] = {}
    for id, name, role in session.execute(query):
        people.setdefault(id, (name, []))[1].append(role)
    return tuple(Colleague(id, name, tuple(dict.fromkeys(roles))) for id, (name, roles) in people.items())
