"""Which roles a person has in one case. Deny by default; what one may not see answers like what does not exist.

This is the one door to a case file: whoever reads or writes one passes `seen`, and is written down by it.
"""

from collections.abc import Mapping
from typing import Any

from ..errors import NotFound
from ..people.actor import Actor

UNSEEN = "没有这个案件，或者您无权查看。"
ADMINISTRATOR = "administrator"
"""Looks after people and places, and reads no case."""
EMERGENCY = "emergency"
"""The role of somebody who has opened a case by 紧急查阅: they may read, and no event or use case names it."""


def roles_in(actor: Actor, row: Mapping[str, Any]) -> frozenset[str]:
    """The actor's roles here. A lawyer has one only in a case they hold, or in an aid proceeding in the queue; in a
    restricted case only who is named or handles it has any."""
    roles = actor.roles_at(row["path"])
    if "lawyer" in roles and not _holds(actor, row):
        roles -= {"lawyer"}
    roles -= {ADMINISTRATOR}
    if actor.person_id is None:
        return roles
    if row["restricted_at"] is not None and not (_among(actor, row["named"]) or _among(actor, row["handlers"])):
        roles = frozenset()
    if not roles and _among(actor, row["emergencies"]):
        return frozenset((EMERGENCY,))
    return roles


def _holds(actor: Actor, row: Mapping[str, Any]) -> bool:
    mine = actor.person_id
    waiting = row["workflow"] == "legal_aid" and row["state"] == "waiting" and row["lawyer_id"] is None
    return waiting or mine in (row["lawyer_id"], row["case_lawyer_id"])


def _among(actor: Actor, listed: str | None) -> bool:
    return str(actor.person_id) in (listed or "").split(",")


def seen(actor: Actor, row: Mapping[str, Any] | None) -> tuple[Mapping[str, Any], frozenset[str]]:
    """The row and the actor's roles in it; NotFound where there is no such proceeding or no role."""
    if row is None:
        raise NotFound(UNSEEN)
    roles = roles_in(actor, row)
    if not roles:
        raise NotFound(UNSEEN)
    if actor.person_id is not None:
        actor.looks.note(row["case_id"], roles)
    return row, roles
