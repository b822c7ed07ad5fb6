"""Who could take over: a proposal by load and conflicts, for a person to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from ..people.actor import Actor, load_actor
from ..people.colleagues import colleagues_within
from ..runtime import Runtime
from .conflicts import conflicts_of
from .holdings import Holding, held, loads
from .models import HandOver


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may take over in some of the places. `load`: open procedures now."""

    person: Actor
    load: int

    def may(self, role: str, path: str) -> bool:
        return role in self.person.roles_at(path)

    @property
    def id(self) -> int:
        return self.person.person_id or 0


def candidates(session: Session, actor: Actor, giver_id: int, today: date) -> tuple[Candidate, ...]:
    """Mediators and lawyers of the supervisor's places, and of those above them, who are here; by load."""
    away = absent(session, today) | {giver_id}
    paths = actor.paths("supervisor")
    found = [(id, name) for id, name in colleagues_within(session, paths, today, "mediator", "lawyer")]
    ids = [id for id, _ in found if id not in away]
    load = loads(session, ids)
    people = (Candidate(load_actor(session, id, today), load[id]) for id in ids)
    return tuple(sorted(people, key=lambda one: (one.load, one.id)))


def absent(session: Session, today: date) -> set[int]:
    """Whoever has handed everything over for a time and is not back."""
    query = select(HandOver.giver_id).where(
        HandOver.kind == "absence",
        HandOver.returned_at.is_(None),
        or_(false(), HandOver.back_on > today),
    )
    return set(session.scalars(query))


def suggest(
    session: Session, holdings: Sequence[Holding], among: Sequence[Candidate], today: date
) -> Mapping[int, int]:
    """Procedure → receiver: the least loaded, as each takes more, who may and has no grave conflict. One case stays
    with one mediator. Without an entry: nobody may."""
    load = {one.id: one.load for one in among}
    found: dict[int, int] = {}
    of_case: dict[tuple[int, str], int] = {}
    for holding in holdings:
        chosen = of_case.get((holding.case_id, holding.role)) or _best(session, holding, among, load, today)
        if chosen is not None:
            found[holding.proceeding_id] = of_case[holding.case_id, holding.role] = chosen
            load[chosen] += 1
    return found


def receivers_for(
    session: Session, runtime: Runtime, actor: Actor, giver_id: int, chosen: Mapping[int, int], one: int | None
) -> Mapping[int, int]:
    """Procedure → receiver. What was chosen for a line wins; then the one person for all; then the proposal."""
    holdings, today = held(session, runtime, actor, giver_id), runtime.clock.today()
    if one is not None:
        return {line.proceeding_id: chosen.get(line.proceeding_id, one) for line in holdings}
    open_ones = [line for line in holdings if line.proceeding_id not in chosen]
    return {**suggest(session, open_ones, candidates(session, actor, giver_id, today), today), **chosen}


def _best(
    session: Session, holding: Holding, among: Sequence[Candidate], load: Mapping[int, int], today: date
) -> int | None:
    able = sorted((one for one in among if one.may(holding.role, holding.path)), key=lambda one: (load[one.id], one.id))
    free = (one.id for one in able if not barred(session, one.id, holding.case_id, today))
    return next(free, None)


def barred(session: Session, person_id: int, case_id: int, today: date) -> str:
    """Why a grave conflict bars this person from the case; "" where none does."""
    return "".join(one.sentence for one in conflicts_of(session, person_id, case_id, today) if one.grave)
