"""What the routes after an agreement depend on, as far as the file knows it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from ..cases.facts import COMMA, LIVE_PARTY, PRINCIPAL, total
from ..cases.models import Case, Demand, Party
from ..recovery.models import Agreement, Promise, Receipt

_MEDIATED = (
    Agreement.kind == "mediation",
    Agreement.signed_on.is_not(None),
    Agreement.replaced_at.is_(None),
)
_RECEIVED = select(total(Receipt.amount)).where(Receipt.promise_id == Promise.id).correlate(Promise).scalar_subquery()
_UNPERFORMED = and_(
    Promise.taken_over_at.is_(None),
    or_(and_(Promise.amount.is_(None), Promise.done_on.is_(None)), Promise.amount > _RECEIVED),
)
_HEAD = func.coalesce(Promise.head, case((Promise.amount.is_(None), "duty"), else_=""))
_OPEN_DEMAND = (Demand.case_id == Case.id, Demand.withdrawn_on.is_(None))


def _of_case(statement: Any) -> Any:
    return statement.correlate(Case).scalar_subquery()


def _promises(figure: Any, *conditions: ColumnElement[bool]) -> Any:
    return _of_case(
        select(figure)
        .join(Agreement, Agreement.id == Promise.agreement_id)
        .where(Promise.case_id == Case.id, *_MEDIATED, *conditions)
    )


COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "route_signed_on": _of_case(select(func.max(Agreement.signed_on)).where(Agreement.case_id == Case.id, *_MEDIATED)),
    "route_unperformed": _promises(func.count(Promise.id), _UNPERFORMED),
    "route_due_on": _promises(func.min(Promise.due_on), _UNPERFORMED),
    "route_heads": _promises(func.aggregate_strings(_HEAD, COMMA)),
    "route_demand_heads": _of_case(select(func.aggregate_strings(Demand.head, COMMA)).where(*_OPEN_DEMAND)),
    "route_vague_demands": _of_case(
        select(func.count(Demand.id)).where(
            *_OPEN_DEMAND, Demand.monetary.is_(True), or_(Demand.amount.is_(None), Demand.quality != "exact")
        )
    ),
    "route_employers_gone": _of_case(
        select(func.count(Party.id)).where(
            *LIVE_PARTY, Party.side == "employer", PRINCIPAL, Party.consent == "unreachable"
        )
    ),
}
"""Of the mediation agreements in force: signed on, promises not performed and the earliest day of these, heads covered
(comma-separated; an empty part where a promise names none). Of the demands: heads, and how many have no exact sum.
"""
