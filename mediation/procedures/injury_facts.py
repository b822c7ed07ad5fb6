"""What guards may know of work injuries (工伤) of the case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.models import Case, Proceeding

STANDING = (
    "recognised",
    "recognition_review",
    "recognition_suit",
    "appraising",
    "graded",
    "reappraising",
    "claiming",
)
"""States of the injury workflow in which a recognition stands: challenged or not, it holds until it is annulled."""

_injury = aliased(Proceeding)

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "injury_recognised": select(func.count(_injury.id))
    .where(
        _injury.case_id == Case.id,
        _injury.workflow == "injury",
        or_(
            and_(_injury.ended_at.is_(None), or_(*(_injury.state == state for state in STANDING))),
            _injury.outcome == "injury_recognised",
            _injury.outcome == "injury_graded",
        ),
    )
    .correlate(Case)
    .scalar_subquery(),
}
"""`injury_recognised`: how many injuries of the case are recognised now; 0 means that none is."""
