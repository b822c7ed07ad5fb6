"""Where bodies stand and stood: whose figures a day's events belong to, whatever has been moved since."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, literal, or_, true

from .actor import Actor
from .models import Organisation, Placement

EVERYWHERE = "/"


def stands_within(actor: Actor, *roles: str) -> ColumnElement[bool]:
    """Bodies that stand today where the actor holds one of these roles (any, if none is named), or below."""
    return or_(false(), *(Organisation.path.startswith(path) for path in actor.paths(*roles)))


def stood_within(actor: Actor, on: Any, *roles: str) -> ColumnElement[bool]:
    """Bodies that stood there on the day `on`: a date, a column of dates, or one of dates as ISO text.

    A street that moved counts for its new district from the day of the move, and before it for the old one.
    """
    if EVERYWHERE in actor.paths(*roles):
        return true()
    day = literal(on) if isinstance(on, date) else on
    until, since = (_like(column, day) for column in (Placement.until_on, Placement.from_on))
    of_then = (Placement.organisation_id == Organisation.id, until >= day)
    ids = {grant.organisation_id for grant in actor.grants if not roles or grant.role in roles}
    below = or_(false(), *(Placement.path.contains(f"/{id}/") for id in sorted(ids)))
    moved_since = exists().where(*of_then)
    was_there = exists().where(*of_then, or_(Placement.from_on.is_(None), since <= day), below)
    return or_(and_(stands_within(actor, *roles), ~moved_since), was_there)


def _like(column: Any, day: Any) -> Any:
    """The column in the type of the day it is compared with."""
    return cast(column, String) if isinstance(day.type, String) else column
