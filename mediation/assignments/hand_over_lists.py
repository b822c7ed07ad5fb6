"""Reading hand-overs: which there are, whose word is missing, and the one list that both sides sign."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..cases.models import Case, Proceeding
from ..cases.queries import CLOSED, closed_among, state_of
from ..people.actor import Actor
from ..people.models import Organisation, Person
from ..runtime import Runtime
from .hand_over import Progress, progress
from .models import HandOver, HandOverItem, HandOverSignature
from .signing import one_list


@dataclass(frozen=True, slots=True)
class ListRow:
    """One hand-over in a list. `unsigned`: whose confirmation is still open."""

    id: int
    giver: str
    kind: str
    reason: str
    made_by: str
    made_at: datetime
    back_on: date | None
    returned_at: datetime | None
    progress: Progress
    unsigned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list. `case_id` None: of a restricted case that a supervisor who neither gives nor receives it
    may not see."""

    id: int
    case_id: int | None
    number: str
    organisation: str
    title: str
    state: str
    workers: int
    role: str
    receiver_id: int
    receiver: str
    next_title: str
    next_due: date | None
    deadlines: int
    reminders: int
    orders: int
    moved_at: datetime | None
    refused: str | None
    returned_at: datetime | None
    stayed: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    person_id: int
    name: str
    leg: str
    giver: bool
    signed_at: datetime | None
    recorded_by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class List:
    """One hand-over, whole."""

    row: ListRow
    giver_id: int
    items: tuple[Item, ...]
    signatures: tuple[Signature, ...]


_giver, _maker = aliased(Person), aliased(Person)


def _lists() -> Select[HandOver, str, str]:
    return (
        select(HandOver, _giver.name, _maker.name)
        .join(Organisation, Organisation.id == HandOver.organisation_id)
        .join(_giver, _giver.id == HandOver.giver_id)
        .join(_maker, _maker.id == HandOver.made_by_id)
        .order_by(HandOver.id.desc())
    )


def hand_overs(
    session: Session, runtime: Runtime, actor: Actor, *, offset: int = 0, limit: int = 30
) -> Sequence[ListRow]:
    """Those of the supervisor's places, and those that concern the actor; the newest first."""
    places = [Organisation.path.startswith(path) for path in actor.paths("supervisor")]
    mine = exists().where(HandOverSignature.hand_over_id == HandOver.id, HandOverSignature.person_id == actor.person_id)
    query = _lists().where(or_(mine, *places)).offset(offset).limit(limit)
    return [_row(session, runtime, *row) for row in session.execute(query)]


def _row(session: Session, runtime: Runtime, row: HandOver, giver: str, maker: str) -> ListRow:
    missing = (
        select(Person.name)
        .join(HandOverSignature, HandOverSignature.person_id == Person.id)
        .where(HandOverSignature.hand_over_id == row.id, HandOverSignature.signed_at.is_(None))
        .order_by(HandOverSignature.id)
    )
    return ListRow(
        row.id,
        giver,
        runtime.title("hand_over_kinds", row.kind),
        row.reason,
        maker,
        row.made_at,
        row.back_on,
        row.returned_at,
        progress(session, row.id),
        tuple(dict.fromkeys(session.scalars(missing))),
    )


def to_sign(session: Session, person_id: int) -> Sequence[int]:
    """The lists that this person has not confirmed yet."""
    query = select(HandOverSignature.hand_over_id).where(
        HandOverSignature.person_id == person_id, HandOverSignature.signed_at.is_(None)
    )
    return list(dict.fromkeys(session.scalars(query.order_by(HandOverSignature.id))))


def count_unsigned(session: Session, actor: Actor) -> int:
    """Lists of the supervisor's places that somebody has not confirmed."""
    places = [Organisation.path.startswith(path) for path in actor.paths("supervisor")]
    if not places:
        return 0
    query = (
        select(func.count(func.distinct(HandOver.id)))
        .join(Organisation, Organisation.id == HandOver.organisation_id)
        .join(
            HandOverSignature,
            and_(HandOverSignature.hand_over_id == HandOver.id, HandOverSignature.signed_at.is_(None)),
        )
        .where(or_(*places))
    )
    return session.scalar(query) or 0


def hand_over_list(session: Session, runtime: Runtime, id: int, actor: Actor) -> List:
    """One list with its lines by day; NotFound for whom it does not concern."""
    one_list(session, id, actor)
    row, giver, maker = session.execute(_lists().where(HandOver.id == id)).one()
    receiver, signer, recorder = aliased(Person), aliased(Person), aliased(Person)
    lines = session.execute(
        select(HandOverItem, Proceeding, Case, Organisation.name, receiver.name)
        .join(Proceeding, Proceeding.id == HandOverItem.proceeding_id)
        .join(Case, Case.id == HandOverItem.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .join(receiver, receiver.id == HandOverItem.receiver_id)
        .where(HandOverItem.hand_over_id == id)
        .order_by(HandOverItem.next_due.is_(None), HandOverItem.next_due, HandOverItem.id)
    ).all()
    closed = closed_among(session, actor.person_id, (line[0].case_id for line in lines))
    signatures = session.execute(
        select(HandOverSignature, signer.name, recorder.name)
        .join(signer, signer.id == HandOverSignature.person_id)
        .outerjoin(recorder, recorder.id == HandOverSignature.recorded_by_id)
        .where(HandOverSignature.hand_over_id == id)
        .order_by(HandOverSignature.id)
    ).all()
    return List(
        _row(session, runtime, row, giver, maker),
        row.giver_id,
        tuple(_item(runtime, actor, row.giver_id, closed, *line) for line in lines),
        tuple(
            Signature(s.person_id, name, s.leg, s.person_id == row.giver_id, s.signed_at, by, s.note)
            for s, name, by in signatures
        ),
    )


def _item(
    runtime: Runtime,
    actor: Actor,
    giver_id: int,
    closed: Collection[int],
    item: HandOverItem,
    proceeding: Proceeding,
    case: Case,
    organisation: str,
    receiver: str,
) -> Item:
    hidden = case.id in closed and actor.person_id not in (giver_id, item.receiver_id)
    state = state_of(runtime, proceeding.workflow, proceeding.version, proceeding.state)
    machine = runtime.machines.get((proceeding.workflow, proceeding.version))
    return Item(
        item.id,
        None if hidden else item.case_id,
        CLOSED if hidden else case.number,
        organisation,
        machine.definition.title if machine else proceeding.workflow,
        state.title if state else proceeding.state,
        case.workers_count,
        item.role,
        item.receiver_id,
        receiver,
        item.next_title,
        item.next_due,
        item.deadlines,
        item.reminders,
        item.orders,
        item.moved_at,
        item.refused,
        item.returned_at,
        item.stayed,
    )
