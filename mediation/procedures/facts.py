"""What guards may know of the other procedures of the case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.facts import COMMA
from ..cases.models import UNDONE, Case, Proceeding

_other = aliased(Proceeding)
_OURS = ("dispute", "legal_aid", "follow_up_order")
"""No procedures of other bodies: the mediation, the aid, and what a supervisor wants to know."""
_BESIDE = (_other.case_id == Case.id, _other.workflow.not_in(_OURS))
_RESULT = _other.workflow + ":" + func.coalesce(_other.outcome, "", type_=String)
_PLACE = _other.workflow + ":" + _other.state
_OPEN = _other.ended_at.is_(None)
_CONTESTABLE = ("award_open", "wrong_court", "annulling")
"""States of arbitration in which an award was served and may still be fought."""


def _all(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.aggregate_strings(column, COMMA)).where(*_BESIDE, *conditions).correlate(Case).scalar_subquery()


def _arbitrations(*conditions: ColumnElement[bool]) -> Any:
    counted = select(func.count(_other.id)).where(_other.case_id == Case.id, _other.workflow == "arbitration")
    return counted.where(*conditions).correlate(Case).scalar_subquery()


def _answer(name: str) -> Any:
    return _other.answers[name].as_string()


COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "procedures_open": _all(_other.workflow, _OPEN),
    "procedures_ended": _all(_RESULT, _other.ended_at.is_not(None), _other.outcome.is_distinct_from(UNDONE)),
    "procedures_standing": _all(_PLACE, _OPEN),
    "final_awards": _arbitrations(
        _OPEN,
        or_(*(_other.state == state for state in _CONTESTABLE)),
        _answer("award_finality") == "final",
        _answer("decision_result") != "dismissed",
    ),
    "advance_orders": _arbitrations(_answer("advance_ordered_on").is_not(None)),
}
"""Comma-separated: the workflows under way beside the mediation, `workflow:outcome` of those that ended,
`workflow:state` of those under way. Counts: arbitrations with a final award (LMA 47: effective when made) that may
still be fought, and with an order of advance enforcement.
"""


def words(joined: str | None) -> frozenset[str]:
    """The parts of a comma-separated fact."""
    return frozenset((joined or "").split(",")) - {""}
