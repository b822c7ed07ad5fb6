"""Which account an identity of the single sign-on opens. A link gives no right: roles stay those of the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.models import Account
from .models import LinkedIdentity
from .noting import note_account


@dataclass(frozen=True, slots=True)
class LinkRow:
    id: int
    issuer: str
    subject: str
    linked_at: datetime
    last_used_at: datetime | None


def account_of(session: Session, issuer: str, subject: str, *, at: datetime) -> Account | None:
    """The account that this identity opens now. None: linked with none, or with one that is closed."""
    link = session.scalars(_found(issuer, subject)).one_or_none()
    if link is None:
        return None
    account = session.get_one(Account, link.account_id, with_for_update=True)
    if not account.active:
        return None
    link.last_used_at = at
    session.flush()
    return account


def is_linked(session: Session, issuer: str, subject: str) -> bool:
    return session.scalars(_found(issuer, subject)).one_or_none() is not None


def link_identity(
    session: Session, account_id: int, issuer: str, subject: str, *, at: datetime, by: Actor | None = None
) -> None:
    """This identity opens this account from now on. `by` None: its owner linked it. BadInput: it opens another one."""
    if not 1 <= len(subject) <= 255:
        raise BadInput("统一身份认证的用户标识应为1至255个字符。")
    link = session.scalars(_found(issuer, subject)).one_or_none()
    if link is not None and link.account_id == account_id:
        return
    if link is not None:
        raise BadInput("这个统一身份认证账号已关联到另一个账号，请联系管理员核对。")
    linked_by = by.person_id if by else session.get_one(Account, account_id).person_id
    session.add(
        LinkedIdentity(
            account_id=account_id,
            issuer=issuer,
            subject=subject,
            linked_at=at,
            linked_by_id=linked_by,
            last_used_at=None,
        )
    )
    session.flush()
    note_account(session, account_id, "link_identity", {"issuer": issuer, "subject": subject}, at=at, by=by)


def unlink_identity(session: Session, account_id: int, link_id: int, *, at: datetime, by: Actor | None = None) -> None:
    """The identity opens nothing any more; the password still does."""
    link = session.get(LinkedIdentity, link_id)
    if link is None or link.account_id != account_id:
        raise NotFound("没有这项关联，可能已经解除。")
    session.delete(link)
    session.flush()
    told = {"issuer": link.issuer, "subject": link.subject}
    note_account(session, account_id, "unlink_identity", told, at=at, by=by)


def links_of(session: Session, account_id: int) -> Sequence[LinkRow]:
    query = select(LinkedIdentity).where(LinkedIdentity.account_id == account_id).order_by(LinkedIdentity.id)
    return [LinkRow(row.id, row.issuer, row.subject, row.linked_at, row.last_used_at) for row in session.scalars(query)]


def _found(issuer: str, subject: str) -> Select[LinkedIdentity]:
    return select(LinkedIdentity).where(LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)
