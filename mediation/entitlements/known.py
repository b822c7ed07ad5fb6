"""What earlier calculations say: how much was computed for each demand, and facts that need not be typed again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import Case, Demand
from ..law.entitlements.working import Formula
from ..money import fen

Computed = Mapping[tuple[int, str], int]
"""(party, head) → fen."""

ALIKE = {
    "start": ("hired",),
    "hired": ("start",),
    "end": ("left", "left_on"),
    "left": ("end", "left_on"),
    "left_on": ("end", "left"),
}
"""Inputs of different formulas that mean the same fact."""


def computed_of(session: Session, case_id: int) -> Computed:
    """What the formulas gave for each party and head, over the demands that are not withdrawn.

    Only demands that were computed count. The sum demanded may differ, and agreeing on less is lawful: this is to be
    shown beside it, never instead of it.
    """
    query = select(Demand.party_id, Demand.head, Demand.calculation).where(
        Demand.case_id == case_id, Demand.withdrawn_on.is_(None), Demand.calculation.is_not(None)
    )
    sums: dict[tuple[int, str], int] = {}
    for party_id, head, calculation in session.execute(query):
        sums[party_id, head] = sums.get((party_id, head), 0) + fen(calculation["amount"])
    return sums


def known_inputs(session: Session, case_id: int, party_id: int | None, formula: Formula) -> dict[str, Any]:
    """Inputs of this formula that the file already holds, as raw data: what was told before, the latest first.

    The day the case was received stands for the day of the claim (double wage), to be corrected where it was earlier.
    """
    wanted = formula.inputs.model_fields
    told: dict[str, Any] = {}
    for earlier in _earlier(session, case_id, party_id):
        same = earlier["formula"] == formula.id
        for name in wanted:
            if name not in told and (value := _said(earlier["inputs"], name, same)) is not None:
                told[name] = value
    received = session.scalar(select(Case.received_on).where(Case.id == case_id))
    if "claimed" in wanted and "claimed" not in told and received is not None:
        told["claimed"] = received.isoformat()
    return told


def _earlier(session: Session, case_id: int, party_id: int | None) -> list[dict[str, Any]]:
    query = select(Demand.calculation).where(
        Demand.case_id == case_id, Demand.party_id == party_id, Demand.calculation.is_not(None)
    )
    return [kept for kept in session.scalars(query.order_by(Demand.id.desc())) if kept]


def _said(inputs: Mapping[str, Any], name: str, same: bool) -> Any:
    """The earlier answer; rows and small numbers belong to one formula alone, days and wages to all."""
    if same:
        return inputs.get(name)
    shared = name.endswith("wage") or name in ALIKE
    if not shared:
        return None
    return next((inputs[other] for other in (name, *ALIKE.get(name, ())) if other in inputs), None)
