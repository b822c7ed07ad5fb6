"""Whom and what an agreement leaves open: workers without a promise, demands that a partial one does not name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import Demand, Party
from ..cases.step import Step
from .models import Agreement, Award, Promise
from .owed import AGREED, IN_FORCE


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """One worker and the items that no agreement covers; `nothing` is promised to this worker at all."""

    party_id: int
    name: str
    items: tuple[str, ...]
    nothing: bool


def left_open(session: Session, case_id: int) -> Sequence[LeftOpen]:
    """Nobody, as long as no agreement is in force. A worker with an award of another body is not left open by us."""
    covered = _covered(session, case_id)
    if not covered:
        return ()
    awarded = set(
        session.scalars(select(Award.party_id).where(Award.case_id == case_id, Award.superseded_at.is_(None)))
    )
    demands = _demands(session, case_id)
    workers = select(Party.id, Party.name).where(
        Party.case_id == case_id,
        Party.side == "worker",
        Party.left_on.is_(None),
        Party.represents_id.is_(None),
        Party.role != "elected_representative",
    )
    found = []
    for party, name in session.execute(workers.order_by(Party.id)):
        items = _open_items(demands.get(party, ()), covered.get(party))
        if party not in awarded and (party not in covered or items):
            found.append(LeftOpen(party, name, items, party not in covered))
    return found


def left_over(session: Session, case_id: int) -> Mapping[int, tuple[str, ...] | None]:
    """For each live worker the demands that no agreement in force covers; None: nothing was agreed on for this one."""
    covered, demands = _covered(session, case_id), _demands(session, case_id)
    workers = select(Party.id).where(
        Party.case_id == case_id,
        Party.side == "worker",
        Party.left_on.is_(None),
        Party.represents_id.is_(None),
        Party.role != "elected_representative",
    )
    return {
        party: _open_items(demands.get(party, ()), covered[party]) if party in covered else None
        for party in session.scalars(workers.order_by(Party.id))
    }


def _covered(session: Session, case_id: int) -> Mapping[int, frozenset[str] | None]:
    """The heads agreed on for each worker; None where everything is: in full, or in part without saying what."""
    query = (
        select(Promise.party_id, Promise.head, Agreement.scope)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == case_id, Agreement.kind.in_(AGREED), *IN_FORCE)
    )
    found: dict[int, frozenset[str] | None] = {}
    for party, head, scope in session.execute(query):
        so_far = found.get(party, frozenset())
        found[party] = None if scope == "full" or head is None or so_far is None else so_far | {head}
    return found


def _demands(session: Session, case_id: int) -> Mapping[int, Sequence[Demand]]:
    query = select(Demand).where(Demand.case_id == case_id, Demand.withdrawn_on.is_(None)).order_by(Demand.id)
    found: dict[int, list[Demand]] = {}
    for demand in session.scalars(query):
        found.setdefault(demand.party_id, []).append(demand)
    return found


def _open_items(demands: Sequence[Demand], heads: frozenset[str] | None) -> tuple[str, ...]:
    if heads is None:
        return ()
    return tuple(demand.item for demand in demands if demand.head not in heads)


def end_rest(step: Step) -> None:
    """No agreement about the rest: by somebody's word, or because the agreed day is over. The paper names only them."""
    step.results["failure_reason"] = step.facts.told("failure") or "failed_expired"
    step.results["rest"] = [one.party_id for one in left_open(step.session, step.case_id)]


def rest_facts(step: Step, known: Mapping[str, Any]) -> dict[str, Any]:
    """For the paper of `end_rest`: the workers who are left, in place of all."""
    rest = set(step.results.get("rest", ()))
    if not rest:
        return {}
    query = select(Party.id, Party.name).where(Party.case_id == step.case_id)
    names = {name for id, name in step.session.execute(query) if id in rest}
    workers = [worker for worker in known["workers"] if worker["name"] in names]
    return {"workers": workers, "applicants": [{"name": worker["name"]} for worker in workers]}
