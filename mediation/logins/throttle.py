"""Guessing is slowed by address as well as by account, and never at the cost of colleagues behind the same address.

Counted are the failures of fifteen minutes from one address (a sliding window over the log of attempts, which all
replicas share). From the tenth on, whoever has not logged in from this address before waits after every failure: 1, 2,
4 … up to 60 seconds. An attempt during the wait is answered without looking at the password and does not lengthen it.
Somebody who has logged in from this address within thirty days is not held up by it: five wrong passwords lock their
own account, which is the narrower limit.
"""

import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ..people.accounts import LoginRefused
from ..people.sessions import Origin
from .models import LoginAttempt

WINDOW = timedelta(minutes=15)
FREE = 10
"""So many failures in the window before anybody waits: a counter with one forgetful visitor notices nothing."""
LONGEST_WAIT = timedelta(seconds=60)
FAMILIAR = timedelta(days=30)
KEPT = timedelta(days=200)
"""How long the log of attempts is kept."""
WRONG_CODE = "wrong_code"
"""Of the page that opens with the code of a receipt: counted by itself, so that nobody is locked out by it."""
_FAILED = ("wrong", "unknown", "closed", "locking")


def place_of(host: str) -> str:
    """The address that is counted: an IPv6 customer has 2^64 of them, so their /64 counts as one."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def held_up(session: Session, address: str, account_id: int | None, *, at: datetime) -> LoginRefused | None:
    """The refusal, if this address has to wait and this account is a stranger there."""
    count, seconds = _wait(session, address, _FAILED, at)
    if not seconds or _familiar(session, address, account_id, at):
        return None
    return LoginRefused(
        f"这个网络地址在{WINDOW // timedelta(minutes=1)}分钟内已有{count}次登录失败，请等{seconds}秒再试。"
        "在本地址登录过的账号不受影响；如急需登录，请联系管理员。",
        "waiting",
        account_id,
    )


def guessing(session: Session, address: str, *, at: datetime) -> int:
    """Seconds that this address has to wait before another code of a receipt is looked up; 0: none."""
    return _wait(session, address, (WRONG_CODE,), at)[1]


def _wait(session: Session, address: str, outcomes: tuple[str, ...], at: datetime) -> tuple[int, int]:
    """The failures of the window, and the seconds that are left to wait."""
    count, last = session.execute(
        select(func.count(), func.max(LoginAttempt.at, type_=LoginAttempt.at.type)).where(
            LoginAttempt.address == address, LoginAttempt.at > at - WINDOW, LoginAttempt.outcome.in_(outcomes)
        )
    ).one()
    left = last + wait_after(count) - at if count >= FREE else timedelta(0)
    return count, max(0, -(-left // timedelta(seconds=1)))


def wait_after(failures: int) -> timedelta:
    """How long a stranger waits after so many failures of one address."""
    return min(timedelta(seconds=2 ** min(failures - FREE, 10)), LONGEST_WAIT) if failures >= FREE else timedelta(0)


def _familiar(session: Session, address: str, account_id: int | None, at: datetime) -> bool:
    """Whether this account has been entered from this address lately."""
    if account_id is None:
        return False
    entered = select(LoginAttempt.id).where(
        LoginAttempt.account_id == account_id,
        LoginAttempt.address == address,
        LoginAttempt.at > at - FAMILIAR,
        LoginAttempt.outcome == "entered",
    )
    return session.scalar(entered.limit(1)) is not None


def log_attempt(session: Session, account_id: int | None, outcome: str, origin: Origin, *, at: datetime) -> None:
    """One line of the log; lines that have been kept long enough go with each log-in that succeeds."""
    session.add(
        LoginAttempt(
            at=at,
            address=origin.address,
            browser=origin.browser,
            account_id=account_id,
            method=origin.method,
            outcome=outcome,
        )
    )
    if outcome == "entered":
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < at - KEPT))
    session.flush()
