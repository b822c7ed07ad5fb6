"""Who works where today."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from .models import Membership, Organisation, Person


def colleagues_within(
    session: Session, paths: Collection[str], today: date, *roles: str
) -> tuple[tuple[int, str], ...]:
    """(id, name) of everybody who holds one of these roles in these subtrees today, by name."""
    query = (
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            or_(false(), *(Organisation.path.startswith(path) for path in paths)),
            Membership.role.in_(roles),
            Membership.from_on <= today,
            or_(Membership.until_on.is_(None), Membership.until_on >= today),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return tuple((row.id, row.name) for row in session.execute(query))


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Person → name."""
    return {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}
