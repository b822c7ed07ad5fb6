"""Notices: something has happened that these people must know; a line in their inbox, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..people.masking import scrubbed
from .channels import INBOX
from .models import Delivery


def tell(
    session: Session,
    people: Iterable[int],
    subject: str,
    body: str,
    *,
    key: str,
    at: datetime,
    case_id: int | None = None,
) -> list[int]:
    """Who was told now. The same `key` reaches a person once, however often it is told."""
    wanted = dict.fromkeys(people)
    keys = {person: f"n-{key}-p{person}" for person in wanted}
    had = set(session.scalars(select(Delivery.key).where(Delivery.key.in_(keys.values()))))
    new = [person for person in wanted if keys[person] not in had]
    for person in new:
        text = scrubbed(f"{subject}\n{body}")
        told = {"person_id": person, "channel": INBOX, "key": keys[person], "text": text, "state": "sent", "at": at}
        session.add(Delivery(case_id=case_id, **told))
    session.flush()
    return new
