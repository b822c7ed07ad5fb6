"""Items of evidence as one reader may see them. The rule stands here once, for Python, for SQL and for the page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from ..errors import NotFound
from ..people.rights import roles_of
from .models import Evidence, Party

CONFIDANTS = frozenset(roles_of("read_private"))
"""Who may read what only mediators see."""

OWN_SIDES: Mapping[str, frozenset[str]] = {
    "clerk": frozenset(("worker", "employer", "third")),
    "lawyer": frozenset(("worker",)),
}
"""Whose own material others may see besides: a clerk files it, a lawyer acts for the workers. Nobody else."""

UNSEEN = "本案没有这项证据，或者您无权查看。"


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One item. `side` is that of whoever handed it in; None: the office itself."""

    id: int
    number: int
    name: str
    category: str
    visibility: str
    proves: str
    submitted_by: str | None
    media_type: str
    size: int
    sha256: str
    received_at: datetime
    side: str | None = None
    checklist_item: str | None = None
    submitted_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """A part of the list; `total` counts all that the reader may see and asked for."""

    rows: tuple[EvidenceRow, ...]
    total: int


def may_see_evidence(roles: Collection[str], visibility: str, side: str | None) -> bool:
    """Deny by default: a class that is not known is seen by mediators only."""
    if CONFIDANTS & frozenset(roles) or visibility == "both_sides":
        return True
    own = frozenset[str]().union(*(OWN_SIDES.get(role, ()) for role in roles))
    return visibility == "own_side" and side in own


def seen_by(roles: Collection[str]) -> ColumnElement[bool]:
    """The same rule for SQL; `Party` is joined as the one who handed it in."""
    if CONFIDANTS & frozenset(roles):
        return true()
    own = frozenset[str]().union(*(OWN_SIDES.get(role, ()) for role in roles))
    return or_(Evidence.visibility == "both_sides", (Evidence.visibility == "own_side") & Party.side.in_(own))


def audience(visibility: str, side: str | None) -> tuple[str, ...]:
    """The roles that may see such an item, in the order in which people are told."""
    return tuple(role for role in READERS if may_see_evidence((role,), visibility, side))


READERS = ("mediator", "supervisor", "clerk", "lawyer")
"""Whoever may come to read a case at all."""


def evidence_of(session: Session, case_id: int, roles: Collection[str]) -> tuple[EvidenceRow, ...]:
    """Every item of the case that these roles may see."""
    return _rows(session, _query(case_id, roles).order_by(Evidence.number))


def item_among(items: Sequence[EvidenceRow], evidence_id: int) -> EvidenceRow:
    """The item out of what a reader may see; NotFound otherwise."""
    found = next((item for item in items if item.id == evidence_id), None)
    if found is None:
        raise NotFound(UNSEEN)
    return found


def evidence_page(
    session: Session,
    case_id: int,
    roles: Collection[str],
    *,
    category: str = "",
    visibility: str = "",
    offset: int = 0,
    limit: int = 20,
) -> EvidencePage:
    """The newest first."""
    query = _query(case_id, roles)
    if category:
        query = query.where(Evidence.category == category)
    if visibility:
        query = query.where(Evidence.visibility == visibility)
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Evidence.id).subquery())) or 0
    return EvidencePage(_rows(session, query.order_by(Evidence.number.desc()).offset(offset).limit(limit)), total)


def evidence_choices(session: Session, case_id: int, roles: Collection[str]) -> Sequence[tuple[int, str]]:
    """Items to name in a form, the newest first."""
    return [(row.id, f"{row.number}. {row.name}") for row in reversed(evidence_of(session, case_id, roles))]


def _query(case_id: int, roles: Collection[str]) -> Any:
    return (
        select(Evidence, Party.name, Party.side)
        .outerjoin(Party, Party.id == Evidence.submitted_by_id)
        .where(Evidence.case_id == case_id, seen_by(roles))
    )


def _rows(session: Session, query: Any) -> tuple[EvidenceRow, ...]:
    copied = ("id", "number", "name", "category", "visibility", "proves")
    further = ("media_type", "size", "sha256", "received_at", "checklist_item", "submitted_by_id")
    return tuple(
        EvidenceRow(
            **{name: getattr(item, name) for name in (*copied, *further)},
            submitted_by=name,
            side=side,
        )
        for item, name, side in session.execute(query)
    )
