"""Who administers what. Nobody acts above or beside the place where they are administrator, or for themselves."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ..cases.access import ADMINISTRATOR
from ..errors import Forbidden, NotFound
from ..people.actor import Actor
from ..people.models import Membership, Organisation
from ..people.places import stands_within
from ..people.rights import roles_of

UNKNOWN = "没有这个组织，或者不在您的管理范围内。"
NOBODY = "没有这个人，或者不在您的管理范围内。"


def administering(actor: Actor) -> None:
    """Refuses whoever is administrator nowhere."""
    if not actor.has(*roles_of("administer")):
        raise Forbidden("组织、人员和账号由管理员维护。如需变更，请联系本单位管理员。")


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """Bodies where this actor is administrator, and all below."""
    return stands_within(actor, ADMINISTRATOR)


def body_in_reach(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """The body, locked; what is out of reach answers like what does not exist."""
    administering(actor)
    query = select(Organisation).where(Organisation.id == organisation_id, within_reach(actor)).with_for_update()
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def check_person(session: Session, actor: Actor, person_id: int) -> None:
    """A colleague who serves or has served within reach; parties of cases are nobody here."""
    administering(actor)
    query = (
        select(Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id, within_reach(actor))
    )
    if session.scalars(query.limit(1)).first() is None:
        raise NotFound(NOBODY)


def not_oneself(actor: Actor, person_id: int) -> None:
    if actor.person_id == person_id:
        raise Forbidden("不能给自己授权或处理自己的账号，请由另一位管理员办理。")
