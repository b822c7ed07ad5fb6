"""Closing and opening accounts, and ending roles: whoever may not be here any more is out at once."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import CLOCK, Actor
from ..people.models import Account, Membership, Organisation
from ..people.sessions import close_sessions_of, close_sessions_of_person
from .factor import remove_factor
from .noting import note_account, was_used
from .tokens import revoke_token, tokens_of

ADMINISTRATORS = ("administrator",)
"""Who looks after accounts, at the places of the person and above."""


def close_account(session: Session, account_id: int, *, at: datetime, actor: Actor, key: str) -> None:
    """Nobody logs in with it any more; its log-ins and tokens end now."""
    account = _administered(session, account_id, actor, at.date())
    if was_used(session, key) or not account.active:
        return
    account.active = False
    for token in tokens_of(session, account_id):
        revoke_token(session, account_id, token.id, at=at)
    ended = close_sessions_of(session, account_id, at=at)
    note_account(session, account_id, "close_account", {"ended": ended}, at=at, by=actor, key=key)


def reopen_account(session: Session, account_id: int, *, at: datetime, actor: Actor, key: str) -> None:
    """It may be used again, also where wrong passwords had locked it."""
    account = _administered(session, account_id, actor, at.date())
    if was_used(session, key):
        return
    account.active, account.failed_logins, account.locked_until = True, 0, None
    session.flush()
    note_account(session, account_id, "reopen_account", {}, at=at, by=actor, key=key)


def reset_factor(session: Session, account_id: int, *, at: datetime, actor: Actor, key: str) -> None:
    """For somebody who has lost both telephone and recovery codes, after looking at their papers."""
    account = _administered(session, account_id, actor, at.date())
    if was_used(session, key):
        return
    remove_factor(session, account, at=at, demanded=False)
    ended = close_sessions_of(session, account_id, at=at)
    note_account(session, account_id, "reset_factor", {"ended": ended}, at=at, by=actor, key=key)


def end_role(session: Session, membership_id: int, last_day: date, *, at: datetime, actor: Actor, key: str) -> None:
    """The role holds up to and including `last_day`. If that is over, the person's log-ins end now: they may log in
    again with what is left to them."""
    row = session.get(Membership, membership_id, with_for_update=True)
    if row is None:
        raise NotFound("没有这项任职。")
    check_administrator(session, row.person_id, actor, at.date())
    if was_used(session, key):
        return
    if last_day < row.from_on - timedelta(days=1):
        raise BadInput("任职结束日期早于开始日期，请核对。", {"until_on": "结束日期早于开始日期。"})
    row.until_on = last_day
    session.flush()
    ended = close_sessions_of_person(session, row.person_id, at=at) if last_day < at.date() else 0
    account = session.scalar(select(Account.id).where(Account.person_id == row.person_id).order_by(Account.id))
    if account is not None:
        told = {"membership": row.id, "role": row.role, "until_on": last_day.isoformat(), "ended": ended}
        note_account(session, account, "end_role", told, at=at, by=actor, key=key)


def _administered(session: Session, account_id: int, actor: Actor, today: date) -> Account:
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound("没有这个账号。")
    check_administrator(session, account.person_id, actor, today)
    return account


def check_administrator(session: Session, person_id: int, actor: Actor, today: date) -> None:
    """The command line acts as the system; anybody else must administer every place where this person serves, or (of
    somebody who serves nowhere any more) has served: a street's administrator opens no district's account."""
    if actor is CLOCK:
        return
    places = select(Organisation.path, Membership.until_on).join(Membership).where(Membership.person_id == person_id)
    rows = session.execute(places).all()
    serving = [row.path for row in rows if row.until_on is None or row.until_on >= today]
    paths = serving or [row.path for row in rows]
    if not paths or any(actor.roles_at(path).isdisjoint(ADMINISTRATORS) for path in paths):
        raise Forbidden("只有管理其全部任职单位的管理员可以管理这个账号，请联系上级管理员。")
