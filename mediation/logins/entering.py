"""The steps of logging in. Each says what comes next; only the last one opens a session."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from ..people.accounts import LoginRefused, account_named, confirm_password, log_in
from ..people.actor import load_actor
from ..people.models import Account
from ..people.sessions import Origin
from ..settings import Settings
from .factor import check_factor, propose_factor
from .noting import note_lock
from .throttle import held_up, log_attempt

Next = Literal["", "factor", "setup"]


@dataclass(frozen=True, slots=True)
class Step:
    """The person is who they say, as far as asked. `then`: nothing more, the second factor, or setting one up."""

    account: Account
    then: Next


def by_password(
    session: Session, settings: Settings, login: str, password: str, *, at: datetime, origin: Origin
) -> Step | LoginRefused:
    """The first step. Every attempt is logged, also one that had to wait."""
    found = account_named(session, login)
    account = held_up(session, origin.address, found, at=at) or log_in(session, login, password, at=at)
    if isinstance(account, LoginRefused):
        return _refused(session, account, origin, at)
    return _proven(session, settings, account, origin, at)


def by_provider(
    session: Session, settings: Settings, account: Account, *, strong: bool, at: datetime, origin: Origin
) -> Step:
    """The first step, taken at a provider of single sign-on. `strong`: it asked for a second factor itself."""
    if not strong:
        return _proven(session, settings, account, origin, at)
    log_attempt(session, account.id, "entered", origin, at=at)
    return Step(account, "")


def by_factor(session: Session, account_id: int, typed: str, *, at: datetime, origin: Origin) -> Step | LoginRefused:
    """The second step: the code of the authenticator, or a recovery code."""
    account = session.get_one(Account, account_id, with_for_update=True)
    proven = check_factor(session, account, typed, at=at)
    if isinstance(proven, LoginRefused):
        return _refused(session, proven, replace(origin, method="factor"), at)
    log_attempt(session, account.id, "entered", replace(origin, method=proven), at=at)
    return Step(account, "")


def factor_demanded(session: Session, settings: Settings, person_id: int, at: datetime) -> bool:
    """Whether the office demands the second factor of one of this person's roles."""
    return bool(settings.factor_roles) and load_actor(session, person_id, at.date()).has(*settings.factor_roles)


def _proven(session: Session, settings: Settings, account: Account, origin: Origin, at: datetime) -> Step:
    then: Next = ""
    if account.factor_since is not None:
        then = "factor"
    elif factor_demanded(session, settings, account.person_id, at):
        propose_factor(session, account)
        then = "setup"
    log_attempt(session, account.id, "half" if then else "entered", origin, at=at)
    return Step(account, then)


def _refused(session: Session, refused: LoginRefused, origin: Origin, at: datetime) -> LoginRefused:
    log_attempt(session, refused.account_id, refused.reason, origin, at=at)
    note_lock(session, refused, at=at, address=origin.address)
    return refused


def password_again(
    session: Session, account_id: int, password: str, *, at: datetime, origin: Origin
) -> Account | LoginRefused:
    """Before something that a stranger at an open screen must not do. A wrong one counts as at the log-in."""
    found = confirm_password(session, account_id, password, at=at)
    return _refused(session, found, origin, at) if isinstance(found, LoginRefused) else found
