"""What guards may know of the other procedures of the case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.facts import COMMA
from ..cases.models import Case, Proceeding

_other = aliased(Proceeding)
_BESIDE = (_other.case_id == Case.id, _other.workflow != "dispute", _other.workflow != "legal_aid")
_RESULT = _other.workflow + ":" + func.coalesce(_other.outcome, "", type_=String)


def _all(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.aggregate_strings(column, COMMA)).where(*_BESIDE, *conditions).correlate(Case).scalar_subquery()


COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "procedures_open": _all(_other.workflow, _other.ended_at.is_(None)),
    "procedures_ended": _all(_RESULT, _other.ended_at.is_not(None)),
}
"""Comma-separated: the workflows under way beside the mediation, and `workflow:outcome` of those that ended."""


def words(joined: str | None) -> frozenset[str]:
    """The parts of a comma-separated fact."""
    return frozenset((joined or "").split(",")) - {""}
