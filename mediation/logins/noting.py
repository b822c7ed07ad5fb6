"""Every change of an account stands in the chain of the organisation where its person serves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..cases.models import AuditEntry
from ..people.accounts import LoginRefused
from ..people.actor import CLOCK, Actor
from ..people.models import Account, Membership, Organisation


def note_account(
    session: Session,
    account_id: int,
    event: str,
    payload: Mapping[str, Any],
    *,
    at: datetime,
    by: Actor | None = None,
    key: str | None = None,
) -> None:
    """One entry about this account. `by` None: the owner did it. An installation without organisations has no chain."""
    person_id = session.scalars(select(Account.person_id).where(Account.id == account_id)).one()
    place, role = _serves(session, person_id, at.date())
    if place is None:
        return
    actor = by or Actor(person_id, "", ())
    told = {"account": account_id, **payload}
    note_outside_cases(
        session, place, event, told, actor=actor, role="clock" if actor is CLOCK else role, at=at, key=key
    )


def note_lock(session: Session, refused: LoginRefused, *, at: datetime, address: str) -> None:
    """Where this failure locked an account, the chain says so."""
    if refused.reason == "locking" and refused.account_id is not None:
        note_account(session, refused.account_id, "lock_account", {"address": address}, at=at, by=CLOCK)


def was_used(session: Session, key: str) -> bool:
    """Whether a request with this key has been carried out already."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.idempotency_key == key)) is not None


def _serves(session: Session, person_id: int, today: date) -> tuple[int | None, str]:
    """Where and as what the person serves today, else served last, else the topmost organisation."""
    holds = (Membership.from_on <= today) & or_(Membership.until_on.is_(None), Membership.until_on >= today)
    found = session.execute(
        select(Membership.organisation_id, Membership.role)
        .where(Membership.person_id == person_id)
        .order_by(case((holds, 0), else_=1), Membership.id.desc())
    ).first()
    if found is not None:
        return found.organisation_id, found.role
    return session.scalar(select(Organisation.id).order_by(Organisation.path).limit(1)), ""
