"""What guards may know: who may be addressed, which names stay secret, which union may write to departments."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from ..cases.facts import COMMA, LIVE_PARTY, PRINCIPAL
from ..cases.models import Case, Party
from ..people.models import Organisation

COUNTY = ("district", "city")
"""Levels from the county up (县级以上): only their unions write to departments (BJTU 24, 26)."""

_above = aliased(Organisation)


def _parties(column: Any, side: str) -> Any:
    query = select(func.aggregate_strings(column, COMMA)).where(*LIVE_PARTY, PRINCIPAL, Party.side == side)
    return query.correlate(Case).scalar_subquery()


COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "employer_ids": _parties(cast(Party.id, String), "employer"),
    "worker_names": _parties(Party.name, "worker"),
    "county_union_id": select(_above.id)
    .where(
        func.substr(Organisation.path, 1, func.length(_above.path)) == _above.path,
        or_(*(_above.level == level for level in COUNTY)),
    )
    .order_by(func.length(_above.path).desc())
    .limit(1)
    .correlate(Organisation)
    .scalar_subquery(),
}
"""`employer_ids` and `worker_names` are comma-separated; `county_union_id` is the nearest union from the county up."""


def words(joined: str | None) -> frozenset[str]:
    """The parts of a comma-separated fact."""
    return frozenset((joined or "").split(",")) - {""}
