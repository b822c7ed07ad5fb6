"""One employer: its cases over all streets one may see, the workers, the sums apart, the letters, what happened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.dues import Due, as_due
from ..cases.facts import total
from ..cases.models import AuditEntry, Case, Demand, Party, Proceeding
from ..cases.queries import state_of
from ..cases.urgency import LIVE, main
from ..clock import SHANGHAI
from ..deadlines.models import Deadline
from ..documents.models import Document
from ..errors import NotFound
from ..people.actor import Actor
from ..people.identity import clean_name
from ..people.models import Employer, Organisation, Person
from ..recovery.models import Agreement, Promise, Receipt
from ..recovery.owed import AGREED, COUNTED, IN_FORCE, paid_on_promise
from ..runtime import Runtime
from .sums import shown

LETTERS = {
    "supervision_hint": ("hint_served_on", "hint_reply"),
    "supervision_opinion": ("opinion_served_on", "opinion_reply"),
    "supervision_proposal": ("proposal_served_on", "department_answer"),
}
"""Template → (the answer that says when it was served, the deadline of the reply)."""
SHOWN = 60
"""Lines of the timeline."""


@dataclass(frozen=True, slots=True)
class EmployerLine:
    """One employer in the list, with what the actor may see of it."""

    id: int
    name: str
    uscc: str | None
    cases: int
    open_cases: int
    workers: int


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of the employer. Fen; `open` binds and has not been received."""

    id: int
    number: str
    organisation: str
    cause: str
    received_on: date
    state: str
    ended: bool
    ended_on: date | None
    outcome: str
    owner: str | None
    workers: int
    claimed: int
    agreed: int
    received: int
    open: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of supervision (一函两书) and how the answer stands."""

    case_id: int
    case_number: str
    title: str
    number: str
    document_id: int
    issued_at: datetime
    served_on: str
    state: str
    reply_due: Due | None
    voided: bool


@dataclass(frozen=True, slots=True)
class Happened:
    case_id: int
    number: str
    at: datetime
    title: str
    by: str


@dataclass(frozen=True, slots=True)
class EmployerFile:
    """Everything about one employer within what the actor may see. The sums are of all its cases, not of one page."""

    id: int
    name: str
    uscc: str | None
    legal_representative: str | None
    address: str | None
    namesakes: tuple[tuple[int, str], ...]
    """Other records of the same name or the same code: one employer may have been registered twice."""
    total: int
    open_cases: int
    streets: int
    workers: int
    claimed: int
    agreed: int
    received: int
    open: int
    cases: tuple[CaseLine, ...]
    letters: tuple[Letter, ...]
    timeline: tuple[Happened, ...]


def _theirs(employer_id: Any) -> ColumnElement[bool]:
    """Cases in which this employer stands on the employer's side now."""
    party = aliased(Party)
    return (
        select(party.id)
        .where(
            party.case_id == Case.id,
            party.employer_id == employer_id,
            party.side == "employer",
            party.left_on.is_(None),
        )
        .exists()
    )


def find_employers(
    session: Session, actor: Actor, text: str, *, offset: int = 0, limit: int = 30
) -> Sequence[EmployerLine]:
    """Those with a case that the actor may see; the most open cases first."""
    party = aliased(Party)
    cases = func.count(func.distinct(Case.id))
    open_cases = func.count(func.distinct(case((LIVE, Case.id))))
    query: Any = (
        select(Employer.id, Employer.name, Employer.uscc, cases, open_cases, func.sum(Case.workers_count))
        .join(party, and_(party.employer_id == Employer.id, party.side == "employer", party.left_on.is_(None)))
        .join(Case, Case.id == party.case_id)
        .join(main, and_(main.case_id == Case.id, main.workflow == "dispute"))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(shown(actor))
        .group_by(Employer.id, Employer.name, Employer.uscc)
        .order_by(open_cases.desc(), cases.desc(), Employer.id)
        .offset(offset)
        .limit(limit)
    )
    if text:
        words = {text, clean_name(text)} - {""}
        named = [Employer.name.contains(word, autoescape=True) for word in words]
        query = query.where(or_(Employer.uscc == text.upper(), *named))
    return [EmployerLine(row[0], row[1], row[2], row[3], row[4], int(row[5] or 0)) for row in session.execute(query)]


def one_employer(
    session: Session, runtime: Runtime, actor: Actor, employer_id: int, *, offset: int = 0, limit: int = 30
) -> EmployerFile:
    """NotFound where the actor may see no case of this employer."""
    employer = session.get(Employer, employer_id)
    seen = _seen(actor, employer_id)
    counts: Any = session.execute(
        seen.with_only_columns(
            func.count(Case.id),
            func.count(case((LIVE, Case.id))),
            func.count(func.distinct(Case.organisation_id)),
            func.coalesce(func.sum(Case.workers_count), 0),
        )
    ).one()
    if employer is None or not counts[0]:
        raise NotFound("没有这家用人单位的案件，或者您无权查看。")
    ids: Any = seen.with_only_columns(Case.id)
    sums = _sums(session, ids)
    whole = [sum(of_case[n] for of_case in sums.values()) for n in range(4)]
    page = session.execute(
        seen.with_only_columns(Case, main, Organisation.name, Person.name)
        .outerjoin(Person, Person.id == main.owner_id)
        .order_by(case((LIVE, 0), else_=1), Case.received_on.desc(), Case.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    return EmployerFile(
        id=employer.id,
        name=employer.name,
        uscc=employer.uscc,
        legal_representative=employer.legal_representative,
        address=employer.address,
        namesakes=_namesakes(session, employer),
        total=counts[0],
        open_cases=counts[1],
        streets=counts[2],
        workers=int(counts[3]),
        claimed=whole[0],
        agreed=whole[1],
        received=whole[2],
        open=whole[3],
        cases=tuple(_case(runtime, sums.get(row[0].id, (0, 0, 0, 0)), *row) for row in page),
        letters=_letters(session, runtime, ids, employer_id),
        timeline=_timeline(session, runtime, ids),
    )


def _seen(actor: Actor, employer_id: int) -> Select[Any]:
    query: Any = (
        select(Case.id)
        .join(main, and_(main.case_id == Case.id, main.workflow == "dispute"))
        .join(Organisation, Organisation.id == Case.organisation_id)
        .where(shown(actor), _theirs(employer_id))
    )
    narrowed: Select[Any] = query
    return narrowed


def _namesakes(session: Session, employer: Employer) -> tuple[tuple[int, str], ...]:
    same = [Employer.name == employer.name]
    if employer.legal_representative:
        same.append(Employer.legal_representative == employer.legal_representative)
    query = select(Employer.id, Employer.name).where(or_(*same), Employer.id != employer.id).limit(20)
    return tuple((row.id, row.name) for row in session.execute(query))


def _sums(session: Session, ids: Any) -> Mapping[int, tuple[int, int, int, int]]:
    """Case → (claimed, agreed, received, still open), each from the rows that make it; four sums that never mix."""
    binding = (*IN_FORCE, Promise.taken_over_at.is_(None))
    parts: tuple[Any, ...] = (
        select(Demand.case_id, total(Demand.amount))
        .join(Party, Party.id == Demand.party_id)
        .where(Demand.case_id.in_(ids), Demand.withdrawn_on.is_(None), Party.side == "worker")
        .group_by(Demand.case_id),
        select(Promise.case_id, total(Promise.amount))
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id.in_(ids), *IN_FORCE, Agreement.kind.in_(AGREED))
        .group_by(Promise.case_id),
        select(Receipt.case_id, total(Receipt.amount))
        .where(Receipt.case_id.in_(ids), Receipt.kind.in_(COUNTED))
        .group_by(Receipt.case_id),
        select(Promise.case_id, total(Promise.amount - paid_on_promise()))
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id.in_(ids), Promise.amount > paid_on_promise(), *binding)
        .group_by(Promise.case_id),
    )
    found: dict[int, list[int]] = {}
    for place, query in enumerate(parts):
        for case_id, amount in session.execute(query):
            found.setdefault(case_id, [0, 0, 0, 0])[place] = int(amount)
    return {case_id: (row[0], row[1], row[2], row[3]) for case_id, row in found.items()}


def _case(
    runtime: Runtime,
    sums: tuple[int, int, int, int],
    file: Case,
    proceeding: Proceeding,
    organisation: str,
    owner: str | None,
) -> CaseLine:
    state = state_of(runtime, proceeding.workflow, proceeding.version, proceeding.state)
    ended = proceeding.ended_at is not None
    return CaseLine(
        file.id,
        file.number,
        organisation,
        runtime.title("causes", file.cause),
        file.received_on,
        state.title if state else proceeding.state,
        ended,
        proceeding.ended_at.astimezone(SHANGHAI).date() if proceeding.ended_at else None,
        runtime.title("outcomes", proceeding.outcome) if ended else "",
        owner,
        file.workers_count,
        *sums,
    )


def _letters(session: Session, runtime: Runtime, ids: Any, employer_id: int) -> tuple[Letter, ...]:
    """The letters about this employer, the newest first, with the day by which an answer is due."""
    query = (
        select(Document, Proceeding, Case.number)
        .join(Proceeding, Proceeding.id == Document.proceeding_id)
        .join(Case, Case.id == Document.case_id)
        .where(Document.case_id.in_(ids), Document.template.in_(LETTERS))
        .order_by(Document.issued_at.desc(), Document.id.desc())
        .limit(200)
    )
    rows = [row for row in session.execute(query) if _about(session, row[1], employer_id)]
    replies = _replies(session, {row[1].id for row in rows}, runtime.clock.now())
    return tuple(_letter(runtime, replies, *row) for row in rows)


def _about(session: Session, proceeding: Proceeding, employer_id: int) -> bool:
    """A case may have several employers; each is supervised apart."""
    party = session.get(Party, int(proceeding.answers.get("supervised_employer") or 0))
    return party is not None and party.employer_id == employer_id


def _replies(session: Session, ids: Collection[int], now: datetime) -> Mapping[tuple[int, str], Due]:
    names = [deadline for _, deadline in LETTERS.values()]
    query = select(Deadline).where(
        Deadline.proceeding_id.in_(ids), Deadline.name.in_(names), Deadline.closed_at.is_(None)
    )
    return {(row.proceeding_id, row.name): as_due(row, now) for row in session.scalars(query)}


def _letter(
    runtime: Runtime, replies: Mapping[tuple[int, str], Due], paper: Document, proceeding: Proceeding, number: str
) -> Letter:
    served, reply = LETTERS[paper.template]
    state = state_of(runtime, proceeding.workflow, proceeding.version, proceeding.state)
    return Letter(
        paper.case_id,
        number,
        paper.title,
        paper.number,
        paper.id,
        paper.issued_at,
        str(proceeding.answers.get(served) or ""),
        state.title if state else proceeding.state,
        None if paper.voided_at else replies.get((proceeding.id, reply)),
        paper.voided_at is not None,
    )


def _timeline(session: Session, runtime: Runtime, ids: Any) -> tuple[Happened, ...]:
    """What moved any of its cases, the newest first."""
    query = (
        select(AuditEntry, Proceeding.workflow, Proceeding.version, Case.id, Case.number, Person.name)
        .join(Proceeding, Proceeding.id == AuditEntry.proceeding_id)
        .join(Case, Case.id == Proceeding.case_id)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(Case.id.in_(ids), AuditEntry.from_state != AuditEntry.to_state)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        Happened(case_id, number, entry.at, _title(runtime, entry.event, workflow, version), name or "系统时钟")
        for entry, workflow, version, case_id, number, name in session.execute(query)
    )


def _title(runtime: Runtime, event: str, workflow: str, version: int) -> str:
    machine = runtime.machines.get((workflow, version))
    found = machine.definition.events.get(event) if machine else None
    if found is None:
        opened = {"register": "收案登记", "start": f"程序开始：{machine.definition.title}" if machine else workflow}
        return opened.get(event, event)
    return found.title if workflow == "dispute" or machine is None else f"{machine.definition.title}：{found.title}"
