"""Who works where today."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from ..errors import BadInput
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


def checked_languages(codes: Collection[str], languages: Collection[str]) -> list[str]:
    """Each code once, in the order of the list; BadInput where one is unknown."""
    if any(code not in codes for code in languages):
        raise BadInput("填写的内容有误，请按提示修改。", {"languages": "不在可选范围内，请从列表中选择。"})
    return [code for code in codes if code in languages]


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Person → name."""
    return {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}


def nearest_holders(session: Session, path: str, today: date, role: str) -> tuple[int, ...]:
    """Who holds the role today at the body with this path; if nobody does, at the nearest above with anybody."""
    chain = [path[: i + 1] for i, letter in enumerate(path) if letter == "/" and i]
    query = (
        select(Membership.person_id, Organisation.path)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Organisation.path.in_(chain),
            Membership.role == role,
            Membership.from_on <= today,
            or_(Membership.until_on.is_(None), Membership.until_on >= today),
        )
        .order_by(Membership.person_id)
    )
    rows = session.execute(query).all()
    level = max((len(row.path) for row in rows), default=0)
    return tuple(dict.fromkeys(row.person_id for row in rows if len(row.path) == level))
