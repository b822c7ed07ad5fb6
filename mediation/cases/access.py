"""Which roles a person has in one case. Deny by default; what one may not see answers like what does not exist."""

from collections.abc import Mapping
from typing import Any

from ..errors import NotFound
from ..people.actor import Actor

UNSEEN = "没有这个案件，或者您无权查看。"


def roles_in(actor: Actor, row: Mapping[str, Any]) -> frozenset[str]:
    """The actor's roles here. A lawyer has one only in a case they hold, or in an aid proceeding in the queue."""
    roles = actor.roles_at(row["path"])
    if "lawyer" in roles and not _holds(actor, row):
        roles -= {"lawyer"}
    return roles


def _holds(actor: Actor, row: Mapping[str, Any]) -> bool:
    mine = actor.person_id
    waiting = row["workflow"] == "legal_aid" and row["state"] == "waiting" and row["lawyer_id"] is None
    return waiting or mine in (row["lawyer_id"], row["case_lawyer_id"])


def seen(actor: Actor, row: Mapping[str, Any] | None) -> tuple[Mapping[str, Any], frozenset[str]]:
    """The row and the actor's roles in it; NotFound where there is no such proceeding or no role."""
    if row is None:
        raise NotFound(UNSEEN)
    roles = roles_in(actor, row)
    if not roles:
        raise NotFound(UNSEEN)
    return row, roles
