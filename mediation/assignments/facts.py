"""What guards and authorisation may know of assignments."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.models import Case, Proceeding
from .models import Assignment

_aid = aliased(Proceeding)

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "lawyer_id": select(func.max(Assignment.person_id))
    .where(
        Assignment.proceeding_id == Proceeding.id,
        Assignment.role == "lawyer",
        Assignment.ended_at.is_(None),
    )
    .correlate(Proceeding)
    .scalar_subquery(),
    "case_lawyer_id": select(func.max(Assignment.person_id))
    .join(_aid, _aid.id == Assignment.proceeding_id)
    .where(_aid.case_id == Case.id, Assignment.role == "lawyer", Assignment.ended_at.is_(None))
    .correlate(Case)
    .scalar_subquery(),
    "aid_under_way": select(func.count(_aid.id))
    .where(_aid.case_id == Case.id, _aid.workflow == "legal_aid", _aid.ended_at.is_(None))
    .correlate(Case)
    .scalar_subquery(),
}
"""Who holds this proceeding, who is the lawyer of the case, and how many aid proceedings run."""
