"""Log-ins with a password. Passwords are kept as argon2id hashes; failures are counted in the database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import BadInput
from .identity import compact
from .models import Account

ALLOWED_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
SHORTEST = 10
LONGEST = 200
WRONG = "登录名或密码不正确，请重新输入。"

_HASH = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
"""19 MiB and two passes: about 35 ms, so that a flood of log-ins cannot exhaust the memory of a small server."""


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """Why nobody was logged in. A value and no exception: the count of failures has to be committed."""

    sentence: str
    reason: str = field(default="", compare=False)
    """wrong, unknown, closed, locked (it was locked already), locking (this failure locked it), waiting."""
    account_id: int | None = field(default=None, compare=False)


def create_account(session: Session, person_id: int, login: str, password: str, *, at: datetime) -> Account:
    """A new log-in for a person. BadInput if the name is taken or the password breaks the rules."""
    name = _login_name(login)
    if not 2 <= len(name) <= 60:
        raise BadInput("登录名应为2至60个字符。", {"login": "登录名应为2至60个字符。"})
    check_password(password, name)
    if session.scalars(select(Account.id).where(Account.login == name)).first() is not None:
        raise BadInput(f"登录名“{name}”已被使用，请换一个。", {"login": f"登录名“{name}”已被使用，请换一个。"})
    account = Account(person_id=person_id, login=name, password_hash=_HASH.hash(password), created_at=at)
    account.active, account.failed_logins, account.locked_until = True, 0, None
    session.add(account)
    session.flush()
    return account


def keep_display(session: Session, account_id: int, display: str) -> None:
    """How the owner wants the pages to look, for the next log-in."""
    session.get_one(Account, account_id).display = display


def check_password(password: str, login: str) -> None:
    """At least ten characters, not the log-in name, not one character repeated."""
    sentence = None
    if len(password) < SHORTEST:
        sentence = f"密码至少{SHORTEST}个字符，现为{len(password)}个。"
    elif len(password) > LONGEST:
        sentence = f"密码最多{LONGEST}个字符。"
    elif _login_name(password) == _login_name(login):
        sentence = "密码不能与登录名相同。"
    elif len(set(password)) == 1:
        sentence = "密码不能是同一个字符的重复。"
    if sentence:
        raise BadInput(sentence, {"password": sentence})


def reset_password(session: Session, account: Account, new: str) -> None:
    """Set by somebody else, who may; the caller closes its sessions."""
    check_password(new, account.login)
    account.password_hash, account.failed_logins, account.locked_until = _HASH.hash(new), 0, None
    session.flush()


def change_password(session: Session, account_id: int, old: str, new: str) -> Account:
    """Replace the password after asking for the old one. The caller decides which sessions to close."""
    account = session.get_one(Account, account_id, with_for_update=True)
    if not _HASH.verify(old[:LONGEST], account.password_hash):
        raise BadInput("原密码不正确。", {"old_password": "原密码不正确。"})
    check_password(new, account.login)
    account.password_hash = _HASH.hash(new)
    session.flush()
    return account


def log_in(session: Session, login: str, password: str, *, at: datetime) -> Account | LoginRefused:
    """The account these words open, or the sentence why not. Where a second factor follows, earlier failures stay.

    Unknown and closed accounts take as long as known ones and answer the same. Five failures in a row lock the
    account for fifteen minutes; while it is locked even the right password is refused.
    """
    query = select(Account).where(Account.login == _login_name(login)).with_for_update()
    account = session.scalars(query).one_or_none()
    known = account is not None and account.active
    right = _HASH.verify(password[:LONGEST], account.password_hash if account and known else _decoy())
    if account is None or not known:
        return LoginRefused(WRONG, "closed" if account else "unknown", account.id if account else None)
    if not right:
        return failed(session, account, at=at)
    if (locked := lock_of(account, at)) is not None:
        return locked
    if account.factor_since is None:
        succeeded(session, account)
    return account


def confirm_password(session: Session, account_id: int, password: str, *, at: datetime) -> Account | LoginRefused:
    """The account, once somebody who is logged in has typed its password again. Failures count as at the log-in."""
    account = session.get_one(Account, account_id, with_for_update=True)
    if (locked := lock_of(account, at)) is not None:
        return locked
    if not _HASH.verify(password[:LONGEST], account.password_hash):
        return failed(session, account, at=at, sentence="密码不正确，请重新输入。")
    return account


def succeeded(session: Session, account: Account) -> None:
    """Everything that was asked for was right: earlier failures are forgotten."""
    account.failed_logins, account.locked_until = 0, None
    session.flush()


def failed(session: Session, account: Account, *, at: datetime, sentence: str = WRONG) -> LoginRefused:
    """Count one failure; the fifth in a row locks the account."""
    if (locked := lock_of(account, at)) is not None:
        return locked
    account.failed_logins += 1
    if account.failed_logins < ALLOWED_FAILURES:
        session.flush()
        return LoginRefused(sentence, "wrong", account.id)
    account.failed_logins, account.locked_until = 0, at + LOCKED_FOR
    session.flush()
    return LoginRefused(_locked(account.locked_until), "locking", account.id)


def lock_of(account: Account, at: datetime) -> LoginRefused | None:
    """The refusal, where the account is locked now."""
    if account.locked_until is None or account.locked_until <= at:
        return None
    return LoginRefused(_locked(account.locked_until), "locked", account.id)


def _locked(until: datetime) -> str:
    minutes = int(LOCKED_FOR.total_seconds()) // 60
    return f"密码连续输错{ALLOWED_FAILURES}次，该账号已锁定{minutes}分钟，请在{until:%H:%M}之后再试，或联系管理员。"


def account_named(session: Session, login: str) -> int | None:
    """The account with this log-in name."""
    return session.scalar(select(Account.id).where(Account.login == _login_name(login)))


def _login_name(text: str) -> str:
    return compact(text).lower()


@cache
def _decoy() -> str:
    return _HASH.hash("no account has this password")
